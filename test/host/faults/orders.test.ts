/**
 * Creating, reverifying and canceling on a bad network: nothing is sent twice, nothing is claimed that is not known.
 */
import assert from 'node:assert/strict';
import { orderState } from '../../../src/truework/state.ts';
import {
  afterWork,
  beforeLateWork,
  cutShort,
  noContent,
  notJson,
  portalPage,
  portalRedirect,
  resetBeforeHeaders,
  resetMidBody,
  stall,
  status,
  whereItCounts,
  type Hit,
  type Reaction,
} from '../../support/network/fault-server.ts';
import type { Rule, Window } from './editor.ts';
import type { Network } from './network.ts';
import { describeOnBadNetwork, hastily, type BadNetwork } from './suite.ts';
import { speedUp, until } from './time.ts';

const CHECK = 'Check the network connection, then try again.';

/** Answers to the wizard: a new order for Taylor Curtis. */
const newOrder: readonly Rule[] = [
  [/Select the kind of order/, /^Target Employer/],
  [/Select an applicant/, 'Taylor Curtis'],
  [/Name of the employer/, 'Acme Inc'],
  [/Send it\?/, 'Send to Sandbox'],
];
/** The same, going on with what was entered before. */
const continueDraft: readonly Rule[] = [
  [/Select the kind of order/, 'Continue Draft'],
  [/Send it\?/, 'Send to Sandbox'],
];
const cancel: readonly Rule[] = [
  [/Reason for canceling/, /./],
  [/Details for Truework/, ''],
  [/^Cancel the order for/, 'Cancel Order'],
];
const reverify: readonly Rule[] = [[/Reverify Report/, 'Asynchronous']];

const sent = (hits: readonly Hit[]) => hits.filter(({ method }) => method !== 'GET');

interface Refusal {
  readonly fault: string;
  readonly reaction?: Reaction;
  readonly damage?: (network: Network) => void;
  readonly repair?: (network: Network) => Promise<void> | void;
  readonly says: string;
  /** Whether the request gets as far as Truework. */
  readonly arrives: boolean;
}

/** Nothing was created, and that is certain. */
const refusals: readonly Refusal[] = [
  {
    fault: '400',
    reaction: status(400, { message: 'No.' }),
    says: 'Truework refused the request: some values are not valid. Truework says: No.',
    arrives: true,
  },
  {
    fault: '401',
    reaction: status(401),
    says: 'Truework does not accept this API key. It may be mistyped, revoked, or for the other environment. Copy it again from the developer settings, or generate a new one there.',
    arrives: true,
  },
  {
    fault: '403',
    reaction: status(403, { message: 'Not for this key.' }),
    says: 'This API key does not have permission to do this. Truework says: Not for this key.',
    arrives: true,
  },
  {
    fault: '406',
    reaction: status(406),
    says: 'Truework does not support API version 2023-10-30 for this key. The key is pinned to a newer version. Check for an update of this extension.',
    arrives: true,
  },
  {
    fault: '429 with Retry-After',
    reaction: status(429, { retryAfter: '2' }),
    says: 'Truework received too many requests in a short time. Try again in 2 seconds.',
    arrives: true,
  },
  {
    fault: '429 without Retry-After',
    reaction: status(429),
    says: 'Truework received too many requests in a short time. Wait a moment and try again.',
    arrives: true,
  },
  {
    fault: '451',
    reaction: status(451),
    says: 'The applicant has frozen this social security number. Ask the applicant to unfreeze it with Truework, then create the order again.',
    arrives: true,
  },
  {
    fault: 'self-signed certificate',
    damage: (network) => {
      network.identify('self-signed');
    },
    says: 'The certificate of the connection to Truework is not trusted. If your company inspects traffic, add its certificate authority to those that the operating system trusts.',
    arrives: false,
  },
  {
    fault: 'expired certificate',
    damage: (network) => {
      network.identify('expired');
    },
    says: 'The certificate of the connection to Truework has expired or is not valid yet. Check the date and time of this computer. If they are right, check the network: another server may have responded.',
    arrives: false,
  },
  {
    fault: 'certificate for another name',
    damage: (network) => {
      network.identify('wrong-name');
    },
    says: 'A server other than Truework responded: its certificate is for another host name. Sign in to the network or check the proxy, then try again.',
    arrives: false,
  },
  {
    fault: 'proxy 407',
    damage: (network) => {
      network.proxy.authorization = 'Basic other';
      network.server.dropConnections();
    },
    says: 'The proxy requires a user name and password. Check the setting "http.proxy" and the proxy\'s credentials, or set "truework.transport" to "editor".',
    arrives: false,
  },
  {
    fault: 'proxy refused',
    damage: (network) => {
      network.stopProxy();
    },
    repair: (network) => network.restartProxy(),
    says: 'The proxy cannot be reached. Check the setting "http.proxy" and the proxy\'s credentials, or set "truework.transport" to "editor".',
    arrives: false,
  },
];

