/** Lasting failures: missing responses, rejected keys, hours of errors, a machine that slept, two windows. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { orderState } from '../../../src/truework/state.ts';
import { key } from '../../support/keys.ts';
import { busiestSecond, resetBeforeHeaders, stall, status, trickle } from '../../support/network/fault-server.ts';
import { assertPlain, type Window } from './editor.ts';
import { describeOnBadNetwork, hastily } from './suite.ts';
import { sleepMachine, speedUp, until } from './time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The document of the first order that the view shows. */
async function documentOf({ orders }: Window): Promise<vscode.Uri> {
  const uri: unknown = (await orders.item(orders.rows[0])).command?.arguments?.[0];
  assert.ok(uri instanceof vscode.Uri);
  return uri;
}

describeOnBadNetwork('A slow network', (current) => {
  for (const [fault, reaction, times] of [
    ['stalled', stall, 60],
    ['slow trickle', trickle, 120],
  ] as const) {
    it(`${fault}: times out, says so, and recovers`, async () => {
      const { hits, network } = current();
      const window = await current().openWithKey();
      network.server.reaction = hastily(reaction, times);
      window.orders.show();
      assert.equal(
        await current().failureOf(window),
        'Truework did not respond in time. Check the network connection, then try again.',
      );
      assert.equal(hits.length, 1);
      network.heal();
      speedUp(20);
      current().returnToWindow();
      await current().recovered(window);
    }).timeout(60_000);
  }

  it('hanging proxy: times out, says so, and recovers', async () => {
    const { hits, network } = current();
    const window = await current().openWithKey();
    network.proxy.refusal = 'silence';
    const before = network.proxy.asked.length;
    window.orders.show();
    await until('the proxy to be asked', () => network.proxy.asked.length > before);
    speedUp(30);
    assert.match(
      await current().failureOf(window),
      /^The proxy did not respond in time\. Check the setting "http\.proxy"/,
    );
    assert.equal(hits.length, 0);
    network.heal();
    speedUp(20);
    current().returnToWindow();
    await current().recovered(window);
  }).timeout(60_000);
});

describeOnBadNetwork('A lasting failure', (current) => {
  it('500 for an hour: is retried less and less often, and recovers without the user', async () => {
    const { editor, hits, network } = current();
    const window = await current().openWithKey();
    network.server.reaction = status(500);
    window.orders.show();
    await current().failureOf(window);
    const start = performance.now();
    speedUp(300);
    await until('an hour to pass', () => performance.now() - start > HOUR, 30_000);
    assert.ok(hits.length >= 5 && hits.length <= 30, `${hits.length} requests`);
    const gaps = hits.slice(1).map(({ at }, index) => at - (hits[index]?.at ?? 0));
    assert.ok(Math.min(...gaps) >= 4_900, `requests ${Math.min(...gaps)} ms apart`);
    network.heal();
    await current().recovered(window);
    assert.deepEqual(editor.messages, []);
  }).timeout(90_000);

  it('a hundred focus changes: do not multiply the requests', async () => {
    const { hits, network } = current();
    const window = await current().openWithKey();
    network.server.reaction = status(500);
    window.orders.show();
    await current().failureOf(window);
    for (let turn = 0; turn < 100; turn += 1) current().returnToWindow();
    window.orders.show(false);
    window.orders.show(true);
    await until('the load to have failed', () => window.orders.rows.length === 1);
    assert.ok(hits.length <= 2, `${hits.length} requests`);
  });

  it('failing polls: show that the orders may be out of date, until polling works again', async () => {
    const { editor, hits, network } = current();
    const window = await current().openWithOrders();
    network.server.reaction = status(503, { html: true });
    speedUp(100);
    assert.match(
      await current().failureOf(window),
      /^These orders may be out of date since .+\. Truework failed to respond \(status 503\)\. Try again later/,
    );
    assert.ok(window.orders.rows.length > 1, 'what was loaded stays');
    network.heal();
    await current().recovered(window);
    assert.deepEqual(editor.messages, []);
    assert.ok(hits.every(({ method }) => method === 'GET'));
  }).timeout(60_000);

  it('401 mid-session: one request, one message in the view, then no request until there is another key', async () => {
    const { editor, hits, network, secret } = current();
    const window = await current().openWithOrders();
    hits.length = 0;
    network.server.reaction = status(401, { message: `No such key: ${secret}` });
    const start = performance.now();
    speedUp(100);
    assert.match(
      await current().failureOf(window),
      /Truework does not accept this API key\. It may be mistyped, revoked, or for the other environment\./,
    );
    assert.equal(hits.length, 1);
    speedUp(1000);
    for (let minutes = 1; minutes <= 60; minutes += 1) {
      await until('a minute to pass', () => performance.now() - start > minutes * MINUTE);
      current().returnToWindow();
    }
    assert.equal(hits.length, 1);
    assert.deepEqual(editor.messages, []);
    speedUp(1);
    network.heal();
    await window.addKey(secret, 'Mine');
    await current().recovered(window);
  }).timeout(60_000);

  it('many requests at once: stay within the rate limit', async () => {
    const { hits } = current();
    const window = await current().openWithOrders();
    await Promise.all([
      ...Array.from({ length: 12 }, async () => window.run('truework.refreshOrders')),
      ...(await Promise.all(window.orders.rows.slice(0, 12).map((row) => window.orders.item(row)))).map(({ command }) =>
        window.read(command?.arguments?.[0] as vscode.Uri),
      ),
    ]);
    assert.ok(hits.length > 10, `${hits.length} requests`);
    assert.ok(busiestSecond(hits) <= 10);
  });
});

