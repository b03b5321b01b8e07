import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { hashKey } from '../../../../src/secrets/detector/allow-list.ts';
import { maskKey } from '../../../../src/truework/keys.ts';
import { productionHexKey, productionKey, sandboxKey } from '../detector/made-keys.ts';
import { bundle, temporaryFolder } from '../rule/bundle.ts';

const base = temporaryFolder();
const program = path.join(base, 'truework-secrets.mjs');
before(() => bundle('src/secrets/cli/main.ts', program));

const key = productionKey(1);
const sandbox = sandboxKey(2);
const gitEnvironment = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ann',
  GIT_AUTHOR_EMAIL: 'ann@example.com',
  GIT_COMMITTER_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@example.com',
};

let count = 0;
function folderWith(files: Record<string, string | Buffer>): string {
  const folder = path.join(base, `case-${++count}`);
  mkdirSync(folder, { recursive: true });
  write(folder, files);
  return folder;
}

function write(folder: string, files: Record<string, string | Buffer>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
}

function git(folder: string, ...args: string[]): string {
  return execFileSync('git', args, {
    cwd: folder,
    env: gitEnvironment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function repositoryWith(files: Record<string, string | Buffer>): string {
  const folder = folderWith(files);
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'add', '.');
  return folder;
}

function run(folder: string, args: string[], environment: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...gitEnvironment, ...environment },
  });
  for (const text of [stdout, stderr]) {
    for (const secret of [key, sandbox]) assert.ok(!text.includes(secret.slice(12, -4)), 'no output shows a whole key');
  }
  return { status, stdout, stderr };
}

interface JsonReport {
  leaks: {
    path: string;
    kind: string;
    masked: string;
    keyHash: string;
    suppressed: boolean;
    place?: Record<string, number>;
    commit?: { commit: string; pushed: boolean };
  }[];
  notes: string[];
}
function json(folder: string, args: string[], environment?: NodeJS.ProcessEnv): JsonReport & { status: number | null } {
  const { status, stdout, stderr } = run(folder, [...args, '--format', 'json'], environment);
  assert.equal(stderr, '');
  return { status, ...(JSON.parse(stdout) as JsonReport) };
}
const paths = (report: JsonReport) => report.leaks.map((leak) => leak.path).sort();

describe('truework-secrets --staged', () => {
  it('reads the index and not the working tree', () => {
    const folder = repositoryWith({ 'a.js': `k = '${key}'\n`, 'clean.js': 'x\n' });
    write(folder, { 'a.js': 'fixed, but not staged\n', 'clean.js': sandbox });
    const { status, stdout } = run(folder, ['--staged']);
    assert.equal(status, 1);
    assert.match(stdout, new RegExp(`^a\\.js:1:6: production secret key ${maskKey(key)}\n1 leaked key\\.\n`));
    git(folder, 'add', 'a.js');
    assert.equal(run(folder, ['--staged']).status, 0);
  });

  it('reads only what the commit changes, in any encoding and under any name', () => {
    const folder = repositoryWith({ 'old.txt': key });
    git(folder, 'commit', '-q', '-m', 'old');
    write(folder, {
      'sub/-rf :x é.txt': Buffer.from(`\ufeff${key}`, 'utf16le'),
      'new\nline.txt': sandbox,
      'old2.txt': '',
    });
    git(folder, 'add', '.');
    const report = json(folder, ['--staged']);
    assert.deepEqual(paths(report), ['new\nline.txt', 'sub/-rf :x é.txt']);
    assert.match(run(folder, ['--staged']).stdout, /^new\\u000aline\.txt:1:1/m);
    assert.deepEqual(paths(json(path.join(folder, 'sub'), ['--staged', '.'])), ['sub/-rf :x é.txt']);
    assert.deepEqual(paths(json(folder, ['--staged', 'sub'])), ['sub/-rf :x é.txt']);
  });

  it('reads the index that git names to a hook', () => {
    const folder = repositoryWith({ 'a.txt': 'x' });
    git(folder, 'commit', '-q', '-m', 'first');
    write(folder, { 'a.txt': key });
    write(folder, { '.git/hooks/pre-commit': `#!/bin/sh\nexec "${process.execPath}" "${program}" --staged\n` });
    execFileSync('chmod', ['+x', path.join(folder, '.git/hooks/pre-commit')]);
    const commit = () =>
      spawnSync('git', ['commit', '-q', '-m', 'leak', 'a.txt'], { cwd: folder, env: gitEnvironment, encoding: 'utf8' });
    const refused = commit();
    assert.notEqual(refused.status, 0);
    assert.match(refused.stdout + refused.stderr, /a\.txt:1:1: production secret key/);
    write(folder, { 'a.txt': 'fine' });
    assert.equal(commit().status, 0);
  });

  it('allows keys as secretlint does', () => {
    const folder = repositoryWith({ 'a.txt': `${key} # gitleaks:allow\n`, 'b.txt': sandbox });
    assert.equal(run(folder, ['--staged']).status, 1);
    write(folder, {
      '.secretlintrc.json': JSON.stringify({
        rules: [{ id: './tools/secretlint-rule-truework.js', options: { allowKeys: [hashKey(sandbox)] } }],
      }),
    });
    const { status, stdout } = run(folder, ['--staged']);
    assert.deepEqual([status, stdout], [0, 'No leaked keys, 2 allowed.\n']);
    for (const rule of [
      { allowMessageIds: ['SANDBOX_SECRET_KEY'] },
      { options: { allows: [`/${sandbox.slice(-8)}$/`] } },
    ]) {
      write(folder, { '.secretlintrc.json': JSON.stringify({ rules: [{ id: 'truework', ...rule }] }) });
      assert.equal(run(folder, ['--staged']).status, 0);
    }
  });
});

