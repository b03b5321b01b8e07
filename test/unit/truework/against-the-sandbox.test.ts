import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startSandbox, type RunningSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { TrueworkClient, type TrueworkApi } from '../../../src/truework/client.ts';
import { carriesMark, searchOrders, type OrderMark } from '../../../src/truework/correlate.ts';
import { SecretKey } from '../../../src/truework/keys.ts';
import { LocalOrigin } from '../../../src/truework/origin.ts';
import { isReverifiable, orderKind, orderState } from '../../../src/truework/state.ts';
import { UndiciTransport } from '../../../src/truework/http/undici-transport.ts';
import { body, failing } from './support/clients.ts';

describe('all operations against the local sandbox', () => {
  let sandbox: RunningSandbox;
  let api: TrueworkApi;

  const idsWith = async (mark: OrderMark): Promise<readonly string[]> => {
    const ids: string[] = [];
    await searchOrders(
      api,
      {},
      (orders) => {
        ids.push(...orders.filter((order) => carriesMark(order, mark)).map(({ id }) => id));
        return false;
      },
      { row: 0 },
      new AbortController().signal,
    );
    return ids;
  };

  before(async () => {
    sandbox = await startSandbox({ rateLimit: 0, speed: 1e6 });
    const key = SecretKey.from(sandbox.apiKey);
    assert.ok(key);
    api = new TrueworkClient({ origin: LocalOrigin.of(sandbox.url, key), key, transport: new UndiciTransport() });
  });

  after(async () => {
    await api.close();
    await sandbox.stop();
  });

  it('create an order and read its report, as JSON and as PDF, its events and its reverification', async () => {
    const order = await api.createEmployerSearchOrder({ ...body.employerSearch, search_key: 'search' });
    assert.equal(orderKind(order), 'employer-search');
    assert.equal(orderState(order), 'completed');
    assert.deepEqual(await api.getOrder(order.id), order);
    assert.deepEqual(
      (await api.listOrders({ searchKey: 'search' })).results.map(({ id }) => id),
      [order.id],
    );
    const [verification] = order.verification_requests ?? [];
    const [report] = verification?.reports ?? [];
    assert.ok(verification && report);
    assert.equal((await api.getReport(report.id)).id, report.id);
    assert.equal(Buffer.from((await api.getReportPdf(report.id)).subarray(0, 5)).toString(), '%PDF-');
    assert.ok((await api.getOrderEvents(order.id)).count > 0);
    assert.equal(isReverifiable(verification, report, Date.now()), true);
    const sentAt = api.serverNow();
    assert.ok(sentAt !== undefined && Math.abs(sentAt - Date.now()) < 2000, "the sandbox runs on this machine's clock");
    const again = await api.reverify({ report_id: report.id }, { sync: 'sync' });
    assert.equal(orderKind(again), 'reverification');
    assert.deepEqual(
      await idsWith({ kind: 'reverification', parentOrderId: order.id, sentAt, otherOrderIds: new Set() }),
      [again.id],
    );
    assert.deepEqual(
      await idsWith({ kind: 'reverification', parentOrderId: order.id, sentAt, otherOrderIds: new Set([again.id]) }),
      [],
    );
  });

  it('create every other kind, read page by page, and cancel', async () => {
    const marked = { correlation: 'a1b2' };
    const target = await api.createTargetEmployerOrder({ ...body.targetEmployer });
    const [person] = body.trueworkDirect.targets;
    const direct = await api.createTrueworkDirectOrder({ targets: [{ ...person, metadata: marked }] });
    assert.equal(orderKind(target), 'target-employer');
    assert.equal(orderKind(direct), 'truework-direct');
    const ids: string[] = [];
    for await (const page of api.orderPages({ limit: 1 })) ids.push(...page.results.map(({ id }) => id));
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.includes(target.id) && ids.includes(direct.id));
    assert.deepEqual(await idsWith({ kind: 'metadata', key: 'correlation', value: 'a1b2' }), [direct.id]);
    assert.equal((await api.cancelOrder(direct.id, { cancellation_reason: 'immediate' })).id, direct.id);
  });

  it('throw what the sandbox rejects', async () => {
    assert.equal((await failing(api.getOrder('no-such-order'))).kind, 'not-found');
    const { target } = body.targetEmployer;
    const error = await failing(
      api.createTargetEmployerOrder({
        ...body.targetEmployer,
        target: { ...target, social_security_number: '123-45-6789' },
      }),
    );
    assert.deepEqual([error.kind, error.status], ['validation', 400]);
  });
});
