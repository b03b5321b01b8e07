/** Checks request bodies against Truework's schemas and reports errors like Django REST Framework. */
import * as v from 'valibot';
import type { InvalidFields } from '../truework/schemas/errors.ts';
import { ApiError, INVALID_VALUES, invalid } from './api-error.ts';
import type { Assumptions } from './assumptions.ts';

const REQUIRED = 'This field is required.';
export const NOT_BLANK = 'This field may not be blank.';
export const WRONG_DATE = 'Date has wrong format. Use one of these formats instead: YYYY-MM-DD.';

/**
 * @returns the body as typed by the schema, without unknown keys
 * @throws ApiError 400 that names each invalid field by its path
 */
export function validate<S extends v.GenericSchema>(
  schema: S,
  body: unknown,
  assumptions: Assumptions,
): v.InferOutput<S> {
  const result = v.safeParse(schema, body);
  const problems = new Problems();
  const lists = misplacedLists(schema, body);
  for (const path of lists) problems.add(path, 'Invalid data. Expected a dictionary, but got list.');
  for (const issue of result.issues ?? []) {
    if (issue.expected === 'never' && assumptions.unknownRequestFields === 'ignore') continue;
    const keys = issue.path?.map((item) => String(item.key)) ?? [];
    if (lists.some((path) => path.every((key, index) => keys[index] === key))) continue;
    problems.add(keys, describeIssue(issue));
  }
  problems.throwIfAny();
  // A body with unknown keys only is still typed: the schema has dropped them.
  return result.output;
}

interface AnySchema extends v.GenericSchema {
  readonly entries?: Readonly<Record<string, AnySchema>>;
  readonly wrapped?: AnySchema;
  readonly item?: AnySchema;
}

/** Arrays in place of objects: to valibot, an array is an object, too. */
function misplacedLists(schema: AnySchema, value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const { type, entries, wrapped, item } = schema;
  if (wrapped) return misplacedLists(wrapped, value, path);
  if (Array.isArray(value)) {
    if (type === 'strict_object' || type === 'record') return [path];
    return item ? value.flatMap((each, index) => misplacedLists(item, each, [...path, String(index)])) : [];
  }
  if (!entries || typeof value !== 'object' || value === null) return [];
  return Object.entries(entries).flatMap(([key, entry]) =>
    misplacedLists(entry, (value as Record<string, unknown>)[key], [...path, key]),
  );
}

/** Collects invalid fields by path into one 400. */
export class Problems {
  readonly #fields = emptyFields();
  #any = false;

  add(path: readonly (string | number)[], text: string): void {
    const keys = path.length === 0 ? ['non_field_errors'] : path.map(String);
    const last = keys.pop() ?? 'non_field_errors';
    let at = this.#fields;
    for (const key of keys) {
      const below = at[key];
      if (below !== undefined && !Array.isArray(below)) {
        at = below;
        continue;
      }
      const fresh = emptyFields();
      at[key] = fresh;
      at = fresh;
    }
    const before = at[last];
    at[last] = Array.isArray(before) ? [...before, text] : [text];
    this.#any = true;
  }

  throwIfAny(): void {
    if (this.#any) throw invalid(this.#fields);
  }
}

/** Without a prototype, so that `__proto__` is a normal key. */
function emptyFields(): InvalidFields {
  return Object.create(null) as InvalidFields;
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const { input, type } = issue;
  if (issue.expected === 'never') return 'This field is not known.';
  if (input === undefined) return REQUIRED;
  if (input === null) return 'This field may not be null.';
  switch (type) {
    case 'picklist':
      return `"${(typeof input === 'string' ? input : JSON.stringify(input)).slice(0, 100)}" is not a valid choice.`;
    case 'string':
      return 'Not a valid string.';
    case 'array':
      return `Expected a list of items but got type "${pythonType(input)}".`;
    case 'record':
      return `Expected a dictionary of items but got type "${pythonType(input)}".`;
    case 'strict_object':
      return `Invalid data. Expected a dictionary, but got ${pythonType(input)}.`;
    case 'iso_date':
      return WRONG_DATE;
    case 'base64':
      return 'The content is not valid base64.';
    case 'union':
      return 'A valid number is required.';
    default:
      return 'Not a valid value.';
  }
}

function pythonType(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return typeof value === 'boolean' ? 'bool' : 'dict';
}

/** A `true` or `false` query parameter; false by default. */
export function readFlag(name: string, text: string | undefined): boolean {
  if (text === undefined || text === '') return false;
  if (/^(true|1)$/i.test(text)) return true;
  if (/^(false|0)$/i.test(text)) return false;
  throw new ApiError(400, INVALID_VALUES, { invalidFields: { [name]: ['Must be a valid boolean.'] } });
}
