import type { AnswerForm } from './negotiate.ts';

/** One request, as operations receive it. */
export interface OperationCall {
  readonly url: URL;
  readonly form: AnswerForm;
  param(name: string): string;
  query(name: string): string | undefined;
  header(name: string): string | undefined;
  /** The JSON body. @throws ApiError 400, 413 or 415 */
  body(): Promise<unknown>;
}

export interface Operation {
  /** The ID in the API reference. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Parameters are written as `:name`. */
  readonly path: string;
  /** Media types of the response; JSON by default. */
  readonly forms?: readonly AnswerForm[];
  /** An operation of the control route: without faults and rate limit. */
  readonly control?: true;
  run(call: OperationCall): Response | Promise<Response>;
}

export function jsonResponse(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
}
