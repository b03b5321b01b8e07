import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FileReader } from '../../../../src/secrets/scan/file-reader.ts';

describe('The reader of files', () => {
  it('takes no device for a file, however much it gives', {
    skip: process.platform === 'win32' && 'there are no such devices',
  }, () => {
    for (const device of ['/dev/zero', '/dev/urandom'])
      assert.deepEqual(new FileReader({}).read(device), { kind: 'no-file' });
  });
});
