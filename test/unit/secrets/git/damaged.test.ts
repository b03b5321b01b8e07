/**
 * Damaged or missing objects, packs and references. What depends on them is unknown and counted, and never treated as
 * absent.
 */
import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { scanHistory } from '../../../../src/secrets/git/history.ts';
import { stagedFindings } from '../../../../src/secrets/git/staging.ts';
import { verdictsOf } from '../../../../src/secrets/git/verdict.ts';
import { runEverything } from './entry-points.ts';
import { hashOf, key, recordingSpawn, scan, temporaryFolder, Workbench } from './repositories.ts';

/** Three commits; `a.ts` contains the key, and so does a file in a folder. */
function repository(): Workbench {
  const bench = Workbench.init();
  bench.commit({ 'readme.md': 'hello' });
  bench.commit({ 'a.ts': key('damaged'), 'folder/inner/b.ts': key('inner'), 'large.txt': 'x y z '.repeat(30_000) });
  bench.commit({ 'readme.md': 'hello again', 'c.ts': key('other') });
  return bench;
}

function fileOf(bench: Workbench, name: string): string {
  const oid = bench.git('rev-parse', name);
  const file = bench.file(`.git/objects/${oid.slice(0, 2)}/${oid.slice(2)}`);
  chmodSync(file, 0o644);
  return file;
}

function packOf(bench: Workbench, extension: string): string {
  bench.git('repack', '-a', '-d', '-q');
  const folder = bench.file('.git/objects/pack');
  const name = readdirSync(folder).find((each) => each.endsWith(extension));
  assert.ok(name);
  chmodSync(path.join(folder, name), 0o644);
  return path.join(folder, name);
}

type Damage = (bench: Workbench, object: string) => void;

const DAMAGES: Readonly<Record<string, Damage>> = {
  missing: (bench, object) => {
    unlinkSync(fileOf(bench, object));
  },
  empty: (bench, object) => {
    truncateSync(fileOf(bench, object), 0);
  },
  garbage: (bench, object) => {
    writeFileSync(fileOf(bench, object), 'garbage');
  },
  'cut off': (bench, object) => {
    truncateSync(fileOf(bench, object), Math.floor(readFileSync(fileOf(bench, object)).length / 2));
  },
  'another object': (bench, object) => {
    writeFileSync(fileOf(bench, object), readFileSync(fileOf(bench, 'HEAD:readme.md')));
  },
  'of a kind that is none': (bench, object) => {
    writeFileSync(fileOf(bench, object), deflateSync(Buffer.from('bolb 4\0text')));
  },
  'longer than it says': (bench, object) => {
    writeFileSync(fileOf(bench, object), deflateSync(Buffer.from('blob 4\0text and more')));
  },
};

const OBJECTS: Readonly<Record<string, string>> = {
  'the file': 'HEAD:a.ts',
  'the root folder': 'HEAD^{tree}',
  'the commit': 'HEAD',
};

