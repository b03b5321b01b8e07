import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { FailureLog } from '../../../src/orders/failure-log.ts';
import { TrueworkError } from '../../../src/truework/errors.ts';

let lines: string[];
let log: FailureLog;

beforeEach(() => {
  lines = [];
  log = new FailureLog({
    info: (message) => lines.push(`info ${message}`),
    warn: (message) => lines.push(`warn ${message}`),
    error: (message, error) => lines.push(`error ${message} ${error instanceof Error ? error.message : ''}`),
  });
});

const timeout = () => new TrueworkError('timeout');

describe('The log of failed attempts to load orders', () => {
  it('contains an error once while polling keeps failing in the same way, and again after that changed', () => {
    log.failed({ error: timeout(), attempts: 1 }, 'poll');
    log.failed({ error: timeout(), attempts: 2 }, 'poll');
    log.failed({ error: timeout(), attempts: 3 }, 'poll');
    log.failed({ error: new TrueworkError('server', { status: 503 }), attempts: 4 }, 'poll');
    log.failed({ error: timeout(), attempts: 5 }, 'poll');
    assert.deepEqual(lines, [
      'warn Polling orders failed: Truework did not respond in time.',
      'warn Polling orders failed: Truework failed to respond, with status 503.',
      'warn Polling orders failed: Truework did not respond in time.',
    ]);
  });

  it('contains the same error again after a success', () => {
    log.failed({ error: timeout(), attempts: 1 }, 'load');
    log.recovered({ attempts: 1 });
    log.failed({ error: timeout(), attempts: 1 }, 'load');
    assert.deepEqual(lines, [
      'warn Loading orders failed: Truework did not respond in time.',
      'info Orders are up to date again after 1 failed attempt',
      'warn Loading orders failed: Truework did not respond in time.',
    ]);
  });

  it('contains errors of the code with their stack', () => {
    log.failed({ error: new TypeError('x is undefined'), attempts: 1 }, 'poll');
    assert.deepEqual(lines, ['error Polling orders failed x is undefined']);
  });
});
