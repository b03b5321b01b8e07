/** The Orders view on a bad network: its messages, its number of requests, and its automatic recovery. */
import assert from 'node:assert/strict';
import {
  afterWork,
  answer,
  cutShort,
  inTurn,
  noContent,
  notJson,
  oversized,
  portalPage,
  portalRedirect,
  resetBeforeHeaders,
  resetMidBody,
  status,
  wrongType,
  type Reaction,
} from '../../support/network/fault-server.ts';
import type { Network } from './network.ts';
import { describeOnBadNetwork } from './suite.ts';
import { speedUp } from './time.ts';

interface Row {
  readonly fault: string;
  /** What happens to every request. */
  readonly reaction?: Reaction;
  /** What else happens to the network, and how it is undone. */
  readonly damage?: (network: Network) => void;
  readonly repair?: (network: Network) => Promise<void> | void;
  /** The message of the view. */
  readonly says: string;
  /** Requests of one load that arrive at Truework. */
  readonly requests: number;
}

const CHECK = 'Check the network connection, then try again.';
const PORTAL =
  'A proxy or the sign-in page of a network may have responded instead. Sign in to the network or check the proxy, then try again.';

const rows: readonly Row[] = [
  {
    fault: 'reset before headers',
    reaction: resetBeforeHeaders,
    says: `The connection to Truework was interrupted. ${CHECK}`,
    requests: 3,
  },
  {
    fault: 'reset mid-body',
    reaction: resetMidBody,
    says: `The connection to Truework was interrupted. ${CHECK}`,
    requests: 3,
  },
  {
    fault: 'reset after the work was done',
    reaction: afterWork(resetBeforeHeaders),
    says: `The connection to Truework was interrupted. ${CHECK}`,
    requests: 3,
  },
  {
    fault: 'truncated body',
    reaction: cutShort,
    says: `The response is not in Truework's format. ${PORTAL}`,
    requests: 1,
  },
  {
    fault: 'oversized body',
    reaction: oversized,
    says: 'The response is too large. Request less data, for example with a filter.',
    requests: 1,
  },
  {
    fault: 'text called JSON',
    reaction: notJson,
    says: `The response is not in Truework's format. ${PORTAL}`,
    requests: 1,
  },
  { fault: '204', reaction: noContent, says: `The response is not in Truework's format. ${PORTAL}`, requests: 1 },
  {
    fault: 'captive portal, as a page',
    reaction: portalPage,
    says: `The response is not in Truework's format. ${PORTAL}`,
    requests: 1,
  },
  {
    fault: 'captive portal, as a redirect',
    reaction: portalRedirect,
    says: `The response redirects to another address. Redirects are never followed with an API key. ${PORTAL}`,
    requests: 1,
  },
  {
    fault: 'captive portal, as status 511',
    reaction: status(511, { html: true }),
    says: 'This network requires you to sign in. Sign in to the network, then try again.',
    requests: 1,
  },
  {
    fault: '403',
    reaction: status(403, { message: 'Not for this key.' }),
    says: 'This API key does not have permission to do this. Truework says: Not for this key.',
    requests: 1,
  },
  {
    fault: '406',
    reaction: status(406),
    says: 'Truework does not support API version 2023-10-30 for this key. The key is pinned to a newer version. Check for an update of this extension.',
    requests: 1,
  },
  {
    fault: '429 with Retry-After',
    reaction: status(429, { retryAfter: '1' }),
    says: 'Truework received too many requests in a short time. Try again in 1 second',
    requests: 3,
  },
  {
    fault: '429 without Retry-After',
    reaction: status(429),
    says: 'Truework received too many requests in a short time. Wait a moment and try again.',
    requests: 3,
  },
  {
    fault: '429 with Retry-After of minutes',
    reaction: status(429, { retryAfter: '180' }),
    says: 'Truework received too many requests in a short time. Try again in 3 minutes.',
    requests: 1,
  },
  { fault: '451', reaction: status(451), says: 'The applicant has frozen this social security number.', requests: 1 },
  ...[500, 501].map(
    (code): Row => ({
      fault: String(code),
      reaction: status(code),
      says: `Truework failed to respond (status ${code}). Try again later`,
      requests: 1,
    }),
  ),
  ...[502, 503, 504].map(
    (code): Row => ({
      fault: `${code} as a page`,
      reaction: status(code, { html: true }),
      says: `Truework failed to respond (status ${code}). Try again later`,
      requests: 3,
    }),
  ),
  {
    fault: 'self-signed certificate',
    damage: (network) => {
      network.identify('self-signed');
    },
    says: 'The certificate of the connection to Truework is not trusted. If your company inspects traffic, add its certificate authority to those that the operating system trusts.',
    requests: 0,
  },
  {
    fault: 'certificate of an unknown authority',
    damage: (network) => {
      network.identify('unknown-authority');
    },
    says: 'The certificate of the connection to Truework is not trusted. If your company inspects traffic, add its certificate authority to those that the operating system trusts.',
    requests: 0,
  },
  {
    fault: 'expired certificate',
    damage: (network) => {
      network.identify('expired');
    },
    says: 'The certificate of the connection to Truework has expired or is not valid yet. Check the date and time of this computer. If they are right, check the network: another server may have responded.',
    requests: 0,
  },
  {
    fault: 'certificate for another name',
    damage: (network) => {
      network.identify('wrong-name');
    },
    says: `A server other than Truework responded: its certificate is for another host name. Sign in to the network or check the proxy, then try again.`,
    requests: 0,
  },
  {
    fault: 'proxy 407',
    damage: ({ proxy }) => {
      proxy.authorization = 'Basic other';
    },
    says: 'The proxy requires a user name and password.',
    requests: 0,
  },
  {
    fault: 'proxy 403',
    damage: ({ proxy }) => {
      proxy.refusal = 403;
    },
    says: 'The proxy rejected the request.',
    requests: 0,
  },
  {
    fault: 'proxy 502',
    damage: ({ proxy }) => {
      proxy.refusal = 502;
    },
    says: 'The proxy rejected the request.',
    requests: 0,
  },
  {
    fault: 'proxy that hangs up',
    damage: ({ proxy }) => {
      proxy.refusal = 'hang-up';
    },
    says: 'The proxy rejected the request.',
    requests: 0,
  },
  {
    fault: 'proxy refused',
    damage: (network) => {
      network.stopProxy();
    },
    repair: (network) => network.restartProxy(),
    says: 'The proxy cannot be reached.',
    requests: 0,
  },
  {
    fault: 'DNS failure',
    damage: (network) => {
      network.withoutProxy();
    },
    says: 'Truework cannot be reached: its host name could not be resolved.',
    requests: 0,
  },
  {
    fault: 'connection refused',
    damage: (network) => {
      network.withoutProxy();
      network.route = 'closed-port';
    },
    says: 'Truework cannot be reached: the connection was refused.',
    requests: 0,
  },
];