describe('A damaged repository', () => {
  for (const [how, damage] of Object.entries(DAMAGES)) {
    for (const [what, object] of Object.entries(OBJECTS)) {
      it(`is not reported as clean if ${what} is ${how}`, async () => {
        const bench = repository();
        damage(bench, object);
        const outcomes = await runEverything(bench.file('a.ts'), key('damaged'));
        assert.match(outcomes['read the commit'] ?? '', /^unreadable$/, JSON.stringify(outcomes));
        assert.equal(outcomes['check'], 'unreadable', JSON.stringify(outcomes));
        assert.match(
          outcomes['scan the history'] ?? '',
          /, objects-unreadable$|^unreadable$/,
          JSON.stringify(outcomes),
        );
      });
    }
  }

  for (const what of ['HEAD:folder', 'HEAD:folder/inner', 'HEAD:folder/inner/b.ts', 'HEAD~1', 'HEAD:large.txt']) {
    for (const [how, damage] of Object.entries(DAMAGES)) {
      it(`reports an incomplete history and finds the rest if ${what} is ${how}`, async () => {
        const bench = repository();
        damage(bench, what);
        const { repository: found } = await bench.discover('.');
        using open = found;
        const history = await scanHistory(open, { scan });
        assert.equal(history.incompleteBecause, 'objects-unreadable');
        assert.ok(history.unreadable > 0);
        assert.equal(history.hits.has(hashOf(key('other'))), true);
        // A file that does not depend on the damage has its normal verdict.
        assert.equal(
          (await verdictsOf(open, 'c.ts', [hashOf(key('other'))], { scan })).get(hashOf(key('other')))?.location,
          'head',
        );
        // Once repaired, it is scanned again.
        assert.equal(history.cache.unreadable > 0, true);
      });
    }
  }

  it('is scanned from the start once it is repaired', async () => {
    const bench = repository();
    const file = fileOf(bench, 'HEAD:folder/inner/b.ts');
    const content = readFileSync(file);
    unlinkSync(file);
    const { cache } = await bench.scanHistory();
    writeFileSync(file, content);
    const history = await bench.scanHistory({ cache });
    assert.deepEqual([history.incompleteBecause, history.hits.get(hashOf(key('inner')))?.committed], [undefined, true]);
  });

  it('is not reported as clean if objects since the last scan are damaged', async () => {
    for (const damage of Object.values(DAMAGES)) {
      const bench = repository();
      const { cache } = await bench.scanHistory();
      bench.commit({ 'new.ts': key('new') });
      damage(bench, 'HEAD:new.ts');
      assert.equal((await bench.scanHistory({ cache })).incompleteBecause, 'objects-unreadable');
    }
  });

  it('is incomplete if a pack is truncated, missing, or without its index', async () => {
    for (const damage of [
      (bench: Workbench) => {
        const pack = packOf(bench, '.pack');
        truncateSync(pack, Math.floor(readFileSync(pack).length / 2));
      },
      (bench: Workbench) => {
        const pack = packOf(bench, '.pack');
        writeFileSync(pack, readFileSync(pack).fill(0x5a, 40, 400));
      },
      (bench: Workbench) => {
        unlinkSync(packOf(bench, '.pack'));
      },
      (bench: Workbench) => {
        unlinkSync(packOf(bench, '.idx'));
      },
      (bench: Workbench) => {
        const index = packOf(bench, '.idx');
        truncateSync(index, 100);
      },
    ]) {
      const bench = repository();
      damage(bench);
      const outcomes = await runEverything(bench.file('a.ts'), key('damaged'));
      assert.equal(outcomes['check'], 'unreadable', `${damage.toString()}: ${JSON.stringify(outcomes)}`);
      assert.match(outcomes['scan the history'] ?? '', /, objects-unreadable$|^unreadable$/, damage.toString());
    }
  });

  it('is incomplete without the objects that it shared with another one', async () => {
    const origin = repository();
    const bench = Workbench.clone(origin.folder, '--shared');
    renameSync(origin.file('.git/objects'), origin.file('.git/gone'));
    const outcomes = await runEverything(bench.file('a.ts'), key('damaged'));
    assert.equal(outcomes['check'], 'unreadable');
    assert.match(outcomes['scan the history'] ?? '', /, objects-unreadable$|^unreadable$/);
  });

  it('is incomplete if a reference is invalid or dangling', async () => {
    for (const text of ['garbage\n', '', `${'1'.repeat(40)}\n`, 'ref: refs/heads/main\n']) {
      const bench = repository();
      writeFileSync(bench.file('.git/refs/heads/main'), text);
      const outcomes = await runEverything(bench.file('a.ts'), key('damaged'));
      assert.equal(outcomes['check'], 'unreadable', JSON.stringify([text, outcomes]));
    }
    const bench = repository();
    writeFileSync(bench.file('.git/refs/heads/side'), `${'1'.repeat(40)}\n`);
    const outcomes = await runEverything(bench.file('a.ts'), key('damaged'));
    assert.equal(outcomes['check'], 'head');
    assert.match(outcomes['scan the history'] ?? '', /^found, objects-unreadable$/);
  });

  it('is unreadable if the index is invalid', async () => {
    const bench = repository();
    writeFileSync(bench.file('.git/index'), 'DIRC garbage');
    const outcomes = await runEverything(bench.file('new.ts'), key('damaged'));
    assert.equal(outcomes['check'], 'unreadable', JSON.stringify(outcomes));
    assert.match(outcomes['read what is staged'] ?? '', /^unreadable$/);
  });

  it('lists the staged files that could not be read, and finds the others', async () => {
    for (const damage of Object.values(DAMAGES)) {
      const bench = repository();
      bench.write('one.ts', key('one')).write('two.ts', key('two')).git('add', '--all');
      damage(bench, ':one.ts');
      const { repository: found } = await bench.discover('.');
      using open = found;
      const files = await stagedFindings(open, { scan });
      assert.deepEqual(
        files.map(({ path: name, unread, findings }) => [name, unread, findings.length]),
        [
          ['one.ts', 'unreadable', 0],
          ['two.ts', undefined, 1],
        ],
      );
      // Tracked, although git finds no content.
      assert.deepEqual((await verdictsOf(open, 'one.ts', [hashOf(key('one'))], { scan })).get(hashOf(key('one'))), {
        location: 'unknown',
        reason: 'unreadable',
      });
    }
  });

  it('still reports a key that a commit contains', async () => {
    const bench = repository();
    const history = await bench.scanHistory();
    unlinkSync(fileOf(bench, 'HEAD:a.ts'));
    const { repository: found } = await bench.discover('.');
    using open = found;
    const verdict = (await verdictsOf(open, 'a.ts', [hashOf(key('damaged'))], { scan, history })).get(
      hashOf(key('damaged')),
    );
    assert.ok(verdict !== undefined && verdict.location !== 'unknown');
    assert.deepEqual([verdict.locations, verdict.incompleteBecause], [['history'], 'objects-unreadable']);
  });

  it('is distinguished from one without commits', async () => {
    const bench = Workbench.init();
    bench.write('a.ts', key('damaged'));
    const outcomes = await runEverything(bench.file('a.ts'), key('damaged'));
    assert.deepEqual(
      [outcomes['check'], outcomes['ask for HEAD'], outcomes['scan the history']],
      ['untracked', 'unborn', 'not found, complete'],
    );
  });

  it('is never reported as clean, whatever bytes are lost', async () => {
    const whole = repository();
    whole.git('repack', '-a', '-d', '-q');
    const folder = whole.file('.git/objects/pack');
    const pack = readdirSync(folder).find((each) => each.endsWith('.pack')) ?? '';
    const size = readFileSync(path.join(folder, pack)).length;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 12, max: size - 21 }), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const copy = new Workbench(path.join(temporaryFolder(), 'copy'));
        cpSync(whole.folder, copy.folder, { recursive: true });
        const file = copy.file(`.git/objects/pack/${pack}`);
        chmodSync(file, 0o644);
        const bytes = readFileSync(file);
        bytes[at] = (bytes[at] ?? 0) ^ mask;
        writeFileSync(file, bytes);
        const { repository: found } = await copy.discover('.', { spawn: recordingSpawn });
        using open = found;
        const history = await scanHistory(open, { scan });
        const all = ['damaged', 'inner', 'other'].every(
          (name) => history.hits.get(hashOf(key(name)))?.committed === true,
        );
        assert.ok(
          all || history.incompleteBecause === 'objects-unreadable',
          `${history.hits.size} keys, ${history.incompleteBecause ?? 'complete'}`,
        );
      }),
      { numRuns: 12 },
    );
  });
});
