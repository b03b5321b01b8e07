import { isUnreadable } from './error.ts';
import { labelOf } from './paths.ts';
import { PLAIN_DIFF } from './process.ts';
import type { Repository } from './repository.ts';

/** A commit that has a blob at a path where none of its parents has it. */
export interface Introduction {
  readonly commit: string;
  readonly blob: string;
  /** Relative to the repository's root. A name that would lead out of it leads nowhere here; see `labelOf`. */
  readonly path: string;
  /** ISO 8601, with the author's offset. */
  readonly authorDate: string;
  readonly authorName: string;
  /** Seconds since 1970. */
  readonly commitTime: number;
}

/** No path or author's name that means anything is longer. */
const MAX_TOKEN_LENGTH = 64 * 1024;

/**
 * The commits that brought any of `blobs` into the history of `wanted`, apart from the history of `known`.
 *
 * A merge counts when its own resolution made the blob, that is, when the blob is in none of its parents: `-c`
 * lists exactly these. (`git log -S` and `--find-object` look at no merge at all.)
 * @param onUnreadable called when a damaged object keeps git from going on; what was found until then is the answer
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

/** Reads `git log -z --raw -c` with the format above. Text stays in bytes until a wanted blob shows. */
class RawLogReader {
  readonly #blobs: ReadonlySet<string>;
  readonly #onIntroduction: (introduction: Introduction) => void;
  #rest = '';
  #commit: string[] = [];
  /** How many of the next tokens belong to the commit's own line. */
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
      // :modes… ids… status; the id before the status is the file after the commit.
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
