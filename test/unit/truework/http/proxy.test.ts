import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseProxy } from '../../../../src/truework/http/proxy.ts';

describe('The chosen proxy', () => {
  it('has an address without user name and password', () => {
    assert.deepEqual(chooseProxy({ proxyUrl: 'http://jane:p%40ss@proxy.example:8080/path?x#y' }), {
      url: 'http://proxy.example:8080',
      authorization: `Basic ${Buffer.from('jane:p@ss').toString('base64')}`,
      noProxy: '',
    });
  });
});
