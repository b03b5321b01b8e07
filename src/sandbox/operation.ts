import type { AnswerForm } from './negotiate.ts';

/** One request, as an operation sees it. */
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
  /** As in the API reference. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `:name` for parameters. */
  readonly path: string;
  /** Forms in which it answers; absent: JSON. */
  readonly forms?: readonly AnswerForm[];
  /** Of the control route: free of faults and of the rate limit. */
  readonly control?: true;
  run(call: OperationCall): Response | Promise<Response>;
}

export function jsonResponse(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
}