describe('truework-secrets --all', () => {
  it('reads tracked and untracked files, not ignored ones', () => {
    const folder = repositoryWith({ 'tracked.txt': key, '.gitignore': '.env\n', 'gone.txt': 'x' });
    write(folder, {
      'untracked.bin': Buffer.concat([Buffer.alloc(20), Buffer.from(productionHexKey(3)), Buffer.alloc(2)]),
      '.env': key,
    });
    rmSync(path.join(folder, 'gone.txt'));
    const report = json(folder, ['--all']);
    assert.equal(report.status, 1);
    assert.deepEqual(paths(report), ['tracked.txt', 'untracked.bin']);
    assert.match(run(folder, ['--all']).stdout, /^untracked\.bin: byte 20: /m);
    assert.deepEqual(
      report.leaks.find((leak) => leak.path === 'tracked.txt'),
      {
        path: 'tracked.txt',
        kind: 'production',
        masked: maskKey(key),
        keyHash: hashKey(key),
        encoding: 'plain',
        suppressed: false,
        place: { startLine: 1, startColumn: 1, endLine: 1, endColumn: key.length + 1 },
      },
    );
  });

  it('reads all files outside a repository', () => {
    const folder = folderWith({ 'a/b.txt': `\n  ${sandbox}`, 'c.txt': 'x' });
    const report = json(folder, ['--all']);
    assert.deepEqual(paths(report), ['a/b.txt']);
    assert.equal(json(folder, ['--all', 'c.txt']).status, 0);
  });

  it('escapes control characters of a name in a note', () => {
    const folder = folderWith({
      'many\u001b[2J.txt': Array.from({ length: 1001 }, (_, n) => productionHexKey(n)).join('\n'),
    });
    const { stdout } = run(folder, ['--all']);
    assert.match(stdout, /^many\\u001b\[2J\.txt contains more keys/m);
    assert.ok(!stdout.includes('\u001b'));
  });

  it('hides a key in the name of a file', () => {
    const folder = folderWith({ [`${key}.txt`]: key });
    assert.deepEqual(paths(json(folder, ['--all'])), [`${maskKey(key)}.txt`]);
  });
});

describe('truework-secrets --history', () => {
  it('finds keys that are no longer in any file, with the commit that introduced them', () => {
    const folder = repositoryWith({ 'a.txt': `one\ntwo ${key}\n` });
    git(folder, 'commit', '-q', '-m', 'leak');
    const commit = git(folder, 'rev-parse', 'HEAD').trim();
    write(folder, { 'a.txt': 'removed\n', 'b.txt': `${sandbox} # gitleaks:allow` });
    git(folder, 'add', '.');
    git(folder, 'commit', '-q', '-m', 'fix');
    assert.equal(json(folder, ['--all']).status, 0);
    const report = json(folder, ['--history']);
    assert.equal(report.status, 1);
    assert.deepEqual(
      report.leaks.map(({ path: file, keyHash, place, commit: of }) => [
        file,
        keyHash,
        place?.['startLine'],
        of?.commit,
        of?.pushed,
      ]),
      [['a.txt', hashKey(key), 2, commit, false]],
    );
    assert.match(
      run(folder, ['--history']).stdout,
      new RegExp(
        `^a\\.txt:2:5: production secret key \\S+ since ${commit.slice(0, 10)} of \\d{4}-\\d\\d-\\d\\d by Ann, not pushed$`,
        'm',
      ),
    );
    assert.equal(json(folder, ['--history', 'b.txt']).status, 0);
  });
});

describe('truework-secrets output', () => {
  it('is SARIF 2.1.0 on request', () => {
    const folder = repositoryWith({ 'a b.txt': `x\n${key}`, 'c.txt': `${sandbox} # ggignore` });
    const { status, stdout } = run(folder, ['--staged', '--format', 'sarif']);
    assert.equal(status, 1);
    const log = JSON.parse(stdout) as {
      version: string;
      runs: { results: Record<string, unknown>[]; tool: { driver: { rules: { id: string }[] } } }[];
    };
    assert.equal(log.version, '2.1.0');
    assert.deepEqual(
      log.runs[0]?.tool.driver.rules.map(({ id }) => id),
      ['PRODUCTION_SECRET_KEY', 'SANDBOX_SECRET_KEY'],
    );
    assert.deepEqual(
      log.runs[0].results.map(({ ruleId, level, suppressions, locations }) => ({
        ruleId,
        level,
        suppressions,
        locations,
      })),
      [
        {
          ruleId: 'PRODUCTION_SECRET_KEY',
          level: 'error',
          suppressions: undefined,
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: 'a%20b.txt', uriBaseId: '%SRCROOT%' },
                region: { startLine: 2, startColumn: 1, endLine: 2, endColumn: key.length + 1 },
              },
            },
          ],
        },
        {
          ruleId: 'SANDBOX_SECRET_KEY',
          level: 'warning',
          suppressions: [{ kind: 'inSource' }],
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: 'c.txt', uriBaseId: '%SRCROOT%' },
                region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: sandbox.length + 1 },
              },
            },
          ],
        },
      ],
    );
  });

  it('prints the rules for other scanners', () => {
    assert.match(run(base, ['--print-gitleaks']).stdout, /\[\[rules\]\]/);
    assert.equal((JSON.parse(run(base, ['--print-github-pattern']).stdout) as unknown[]).length, 2);
    assert.match(run(base, ['--help']).stdout, /^Finds leaked Truework secret keys/);
  });

  it('is an executable program', () => {
    assert.match(readFileSync(program, 'utf8'), /^#!\/usr\/bin\/env node\n/);
  });
});

