/** Links in responses. They are followed only to the origin of the response, because the key is sent along. */
import { TrueworkError } from './errors.ts';

/**
 * @param next an absolute URL from a response, such as `next` of a list
 * @param origin the origin of the response
 * @returns path and query of the link
 * @throws TrueworkError `unexpected-body` if the link is not a URL or leads to another origin
 */
export function sameOrigin(next: string, origin: string): string {
  const url = URL.parse(next);
  const foreign = url?.origin !== origin || url.username !== '' || url.password !== '';
  if (foreign) throw new TrueworkError('unexpected-body', { path: 'next', expected: `a link on ${origin}` });
  return url.pathname + url.search;
}
