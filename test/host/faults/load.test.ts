/** What the Orders view does on a bad network: what it says, how often it asks, and that it comes back without help. */
import assert from 'node:assert/strict';
import { key } from '../../support/keys.ts';
import { busiestSecond, cutShort, inTurn, noContent, notJson, oversized, portalPage, portalRedirect, resetAfterWork, resetBeforeHeaders, resetMidBody, status, wrongType, type Reaction } from '../../support/network/fault-server.ts';
import { CERTIFICATES } from '../../support/sessions.ts';
import { assertPlain, assertSecretless, Editor, Profile, type Window } from './editor.ts';
import { Network } from './network.ts';
import { installClock, speedUp, until } from './time.ts';

const folder = process.env[CERTIFICATES];

interface Row {
  readonly fault: string;
  /** What happens to every request. */
  readonly reaction?: Reaction;
  /** What else happens to the network, and how it is undone. */
  readonly spoil?: (network: Network) => void;
  readonly mend?: (network: Network) => Promise<void> | void;
  /** What the view says. */
  readonly says: string;
  /** Requests of one load that arrive at Truework. */
  readonly requests: number;
}

const CHECK = 'Check the network connection, then try again.';
const PORTAL = 'A proxy or the sign-in page of a network may have answered instead. Sign in to the network or check the proxy, then try again.';

const rows: readonly Row[] = [
  { fault: 'reset before headers', reaction: resetBeforeHeaders, says: `The connection to Truework was interrupted. ${CHECK}`, requests: 3 },
  { fault: 'reset mid-body', reaction: resetMidBody, says: `The connection to Truework was interrupted. ${CHECK}`, requests: 3 },
  { fault: 'reset after the work was done', reaction: resetAfterWork, says: `The connection to Truework was interrupted. ${CHECK}`, requests: 3 },
  { fault: 'truncated body', reaction: cutShort, says: `The answer is not in Truework's format. ${PORTAL}`, requests: 1 },
  { fault: 'oversized body', reaction: oversized, says: 'The answer is larger than it may be. Ask for less, for example with a filter.', requests: 1 },
  { fault: 'text called JSON', reaction: notJson, says: `The answer is not in Truework's format. ${PORTAL}`, requests: 1 },
  { fault: '204', reaction: noContent, says: `The answer is not in Truework's format. ${PORTAL}`, requests: 1 },
  { fault: 'captive portal, as a page', reaction: portalPage, says: `The answer is not in Truework's format. ${PORTAL}`, requests: 1 },
  { fault: 'captive portal, as a redirect', reaction: portalRedirect, says: `The answer points to another address, which is never followed with an API key. ${PORTAL}`, requests: 1 },
  { fault: '403', reaction: status(403, { message: 'Not for this key.' }), says: 'This API key does not have permission to do this. Truework says: Not for this key.', requests: 1 },
  { fault: '406', reaction: status(406), says: 'Truework does not answer in API version 2023-10-30 for this key. The key is pinned to a newer version. Look for an update of this extension.', requests: 1 },
  { fault: '429 with Retry-After', reaction: status(429, { retryAfter: '1' }), says: 'Truework received too many requests in a short time. Try again in 1 second', requests: 3 },
  { fault: '429 without Retry-After', reaction: status(429), says: 'Truework received too many requests in a short time. Wait a moment and try again.', requests: 3 },
  { fault: '429 with Retry-After of minutes', reaction: status(429, { retryAfter: '180' }), says: 'Truework received too many requests in a short time. Try again in 3 minutes.', requests: 1 },
  { fault: '451', reaction: status(451), says: 'The applicant has frozen this social security number.', requests: 1 },
  ...[500, 501].map((code): Row => ({ fault: String(code), reaction: status(code), says: `Truework failed to answer (status ${code}). Try again later`, requests: 1 })),
  ...[502, 503, 504].map((code): Row => ({ fault: `${code} as a page`, reaction: status(code, { html: true }), says: `Truework failed to answer (status ${code}). Try again later`, requests: 3 })),
  { fault: 'self-signed certificate', spoil: (network) => { network.identify('self-signed'); }, says: 'The secure connection to Truework is not trusted. If your company inspects traffic, add its certificate authority to those the operating system trusts.', requests: 0 },
  { fault: 'certificate of an unknown authority', spoil: (network) => { network.identify('unknown-authority'); }, says: 'The secure connection to Truework is not trusted. If your company inspects traffic, add its certificate authority to those the operating system trusts.', requests: 0 },
  { fault: 'expired certificate', spoil: (network) => { network.identify('expired'); }, says: 'The certificate of the secure connection to Truework has expired or is not valid yet. Check the date and time of this computer. If they are right, check the network: something else may have answered.', requests: 0 },
  { fault: 'certificate for another name', spoil: (network) => { network.identify('wrong-name'); }, says: `Something other than Truework answered: its certificate is for another name. Sign in to the network or check the proxy, then try again.`, requests: 0 },
  { fault: 'proxy 407', spoil: ({ proxy }) => { proxy.authorization = 'Basic other'; }, says: 'The proxy asks for a user name and password.', requests: 0 },
  { fault: 'proxy 403', spoil: ({ proxy }) => { proxy.refusal = 403; }, says: 'The proxy did not let the request through.', requests: 0 },
  { fault: 'proxy 502', spoil: ({ proxy }) => { proxy.refusal = 502; }, says: 'The proxy did not let the request through.', requests: 0 },
  { fault: 'proxy that hangs up', spoil: ({ proxy }) => { proxy.refusal = 'hang-up'; }, says: 'The proxy did not let the request through.', requests: 0 },
  { fault: 'proxy refused', spoil: (network) => { network.stopProxy(); }, mend: (network) => network.restartProxy(), says: 'The proxy cannot be reached.', requests: 0 },
  { fault: 'DNS failure', spoil: (network) => { network.withoutProxy(); }, says: 'Truework cannot be reached: its name could not be looked up.', requests: 0 },
  { fault: 'connection refused', spoil: (network) => { network.withoutProxy(); network.route = 'nobody'; }, says: 'Truework cannot be reached: the connection was refused.', requests: 0 },
];