describe('truework-secrets ends with 2 when it cannot scan', () => {
  const cases: [string[], RegExp][] = [
    [[], /exactly one of --staged, --all and --history/],
    [['--staged', '--all'], /exactly one/],
    [['--all', '--format', 'xml'], /text, json or sarif/],
    [['--everything'], /--everything/],
    [['--staged', `--${key}`], /Unknown option/],
    [['--staged'], /not in a git repository/],
    [['--history'], /not in a git repository/],
  ];
  for (const [args, message] of cases) {
    it(args.map((arg) => arg.slice(0, 12)).join(' ') || 'without arguments', () => {
      const { status, stdout, stderr } = run(folderWith({}), args);
      assert.deepEqual([status, stdout], [2, '']);
      assert.match(stderr, message);
    });
  }

  it('does not repeat a broken configuration', () => {
    for (const content of [
      '{ "password": hunter2-and-more',
      JSON.stringify({ rules: [{ id: 'truework', options: { allowKeys: ['hunter2-and-more'] } }] }),
    ]) {
      const { status, stderr } = run(folderWith({ '.secretlintrc.json': content }), ['--all']);
      assert.equal(status, 2);
      assert.doesNotMatch(stderr, /hunter2|password/);
    }
  });

  it('reports a broken configuration', () => {
    for (const content of [
      `{ "x": ${key}`,
      JSON.stringify({ rules: [{ id: 'truework', options: { allowKeys: [key] } }] }),
      JSON.stringify({ rules: [{ id: 'truework', options: { allows: ['/(/'] } }] }),
    ]) {
      const { status, stderr } = run(folderWith({ '.secretlintrc.json': content }), ['--all']);
      assert.equal(status, 2);
      assert.match(stderr, /valid JSON|SHA-256|regular expression/);
    }
  });

  it('prints no character that controls the terminal or reverses a line, in any format', () => {
    const hostile = 'x\u001b[31m\u202egnp.\u2066\u009b.env';
    const folder = repositoryWith({ [hostile]: `K=${key}\n` });
    execFileSync('git', ['commit', '-q', '-m', 'x'], {
      cwd: folder,
      env: { ...gitEnvironment, GIT_AUTHOR_NAME: hostile },
    });
    const hiding = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/; // eslint-disable-line no-control-regex -- the point of it
    for (const format of ['text', 'json', 'sarif']) {
      for (const scope of ['--all', '--history']) {
        const { status, stdout } = run(folder, [scope, '--format', format]);
        assert.equal(status, 1);
        assert.match(stdout, /gnp/);
        assert.doesNotMatch(stdout, hiding);
      }
    }
    assert.equal(json(folder, ['--all']).leaks[0]?.path, hostile);
    const { status, stderr } = run(folder, ['--all', `--odd-${hostile}`]);
    assert.equal(status, 2);
    assert.match(stderr, /odd-x/);
    assert.doesNotMatch(stderr, hiding);
  });
});

