import { Disposable } from './disposable.ts';

/** A timer that runs a function later; none of its runs starts once it is disposed. */
abstract class DelayedRun extends Disposable {
  readonly #run: () => void;
  protected readonly milliseconds: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number, run: () => void) {
    super();
    this.milliseconds = milliseconds;
    this.#run = run;
    this._register({
      dispose: () => {
        this.cancel();
      },
    });
  }

  /** Drops a run that has been scheduled. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  protected isScheduled(): boolean {
    return this.#timer !== undefined;
  }

  protected start(milliseconds: number): void {
    if (this.isDisposed()) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#run();
    }, milliseconds);
  }
}

/** Runs a function once it has not been scheduled again for some milliseconds. */
export class Debounce extends DelayedRun {
  schedule(milliseconds = this.milliseconds): void {
    this.cancel();
    this.start(milliseconds);
  }
}

/** Runs a function some milliseconds after it was first scheduled, and at most once for all calls in that time. */
export class Throttle extends DelayedRun {
  schedule(): void {
    if (!this.isScheduled()) this.start(this.milliseconds);
  }
}
