/** Runs tasks in the order in which they were added, a limited number at a time. A task that fails stops no other. */
export class TaskQueue {
  readonly #concurrency: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(concurrency = 1) {
    this.#concurrency = concurrency;
  }

  /** @returns what the task returns. @throws what it throws */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#concurrency) this.#running += 1;
    else
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    try {
      return await task();
    } finally {
      // The next task takes this one's place, so that none that is added meanwhile gets ahead of it.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
