/** How many tests passed and failed, handed from a test program to the one that started it. */
import { writeFileSync } from 'node:fs';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Of the failed ones, those that are no test: a file that did not load, an editor that did not start. */
  readonly broken?: number;
}

/** Leaves the counts where `npm test` asked for them, if it did. */
export function reportCounts(counts: Counts): void {
  const file = process.env['TRUEWORK_TEST_COUNTS'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
}
