/**
 * Repositories that try to run a program. Each row plants one; everything that reads a repository runs on it, and the
 * program must leave no mark. Then plain git runs, to show that the trap works.
 */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { hashOf, key, temporaryFolder, Workbench } from './repositories.ts';
import { runEverything } from './entry-points.ts';

const posix = process.platform !== 'win32';

interface Trap {
  readonly bench: Workbench;
  /** A program that leaves a mark. */
  readonly evil: string;
  /** Writes another such program. */
  readonly plantProgram: (file: string) => void;
}

interface Attack {
  readonly plant: (trap: Trap) => void;
  /** A command of plain git that triggers the trap; left out if it needs a terminal or a network. */
  readonly spring?: (trap: Trap) => void;
  /** The file to check; a committed `a.ts` by default. */
  readonly file?: string;
  /** The expected location of the key; `head` by default. */
  readonly verdict?: string;
}

const set =
  (...settings: [string, string][]) =>
  ({ bench, evil }: Trap) => {
    for (const [name, value] of settings) bench.git('config', name, value === 'evil' ? evil : value);
  };

function plain(...args: string[]) {
  return ({ bench }: Trap) => {
    quietly(() => bench.git(...args));
  };
}

/** A trap may make git fail. */
function quietly(work: () => unknown): void {
  try {
    work();
  } catch {
    // The mark counts.
  }
}

const adding = ({ bench }: Trap) => {
  bench.write('b.ts', 'changed');
  quietly(() => bench.git('add', 'b.ts'));
};

/** An object that is missing and that a remote has promised: git would fetch it. */
function promise({ bench }: Trap, url: string): void {
  bench.git('config', 'extensions.partialClone', 'origin');
  bench.git('config', 'remote.origin.url', url);
  bench.git('config', 'remote.origin.promisor', 'true');
  const blob = bench.git('rev-parse', 'HEAD:b.ts');
  unlinkSync(bench.file(`.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`));
}

const fetching = ({ bench }: Trap) => {
  quietly(() => bench.git('-c', 'protocol.ext.allow=always', 'cat-file', '-p', 'HEAD:b.ts'));
};

