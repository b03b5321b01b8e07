import * as v from 'valibot';

/**
 * Values in responses are checked for their JSON type only, so that a new format never hides an order from the user.
 */
export const date = v.pipe(v.string(), v.metadata({ format: 'date' }));
export const dateTime = v.pipe(v.string(), v.metadata({ format: 'date-time' }));
export const uri = v.pipe(v.string(), v.metadata({ format: 'uri' }));
export const email = v.pipe(v.string(), v.metadata({ format: 'email' }));
export const integer = v.pipe(v.number(), v.integer());

/** Values in requests are checked completely. */
export const isoDate = v.pipe(v.string(), v.isoDate('must be a date as YYYY-MM-DD'));
export const base64 = v.pipe(v.string(), v.base64('must be base64'));

/** A known value, or one that Truework added later. `string & {}` keeps the known ones in completions. */
export type Open<T extends string> = T | (string & {});

/** Text with a list of known values; others are accepted unchanged. */
export function open<const T extends readonly string[]>(known: T): v.GenericSchema<Open<T[number]>> {
  return v.pipe(v.string(), v.metadata({ known }));
}

/** An enum value in a response: a canonical value from a list, and the raw text behind it. */
export function wrapped<const T extends readonly string[]>(known: T) {
  return v.looseObject({ canonical_value: open(known), raw_value: v.string() });
}
