/** Links that answers carry. They are followed only where the answer itself came from, since the key goes along. */
import { TrueworkError } from './errors.ts';

/**
 * @param next an absolute URL from an answer, such as `next` of a list
 * @param origin where the answer came from
 * @returns path and query of the link
 * @throws TrueworkError `unexpected-body` when the link is no URL or leads to another origin
 */
export function sameOrigin(next: string, origin: string): string {
  const url = URL.parse(next);
  const foreign = url?.origin !== origin || url.username !== '' || url.password !== '';
  if (foreign) throw new TrueworkError('unexpected-body', { path: 'next', expected: `a link on ${origin}` });
  return url.pathname + url.search;
}
