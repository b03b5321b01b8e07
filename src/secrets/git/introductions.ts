import { isUnreadable } from './error.ts';
import { labelOf } from './paths.ts';
import { PLAIN_DIFF } from './process.ts';
import type { Repository } from './repository.ts';

/** A commit that has a blob at a path where none of its parents has it. */
export interface Introduction {
  readonly commit: string;
  readonly blob: string;
  /** Relative to the repository's root. A name that would lead out of it is escaped; see `labelOf`. */
  readonly path: string;
  /** ISO 8601, with the author's offset. */
  readonly authorDate: string;
  readonly authorName: string;
  /** Seconds since 1970. */
  readonly commitTime: number;
}

/** Longer paths and author names are cut. */
const MAX_TOKEN_LENGTH = 64 * 1024;

/**
 * Finds the commits that introduced any of `blobs` into the history of `wanted`, without the history of `known`.
 *
 * A merge counts if the blob is in none of its parents: `-c` lists exactly these. (`git log -S` and `--find-object`
 * ignore merges.)
 * @param onUnreadable called if a damaged object stops git; the commits found before are returned
 */
export async function findIntroductions(
  repository: Repository,
  blobs: ReadonlySet<string>,
  wanted: readonly string[],
  known: readonly string[],
  options: { readonly signal?: AbortSignal | undefined; readonly onUnreadable: () => void },
): Promise<Introduction[]> {
  if (wanted.length === 0 || blobs.size === 0) return [];
  const log = repository.stream(
    [
      'log',
      '--stdin',
      '-z',
      '--format=tformat:%x00%H%x00%aI%x00%ct%x00%an',
      '--raw',
      '-c',
      '--no-abbrev',
      '--no-show-signature',
      '--no-use-mailmap',
      '--no-notes',
      '--no-decorate',
      ...PLAIN_DIFF,
    ],
    { signal: options.signal },
  );
  log.stdin.end([...wanted, ...known.map((oid) => `^${oid}`), ''].join('\n'));
  const found: Introduction[] = [];
  const reader = new RawLogReader(blobs, (introduction) => {
    found.push(introduction);
  });
  log.stdout.on('data', (chunk: Buffer) => {
    reader.push(chunk);
  });
  await log.done.catch((error: unknown) => {
    if (!isUnreadable(error)) throw error;
    options.onUnreadable();
  });
  return found;
}

/** Reads `git log -z --raw -c` with the format above. Text is decoded only for a wanted blob. */
class RawLogReader {
  readonly #blobs: ReadonlySet<string>;
  readonly #onIntroduction: (introduction: Introduction) => void;
  #rest = '';
  #commit: string[] = [];
  /** The number of next tokens that belong to the line of the commit. */
  #expected = 0;
  #blob: string | undefined;

  constructor(blobs: ReadonlySet<string>, onIntroduction: (introduction: Introduction) => void) {
    this.#blobs = blobs;
    this.#onIntroduction = onIntroduction;
  }

  push(chunk: Buffer): void {
    const tokens = (this.#rest + chunk.toString('latin1')).split('\0');
    this.#rest = (tokens.pop() ?? '').slice(0, MAX_TOKEN_LENGTH);
    for (const token of tokens) this.#take(token);
  }

  #take(token: string): void {
    if (this.#expected > 0) {
      this.#commit.push(token);
      this.#expected--;
    } else if (this.#blob !== undefined) {
      const [commit = '', authorDate = '', commitTime, authorName = ''] = this.#commit;
      if (this.#blobs.has(this.#blob)) {
        this.#onIntroduction({
          commit,
          blob: this.#blob,
          path: labelOf(utf8(token)),
          authorDate,
          authorName: utf8(authorName),
          commitTime: Number(commitTime),
        });
      }
      this.#blob = undefined;
    } else if (token.startsWith(':') || token.startsWith('\n:')) {
      // :modes… IDs… status; the ID before the status is the file after the commit.
      const status = token.lastIndexOf(' ');
      this.#blob = token.slice(token.lastIndexOf(' ', status - 1) + 1, status);
    } else if (token !== '') {
      this.#commit = [token];
      this.#expected = 3;
    }
  }
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
