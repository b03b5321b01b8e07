import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import {
  makeExecutable,
  readTextFile,
  WriteRefused,
  writeTarget,
  type RefusalReason,
} from '../../../src/files/write-target.ts';

const top = realpathSync(mkdtempSync(path.join(tmpdir(), 'truework-write-')));
after(() => {
  rmSync(top, { recursive: true, force: true });
});

let count = 0;
let folder = '';
let other = '';
const at = (...names: string[]) => path.join(folder, ...names);
function write(file: string, text = 'x'): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Two projects side by side, created for each test. */
function makeProjects(): void {
  count += 1;
  folder = path.join(top, `${count}`, 'project');
  other = path.join(top, `${count}`, 'other');
  mkdirSync(folder, { recursive: true });
  write(path.join(other, 'package.json'), 'theirs');
}

async function refused(
  file: string,
  reason: RefusalReason,
  by: string,
  folders: readonly string[] = [folder],
): Promise<void> {
  await assert.rejects(writeTarget(file, folders), (error) => {
    assert.ok(error instanceof WriteRefused);
    assert.deepEqual([error.reason, error.file], [reason, by]);
    return true;
  });
}

describe('A write', { skip: process.platform === 'win32' }, () => {
  beforeEach(makeProjects);

  it('ends at its path if there is no link', async () => {
    write(at('a/b.txt'));
    assert.deepEqual(await writeTarget(at('a/b.txt'), [folder]), { file: at('a/b.txt'), exists: true });
    assert.deepEqual(await writeTarget(at('a/new.txt'), [folder]), { file: at('a/new.txt'), exists: false });
    assert.deepEqual(await writeTarget(at('new/deeper/c.txt'), [folder]), {
      file: at('new/deeper/c.txt'),
      exists: false,
    });
  });

  it('ends in the folder under whichever name the folder is open', async () => {
    const link = path.join(top, `${count}`, 'link');
    symlinkSync(folder, link);
    assert.deepEqual(await writeTarget(path.join(link, 'a.txt'), [link]), {
      file: path.join(link, 'a.txt'),
      exists: false,
    });
  });

  it('is refused through a folder that is linked to another project', async () => {
    symlinkSync(other, at('.truework'));
    await refused(at('.truework/package.json'), 'outside', at('.truework'));
    await refused(at('.truework/new.js'), 'outside', at('.truework'));
  });

  it('is refused through a file that is linked to another project, by a relative link and through several', async () => {
    symlinkSync('../other/package.json', at('.env'));
    symlinkSync('.env', at('.env.local'));
    await refused(at('.env'), 'outside', at('.env'));
    await refused(at('.env.local'), 'outside', at('.env.local'));
  });

  it("is refused if the name of the other project begins like the folder's", async () => {
    write(`${folder}-2/a.txt`);
    symlinkSync(`${folder}-2/a.txt`, at('a.txt'));
    await refused(at('a.txt'), 'outside', at('a.txt'));
  });

  it('is refused through a dangling link, which would create the file there, and a link to itself', async () => {
    symlinkSync(path.join(other, 'new.txt'), at('.env'));
    symlinkSync('loop', at('loop'));
    symlinkSync(path.join(other, 'none'), at('gone'));
    await refused(at('.env'), 'dangling', at('.env'));
    await refused(at('loop'), 'dangling', at('loop'));
    await refused(at('gone/a.txt'), 'dangling', at('gone'));
  });

  it('ends at the target of a link within the folder, so that the link stays', async () => {
    write(at('config/env'));
    symlinkSync('config/env', at('.env'));
    symlinkSync('config', at('linked'));
    assert.deepEqual(await writeTarget(at('.env'), [folder]), { file: at('config/env'), exists: true });
    assert.deepEqual(await writeTarget(at('linked/new'), [folder]), { file: at('config/new'), exists: false });
  });

  it('is refused through a link out of the folder and back into it by another link', async () => {
    symlinkSync(folder, path.join(other, 'back'));
    symlinkSync(path.join(other, 'back'), at('round'));
    write(at('a.txt'));
    // It ends in the folder, which is what counts.
    assert.equal((await writeTarget(at('round/a.txt'), [folder])).file, at('a.txt'));
  });

  it("is refused in git's own folder, unless that is the given folder", async () => {
    write(at('.git/config'));
    write(at('.git/hooks/pre-commit'));
    symlinkSync('.git/config', at('.env'));
    symlinkSync('.git', at('.truework'));
    await refused(at('.env'), 'git-folder', at('.env'));
    await refused(at('.truework/package.json'), 'git-folder', at('.truework'));
    await refused(at('.git/config'), 'git-folder', at('.git'));
    await refused(at('new/.GIT/config'), 'git-folder', at('new/.GIT'));
    assert.equal(
      (await writeTarget(at('.git/hooks/pre-commit'), [folder, at('.git')])).file,
      at('.git/hooks/pre-commit'),
    );
  });

  it('of a hook is refused if the hooks folder is linked from another project, and follows links within the folder', async () => {
    mkdirSync(at('.git'));
    symlinkSync(other, at('.git/hooks'));
    await refused(at('.git/hooks/pre-commit'), 'outside', at('.git/hooks'), [folder, at('.git')]);
    rmSync(at('.git/hooks'));
    mkdirSync(at('hooks'));
    symlinkSync('../hooks', at('.git/hooks'));
    assert.equal((await writeTarget(at('.git/hooks/pre-commit'), [folder, at('.git')])).file, at('hooks/pre-commit'));
  });

  it('is refused at a folder, a named pipe, a device, or a file in place of a folder', async () => {
    mkdirSync(at('.gitignore'));
    spawnSync('mkfifo', [at('.env')]);
    symlinkSync('/dev/null', at('null'));
    write(at('.truework'));
    await refused(at('.gitignore'), 'not-a-file', at('.gitignore'));
    await refused(at('.env'), 'not-a-file', at('.env'));
    await refused(at('null'), 'outside', at('null'));
    await refused(at('null'), 'not-a-file', at('null'), [folder, '/dev']);
    await refused(at('.truework/package.json'), 'not-a-folder', at('.truework'));
  });

  it('is refused if its path itself leads out of the folder', async () => {
    await refused(path.join(folder, '../other/package.json'), 'elsewhere', path.join(other, 'package.json'));
    await refused(folder, 'elsewhere', folder);
    await refused(`${folder}-2/a.txt`, 'elsewhere', `${folder}-2/a.txt`);
  });

  it('is refused if access is denied', { skip: process.getuid?.() === 0 }, async () => {
    mkdirSync(at('closed'));
    chmodSync(at('closed'), 0);
    await refused(at('closed/a.txt'), 'unreadable', at('closed/a.txt'));
    chmodSync(at('closed'), 0o700);
  });

  it('never ends outside the folder, whatever links there are', async () => {
    const name = fc.constantFrom('a', 'b', 'c', '.git');
    const inside = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
    const goal = fc.oneof(
      inside,
      inside.map((place) => `../${place}`),
      inside.map((place) => `../../other/${place}`),
      fc.constantFrom('.', '..', '../..', '../../other', '/', '/dev/null', '../project', '../../project/a'),
    );
    const entry = fc.oneof(
      inside.map((place) => ({ place, link: undefined })),
      fc.tuple(inside, goal).map(([place, link]) => ({ place, link })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 8 }), inside, async (entries, wanted) => {
        makeProjects();
        for (const { place, link } of entries) {
          try {
            mkdirSync(path.dirname(at(place)), { recursive: true });
            // Only within the folders of this test, wherever earlier links lead.
            if (!realpathSync(path.dirname(at(place))).startsWith(path.dirname(folder))) continue;
            if (link === undefined) writeFileSync(at(place), 'x', { flag: 'wx' });
            else symlinkSync(link, at(place));
          } catch {
            // The path exists already.
          }
        }
        let target;
        try {
          target = await writeTarget(at(wanted), [folder]);
        } catch (error) {
          assert.ok(error instanceof WriteRefused, String(error));
          return;
        }
        mkdirSync(path.dirname(target.file), { recursive: true });
        writeFileSync(target.file, 'written');
        const real = realpathSync(target.file);
        assert.ok(real.startsWith(`${folder}/`));
        assert.equal(real, target.file);
        assert.ok(!path.relative(folder, real).split('/').includes('.git'));
        // It is the requested file.
        assert.equal(readFileSync(at(wanted), 'utf8'), 'written');
      }),
      { numRuns: 300 },
    );
  });
});

