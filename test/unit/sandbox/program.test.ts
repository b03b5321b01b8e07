import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { HELP, readOptions } from '../../../src/sandbox/command-line.ts';
import { DEFAULT_ASSUMPTIONS } from '../../../src/sandbox/assumptions.ts';
import { readSecretKey } from '../../../src/truework/keys.ts';
import type { OrderList } from '../../../src/truework/schemas/order.ts';
import { targetEmployer } from './support.ts';

const program = path.resolve(import.meta.dirname, '../../../src/sandbox/main.ts');

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program; `use` gets its first line of output, and ends it with a signal. */
async function run(
  args: readonly string[],
  signal: NodeJS.Signals = 'SIGTERM',
  use?: (line: string) => Promise<void>,
): Promise<Run> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args]);
  let out = '';
  let err = '';
  let used: Promise<void> | undefined;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
    if (use && out.includes('\n'))
      used ??= use(out.slice(0, out.indexOf('\n'))).finally(() => {
        child.kill(signal);
      });
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk;
  });
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  await used;
  return { code, out, err };
}

describe('The sandbox program', () => {
  it('prints one line of JSON, serves requests, and writes its state when a signal stops it', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-'));
    try {
      const stateFile = path.join(folder, 'state.json');
      for (const [signal, count] of [
        ['SIGTERM', 3],
        ['SIGINT', 4],
      ] as const) {
        const { code, out, err } = await run(
          ['--port', '0', '--state', stateFile, '--orders', '3', '--speed', '10', '--control'],
          signal,
          async (line) => {
            const { url, apiKey, ...tokens } = JSON.parse(line) as Record<string, string>;
            assert.deepEqual(Object.keys(tokens), ['publishableKey', 'webhookToken']);
            assert.equal(readSecretKey(apiKey ?? '').ok, true);
            const headers = { authorization: `Bearer ${apiKey ?? ''}`, 'content-type': 'application/json' };
            const list = (await (await fetch(`${url ?? ''}/orders`, { headers })).json()) as OrderList;
            assert.equal(list.count, count);
            assert.equal(
              (
                await fetch(`${url ?? ''}/orders/target-employer`, {
                  method: 'POST',
                  headers,
                  body: JSON.stringify(targetEmployer()),
                })
              ).status,
              201,
            );
          },
        );
        assert.deepEqual([code, err, out.trim().split('\n').length], [0, '', 1]);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('prints its help, and one sentence if it cannot start', async () => {
    const { code, out } = await run(['--help']);
    assert.deepEqual([code, out], [0, HELP]);
    const failed = await run(['--speed', '0']);
    assert.deepEqual([failed.code, failed.out], [1, '']);
    assert.match(failed.err, /speed.*\n.*--help/);
    assert.doesNotMatch(failed.err, /^ {4}at /m);
  });
});

describe('The command line of the sandbox', () => {
  it('documents each option', () => {
    for (const option of [
      'port',
      'seed',
      'speed',
      'state',
      'orders',
      'rate-limit',
      'webhook',
      'control',
      'assume',
      'help',
    ])
      assert.match(HELP, new RegExp(`^  --${option}\\b`, 'm'));
    for (const name of Object.keys(DEFAULT_ASSUMPTIONS)) assert.ok(HELP.includes(`  ${name}=`), name);
  });

  it('is parsed into options', () => {
    const apiKey = `tw_sk_test_${'0'.repeat(40)}`;
    assert.deepEqual(
      readOptions(
        [
          '--port',
          '8080',
          '--seed',
          's',
          '--speed',
          '2.5',
          '--state',
          'f',
          '--orders',
          'demo',
          '--rate-limit',
          '0',
          '--webhook',
          'https://a.example/#t',
          '--webhook',
          'http://localhost/',
          '--control',
          '--assume',
          'maxLimit=5',
          '--assume',
          'legacySsns=true',
          '--assume',
          'frozenSsn=000-04-0000',
        ],
        { TRUEWORK_SANDBOX_API_KEY: apiKey },
      ),
      {
        port: 8080,
        seed: 's',
        speed: 2.5,
        stateFile: 'f',
        seedOrders: 'demo',
        rateLimit: 0,
        controlRoute: true,
        apiKey,
        webhooks: [{ url: 'https://a.example/', token: 't' }, { url: 'http://localhost/' }],
        assumptions: { maxLimit: 5, legacySsns: true, frozenSsn: '000-04-0000' },
      },
    );
    assert.deepEqual(readOptions([], {}), {
      port: 0,
      speed: 1,
      seedOrders: 0,
      rateLimit: 10,
      webhooks: [],
      controlRoute: false,
      assumptions: {},
    });
    assert.equal(readOptions(['--help'], {}), 'help');
  });

  it('is rejected with a sentence if it is invalid', () => {
    for (const args of [
      ['--port', 'x'],
      ['--port', '70000'],
      ['--port', '1.5'],
      ['--speed', ''],
      ['--rate-limit', '-1'],
      ['--orders', 'many'],
      ['--assume', 'nonsense=1'],
      ['--assume', 'maxLimit=x'],
      ['--assume', 'legacySsns=perhaps'],
      ['--assume', 'listOrder=up'],
      ['--nonsense'],
      ['stray'],
    ]) {
      assert.throws(() => readOptions(args, {}), Error, args.join(' '));
    }
  });
});