const ATTACKS: Readonly<Record<string, Attack>> = {
  hooks: {
    plant: ({ bench, plantProgram }) => {
      for (const name of [
        'post-index-change',
        'reference-transaction',
        'pre-commit',
        'post-checkout',
        'fsmonitor-watchman',
      ])
        plantProgram(bench.file(`.git/hooks/${name}`));
    },
    spring: ({ bench }) => {
      bench.write('c.ts', '');
      bench.git('add', 'c.ts');
    },
  },
  'a folder of hooks': {
    plant: ({ bench, plantProgram }) => {
      plantProgram(bench.file('hooks/post-index-change'));
      bench.git('config', 'core.hooksPath', 'hooks');
    },
    spring: ({ bench }) => {
      bench.write('c.ts', '');
      bench.git('add', 'c.ts');
    },
  },
  'a file system monitor': { plant: set(['core.fsmonitor', 'evil']), spring: plain('status') },
  'an untracked cache and a file system monitor of the second kind': {
    plant: set(['core.untrackedCache', 'true'], ['core.fsmonitor', 'evil'], ['core.fsmonitorHookVersion', '2']),
    spring: plain('status'),
  },
  'an included configuration': {
    plant: ({ bench, evil }) => {
      writeFileSync(bench.file('.git/more'), `[core]\n\tfsmonitor = ${evil}\n`);
      bench.git('config', 'include.path', 'more');
    },
    spring: plain('status'),
  },
  'a configuration that is included on a condition': {
    plant: ({ bench, evil }) => {
      writeFileSync(bench.file('.git/more'), `[core]\n\tfsmonitor = ${evil}\n`);
      bench.git('config', `includeIf.gitdir:${bench.folder}/.path`, 'more');
    },
    spring: plain('status'),
  },
  'a configuration of the work tree': {
    plant: ({ bench, evil }) => {
      bench.git('config', 'extensions.worktreeConfig', 'true');
      bench.git('config', '--worktree', 'core.fsmonitor', evil);
    },
    spring: plain('status'),
  },
  'a filter': {
    plant: (trap) => {
      set(['filter.evil.clean', 'evil'], ['filter.evil.smudge', 'evil'], ['filter.evil.required', 'true'])(trap);
      trap.bench.write('.gitattributes', '* filter=evil\n');
    },
    spring: adding,
  },
  'a filter with a strange name': {
    plant: (trap) => {
      set(['filter.e=vil.clean', 'evil'], ['filter.e=vil.process', 'evil'])(trap);
      trap.bench.write('.gitattributes', '* filter=e=vil\n');
    },
    spring: adding,
  },
  'a filter that stays': {
    plant: (trap) => {
      set(['filter.evil.process', 'evil'])(trap);
      writeFileSync(trap.bench.file('.git/info/attributes'), '* filter=evil\n');
    },
    spring: adding,
  },
  'an external diff': {
    plant: (trap) => {
      set(['diff.external', 'evil'])(trap);
      trap.bench.write('b.ts', 'changed').git('add', 'b.ts');
    },
    spring: plain('diff', '--cached'),
  },
  'a diff driver': {
    plant: (trap) => {
      set(['diff.evil.command', 'evil'], ['diff.evil.textconv', 'evil'], ['diff.evil.cachetextconv', 'true'])(trap);
      trap.bench.write('.gitattributes', '* diff=evil\n').write('b.ts', 'changed').git('add', 'b.ts');
    },
    spring: plain('diff', '--cached'),
  },
  'a program that checks signatures': {
    plant: (trap) => {
      const { bench } = trap;
      const [header = '', ...message] = bench.git('cat-file', 'commit', 'HEAD').split('\n\n');
      bench.write(
        '.git/signed',
        `${header}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n${message.join('\n\n')}\n`,
      );
      bench.git('update-ref', 'HEAD', bench.git('hash-object', '-t', 'commit', '-w', '.git/signed'));
      set(
        ['gpg.program', 'evil'],
        ['gpg.openpgp.program', 'evil'],
        ['gpg.ssh.program', 'evil'],
        ['log.showSignature', 'true'],
      )(trap);
    },
    spring: plain('log'),
  },
  'a pager': {
    plant: set(
      ['core.pager', 'evil'],
      ['pager.log', 'evil'],
      ['pager.diff', 'evil'],
      ['pager.config', 'evil'],
      ['pager.for-each-ref', 'evil'],
    ),
  },
  'an alias for each command': {
    plant: set(
      ...[
        'rev-parse',
        'cat-file',
        'ls-files',
        'log',
        'diff',
        'config',
        'rev-list',
        'for-each-ref',
        'check-ignore',
        'update-index',
        'version',
      ].map((name): [string, string] => [`alias.${name}`, '!touch ran']),
    ),
  },
  'an editor, a merge driver, a trailer': {
    plant: set(
      ['core.editor', 'evil'],
      ['sequence.editor', 'evil'],
      ['merge.evil.driver', 'evil'],
      ['trailer.evil.command', 'evil'],
      ['trailer.evil.cmd', 'evil'],
      ['interactive.diffFilter', 'evil'],
    ),
  },
  'a remote that is a program': {
    plant: (trap) => {
      promise(trap, `ext::${trap.evil}`);
      trap.bench.git('config', 'protocol.ext.allow', 'always');
    },
    spring: fetching,
    verdict: 'head',
  },
  'a remote behind a program for SSH': {
    plant: (trap) => {
      promise(trap, 'ssh://host.invalid/x');
      set(['core.sshCommand', 'evil'])(trap);
    },
    spring: fetching,
  },
  'a remote behind a proxy program': {
    plant: (trap) => {
      promise(trap, 'git://host.invalid/x');
      set(['core.gitProxy', 'evil'])(trap);
    },
    spring: fetching,
  },
  'a remote on this machine with a program of its own': {
    plant: (trap) => {
      promise(trap, Workbench.init().folder);
      set(['remote.origin.uploadpack', 'evil'], ['protocol.allow', 'always'])(trap);
    },
    spring: fetching,
  },
  'a remote that wants a password': {
    plant: (trap) => {
      promise(trap, 'https://host.invalid/x');
      set(['credential.helper', 'evil'], ['core.askPass', 'evil'])(trap);
    },
  },
  'other objects, and a program that lists their references': {
    plant: (trap) => {
      const other = Workbench.init();
      other.commit({ 'x.ts': key('elsewhere') });
      writeFileSync(trap.bench.file('.git/objects/info/alternates'), `${other.file('.git/objects')}\n`);
      set(['core.alternateRefsCommand', 'evil'])(trap);
    },
    spring: plain('rev-list', '--alternate-refs'),
  },
  'a bare repository in the work tree': {
    plant: ({ bench, evil }) => {
      for (const folder of ['objects', 'refs']) mkdirSync(bench.file(`fixtures/${folder}`), { recursive: true });
      bench
        .write('fixtures/HEAD', 'ref: refs/heads/main\n')
        .write(
          'fixtures/config',
          `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = ${evil}\n`,
        );
      bench.write('fixtures/a.ts', key('looked at'));
      bench.git('add', '--all');
      bench.git('commit', '--quiet', '--message=fixtures');
    },
    spring: ({ bench }) => {
      quietly(() => bench.git('-C', 'fixtures', 'status'));
    },
    file: 'fixtures/a.ts',
  },
  'a file that says where the repository is': {
    plant: ({ bench, evil }) => {
      bench.git('init', '--quiet', '--bare', 'stored/evil');
      writeFileSync(
        bench.file('stored/evil/config'),
        `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tfsmonitor = ${evil}\n`,
      );
      bench.write('inner/.git', 'gitdir: ../stored/evil\n').write('inner/a.ts', key('looked at'));
    },
    spring: ({ bench }) => {
      quietly(() => bench.git('-C', 'inner', 'status'));
    },
    file: 'inner/a.ts',
    verdict: 'untracked',
  },
  'a submodule': {
    plant: ({ bench, evil }) => {
      const inner = Workbench.init();
      inner.commit({ 'a.ts': key('looked at') });
      bench.git('submodule', '--quiet', 'add', inner.folder, 'inner');
      bench.git('-C', 'inner', 'config', 'core.fsmonitor', evil);
      bench.git('config', 'submodule.recurse', 'true');
    },
    spring: ({ bench }) => {
      bench.git('status');
    },
    file: 'inner/a.ts',
  },
  'a link to a repository': {
    plant: ({ bench, evil }) => {
      renameSync(bench.file('.git'), `${bench.folder}.stored`);
      symlinkSync(`${bench.folder}.stored`, bench.file('.git'));
      bench.git('config', 'core.fsmonitor', evil);
    },
    spring: plain('status'),
  },
  'odd references': {
    plant: ({ bench }) => {
      const head = bench.git('rev-parse', 'HEAD');
      for (const name of ['$(touch ran)', '--output=ran', '-rf', '`touch ran`', ';touch ran', '|touch ran']) {
        mkdirSync(bench.file('.git/refs/remotes/origin'), { recursive: true });
        writeFileSync(bench.file(`.git/refs/remotes/origin/${name}`), `${head}\n`);
      }
      writeFileSync(bench.file('.git/refs/heads/--exec=touch'), `${head}\n`);
      mkdirSync(bench.file('.git/refs/--upload-pack=touch'));
    },
  },
  'files with the names of options and of patterns': {
    plant: ({ bench }) => {
      for (const name of ['--output=ran', '-rf', ':(attr:x)b.ts', ':!a.ts', '*', '$(touch ran)', '`touch ran`'])
        bench.write(name, key('looked at'));
      bench.git('add', '--all');
    },
  },
};

