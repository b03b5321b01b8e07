import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { replaceFile } from '../../../src/files/replace-file.ts';
import { temporaryFolder } from '../../support/processes.ts';

const noModes = { skip: process.platform === 'win32' && 'Windows has no file modes, and links need a privilege' };

describe('Replacing a file', () => {
  it(
    'creates a new file of the same name, readable by this user only, and leaves no other behind',
    noModes,
    async () => {
      const folder = temporaryFolder('replace');
      const file = path.join(folder, 'state.json');
      await replaceFile(file, 'one');
      const { mode, ino } = statSync(file);
      assert.equal(mode & 0o777, 0o600);
      await replaceFile(file, 'two');
      assert.notEqual(statSync(file).ino, ino);
      assert.equal(readFileSync(file, 'utf8'), 'two');
      assert.deepEqual(readdirSync(folder), ['state.json']);
    },
  );

  it('replaces a link and not its target', noModes, async () => {
    const folder = temporaryFolder('replace');
    const other = path.join(folder, 'other');
    const file = path.join(folder, 'state.json');
    writeFileSync(other, 'mine');
    symlinkSync(other, file);
    await replaceFile(file, 'one');
    assert.equal(readFileSync(other, 'utf8'), 'mine');
    assert.ok(lstatSync(file).isFile());
  });

  it('leaves nothing behind when it fails', async () => {
    const folder = temporaryFolder('replace');
    mkdirSync(path.join(folder, 'taken/full'), { recursive: true });
    await assert.rejects(replaceFile(path.join(folder, 'taken'), 'one'));
    await assert.rejects(replaceFile(path.join(folder, 'missing/a'), 'one'), { code: 'ENOENT' });
    assert.deepEqual(readdirSync(folder), ['taken']);
  });
});
