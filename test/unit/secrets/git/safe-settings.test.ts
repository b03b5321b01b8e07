/** The settings with which git starts for every command. process.test.ts shows what they prevent. */
import assert from 'node:assert/strict';
import { spawn, type SpawnOptionsWithoutStdio } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { GitError } from '../../../../src/secrets/git/error.ts';
import { findGit } from '../../../../src/secrets/git/executable.ts';
import { runGit, type SpawnGit } from '../../../../src/secrets/git/process.ts';
import { discoverRepository } from '../../../../src/secrets/git/repository.ts';
import { stagedFiles } from '../../../../src/secrets/git/staging.ts';
import { temporaryFolder } from '../../../support/processes.ts';
import { git } from '../../../support/workspace.ts';

interface Start {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: SpawnOptionsWithoutStdio;
}

function recorder(): { readonly starts: Start[]; readonly spawn: SpawnGit } {
  const starts: Start[] = [];
  return {
    starts,
    spawn: (file, args, options) => {
      starts.push({ file, args, options });
      return spawn(file, args, options);
    },
  };
}

describe('Git is started with safe settings', () => {
  const wanted = [
    'core.hooksPath=/dev/null',
    'core.pager=cat',
    'diff.external=',
    'log.showRoot=true',
    'diff.orderFile=/dev/null',
    'core.quotePath=false',
    'submodule.recurse=false',
  ];
  const environment = {
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_PAGER: 'cat',
    LC_ALL: 'C',
  };

  it('that disable every program of the repository, fetching and prompts', async () => {
    const { starts, spawn: recording } = recorder();
    await runGit(temporaryFolder('git'), ['version'], { gitPath: await findGit(), spawn: recording });
    const [start] = starts;
    assert.ok(start);
    const set = start.args.flatMap((arg, at) => (start.args[at - 1] === '-c' ? [arg] : []));
    for (const setting of wanted) assert.ok(set.includes(setting), setting);
    // Empty and false both mean no monitor.
    assert.ok(set.some((setting) => /^core\.fsmonitor=(?:false)?$/.test(setting)));
    assert.ok(start.args.includes('--no-pager'));
    assert.ok(start.args.indexOf('version') > start.args.lastIndexOf('-c'));
    for (const [name, value] of Object.entries(environment)) assert.equal(start.options.env?.[name], value, name);
    assert.equal(start.options.shell, false);
  });

  it('that render no file with a program in comparisons', async () => {
    const folder = temporaryFolder('git');
    assert.ok(git(folder, 'init', '--quiet'));
    const { starts, spawn: recording } = recorder();
    const { repository } = await discoverRepository(folder, { spawn: recording });
    using open = repository;
    await stagedFiles(open);
    const diff = starts.find(({ args }) => args.includes('diff'));
    for (const option of ['--no-ext-diff', '--no-textconv', '--no-color', '--no-renames'])
      assert.ok(diff?.args.includes(option), option);
  });
});

describe('The git that runs', () => {
  it('is never found through a relative entry of the search path', {
    skip: process.platform === 'win32' && 'needs a shell script',
  }, async () => {
    const folder = temporaryFolder('bin');
    writeFileSync(path.join(folder, 'git'), '#!/bin/sh\n', { mode: 0o755 });
    assert.equal(await findGit({ searchPath: folder }), path.join(folder, 'git'));
    await assert.rejects(
      findGit({ searchPath: path.relative(process.cwd(), folder) }),
      (error) => error instanceof GitError && error.code === 'not-found',
    );
  });
});
