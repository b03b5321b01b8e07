/** Pages as in Django REST Framework's limit-offset pagination; `offset` counts rows. */
import { invalidAt } from './api-error.ts';
import type { World } from './world.ts';

const DEFAULT_LIMIT = 25;

export interface Page<T> {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: T[];
}

/** The rows of the requested page, as records: only these are converted for the response. */
export function pageOf<R, T>(world: World, url: URL, rows: readonly R[], view: (row: R) => T): Page<T> {
  const asked = readNumber(world, url, 'limit', DEFAULT_LIMIT, 1);
  const limit = world.assumptions.maxLimit > 0 ? Math.min(asked, world.assumptions.maxLimit) : asked;
  const offset = readNumber(world, url, 'offset', 0, 0);
  const link = (to: number): string => {
    const query = new URLSearchParams(url.searchParams);
    query.set('limit', String(limit));
    if (to > 0) query.set('offset', String(to));
    else query.delete('offset');
    query.sort();
    return `${world.origin}${url.pathname}?${query.toString()}`;
  };
  return {
    count: rows.length,
    next: offset + limit < rows.length ? link(offset + limit) : null,
    previous: offset > 0 ? link(Math.max(0, offset - limit)) : null,
    results: rows.slice(offset, offset + limit).map(view),
  };
}

function readNumber(world: World, url: URL, name: string, fallback: number, least: number): number {
  const text = url.searchParams.get(name);
  if (text === null) return fallback;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least) return number;
  if (world.assumptions.badPageParameters === 'refuse') throw invalidAt([name], 'A valid integer is required.');
  return fallback;
}