describeOnBadNetwork('The Orders view on a bad network', (current) => {
  for (const { fault, reaction, damage, repair, says, requests } of rows) {
    it(`${fault}: says so, sends ${requests === 1 ? '1 request' : `${requests} requests`}, and recovers`, async () => {
      const { editor, hits, network } = current();
      const window = await current().openWithKey();
      if (reaction) network.server.reaction = reaction;
      if (damage) damage(network);
      window.orders.show();
      const message = await current().failureOf(window);
      assert.ok(message.startsWith(says), message);
      assert.equal(hits.length, requests);
      assert.match(await window.shown(), /\nTry Again\n/);

      network.heal();
      await repair?.(network);
      speedUp(20);
      current().returnToWindow();
      await current().recovered(window);
      assert.deepEqual(editor.messages, [], 'nobody was asked for help');
    }).timeout(60_000);
  }

  it('accepts a valid response with the wrong content type', async () => {
    current().network.server.reaction = wrongType;
    await current().openWithOrders();
    assert.equal(current().hits.length, 1);
  });

  it('accepts a private CA that the machine trusts', async () => {
    await current().openWithOrders();
    assert.equal(current().hits.length, 1);
  });

  it('recovers from a temporary 502 and 504 without the user noticing', async () => {
    const { hits, network } = current();
    const window = await current().openWithKey();
    network.server.reaction = inTurn(status(502, { html: true }), status(504, { html: true }), answer);
    window.orders.show();
    await current().recovered(window);
    assert.equal(hits.length, 3);
  });
});
