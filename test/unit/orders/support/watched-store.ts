/** A store on a simulated machine, with one account behind it. */
import { PollSchedule, DEFAULT_POLL_SCHEDULE } from '../../../../src/orders/poll-schedule.ts';
import { OrderStore, type StoreSession } from '../../../../src/orders/store.ts';
import { SimulatedAccount, SimulatedClock } from './simulation.ts';

export class Bench {
  readonly clock = new SimulatedClock();
  readonly account = new SimulatedAccount('a', this.clock);
  session: StoreSession | undefined = this.openSession();
  readonly events: string[] = [];
  readonly store = new OrderStore(
    { current: () => Promise.resolve(this.session), isCurrent: (session) => session === this.session },
    new PollSchedule({ ...DEFAULT_POLL_SCHEDULE, jitter: 0 }),
    { clock: this.clock, random: () => 0.999 },
  );

  constructor() {
    this.store.on('list', () => {
      this.events.push('list');
    });
    this.store.on('order', (id) => {
      this.events.push(`order ${id}`);
    });
    this.store.on('finished', ({ id }) => {
      this.events.push(`finished ${id}`);
    });
    this.store.on('failure', ({ attempts }, attempt) => {
      this.events.push(`failure ${attempt} ${attempts}`);
    });
    this.store.on('recovered', ({ attempts }) => {
      this.events.push(`recovered ${attempts}`);
    });
  }

  openSession(account = this.account): StoreSession {
    return { connection: { id: account.name }, api: account.api };
  }

  /** What was sent since the last call. */
  sent(): readonly string[] {
    return this.account.requests.splice(0).map(({ text }) => text);
  }

  ids(): readonly string[] {
    return this.store.loaded.map(({ id }) => id);
  }

  /** Loads the account's orders, with the view visible. */
  async open(): Promise<void> {
    this.store.setVisible(true);
    await this.store.ensureLoaded();
    this.sent();
    this.events.length = 0;
  }
}
