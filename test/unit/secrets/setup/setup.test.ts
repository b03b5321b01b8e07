import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { applyChanges } from '../../../../src/secrets/edits/change.ts';
import { planSetup, type Part, type SetupPlan } from '../../../../src/secrets/setup/plan.ts';
import { readSetupFacts } from '../../../../src/secrets/setup/read.ts';
import { key, temporaryFolder, Workbench } from '../git/repositories.ts';
import { bundle, secretlintProgram } from '../rule/bundle.ts';

const leak = key('staged');
const programs = temporaryFolder();
before(async () => {
  await bundle('src/secrets/rule/rule.ts', path.join(programs, 'secretlint-rule-truework.js'));
  await bundle('src/secrets/cli/main.ts', path.join(programs, 'truework-secrets.js'));
});

/** Plans the setup of a real repository and writes the files. */
async function setUp(bench: Workbench, ...parts: Part[]): Promise<SetupPlan> {
  const { repository } = await bench.discover('.');
  using open = repository;
  const plan = planSetup(await readSetupFacts(open, bench.folder, programs), new Set(parts));
  for (const file of plan.files) {
    const at = path.resolve(bench.folder, file.path);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, file.kind === 'create' ? file.text : applyChanges(readFileSync(at, 'utf8'), file.changes));
  }
  for (const file of plan.executable) chmodSync(path.resolve(bench.folder, file), 0o755);
  return plan;
}

/** A commit as a developer makes it, hooks included. @returns the output of git, and whether there is a new commit */
function commit(bench: Workbench, files: Record<string, string>): { committed: boolean; output: string } {
  for (const [name, text] of Object.entries(files)) bench.write(name, text);
  bench.git('add', '--all');
  return commitStaged(bench);
}

function commitStaged(bench: Workbench): { committed: boolean; output: string } {
  const head = () =>
    spawnSync('git', ['rev-parse', '--verify', '--quiet', 'HEAD'], { cwd: bench.folder, encoding: 'utf8' }).stdout;
  const earlier = head();
  const run = spawnSync('git', ['-c', 'commit.gpgSign=false', 'commit', '--message=a change'], {
    cwd: bench.folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
    },
  });
  return { committed: head() !== earlier, output: run.stdout + run.stderr };
}

/** The hook rejects a staged key, without showing it, and allows everything else. */
function blocks(bench: Workbench): void {
  const refused = commit(bench, { 'a.js': `const key = '${leak}';\n` });
  assert.equal(refused.committed, false, refused.output);
  assert.match(refused.output, /a\.js:1:14/);
  assert.ok(!refused.output.includes(leak.slice(6, -4)));
  const passed = commit(bench, { 'a.js': 'const key = process.env.KEY;\n' });
  assert.equal(passed.committed, true, passed.output);
  // The index counts, not the working tree.
  bench.write('b.js', `const key = '${leak}';\n`);
  bench.git('add', 'b.js');
  bench.write('b.js', 'clean\n');
  assert.equal(commitStaged(bench).committed, false);
  bench.git('rm', '--cached', '--quiet', '--force', 'b.js');
}

