/** What each suite of this folder begins and ends with. */
import assert from 'node:assert/strict';
import { key } from '../../support/keys.ts';
import { busiestSecond, type Reaction } from '../../support/network/fault-server.ts';
import { CERTIFICATES } from '../../support/sessions.ts';
import { assertPlain, assertSecretless, Editor, Profile, type Window } from './editor.ts';
import { Network } from './network.ts';
import { installClock, speedUp, until } from './time.ts';

/** Truework's own limit, per second. */
const RATE_LIMIT = 10;

/** The network and the editor of the test that runs. */
export class BadNetwork {
  readonly secret: string = key('faults', 'sandbox');
  readonly profile = new Profile();
  readonly network: Network;
  readonly editor: Editor;

  private constructor(network: Network) {
    this.network = network;
    this.editor = new Editor();
  }

  static async start(folder: string): Promise<BadNetwork> {
    return new BadNetwork(await Network.start(folder, key('faults', 'sandbox')));
  }

  get hits() {
    return this.network.server.hits;
  }

  /** A window with a key in it, whose view does not show yet. */
  async openWithKey(): Promise<Window> {
    const window = await this.editor.open(this.profile);
    await window.addKey(this.secret, 'Mine');
    assert.deepEqual(this.editor.messages, []);
    this.hits.length = 0;
    return window;
  }

  /** A window whose view shows the orders. */
  async openWithOrders(): Promise<Window> {
    const window = await this.openWithKey();
    window.orders.show();
    await this.recovered(window);
    return window;
  }

  async recovered({ orders }: Window): Promise<void> {
    await until(
      () => `the orders to show, instead of: ${orders.message ?? ''}`,
      () => orders.rows.length > 0 && /^\d+ of \d+ orders$/.test(orders.message ?? ''),
    );
  }

  /** The view's message once it reports a failure. */
  async failureOf({ orders }: Window): Promise<string> {
    const message = await until('the view to say what is wrong', () => {
      const { message = '' } = orders;
      return message !== '' && !/^\d+ of \d+ orders$/.test(message) && message;
    });
    assertPlain([message], [this.secret]);
    return message;
  }

  /** The window loses the focus and gets it back. */
  returnToWindow(): void {
    this.editor.focus(false);
    this.editor.focus(true);
  }

  /**
   * @throws AssertionError if forbidden text was shown, a question stayed unanswered, or too many requests were sent at
   * once
   */
  async end(): Promise<void> {
    speedUp(1);
    this.editor.restore();
    await this.network.stop();
    const { messages, log, unanswered } = this.editor;
    assertPlain(
      messages.flatMap(({ message, detail = '' }) => [message, detail]),
      [this.secret],
    );
    for (const line of log) assertSecretless(line, [this.secret]);
    assert.deepEqual(unanswered, []);
    assert.ok(busiestSecond(this.hits) <= RATE_LIMIT);
  }
}

/** From the moment a request has arrived, time passes so many times faster. */
export function hastily(reaction: Reaction, times: number): Reaction {
  return (exchange) => {
    speedUp(times);
    return reaction(exchange);
  };
}

/** Describes a suite whose tests each get a network of their own; skipped where certificates cannot be made. */
export function describeOnBadNetwork(title: string, define: (current: () => BadNetwork) => void): void {
  const folder = process.env[CERTIFICATES];
  (folder === undefined ? describe.skip : describe)(title, () => {
    let current: BadNetwork | undefined;
    before(installClock);
    beforeEach(async () => {
      current = await BadNetwork.start(folder ?? '');
    });
    afterEach(async () => {
      await current?.end();
    });
    define(() => {
      assert.ok(current);
      return current;
    });
  });
}