(folder === undefined ? describe.skip : describe)('The Orders view on a bad network', () => {
  const secret = key('faults', 'sandbox');
  let editor: Editor;
  let network: Network;
  let profile: Profile;

  before(installClock);

  beforeEach(async () => {
    editor = new Editor();
    network = await Network.start(folder ?? '', secret);
    profile = new Profile();
  });

  afterEach(async () => {
    speedUp(1);
    editor.restore();
    await network.stop();
    assertPlain(editor.messages.flatMap(({ message, detail = '' }) => [message, detail]), [secret]);
    for (const line of editor.log) assertSecretless(line, [secret]);
    assert.deepEqual(editor.unanswered, []);
    assert.ok(busiestSecond(network.server.hits) <= 10);
  });

  /** A window with a key in it, whose view does not show yet. */
  async function withKey(): Promise<Window> {
    const window = await editor.open(profile);
    await window.addKey(secret, 'Mine');
    assert.deepEqual(editor.messages, []);
    network.server.hits.length = 0;
    return window;
  }

  async function recovered({ orders }: Window): Promise<void> {
    await until(() => `the orders to show, instead of: ${orders.message ?? ''}`, () => orders.rows.length > 0 && /^\d+ of \d+ orders$/.test(orders.message ?? ''));
  }

  for (const { fault, reaction, spoil, mend, says, requests } of rows) {
    it(`${fault}: says so, asks ${requests === 1 ? 'once' : `${requests} times`}, and comes back`, async () => {
      const window = await withKey();
      const { orders } = window;
      if (reaction) network.server.reaction = reaction;
      if (spoil) spoil(network);
      orders.show();
      const message = await until('the view to say what is wrong', () => (orders.message ?? '') !== '' && orders.message);
      assert.ok(message.startsWith(says), message);
      assertPlain([message], [secret]);
      assert.equal(network.server.hits.length, requests);
      assert.match(await window.shown(), /\nTry Again\n/);

      network.heal();
      await mend?.(network);
      speedUp(20);
      editor.focus(false);
      editor.focus(true);
      await recovered(window);
      assert.deepEqual(editor.messages, [], 'nobody was asked for help');
    }).timeout(60_000);
  }

  it('a right answer of the wrong content type: is used', async () => {
    const window = await withKey();
    network.server.reaction = wrongType;
    window.orders.show();
    await recovered(window);
    assert.equal(network.server.hits.length, 1);
  });

  it('a private authority that the machine trusts: is no fault', async () => {
    const window = await withKey();
    window.orders.show();
    await recovered(window);
    assert.equal(network.server.hits.length, 1);
  });

  it('a burst of 502, 503 and 504 that passes: nobody notices', async () => {
    const window = await withKey();
    network.server.reaction = inTurn(status(502, { html: true }), status(504, { html: true }), network.server.reaction);
    window.orders.show();
    await recovered(window);
    assert.equal(network.server.hits.length, 3);
  });
});
