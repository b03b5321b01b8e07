/**
 * The oldest supported git. The tests imitate one with a wrapper of git that reports an old version and rejects or
 * repeats options that this version does not support. To use a real one, set TRUEWORK_OLD_GIT to its path.
 */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { GitError } from '../../../../src/secrets/git/error.ts';
import { findGit } from '../../../../src/secrets/git/executable.ts';
import { discoverRepository } from '../../../../src/secrets/git/repository.ts';
import { unknownBecause } from '../../../../src/secrets/git/verdict.ts';
import { isOlder, OLDEST_GIT, parseVersion } from '../../../../src/secrets/git/version.ts';
import { runEverything } from './entry-points.ts';
import { key, temporaryFolder, Workbench } from './repositories.ts';

const gitPath = await findGit();
const named = process.env['TRUEWORK_OLD_GIT'];

/** Like git 2.20: `rev-parse` repeats unknown options, every other command rejects them. */
function oldGit(version: string): string {
  const file = path.join(temporaryFolder(), 'git');
  writeFileSync(
    file,
    `#!/bin/sh
unset GIT_CONFIG_COUNT GIT_CONFIG_GLOBAL GIT_NO_LAZY_FETCH
command=
for each in "$@"; do
  case "$each" in version) echo "git version ${version}"; exit 0;; rev-parse|config|cat-file|ls-files|ls-tree|check-ignore|rev-list|log|for-each-ref|diff|update-index|symbolic-ref) command=$each; break;; esac
done
for each in "$@"; do
  case "$each" in
    --path-format=*|--show-object-format) if [ "$command" = rev-parse ]; then set -- "$@" --unknown; old=1; else echo "error: unknown option $each" >&2; exit 129; fi;;
    --no-relative|--show-scope|--no-mailmap|--fixed-value|--diff-merges=*|--remerge-diff|--no-object-names|--config-env*|--batch-command|--format=*objectmode*|--sparse|--filter-provided-objects|--merge-base) echo "error: unknown option $each" >&2; exit 129;;
  esac
done
if [ -n "$old" ]; then exec ${gitPath} "$@" | sed -e 's/^sha1$/--show-object-format/' -e '/^--unknown$/d'; fi
exec ${gitPath} "$@"
`,
  );
  chmodSync(file, 0o755);
  return file;
}

const VERSIONS: readonly (readonly [string, string])[] = [
  [`an imitation of the oldest, ${OLDEST_GIT.join('.')}`, oldGit(`${OLDEST_GIT.join('.')}.1`)],
  ...(named === undefined ? [] : [[`a real one, ${named}`, named] as const]),
];

describe('An old git', { skip: process.platform === 'win32' && 'needs shell scripts' }, () => {
  for (const [what, old] of VERSIONS) {
    it(`supports everything, as ${what}`, async () => {
      const bench = Workbench.init();
      bench.commit({ 'a.ts': key('looked at'), 'b.ts': 'other', '.gitignore': 'ignored\n' });
      bench.write('a.ts', `${key('looked at')}\n`).git('add', '--all');
      bench.write('ignored', key('looked at'));
      const mark = path.join(temporaryFolder(), 'mark');
      const evil = path.join(temporaryFolder(), 'evil');
      writeFileSync(evil, `#!/bin/sh\ntouch ${mark}\n`);
      chmodSync(evil, 0o755);
      for (const setting of ['filter.evil.clean', 'filter.evil.process', 'core.fsmonitor', 'diff.external'])
        bench.git('config', setting, evil);
      bench.write('.gitattributes', '* filter=evil\n');

      const options = { gitPath: old };
      assert.equal(
        (await runEverything(bench.file('ignored'), key('looked at'), options))['ask what is ignored'],
        'ignored',
      );
      const outcomes = await runEverything(bench.file('a.ts'), key('looked at'), { ...options, changing: true });
      assert.deepEqual(
        Object.entries(outcomes).filter(([, outcome]) =>
          ['failed', 'not-found', 'too-old', 'not-a-repository', 'unreadable', 'timeout'].includes(outcome),
        ),
        [],
      );
      assert.deepEqual(
        [
          outcomes['check'],
          outcomes['check with a history'],
          outcomes['scan the history'],
          outcomes['take a file out of the index'],
        ],
        ['head', 'head', 'found, complete', 'done'],
      );
      assert.equal(existsSync(mark), false);
    });
  }

  it('fetches nothing, although it lacks the option for it', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('looked at') });
    const mark = path.join(temporaryFolder(), 'mark');
    for (const [name, value] of [
      ['extensions.partialClone', 'origin'],
      ['remote.origin.promisor', 'true'],
      ['remote.origin.url', `ext::touch ${mark}`],
      ['protocol.ext.allow', 'always'],
    ] as const)
      bench.git('config', name, value);
    const oid = bench.git('rev-parse', 'HEAD:a.ts');
    unlinkSync(bench.file(`.git/objects/${oid.slice(0, 2)}/${oid.slice(2)}`));
    assert.equal(
      (await runEverything(bench.file('a.ts'), key('looked at'), { gitPath: oldGit('2.20.1') }))['check'],
      'unreadable',
    );
    assert.equal(existsSync(mark), false);
    assert.throws(() => bench.git('cat-file', '-p', oid));
    assert.equal(existsSync(mark), true, 'plain git falls into the trap');
  });

  it('is reported with advice if it is too old', async () => {
    const bench = Workbench.init();
    for (const version of ['2.19.6', '2.17.1', '1.8.3.1']) {
      const error = await discoverRepository(bench.file('a.ts'), { gitPath: oldGit(version) }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof GitError);
      assert.equal(error.code, 'too-old');
      assert.match(error.message, /^Git \d+\.\d+ is too old\. Install git 2\.20 or newer, then try again\.$/);
      assert.deepEqual(unknownBecause(error), { location: 'unknown', reason: 'old-git' });
    }
  });

  it('does not run a filter whose name it cannot override', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': 'a' });
    bench.git('config', 'filter.e=vil.clean', 'true');
    assert.equal(
      (await runEverything(bench.file('a.ts'), key('x'), { gitPath: oldGit('2.20.1'), changing: true }))[
        'take a file out of the index'
      ],
      'too-old',
    );
  });

  it('is recognized by its version', () => {
    assert.deepEqual(
      [
        parseVersion('git version 2.39.5 (Apple Git-154)\n'),
        parseVersion('git version 2.52.0.windows.1'),
        parseVersion('git version 3.0.GIT'),
      ],
      [
        [2, 39],
        [2, 52],
        [3, 0],
      ],
    );
    assert.throws(() => parseVersion('hello'), GitError);
    assert.deepEqual(
      [
        isOlder([2, 19], [2, 20]),
        isOlder([2, 20], [2, 20]),
        isOlder([2, 100], [2, 20]),
        isOlder([1, 99], [2, 20]),
        isOlder([3, 0], [2, 20]),
      ],
      [true, false, false, true, false],
    );
  });
});
