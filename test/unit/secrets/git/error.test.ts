import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorOfExit, GitError } from '../../../../src/secrets/git/error.ts';
import { key } from '../../../support/keys.ts';

describe('An error of git', () => {
  it('contains a part of the message of git, and no key', () => {
    const { detail } = errorOfExit('status', 128, `fatal: bad file ${key('said')} ${'x'.repeat(5000)}`);
    assert.ok(detail.startsWith('fatal: bad file tw_sk_•••'));
    assert.equal(detail.length, 1000);
    assert.equal(new GitError('failed', 'Failed.', { detail: key('alone') }).detail, 'tw_sk_•••');
  });
});
