import type { Log } from './log.ts';
import { showError } from './messages.ts';

/** May be called with anything: other extensions and keybindings pass what they like. */
export type CommandHandler = (...args: unknown[]) => unknown;

/** What the extension's commands do. They never fail unseen and never return anything to other extensions. */
export class Commands {
  readonly #handlers = new Map<string, CommandHandler>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param id one of the commands that the manifest contributes */
  add(id: string, handler: CommandHandler): void {
    this.#handlers.set(id, handler);
  }

  get ids(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  async run(id: string, args: readonly unknown[]): Promise<void> {
    try {
      const handler = this.#handlers.get(id);
      if (!handler) throw new Error(`Nothing was added for the command ${id}.`);
      await handler(...args);
    } catch (error) {
      this.#log.error(id, error);
      await showError(error, this.#log);
    }
  }
}
