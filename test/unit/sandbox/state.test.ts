import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import type { TenantProperty } from '../../../src/truework/schemas/beta.ts';
import type { Order, OrderList } from '../../../src/truework/schemas/order.ts';
import { employerSearch, only, states, targetEmployer, withSandbox } from './support.ts';

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('The state file', () => {
  it('restores orders, webhooks, properties and time after a restart', async () => {
    await withFolder(async (folder) => {
      const stateFile = path.join(folder, 'state.json');
      let before: Order[] = [];
      let open: Order | undefined;
      let property: TenantProperty | undefined;
      await withSandbox({ stateFile, seed: 'x' }, async ({ sandbox, order, ask, get }) => {
        sandbox.registerWebhook({ url: 'https://example.invalid/hook', events: ['order.completed'], token: 'own' });
        sandbox.advance(3600_000);
        open = await order('target-employer', targetEmployer('000-00-0000', { search_key: 'kept' }));
        before = [await get(await order('employer-search', employerSearch('000-00-0007'))), open];
        property = (await ask<TenantProperty>('/tenant-properties', { method: 'POST', body: { name: 'Elm Court' } }))
          .body;
        sandbox.removeWebhook(sandbox.webhooks()[0]?.id ?? 0);
        sandbox.registerWebhook({ url: 'http://localhost:1/hook', events: ['order.completed'], token: 'own' });
      });
      if (process.platform !== 'win32') assert.equal((await stat(stateFile)).mode & 0o777, 0o600);
      await withSandbox({ stateFile, seedOrders: 'demo' }, async ({ sandbox, order, ask, get }) => {
        assert.deepEqual((await ask<OrderList>('/orders')).body.results, before);
        assert.deepEqual(
          sandbox.webhooks().map(({ id, url, token }) => [id, url, token]),
          [[2, 'http://localhost:1/hook', 'own']],
        );
        assert.equal((await ask(`/tenant-properties/${property?.id ?? ''}`)).status, 200);
        assert.equal((await ask<OrderList>('/orders?search_key=kept')).body.count, 1);
        assert.equal((await ask(`/reports/${only(before[0] as Order).reports?.[1]?.id ?? ''}`)).status, 200);
        const next = await order('employer-search', employerSearch());
        assert.ok(!before.some((each) => each.id === next.id));
        sandbox.advance(10_000);
        assert.deepEqual(states(await get(open as Order)), ['completed']);
      });
      assert.deepEqual(await readdir(folder), ['state.json'], 'nothing is left beside it');
      const text = await readFile(stateFile, 'utf8');
      assert.doesNotMatch(text, /tw_sk_/, 'keys are not kept');
    });
  });

  it('is written soon after a change, not only at the end', async () => {
    await withFolder(async (folder) => {
      const stateFile = path.join(folder, 'state.json');
      await withSandbox({ stateFile }, async ({ order }) => {
        await order('target-employer', targetEmployer());
        const orders = async (): Promise<number> =>
          (JSON.parse(await readFile(stateFile, 'utf8')) as { store: { orders: unknown[] } }).store.orders.length;
        while ((await orders()) === 0)
          await new Promise((resolve) => {
            setTimeout(resolve, 10);
          });
      });
    });
  });

  it('is replaced as a whole, so that no reader sees a partial file', async () => {
    await withFolder(async (folder) => {
      const stateFile = path.join(folder, 'state.json');
      await withSandbox({ stateFile }, async ({ sandbox }) => {
        const { ino } = await stat(stateFile);
        await sandbox.save();
        assert.notEqual((await stat(stateFile)).ino, ino, 'another file took its place');
      });
    });
  });

  it('is set aside and reported if damaged, never overwritten', async () => {
    const damaged = [
      '',
      '{',
      'null',
      '[]',
      '{"format":"truework-sandbox","version":2}',
      '{"format":"truework-sandbox","version":1,"seed":"x","clockShift":0,"store":{"orders":[{}]}}',
    ];
    for (const text of damaged) {
      await withFolder(async (folder) => {
        const stateFile = path.join(folder, 'state.json');
        await writeFile(stateFile, text);
        const notices: string[] = [];
        await withSandbox({ stateFile, onNotice: (notice) => notices.push(notice) }, async ({ order }) => {
          await order('target-employer', targetEmployer());
        });
        const [aside, ...others] = (await readdir(folder)).filter((name) => name !== 'state.json');
        assert.deepEqual(others, []);
        assert.match(aside ?? '', /^state\.json\.corrupt-/);
        assert.equal(await readFile(path.join(folder, aside ?? ''), 'utf8'), text);
        assert.equal(notices.length, 1);
        assert.ok(notices[0]?.includes(aside ?? '?'));
        await withSandbox({ stateFile }, ({ sandbox }) => {
          assert.equal(sandbox.orderCount, 1);
          return Promise.resolve();
        });
      });
    }
  });

  it('is an error at the start if its folder does not exist', async () => {
    await assert.rejects(
      startSandbox({ stateFile: path.join(tmpdir(), 'no-such-folder-here', 'state.json') }),
      /cannot be written/,
    );
    await assert.rejects(startSandbox({ stateFile: tmpdir() }), /cannot be read/);
  });
});

describe('The options of the sandbox', () => {
  it('are rejected with a sentence if they are invalid', async () => {
    for (const options of [
      { speed: 0 },
      { speed: -1 },
      { speed: Number.NaN },
      { rateLimit: -1 },
      { apiKey: 'x' },
      { webhooks: [{ url: 'nowhere' }] },
    ]) {
      await assert.rejects(startSandbox(options), /^Error: [A-Z].*\.$/);
    }
  });
});