describe('A plain git hook', () => {
  it('is created, executable, and rejects a staged key', async () => {
    const bench = Workbench.init();
    const plan = await setUp(bench, 'rule', 'hook');
    assert.deepEqual(plan.notes, []);
    blocks(bench);
  });

  it('keeps its existing commands, even if it exits early', async () => {
    const bench = Workbench.init();
    mkdirSync(bench.file('.git/hooks'), { recursive: true });
    const text = '#!/bin/bash\n# ours\nset -e\n\necho ours ran\n[ ! -f forbidden ] || exit 1\nexit 0\n';
    writeFileSync(bench.file('.git/hooks/pre-commit'), text, { mode: 0o755 });
    await setUp(bench, 'hook');
    const after = readFileSync(bench.file('.git/hooks/pre-commit'), 'utf8');
    assert.equal(after.replace(/# Truework[^]*?\nfi\n/, ''), text);
    blocks(bench);
    assert.match(commit(bench, { 'c.js': '1' }).output, /ours ran/);
    assert.equal(commit(bench, { forbidden: 'x' }).committed, false);
    assert.deepEqual((await setUp(bench, 'hook')).files, [], 'a second time there is nothing to do');
  });

  it('is unchanged in another language, and the lines are shown', async () => {
    const bench = Workbench.init();
    mkdirSync(bench.file('.git/hooks'), { recursive: true });
    const text = '#!/usr/bin/env python3\nprint("x")\n';
    writeFileSync(bench.file('.git/hooks/pre-commit'), text);
    const plan = await setUp(bench, 'hook');
    assert.equal(readFileSync(bench.file('.git/hooks/pre-commit'), 'utf8'), text);
    assert.deepEqual(
      plan.notes.map(({ kind }) => kind),
      ['add-hook'],
    );
  });

  it('is written to core.hooksPath, unless other repositories share that folder', async () => {
    const bench = Workbench.init();
    bench.git('config', 'core.hooksPath', 'tools/hooks');
    await setUp(bench, 'hook');
    assert.ok(existsSync(bench.file('tools/hooks/pre-commit')));
    blocks(bench);
    const shared = Workbench.init();
    shared.git('config', 'core.hooksPath', temporaryFolder());
    const plan = await setUp(shared, 'hook');
    assert.deepEqual(
      plan.notes.map(({ kind }) => kind),
      ['add-hook'],
    );
    assert.deepEqual(plan.executable, []);
  });

  it('of another project is unchanged if a folder comes with a .git file that names it', async () => {
    const [victim, bench] = [Workbench.init(), new Workbench(temporaryFolder())];
    victim.commit({ 'a.txt': 'a' });
    bench.write('.git', `gitdir: ${victim.file('.git')}\n`);
    const { files, executable, notes } = await setUp(bench, 'hook');
    assert.deepEqual(executable, []);
    assert.ok(files.every((file) => file.path.startsWith('.truework/')));
    assert.equal(notes[0]?.kind, 'add-hook');
    assert.ok(!existsSync(victim.file('.git/hooks/pre-commit')));
  });

  it('of a submodule belongs to the submodule', async () => {
    const [library, bench] = [Workbench.init(), Workbench.init()];
    library.commit({ 'a.txt': 'a' });
    bench.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.folder, 'sub');
    const sub = new Workbench(bench.file('sub'));
    await setUp(sub, 'hook');
    assert.ok(existsSync(bench.file('.git/modules/sub/hooks/pre-commit')));
  });

  it('is planned despite named pipes in place of configurations', {
    skip: process.platform === 'win32',
  }, async () => {
    const bench = Workbench.init();
    for (const name of ['lefthook.yml', 'package.json', '.secretlintrc.json', '.git/hooks/pre-commit']) {
      mkdirSync(path.dirname(bench.file(name)), { recursive: true });
      spawnSync('mkfifo', [bench.file(name)]);
    }
    const { repository } = await bench.discover('.');
    using open = repository;
    const { files, hook } = await readSetupFacts(open, bench.folder, programs);
    assert.deepEqual([[...files.keys()], hook.text], [[], undefined]);
  });

  it('of a linked work tree belongs to the repository', async () => {
    const bench = Workbench.init();
    bench.commit({ 'README.md': 'x' });
    const folder = path.join(temporaryFolder(), 'tree');
    bench.git('worktree', 'add', '--quiet', folder);
    const tree = new Workbench(folder);
    await setUp(tree, 'hook');
    assert.ok(existsSync(bench.file('.git/hooks/pre-commit')));
    blocks(tree);
    assert.equal(commit(bench, { 'a.txt': leak }).committed, true, 'a branch without the program is not held up');
  });
});

describe('husky', () => {
  const husky = (text?: string) => {
    const bench = Workbench.init();
    bench
      .write('.husky/_/pre-commit', '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n')
      .write('.husky/_/h', 'sh -e ".husky/pre-commit"\nexit $?\n');
    chmodSync(bench.file('.husky/_/pre-commit'), 0o755);
    bench.git('config', 'core.hooksPath', '.husky/_');
    if (text !== undefined) bench.write('.husky/pre-commit', text);
    return bench;
  };

  it('gets a hook', async () => {
    const bench = husky();
    await setUp(bench, 'hook');
    blocks(bench);
  });

  it('keeps the commands of its hook, of version 9 and of older ones', async () => {
    for (const text of ['echo npm test', '#!/bin/sh\n. "$(dirname "$0")/_/husky.sh"\n\necho npm test\n']) {
      const bench = husky(text).write('.husky/_/husky.sh', '');
      await setUp(bench, 'hook');
      const after = readFileSync(bench.file('.husky/pre-commit'), 'utf8');
      assert.equal(after.replace(/# Truework[^]*?\nfi\n/, ''), text);
      blocks(bench);
      assert.match(commit(bench, { 'd.js': '1' }).output, /npm test/);
    }
  });

  it('gets a line to copy for version 4, which is configured in package.json', async () => {
    const bench = Workbench.init().write('package.json', JSON.stringify({ husky: { hooks: { 'pre-commit': 'x' } } }));
    const plan = await setUp(bench, 'hook');
    assert.deepEqual(plan.notes, [
      {
        kind: 'add-hook',
        file: 'package.json',
        lines: ['"pre-commit": "node .truework/truework-secrets.js --staged"'],
      },
    ]);
  });
});

describe('lefthook and pre-commit', () => {
  /** Runs the shell command in a configuration, as its program would. */
  const runs = (bench: Workbench, file: string, pattern: RegExp): void => {
    const command = pattern.exec(readFileSync(bench.file(file), 'utf8'))?.[1] ?? '';
    assert.match(command, /truework-secrets/);
    mkdirSync(bench.file('.git/hooks'), { recursive: true });
    writeFileSync(bench.file('.git/hooks/pre-commit'), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
    blocks(bench);
  };

  it('adds a block to lefthook.yml', async () => {
    const bench = Workbench.init().write('lefthook.yml', 'commit-msg:\n  commands:\n    x:\n      run: "true"');
    const plan = await setUp(bench, 'hook');
    const text = readFileSync(bench.file('lefthook.yml'), 'utf8');
    assert.ok(text.startsWith('commit-msg:\n  commands:\n    x:\n      run: "true"\npre-commit:\n'));
    assert.deepEqual(
      plan.notes.map(({ kind }) => kind),
      ['install-hooks'],
    );
    runs(bench, 'lefthook.yml', /truework-secrets:\n\s+run: (.*)/);
  });

  it('does not change a lefthook.yml with a pre-commit block', async () => {
    const text = 'pre-commit:\n  parallel: true\n  commands:\n    lint:\n      run: eslint\n';
    const bench = Workbench.init().write('lefthook.yml', text);
    const plan = await setUp(bench, 'hook');
    assert.equal(readFileSync(bench.file('lefthook.yml'), 'utf8'), text);
    assert.deepEqual(
      plan.notes.map((note) => 'file' in note && note.file),
      ['lefthook.yml'],
    );
  });

  it('adds a local repository to .pre-commit-config.yaml, indented like its list', async () => {
    for (const indent of ['', '  ']) {
      const text = `default_stages: [pre-commit]\nrepos:\n${indent}- repo: https://example.com/a\n${indent}  rev: v1\n${indent}  hooks:\n${indent}    - id: a\n`;
      const bench = Workbench.init().write('.pre-commit-config.yaml', text);
      await setUp(bench, 'hook');
      const after = readFileSync(bench.file('.pre-commit-config.yaml'), 'utf8');
      assert.ok(
        after.startsWith(`${text}${indent}- repo: local\n${indent}  hooks:\n${indent}    - id: truework-secrets\n`),
      );
      runs(bench, '.pre-commit-config.yaml', /entry: (.*)/);
    }
  });

  it('does not change a .pre-commit-config.yaml whose list does not end the file', async () => {
    for (const text of ['repos:\n- repo: local\n  hooks: []\nci:\n  skip: []\n', 'repos: []\n', 'ci: {}\n']) {
      const bench = Workbench.init().write('.pre-commit-config.yaml', text);
      const plan = await setUp(bench, 'hook');
      assert.equal(readFileSync(bench.file('.pre-commit-config.yaml'), 'utf8'), text);
      assert.deepEqual(
        plan.notes.map(({ kind }) => kind),
        ['add-hook'],
      );
    }
  });
});

describe('secretlint with the rule', () => {
  const lint = (bench: Workbench) =>
    spawnSync(process.execPath, [secretlintProgram, '**/*'], {
      cwd: bench.folder,
      encoding: 'utf8',
      env: { ...process.env, NODE_PATH: bench.folder },
    });

  it('finds a key when run as in the CI step', async () => {
    const bench = Workbench.init().write('package.json', '{}').write('.github/CODEOWNERS', '');
    const plan = await setUp(bench, 'rule', 'ci');
    assert.deepEqual(plan.notes, []);
    const workflow = readFileSync(bench.file('.github/workflows/truework-leak-check.yml'), 'utf8');
    assert.match(workflow, /NODE_PATH: \$\{\{ github\.workspace \}\}/);
    assert.match(workflow, /run: npx --yes secretlint@[\d.]+ "\*\*\/\*"/);
    assert.equal(lint(bench).status, 0, lint(bench).stdout + lint(bench).stderr);
    bench.write('a.js', `const key = '${leak}';\n`);
    assert.equal(lint(bench).status, 1);
    assert.match(lint(bench).stdout, /PRODUCTION_SECRET_KEY/);
  });

  it('keeps the entries of an existing configuration', async () => {
    const configuration = {
      rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', options: { a: [1] } }],
      sharedOptions: { x: 1 },
    };
    const bench = Workbench.init().write('.secretlintrc.json', JSON.stringify(configuration, null, 4));
    const plan = await setUp(bench, 'rule');
    const text = readFileSync(bench.file('.secretlintrc.json'), 'utf8');
    assert.deepEqual(JSON.parse(text), {
      ...configuration,
      rules: [...configuration.rules, { id: './.truework/secretlint-rule-truework.js' }],
    });
    assert.match(text, /\n {4}"/);
    assert.deepEqual(
      plan.notes.map(({ kind }) => kind),
      ['node-path'],
    );
    assert.deepEqual((await setUp(bench, 'rule')).files, []);
  });

  it('does not change a configuration that is not plain JSON', async () => {
    for (const [name, text] of [
      ['.secretlintrc.json', '{ // mine\n "rules": [] }'],
      ['.secretlintrc.json', '{"rules":{}}'],
      ['.secretlintrc.js', 'module.exports = {}'],
    ] as const) {
      const bench = Workbench.init().write(name, text);
      const plan = await setUp(bench, 'rule');
      assert.equal(readFileSync(bench.file(name), 'utf8'), text);
      assert.deepEqual(
        plan.notes.map((note) => note.kind),
        ['add-rule'],
      );
    }
  });
});

describe('Continuous integration and other scanners', () => {
  it('uses a GitHub workflow for a GitHub remote, and lines to copy elsewhere', async () => {
    const github = Workbench.init();
    github.git('remote', 'add', 'origin', 'git@github.com:a/b.git');
    assert.deepEqual(
      (await setUp(github, 'ci')).files.map((file) => file.path).filter((name) => name.startsWith('.github')),
      ['.github/workflows/truework-leak-check.yml'],
    );
    assert.deepEqual((await setUp(github, 'ci')).files, []);
    const gitlab = Workbench.init().write('.gitlab-ci.yml', 'x: {}\n');
    assert.deepEqual(
      (await setUp(gitlab, 'ci')).notes.map(({ kind, lines }) => [kind, lines[0]]),
      [['add-ci', 'truework-keys:']],
    );
    const other = Workbench.init();
    other.git('remote', 'add', 'origin', 'https://git.example.com/github.com/b.git');
    assert.deepEqual(
      (await setUp(other, 'ci')).notes.map(({ kind, lines }) => [kind, lines[0]?.startsWith('NODE_PATH=. npx ')]),
      [['add-ci', true]],
    );
  });

  it('writes gitleaks rules, or shows them if there is a configuration', async () => {
    const bench = Workbench.init();
    await setUp(bench, 'gitleaks');
    assert.match(readFileSync(bench.file('.gitleaks.toml'), 'utf8'), /id = "truework-production-secret-key"/);
    const own = Workbench.init().write('.gitleaks.toml', 'title = "ours"\n');
    const plan = await setUp(own, 'gitleaks', 'github-pattern');
    assert.equal(readFileSync(own.file('.gitleaks.toml'), 'utf8'), 'title = "ours"\n');
    assert.deepEqual(
      plan.notes.map(({ kind }) => kind),
      ['add-gitleaks', 'github-pattern'],
    );
    assert.equal(plan.notes[0]?.lines[0], '[[rules]]');
  });
});
