import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FileReader } from '../../../../src/secrets/scan/file-reader.ts';

describe('The file reader', () => {
  it('does not read a device as a file, however much it returns', {
    skip: process.platform === 'win32' && 'Windows has no such devices',
  }, () => {
    for (const device of ['/dev/zero', '/dev/urandom'])
      assert.deepEqual(new FileReader({}).read(device), { kind: 'no-file' });
  });
});
