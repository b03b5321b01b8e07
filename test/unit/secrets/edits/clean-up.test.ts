import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, it } from 'node:test';
import { maskKey } from '../../../../src/truework/keys.ts';
import { cleanUpCommands, quote } from '../../../../src/secrets/edits/clean-up.ts';
import { productionKey } from '../detector/made-keys.ts';
import { key, Workbench } from '../git/repositories.ts';

const identity = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};
const sh = (commands: readonly string[], input = '') =>
  spawnSync('bash', ['-c', commands.join('\n')], { encoding: 'utf8', input, env: { ...process.env, ...identity } });
const hasFilterRepo = spawnSync('git', ['filter-repo', '--version']).status === 0;

describe('Commands that clean a history', () => {
  const leak = key('in the history');
  const facts = {
    masked: maskKey(leak),
    plain: true,
    root: "/home/ada/it's here/app",
    remote: 'origin',
    otherRemotes: ['backup'],
    branches: ['main', 'side'],
    currentBranch: 'main',
  };

  it('contain no key, and quote where necessary', () => {
    const commands = Object.values(cleanUpCommands(facts)).flat() as string[];
    assert.ok(commands.length > 10);
    assert.ok(!commands.some((command) => command.includes(leak.slice(6, -4))));
    assert.ok(commands.includes("cd '/home/ada/it'\\''s here'"));
    assert.equal(sh([`printf %s ${quote('it\'s "$(x)" `y` \\')}`]).stdout, 'it\'s "$(x)" `y` \\');
    const hiding = "a'b\\u0041 \u202egnp \u{e0041}\u200b$(x)\tend";
    const quoted = quote(hiding);
    assert.equal(
      spawnSync('bash', ['-c', `printf %s ${quoted}`], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } })
        .stdout,
      hiding,
    );
    assert.match(quoted, /^[ -~]+$/, 'what hides or reorders characters is written out');
  });

  it('are each valid in bash', () => {
    for (const plain of [true, false]) {
      for (const remote of ['origin', undefined]) {
        const commands = Object.values(cleanUpCommands({ ...facts, plain, remote })).flat() as string[];
        assert.equal(spawnSync('bash', ['-n'], { input: commands.join('\n') }).status, 0);
      }
    }
  });

  it('prompt for a text that hides the key, and protect it from other users', () => {
    const bench = Workbench.init();
    const { replacements } = cleanUpCommands({ ...facts, plain: false, root: bench.file('app') });
    assert.equal(sh([`cd ${quote(bench.folder)}`, ...replacements], 'c2VjcmV0\n').status, 0);
    assert.equal(
      sh([
        `cat ${quote(bench.file('app-replacements.txt'))}; stat -c %a ${quote(bench.file('app-replacements.txt'))} 2>/dev/null || stat -f %Lp ${quote(bench.file('app-replacements.txt'))}`,
      ]).stdout,
      'literal:c2VjcmV0==>TRUEWORK_KEY_REMOVED\n600\n',
    );
  });

  for (const pushed of [true, false]) {
    it(`remove the key, and nothing else, from a repository that is ${pushed ? '' : 'not '}pushed`, {
      skip: hasFilterRepo ? false : 'git filter-repo is not installed',
    }, () => {
      const other = productionKey(9);
      const bench = Workbench.init();
      bench.commit({ 'a.js': `key = "${leak}"\n`, 'b.js': `key = "${other}"\n` });
      bench.commit({ 'a.js': 'key = process.env.KEY\n' });
      const remote = Workbench.init('--bare');
      if (pushed) {
        bench.git('remote', 'add', 'origin', remote.folder);
        bench.git('push', '--quiet', 'origin', 'main');
      }
      const commands = cleanUpCommands({
        ...facts,
        root: bench.folder,
        remote: pushed ? 'origin' : undefined,
        otherRemotes: [],
        branches: ['main'],
      });
      const prepared = sh(['set -e', ...commands.clone, ...commands.replacements, ...commands.rewrite]);
      assert.equal(prepared.status, 0, prepared.stderr);
      const folder = path.join(path.dirname(bench.folder), `${path.basename(bench.folder)}-clean.git`);
      assert.equal(sh([`cd ${quote(folder)}`, ...commands.verify]).stdout, '0\n');
      const followed = sh([`cd ${quote(folder)}`, ...commands.push, ...commands.follow, ...commands.tidy]);
      assert.equal(followed.status, 0, followed.stderr);
      for (const each of pushed ? [bench, remote] : [bench]) {
        const objects = each.git('cat-file', '--batch', '--batch-all-objects');
        assert.ok(each === remote || !objects.includes(leak));
        assert.ok(!each.git('log', '-p', '--all').includes(leak));
        assert.ok(each.git('log', '-p', '--all').includes(other));
      }
      assert.equal(bench.git('status', '--porcelain'), '');
      assert.equal(bench.git('show', 'HEAD:a.js'), 'key = process.env.KEY');
    });
  }
});
