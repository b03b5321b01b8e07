import type { InvalidFields } from '../truework/schemas/errors.ts';

/** An error response: `{"error":{"message":…}}`, with `invalid_fields` if fields are invalid. */
export class ApiError extends Error {
  readonly status: number;
  readonly invalidFields: InvalidFields | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: { invalidFields?: InvalidFields; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.invalidFields = more.invalidFields;
    this.headers = more.headers ?? {};
  }

  toResponse(): Response {
    const error = this.invalidFields
      ? { message: this.message, invalid_fields: this.invalidFields }
      : { message: this.message };
    return new Response(JSON.stringify({ error }), {
      status: this.status,
      headers: { 'content-type': 'application/json', ...this.headers },
    });
  }
}

export const INVALID_VALUES = 'Invalid field values provided';

/** A 400 with invalid fields. */
export function invalid(invalidFields: InvalidFields): ApiError {
  return new ApiError(400, INVALID_VALUES, { invalidFields });
}

/** A 400 with one invalid field, at a path such as `['target', 'social_security_number']`. */
export function invalidAt(path: readonly [string, ...string[]], text: string): ApiError {
  let fields: InvalidFields | string[] = [text];
  for (const key of path.toReversed()) fields = { [key]: fields };
  return invalid(fields as InvalidFields);
}

export const notFound = (): ApiError => new ApiError(404, 'Not found.');
export const forbidden = (message = 'You do not have permission to perform this action.'): ApiError =>
  new ApiError(403, message);