/** The order may or may not exist; here it does. */
const lost: readonly (readonly [fault: string, reaction: Reaction])[] = [
  ['reset after the work was done', afterWork(resetBeforeHeaders)],
  ['reset mid-body', resetMidBody],
  ['truncated body', cutShort],
  ['text called JSON', afterWork(notJson)],
  ['204', afterWork(noContent)],
  ['captive portal, as a page', afterWork(portalPage)],
  ['captive portal, as a redirect', afterWork(portalRedirect)],
  ['stalled', hastily(afterWork(stall), 60)],
  ...[500, 502, 503, 504].map((code) => [String(code), afterWork(status(code, { html: true }))] as const),
];

const NOT_KNOWN = /^The response was lost\. It is not known yet whether the order for Taylor C.* was created in "Mine"/;

/** The notice that an order has ended, which comes with time. */
const FINISHED = /^Order for .+: completed$/;

/** Opens a window on the network of the test, with the orders in it. */
async function start(current: BadNetwork): Promise<{ readonly window: Window; readonly before: number }> {
  const window = await current.openWithOrders();
  current.hits.length = 0;
  return { window, before: current.network.sandbox.orderCount };
}

describeOnBadNetwork('Creating an order that Truework certainly did not create', (current) => {
  for (const { fault, reaction, damage, repair, says, arrives } of refusals) {
    it(`${fault}: says so, sends ${arrives ? 'once' : 'nothing'}, and keeps the input as a draft`, async () => {
      const { editor, hits, network } = current();
      const { window, before } = await start(current());
      if (reaction) network.server.reaction = whereItCounts(reaction);
      damage?.(network);
      editor.rules = newOrder;
      await window.run('truework.createOrder');
      assert.deepEqual(
        editor.messages.map(({ severity, message }) => [severity, message]),
        [['error', says]],
      );
      assert.equal(sent(hits).length, arrives ? 1 : 0);
      assert.equal(network.sandbox.orderCount, before);
      assert.deepEqual(editor.progress, []);

      network.heal();
      await repair?.(network);
      editor.rules = continueDraft;
      await window.run('truework.createOrder');
      assert.equal(editor.messages.length, 1, 'all is well the second time');
      assert.equal(sent(hits).length, arrives ? 2 : 1);
      assert.equal(network.sandbox.orderCount, before + 1);
    }).timeout(60_000);
  }
});

describeOnBadNetwork('Creating an order whose response is lost', (current) => {
  for (const [fault, reaction] of lost) {
    it(`${fault}: sends the order once, finds it, and shows no message`, async () => {
      const { editor, hits, network } = current();
      const { window, before } = await start(current());
      network.server.reaction = whereItCounts(reaction);
      editor.rules = newOrder;
      await window.run('truework.createOrder');
      assert.deepEqual(
        editor.messages.filter(({ message }) => !FINISHED.test(message)),
        [],
      );
      assert.equal(sent(hits).length, 1);
      assert.equal(network.sandbox.orderCount, before + 1);
      await until('the order to show', async () => (await window.shown()).includes('Acme Inc'));
      assert.deepEqual(editor.progress, []);
    }).timeout(60_000);
  }

  for (const code of [500, 502, 503, 504]) {
    it(`${code}, and the order is created late: reports it as unknown until it is found, and sends nothing twice`, async () => {
      const { editor, hits, network } = current();
      const { window, before } = await start(current());
      const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
      network.server.reaction = whereItCounts(beforeLateWork(hastily(status(code, { html: true }), 20), released));
      editor.rules = newOrder;
      await window.run('truework.createOrder');
      await until('the first word of it', () => editor.messages.length > 0);
      assert.match(editor.messages[0]?.message ?? '', NOT_KNOWN);
      assert.match(await window.shown(), /not known yet whether created/);
      release(undefined);
      await until('the order to be found', () =>
        editor.showed(
          /^The order for Taylor C.* was created in "Mine"\. Its response was lost, and the order was found later\./,
        ),
      );
      assert.equal(network.sandbox.orderCount, before + 1);
      assert.equal(sent(hits).length, 1);
      await until(
        'the order to show',
        async () => /Acme Inc/.test(await window.shown()) && !/not known yet/.test(await window.shown()),
      );
      assert.equal(editor.messages.filter(({ message }) => !FINISHED.test(message)).length, 2);
    }).timeout(60_000);
  }

  it('reset before headers: reports the order as unknown, and asks before sending it again', async () => {
    const { editor, hits, network } = current();
    const { window, before } = await start(current());
    network.server.reaction = whereItCounts(hastily(resetBeforeHeaders, 20));
    editor.rules = newOrder;
    await window.run('truework.createOrder');
    await until('the first word of it', () => editor.messages.length > 0);
    assert.match(editor.messages[0]?.message ?? '', NOT_KNOWN);
    network.heal();
    await window.run('truework.createOrder');
    const question = editor.messages.at(-1);
    assert.ok(
      question?.modal === true && question.message.startsWith('It is not known yet whether the order for Taylor C'),
      question?.message ?? '',
    );
    assert.equal(sent(hits).length, 1, 'the user did not choose "Send Anyway"');
    assert.equal(network.sandbox.orderCount, before);
  }).timeout(60_000);

  it('network lost with the response and back later: finds the order without help', async () => {
    const { editor, hits, network } = current();
    const { window, before } = await start(current());
    network.server.reaction = async (exchange) => {
      network.proxy.refusal = 'hang-up';
      speedUp(20);
      await afterWork(resetBeforeHeaders)(exchange);
    };
    editor.rules = newOrder;
    await window.run('truework.createOrder');
    await until('the first word of it', () => editor.messages.length > 0);
    assert.match(editor.messages[0]?.message ?? '', NOT_KNOWN);
    network.heal();
    await until(
      'the order to be found',
      () => editor.showed(/was created in "Mine"\. Its response was lost, and the order was found later\./),
      30_000,
    );
    assert.equal(sent(hits).length, 1);
    assert.equal(network.sandbox.orderCount, before + 1);
  }).timeout(60_000);

  it('stalled, and canceled by the user: reports the order as unknown, and sends nothing again', async () => {
    const { editor, hits, network } = current();
    const { window, before } = await start(current());
    network.server.reaction = whereItCounts(afterWork(stall));
    editor.rules = newOrder;
    const done = window.run('truework.createOrder');
    await until('the request to arrive', () => network.sandbox.orderCount === before + 1);
    editor.cancelProgress();
    await done;
    await until('word of it', () => editor.messages.length > 0);
    assert.ok(
      editor.messages.every(({ message }) =>
        /You canceled after the request had been sent\. It is not known yet|Its response was lost, and the order was found later/.test(
          message,
        ),
      ),
    );
    assert.equal(sent(hits).length, 1);
  });
});

