import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { walk } from '../../../../src/secrets/scan/walk.ts';
import { temporaryFolder } from '../../../support/processes.ts';

describe('A walk through a folder', () => {
  it('lists links and follows none, inside or outside the folder', {
    skip: process.platform === 'win32' && 'creating links needs a privilege on Windows',
  }, () => {
    const folder = temporaryFolder('walk');
    const outside = temporaryFolder('outside');
    mkdirSync(path.join(outside, 'project'));
    writeFileSync(path.join(outside, 'project/private.txt'), '');
    mkdirSync(path.join(folder, 'src'));
    writeFileSync(path.join(folder, 'src/a.txt'), '');
    symlinkSync(path.join(outside, 'project'), path.join(folder, 'linked'));
    symlinkSync('..', path.join(folder, 'src/around'));
    assert.deepEqual([...walk(folder)].map((file) => path.relative(folder, file)).sort(), [
      'linked',
      'src/a.txt',
      'src/around',
    ]);
  });
});
