import type { Writable } from 'node:stream';
import { aborted } from './error.ts';
import { NEEDLE_FORMAT, NeedleSearch } from './needle-search.ts';
import type { GitStream } from './process.ts';
import type { Repository } from './repository.ts';

export interface CandidateProgress {
  /** Blobs looked at so far, and blobs known so far: the second grows while git is still listing. */
  readonly done: number;
  readonly known: number;
}

export interface Candidates {
  /** Ids of the blobs that may hold a key. */
  readonly oids: readonly string[];
  readonly blobs: number;
  readonly commits: number;
}

interface SearchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: CandidateProgress) => void) | undefined;
}

/**
 * Every blob that the repository has, whether a commit needs it or not, in the order in which it lies in the
 * packs: neighbours there are stored as differences from each other, and any other order takes twice as long.
 */
export function searchAllBlobs(repository: Repository, options: SearchOptions): Promise<Candidates> {
  const listing = repository.stream(['cat-file', '--batch-all-objects', '--unordered', '--batch-check=%(objecttype) %(objectname)'], { signal: options.signal });
  listing.stdin.end();
  let commits = 0;
  return search(repository, listing, (line) => {
    if (line.startsWith('blob ')) return line.slice(5);
    if (line.startsWith('commit ')) commits++;
    return undefined;
  }, () => commits, options);
}

/** Only the blobs that the commits `wanted` reach and the commits `known` do not. */
export function searchNewBlobs(repository: Repository, wanted: readonly string[], known: readonly string[], options: SearchOptions): Promise<Candidates> {
  const listing = repository.stream(['rev-list', '--objects', '--missing=allow-any', '--stdin'], { signal: options.signal });
  listing.stdin.end([...wanted, ...known.map((oid) => `^${oid}`), ''].join('\n'));
  let commits = 0;
  return search(repository, listing, (line) => {
    // A tree or a blob is followed by a space and its path, a commit by nothing.
    const end = line.indexOf(' ');
    if (end !== -1) return line.slice(0, end);
    commits++;
    return undefined;
  }, () => commits, options);
}

async function search(repository: Repository, listing: GitStream, objectOf: (line: string) => string | undefined, commits: () => number, options: SearchOptions): Promise<Candidates> {
  const contents = repository.stream(['cat-file', `--batch=${NEEDLE_FORMAT}`, '--buffer'], { signal: options.signal });
  const oids: string[] = [];
  let done = 0;
  let known = 0;
  const needles = new NeedleSearch((oid, type, found) => {
    if (type !== 'blob') return;
    done++;
    if (found) oids.push(oid);
  });
  contents.stdout.on('data', (chunk: Buffer) => {
    needles.push(chunk);
    options.onProgress?.({ done, known });
  });
  const feed = async () => {
    let rest = '';
    for await (const chunk of listing.stdout as AsyncIterable<Buffer>) {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      const objects = lines.flatMap((line) => objectOf(line) ?? []);
      known += objects.length;
      if (objects.length > 0) await write(contents.stdin, `${objects.join('\n')}\n`);
    }
    contents.stdin.end();
    await listing.done;
  };
  try {
    await Promise.all([feed(), contents.done]);
  } catch (error) {
    throw options.signal?.aborted === true ? aborted() : error;
  } finally {
    listing.kill();
    contents.kill();
  }
  return { oids, blobs: done, commits: commits() };
}

/** Settles when git has taken the text, or will never take it because it has ended; `done` tells why. */
function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => { resolve(); });
  });
}