describeOnBadNetwork('A document on a bad network', (current) => {
  it('shows the error instead of its text, and its text when it is opened again', async () => {
    const { editor, network, secret } = current();
    const window = await current().openWithOrders();
    const uri = await documentOf(window);
    network.server.reaction = resetBeforeHeaders;
    await window.run('truework.openOrder', window.orders.rows[0]);
    assert.deepEqual(
      editor.messages.map(({ severity, message }) => [severity, message]),
      [['error', 'The connection to Truework was interrupted. Check the network connection, then try again.']],
    );
    await assert.rejects(window.read(uri), (error: Error) => {
      assertPlain([error.message.replace(/ ?\(FileSystemError\)/, '')], [secret]);
      return error.message.includes('The connection to Truework was interrupted.');
    });
    network.heal();
    assert.match(await window.read(uri), /"verification_requests"/);
  });
});

describeOnBadNetwork('A machine that was asleep for an hour', (current) => {
  /** An order is canceled elsewhere while the machine sleeps. @returns whether the window shows it */
  async function sleepThrough({ orders }: Window): Promise<() => boolean> {
    const { network } = current();
    const row = orders.orderIn('processing');
    sleepMachine(HOUR);
    await network.cancelElsewhere(row.order.id);
    return () => orderState(row.order) === 'canceled';
  }

  it('shows the current state of the orders, although all connections are dead', async () => {
    const { editor, network } = current();
    const window = await current().openWithOrders();
    const isShown = await sleepThrough(window);
    network.server.dropConnections();
    speedUp(20);
    current().returnToWindow();
    await until('the new state to show', isShown);
    await current().recovered(window);
    assert.deepEqual(editor.messages, []);
  }).timeout(60_000);

  it('does not wait forever for connections that the network dropped', async () => {
    const { editor, network } = current();
    const window = await current().openWithOrders();
    const isShown = await sleepThrough(window);
    network.proxy.forgetTunnels();
    const done = window.run('truework.refreshOrders');
    speedUp(60);
    await done;
    await until('the new state to show', isShown);
    await current().recovered(window);
    assert.deepEqual(editor.messages, []);
  }).timeout(60_000);
});

describeOnBadNetwork('Two windows', (current) => {
  it('a key that is removed in one: is gone in the other, which sends no more requests', async () => {
    const { editor, hits, profile } = current();
    const here = await current().openWithOrders();
    const there = await editor.open(profile);
    there.orders.show();
    await current().recovered(there);
    editor.rules = [
      [/Remove API Key/, 'Mine'],
      [/Remove the API key of/, 'Remove'],
    ];
    await here.run('truework.removeApiKey');
    await until('the rows to go in both', () => here.orders.rows.length === 0 && there.orders.rows.length === 0);
    hits.length = 0;
    speedUp(300);
    const start = performance.now();
    await until('ten minutes to pass', () => performance.now() - start > 10 * MINUTE);
    assert.equal(hits.length, 0);
  }).timeout(60_000);

  it('401: one request from each, then none; a new key in one works in both', async () => {
    const { editor, hits, network, profile, secret } = current();
    const here = await current().openWithOrders();
    const there = await editor.open(profile);
    there.orders.show();
    await current().recovered(there);
    hits.length = 0;
    network.server.reaction = status(401);
    speedUp(100);
    for (const window of [here, there]) assert.match(await current().failureOf(window), /does not accept this API key/);
    const start = performance.now();
    speedUp(300);
    await until('ten minutes to pass', () => performance.now() - start > 10 * MINUTE);
    assert.equal(hits.length, 2);
    speedUp(1);
    network.heal();
    await here.addKey(secret, 'Mine');
    for (const window of [here, there]) await current().recovered(window);
  }).timeout(60_000);

  it('a key that Truework rejects: is reported, and stored in neither window', async () => {
    const { editor, profile } = current();
    const here = await editor.open(profile);
    const there = await editor.open(profile);
    await here.addKey(key('not accepted', 'sandbox'), 'Mistyped');
    assert.deepEqual(
      editor.messages.map(({ message, modal, buttons }) => ({ message, modal, buttons })),
      [{ message: 'Truework does not accept this API key.', modal: true, buttons: ['Correct Key', 'Keep Anyway'] }],
    );
    assert.deepEqual(profile.secrets.names, []);
    for (const window of [here, there]) {
      window.orders.show();
      assert.equal(window.orders.message ?? '', '');
    }
  });

  it('without a connection: the view sends nothing', async () => {
    const { editor, profile } = current();
    const { orders } = await editor.open(profile);
    orders.show();
    speedUp(100);
    const start = performance.now();
    await until('a minute to pass', () => performance.now() - start > MINUTE);
    assert.ok(orders.reads <= 5, `The rows were asked for ${orders.reads} times.`);
  });
});
