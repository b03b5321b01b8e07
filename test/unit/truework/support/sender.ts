/**
 * Program: sends the requests of its parent process and reports the outcomes. Node determines its trusted CAs at
 * startup, so each set of CAs needs a process.
 */
import { inspect } from 'node:util';
import { TrueworkError } from '../../../../src/truework/errors.ts';
import { FetchTransport } from '../../../../src/truework/http/fetch-transport.ts';
import { UndiciTransport, type UndiciTransportOptions } from '../../../../src/truework/http/undici-transport.ts';

export interface Task {
  readonly url: string;
  readonly over: 'undici' | 'fetch';
  readonly options: UndiciTransportOptions;
}

export interface Outcome {
  readonly status?: number | undefined;
  readonly body?: string | undefined;
  readonly kind?: string | undefined;
  readonly code?: string | undefined;
  readonly requestMayHaveBeenDone?: boolean | undefined;
  /** All that can be seen of the error. */
  readonly text?: string | undefined;
}

async function run({ url, over, options }: Task): Promise<Outcome> {
  const transport = over === 'fetch' ? new FetchTransport({ fetch: globalThis.fetch }) : new UndiciTransport(options);
  try {
    const { status, body } = await transport.send({
      method: 'POST',
      url: new URL(url),
      headers: { authorization: 'Bearer secret-of-the-test' },
      maxBytes: 1000,
      body: '{}',
    });
    return { status, body: Buffer.from(body).toString() };
  } catch (error) {
    if (!(error instanceof TrueworkError)) throw error;
    const { kind, code, requestMayHaveBeenDone } = error;
    return { kind, code, requestMayHaveBeenDone, text: inspect(error, { depth: 9, showHidden: true }) };
  } finally {
    await transport.close();
  }
}

process.on('message', (task: Task) => {
  void run(task).then((outcome) => process.send?.(outcome));
});
