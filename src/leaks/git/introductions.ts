import { PLAIN_DIFF } from './process.ts';
import type { Repository } from './repository.ts';

/** A commit that has a blob at a path where none of its parents has it. */
export interface Introduction {
  readonly commit: string;
  readonly blob: string;
  readonly path: string;
  /** ISO 8601, with the author's offset. */
  readonly authorDate: string;
  readonly authorName: string;
  /** Seconds since 1970. */
  readonly commitTime: number;
}


/**
 * The commits that brought any of `blobs` into the history of `wanted`, apart from the history of `known`.
 *
 * A merge counts when its own resolution made the blob, that is, when the blob is in none of its parents: `-c`
 * lists exactly these. (`git log -S` and `--find-object` look at no merge at all.)
 */
export async function findIntroductions(
  repository: Repository,
  blobs: ReadonlySet<string>,
  wanted: readonly string[],
  known: readonly string[],
  signal?: AbortSignal,
): Promise<Introduction[]> {
  if (wanted.length === 0 || blobs.size === 0) return [];
  const log = repository.stream(
    ['log', '--stdin', '-z', '--format=tformat:%x00%H%x00%aI%x00%ct%x00%an', '--raw', '-c', '--no-abbrev', '--no-show-signature', '--no-mailmap', '--no-notes', '--no-decorate', ...PLAIN_DIFF],
    { signal },
  );
  log.stdin.end([...wanted, ...known.map((oid) => `^${oid}`), ''].join('\n'));
  const found: Introduction[] = [];
  const reader = new RawLogReader(blobs, (introduction) => { found.push(introduction); });
  log.stdout.on('data', (chunk: Buffer) => { reader.push(chunk); });
  await log.done;
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
    this.#rest = tokens.pop() ?? '';
    for (const token of tokens) this.#take(token);
  }

  #take(token: string): void {
    if (this.#expected > 0) {
      this.#commit.push(token);
      this.#expected--;
    } else if (this.#blob !== undefined) {
      const [commit = '', authorDate = '', commitTime, authorName = ''] = this.#commit;
      if (this.#blobs.has(this.#blob)) {
        this.#onIntroduction({ commit, blob: this.#blob, path: utf8(token), authorDate, authorName: utf8(authorName), commitTime: Number(commitTime) });
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

