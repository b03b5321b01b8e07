import { unstage } from '../../../secrets/git/staging.ts';
import { requireRepository } from '../document-facts.ts';
import { isKnown } from '../../../secrets/verdict.ts';
import { leakFor } from '../reference.ts';
import type { FixesDeps } from '../deps.ts';
import { checkedTarget } from '../writes.ts';

/** Removes the changes of a file from the next commit. */
export async function unstageFile({ leaks }: FixesDeps, rows: readonly unknown[]): Promise<void> {
  const leak = await leakFor(leaks, rows, {
    subject: 'file',
    accept: ({ verdict }) => isKnown(verdict) && verdict.locations.includes('staged'),
  });
  if (leak === undefined) return;
  // A symbolic link may lead to a file in another repository, whose index must not change.
  await checkedTarget(leak.uri);
  const found = await requireRepository(leak.uri);
  if (found === undefined) return;
  using repository = found.repository;
  await unstage(repository, found.relativePath);
  await leaks.refresh([leak.uri]);
}