describeOnBadNetwork('Reverifying a report whose response is lost', (current) => {
  it('reset after the order was created: sends it once, and finds it', async () => {
    const { editor, hits, network } = current();
    const { window, before } = await start(current());
    network.server.reaction = whereItCounts(afterWork(resetBeforeHeaders));
    editor.rules = reverify;
    await window.run('truework.reverifyReport', await window.orders.find(/truework\.report.*reverifiable/));
    assert.deepEqual(editor.messages, []);
    assert.equal(sent(hits).length, 1);
    assert.equal(network.sandbox.orderCount, before + 1);
  });
});

describeOnBadNetwork('Canceling an order', (current) => {
  const rows: readonly (readonly [fault: string, reaction: Reaction, says: RegExp | undefined])[] = [
    ['reset after the work was done', afterWork(resetBeforeHeaders), undefined],
    ['reset mid-body', resetMidBody, undefined],
    ['204', afterWork(noContent), undefined],
    ['504 after the work was done', afterWork(status(504, { html: true })), undefined],
    [
      'reset before headers',
      resetBeforeHeaders,
      /^The response was lost\. It is not known yet whether the order for .+ was canceled in "Mine"/,
    ],
    [
      '504',
      status(504, { html: true }),
      /^The response was lost\. It is not known yet whether the order for .+ was canceled in "Mine"/,
    ],
    ['401', status(401), /^Truework does not accept this API key\./],
    [
      '403',
      status(403, { message: 'Too late.' }),
      /^This API key does not have permission to do this\. Truework says: Too late\./,
    ],
    [
      '429',
      status(429, { retryAfter: '2' }),
      /^Truework received too many requests in a short time\. Try again in 2 seconds\./,
    ],
  ];
  for (const [fault, reaction, says] of rows) {
    it(`${fault}: sends once, and reports the order as ${says ? 'unknown' : 'canceled'}`, async () => {
      const { editor, hits, network } = current();
      const { window } = await start(current());
      network.server.reaction = whereItCounts(hastily(reaction, 5));
      editor.rules = cancel;
      const row = window.orders.orderIn('processing');
      await window.run('truework.cancelOrder', row);
      assert.equal(sent(hits).length, 1);
      const shown = editor.messages.filter(({ modal }) => !modal).map(({ message }) => message);
      if (says) {
        assert.equal(shown.length, 1);
        assert.match(shown[0] ?? '', says);
        assert.equal(orderState(row.order), 'processing');
      } else {
        assert.deepEqual(shown, []);
        await until('the row to be canceled', () => orderState(row.order) === 'canceled');
      }
    }).timeout(60_000);
  }

  it('without a network: sends nothing, and says so', async () => {
    const { editor, hits, network } = current();
    const { window } = await start(current());
    network.proxy.refusal = 502;
    network.server.dropConnections();
    editor.rules = cancel;
    await window.run('truework.cancelOrder', window.orders.orderIn('processing'));
    assert.equal(sent(hits).length, 0);
    assert.equal(
      editor.messages.at(-1)?.message,
      'The proxy rejected the request. Check the setting "http.proxy" and the proxy\'s credentials, or set "truework.transport" to "editor".',
    );
    assert.ok(!editor.showed(new RegExp(CHECK)));
  });
});
