/**
 * Error bodies. Every status has the same form; `invalid_fields` is part of some 400 responses and is not in the
 * vendor's schema, so it is not required. Source: https://www.truework.com/docs/api-reference.
 */
import * as v from 'valibot';

export interface InvalidFields {
  [field: string]: InvalidFields | string[];
}

export const InvalidFields: v.GenericSchema<InvalidFields> = v.record(
  v.string(),
  v.union([v.array(v.string()), v.lazy(() => InvalidFields)]),
);

export const ErrorBody = v.looseObject({
  error: v.looseObject({ message: v.string(), invalid_fields: v.optional(v.unknown()) }),
});
export type ErrorBody = v.InferOutput<typeof ErrorBody>;