describe('truework-secrets with unreadable parts', () => {
  function damage(folder: string, object: string): void {
    const oid = git(folder, 'rev-parse', object).trim();
    rmSync(path.join(folder, '.git/objects', oid.slice(0, 2), oid.slice(2)), { force: true });
  }

  it('never reports that there is no key, and ends with 2', () => {
    const folder = repositoryWith({ 'a.js': `k = '${key}'\n`, 'b.js': 'b\n' });
    git(folder, 'commit', '-q', '-m', 'x');
    damage(folder, 'HEAD:a.js');
    const { status, stdout } = run(folder, ['--history']);
    assert.equal(status, 2);
    assert.match(
      stdout,
      /^Some objects of the repository are missing or damaged and could not be read\. Run "git fsck" to see which\.\nNo leaked keys in what was read\.\n$/,
    );
    assert.equal(json(folder, ['--history']).status, 2);
    const { stdout: log } = run(folder, ['--history', '--format', 'sarif']);
    assert.match(log, /"executionSuccessful": false/);
  });

  it('reports the keys that it has found even if no commit can be read', () => {
    const folder = repositoryWith({ 'a.js': `k = '${key}'\n` });
    git(folder, 'commit', '-q', '-m', 'x');
    damage(folder, 'HEAD');
    const report = json(folder, ['--history']);
    assert.deepEqual([report.status, report.leaks.length], [1, 1]);
    assert.match(report.leaks[0]?.path ?? '', /^object [0-9a-f]{40}$/);
    assert.equal(
      report.notes.some((note) => note.includes('no commit reaches')),
      false,
    );
  });

  it('refuses a commit with a staged file that it cannot read', () => {
    const folder = repositoryWith({ 'a.js': `k = '${key}'\n` });
    damage(folder, ':a.js');
    const { status, stdout } = run(folder, ['--staged']);
    assert.equal(status, 2);
    assert.match(
      stdout,
      /^a\.js could not be read from the index and was not scanned\.\nNo leaked keys in what was read\.\n$/,
    );
  });

  it('skips a named pipe, and reports it', { skip: process.platform === 'win32' && 'there are none' }, () => {
    const folder = repositoryWith({ 'a.js': 'x\n', 'b.js': key });
    rmSync(path.join(folder, 'a.js'));
    execFileSync('mkfifo', [path.join(folder, 'a.js')]);
    const report = json(folder, ['--all']);
    assert.deepEqual(
      [report.status, paths(report), report.notes],
      [1, ['b.js'], ['a.js is not a regular file and was not scanned.']],
    );
    git(folder, 'config', 'core.excludesFile', path.join(folder, 'a.js'));
    rmSync(path.join(folder, '.git/index'));
    execFileSync('mkfifo', [path.join(folder, '.git/index')]);
    const { status, stderr } = run(folder, ['--all']);
    assert.equal(status, 2);
    assert.match(stderr, /^\.git\/index is not a regular file, so git does not run here\./);
  });
});
