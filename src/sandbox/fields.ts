/**
 * The `fields` selector: a comma list of names, each with an optional list of subfields in parentheses, as in
 * `id,verification_requests(id,state(canonical_value))`. In a list the subfields apply to each element.
 */
import { invalidAt, type ApiError } from './api-error.ts';

/** The selected names; null selects everything below. */
export type Selector = Map<string, Selector | null>;

const MAX_SELECTOR_DEPTH = 20;

/** @throws ApiError 400 if the text does not follow the grammar */
export function parseFields(text: string | undefined): Selector | null {
  if (text === undefined || text.trim() === '') return null;
  const tokens = text.match(/[A-Za-z_][A-Za-z0-9_]*|[(),]|\s+|./gsu)?.filter((token) => token.trim() !== '') ?? [];
  let at = 0;
  const fail = (): ApiError =>
    invalidAt(['fields'], 'Expected names separated by commas, with subfields in parentheses.');
  const list = (depth: number): Selector => {
    if (depth > MAX_SELECTOR_DEPTH) throw fail();
    const selector: Selector = new Map();
    for (;;) {
      const name = tokens[at];
      if (name === undefined || !/^[A-Za-z_]/.test(name)) throw fail();
      at += 1;
      let below: Selector | null = null;
      if (tokens[at] === '(') {
        at += 1;
        below = list(depth + 1);
        if (tokens[at] !== ')') throw fail();
        at += 1;
      }
      mergeSelections(selector, name, below);
      if (tokens[at] !== ',') return selector;
      at += 1;
    }
  };
  const selector = list(0);
  if (at !== tokens.length) throw fail();
  return selector;
}

/** A field that is named twice has both lists of subfields; without subfields, it has all. */
function mergeSelections(selector: Selector, name: string, below: Selector | null): void {
  const before = selector.get(name);
  if (before && below) {
    for (const [key, value] of below) mergeSelections(before, key, value);
  } else {
    selector.set(name, selector.has(name) ? null : below);
  }
}

/**
 * Returns only what the selector names.
 * @throws ApiError 400 for an unknown name if `unknown` is `refuse`
 */
export function select(value: unknown, selector: Selector | null, unknown: 'ignore' | 'refuse'): unknown {
  if (selector === null || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((element) => select(element, selector, unknown));
  const kept: Record<string, unknown> = {};
  for (const [name, below] of selector) {
    if (Object.hasOwn(value, name)) kept[name] = select((value as Record<string, unknown>)[name], below, unknown);
    else if (unknown === 'refuse') throw invalidAt(['fields'], `There is no field "${name}" here.`);
  }
  return kept;
}