describe('Making a file executable', { skip: process.platform === 'win32' }, () => {
  beforeEach(makeProjects);

  it('changes the file in the folder, and no other', async () => {
    write(at('hook'));
    await makeExecutable(at('hook'), [folder]);
    assert.equal(statSync(at('hook')).mode & 0o111, 0o111);
    symlinkSync(path.join(other, 'package.json'), at('linked'));
    await assert.rejects(makeExecutable(at('linked'), [folder]), WriteRefused);
    assert.equal(statSync(path.join(other, 'package.json')).mode & 0o111, 0);
  });

  it("follows no link that takes the file's place after the check", async () => {
    for (let round = 0; round < 120; round += 1) {
      rmSync(at('hook'), { force: true });
      write(at('hook'));
      symlinkSync(path.join(other, 'package.json'), at('prepared'));
      const changing = makeExecutable(at('hook'), [folder]);
      // The rounds cover every moment between the check and the change.
      for (let turn = 0; turn < round % 40; turn += 1)
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      renameSync(at('prepared'), at('hook'));
      await Promise.allSettled([changing]);
      assert.equal(statSync(path.join(other, 'package.json')).mode & 0o111, 0);
    }
  });
});

describe('Reading a text of a repository', { skip: process.platform === 'win32' }, () => {
  beforeEach(makeProjects);

  it('does not block at a named pipe, and reads no folder and no file that is too large', async () => {
    write(at('a.txt'), 'text');
    spawnSync('mkfifo', [at('pipe')]);
    assert.equal(await readTextFile(at('a.txt'), 4), 'text');
    assert.equal(await readTextFile(at('a.txt'), 3), undefined);
    assert.equal(await readTextFile(at('pipe'), 100), undefined);
    assert.equal(await readTextFile(folder, 100), undefined);
    assert.equal(await readTextFile(at('none'), 100), undefined);
    assert.ok(existsSync(at('pipe')));
  });
});