const ENVIRONMENT = [
  'GIT_EXTERNAL_DIFF',
  'GIT_SSH_COMMAND',
  'GIT_SSH',
  'GIT_PAGER',
  'GIT_EDITOR',
  'GIT_ASKPASS',
  'SSH_ASKPASS',
  'GIT_PROXY_COMMAND',
  'GIT_SEQUENCE_EDITOR',
];

describe('A hostile repository', { skip: !posix && 'plants shell scripts' }, () => {
  for (const [name, attack] of Object.entries(ATTACKS)) {
    it(`runs no program of its own through ${name}`, async () => {
      const bench = Workbench.init();
      const file = attack.file ?? 'a.ts';
      bench.commit({ 'a.ts': key('looked at'), 'b.ts': 'other' });
      const mark = path.join(temporaryFolder(), 'mark');
      const plantProgram = (at: string) => {
        mkdirSync(path.dirname(at), { recursive: true });
        writeFileSync(at, `#!/bin/sh\necho "$0 $*" >> ${mark}\nexit 1\n`);
        chmodSync(at, 0o755);
      };
      const evil = path.join(temporaryFolder(), 'evil');
      plantProgram(evil);
      const trap = { bench, evil, plantProgram };
      attack.plant(trap);
      // Git would find programs by name here first.
      const before = process.env['PATH'];
      for (const each of ['less', 'ssh', 'gpg', 'git-remote-https', 'git-upload-pack'])
        plantProgram(path.join(path.dirname(evil), each));
      process.env['PATH'] = `${before ?? ''}${path.delimiter}${path.dirname(evil)}`;
      try {
        const outcomes = await runEverything(bench.file(file), key('looked at'), { changing: true });
        assert.equal(marks(mark, bench), '');
        assert.equal(outcomes['check'], attack.verdict ?? 'head');
        assert.ok(
          ['done', 'unreadable'].includes(outcomes['take a file out of the index'] ?? ''),
          JSON.stringify(outcomes),
        );
      } finally {
        process.env['PATH'] = before;
      }
      attack.spring?.(trap);
      if (attack.spring !== undefined) assert.notEqual(marks(mark, bench), '', 'plain git falls into the trap');
    });
  }

  it('runs nothing that the environment names', async () => {
    const bench = Workbench.init();
    bench.commit({ 'a.ts': key('looked at') });
    bench.write('a.ts', `${key('looked at')} changed`).git('add', 'a.ts');
    const mark = path.join(temporaryFolder(), 'mark');
    const evil = path.join(temporaryFolder(), 'evil');
    writeFileSync(evil, `#!/bin/sh\necho "$0 $*" >> ${mark}\n`);
    chmodSync(evil, 0o755);
    const others = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.fsmonitor',
      GIT_CONFIG_VALUE_0: evil,
      GIT_EXEC_PATH: path.dirname(evil),
      GIT_CONFIG_PARAMETERS: `'core.fsmonitor=${evil}'`,
      GIT_TRACE: mark,
      GIT_TRACE2: mark,
      GIT_TEMPLATE_DIR: path.dirname(evil),
    };
    const added = { ...Object.fromEntries(ENVIRONMENT.map((each) => [each, evil])), ...others };
    Object.assign(process.env, added);
    try {
      await runEverything(bench.file('a.ts'), key('looked at'), { changing: true });
      assert.equal(marks(mark, bench), '');
      quietly(() => bench.git('diff', '--cached'));
      assert.notEqual(marks(mark, bench), '', 'plain git falls into the trap');
    } finally {
      for (const each of Object.keys(added)) Reflect.deleteProperty(process.env, each);
    }
  });

  it('refers to no file of another repository', async () => {
    // `core.worktree` above the folder: listing and ignoring would happen there.
    const outer = temporaryFolder();
    const bench = new Workbench(path.join(outer, 'inner'));
    mkdirSync(bench.folder);
    bench.git('init', '--quiet', '--initial-branch=main');
    bench.commit({ 'a.ts': key('looked at') });
    bench.git('config', 'core.worktree', outer);
    const outcomes = await runEverything(bench.file('a.ts'), key('looked at'), { changing: true });
    assert.deepEqual(new Set(Object.values(outcomes)), new Set(['not-a-repository']));
  });

  it('is skipped for the next repository above if it is invalid', async () => {
    const bench = Workbench.init();
    bench.commit({ 'sub/a.ts': key('looked at') });
    mkdirSync(bench.file('sub/.git'));
    assert.equal((await runEverything(bench.file('sub/a.ts'), key('looked at')))['check'], 'head');
    rmSync(bench.file('sub/.git'), { recursive: true });
    symlinkSync('nowhere', bench.file('sub/.git'));
    assert.equal((await runEverything(bench.file('sub/a.ts'), key('looked at')))['check'], 'head');
  });

  it('does not hide a commit by replacing it', async () => {
    const bench = Workbench.init();
    const first = bench.commit({ 'a.ts': key('looked at') });
    bench.git('rm', '--quiet', 'a.ts');
    const second = bench.commit({ 'b.ts': '' });
    writeFileSync(bench.file('.git/info/grafts'), `${second}\n`);
    const isFound = async () => {
      const hit = (await bench.scanHistory()).hits.get(hashOf(key('looked at')));
      assert.deepEqual([hit?.committed, hit?.firstCommit?.commit], [true, first]);
    };
    await isFound();
    rmSync(bench.file('.git/info/grafts'));
    bench.git('replace', first, second);
    await isFound();
  });
});

/** The output of the planted programs, and the files that they created. */
function marks(mark: string, bench: Workbench): string {
  const ran = [bench.file('ran'), bench.file('.git/ran')].filter((file) => existsSync(file));
  return [...(existsSync(mark) ? [readFileSync(mark, 'utf8')] : []), ...ran].join('\n');
}
