import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ServerClock, type Moment } from '../../../src/truework/server-clock.ts';

const START = Date.parse('2026-01-02T03:04:05.678Z');

/** A machine and a server, with clocks of their own. */
class World {
  /** The time that really passes. */
  time = START;
  wallOffset = 0;
  serverOffset = 0;
  asleep = 0;
  readonly clock = new ServerClock({
    wall: () => this.time + this.wallOffset,
    monotonic: () => this.time - this.asleep,
  });

  now(): Moment {
    return { wall: this.time + this.wallOffset, monotonic: this.time - this.asleep };
  }

  get server(): number {
    return this.time + this.serverOffset;
  }

  /** A request whose response was written after `there` milliseconds and arrived after `back` more. */
  exchange(there: number, back: number): void {
    const sentAt = this.now();
    this.time += there;
    const date = new Date(this.server).toUTCString();
    this.time += back;
    this.clock.update(date, sentAt);
  }
}

const hours = fc.integer({ min: -48 * 3_600_000, max: 48 * 3_600_000 });

describe("the server's time", () => {
  it('is unknown before the first response, and after one without a date', () => {
    const world = new World();
    assert.equal(world.clock.now(), undefined);
    world.clock.update(undefined, world.now());
    world.clock.update('yesterday', world.now());
    assert.equal(world.clock.now(), undefined);
  });

  it("is known to about a second, however wrong this machine's clock is", () => {
    fc.assert(
      fc.property(
        hours,
        fc.array(fc.tuple(fc.nat(400), fc.nat(400), fc.nat(3_600_000)), { minLength: 1, maxLength: 8 }),
        (offset, exchanges) => {
          const world = new World();
          world.wallOffset = offset;
          for (const [there, back, pause] of exchanges) {
            world.exchange(there, back);
            world.time += pause;
          }
          const now = world.clock.now();
          assert.ok(now !== undefined);
          assert.ok(Math.abs(now - world.server) <= 1000, `${now - world.server} ms off`);
        },
      ),
    );
  });

  it('gets more precise with each response', () => {
    const world = new World();
    world.wallOffset = 7_200_000;
    for (let index = 0; index < 50; index += 1) {
      world.exchange(10, 10);
      world.time += 137;
    }
    assert.ok(Math.abs((world.clock.now() ?? 0) - world.server) < 100);
  });

  it("is unknown after this machine's clock was set or the machine slept, until the next response", () => {
    for (const change of [
      (world: World) => {
        world.wallOffset += 3_600_000;
      },
      (world: World) => {
        world.wallOffset -= 3_600_000;
      },
      (world: World) => {
        world.time += 60_000;
        world.asleep += 60_000;
      },
    ]) {
      const world = new World();
      world.exchange(50, 50);
      change(world);
      assert.equal(world.clock.now(), undefined);
      world.exchange(50, 50);
      assert.ok(Math.abs((world.clock.now() ?? 0) - world.server) <= 1000);
    }
  });

  it('is not derived from a response during which the clock was set or the machine slept', () => {
    for (const change of [
      (world: World) => {
        world.wallOffset += 3_600_000;
      },
      (world: World) => {
        world.time += 60_000;
        world.asleep += 60_000;
      },
    ]) {
      const world = new World();
      const sentAt = world.now();
      const date = new Date(world.server).toUTCString();
      change(world);
      world.clock.update(date, sentAt);
      assert.equal(world.clock.now(), undefined);
    }
  });

  it('follows the server when the server sets its clock', () => {
    const world = new World();
    world.exchange(50, 50);
    world.serverOffset = 600_000;
    world.exchange(50, 50);
    assert.ok(Math.abs((world.clock.now() ?? 0) - world.server) <= 1000);
  });
});
