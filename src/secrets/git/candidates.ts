import type { Writable } from 'node:stream';
import { aborted, GitError, isUnreadable, unreadable } from './error.ts';
import { looseObjects } from './loose.ts';
import { NEEDLE_FORMAT, NeedleSearch, DesynchronizedError } from './needle-search.ts';
import type { GitStream } from './process.ts';
import type { Repository } from './repository.ts';

export interface CandidateProgress {
  /** Blobs searched so far, and blobs known so far: the second grows while git is still listing. */
  readonly done: number;
  readonly known: number;
}

export interface CandidateBlobs {
  /** IDs of the blobs that may contain a key. */
  readonly oids: readonly string[];
  readonly blobs: number;
  readonly commits: number;
  /** Missing or damaged objects that were encountered. */
  readonly unreadable: number;
}

interface SearchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: CandidateProgress) => void) | undefined;
}

/** Parses a line of a listing: a blob, a missing object, or undefined for anything else. */
type ParseLine = (line: string) => { readonly oid?: string; readonly missing?: true } | undefined;

/**
 * Searches every blob of the repository, committed or not, in the order of the packs: there, neighbors are stored as
 * differences from each other, and any other order takes twice as long.
 */
export async function searchAllBlobs(
  repository: Repository,
  wanted: readonly string[],
  options: SearchOptions,
): Promise<CandidateBlobs> {
  // Before the process starts: what it writes is lost if nothing reads it before it ends.
  const loose = await looseObjects(repository.commonFolder);
  const listing = repository.stream(
    ['cat-file', '--batch-all-objects', '--unordered', '--batch-check=%(objecttype) %(objectname)'],
    { signal: options.signal },
  );
  listing.stdin.end();
  let commits = 0;
  // In a partial clone objects are missing on purpose, which the scan reports.
  const needed =
    wanted.length === 0 || repository.partialClone ? undefined : listObjects(repository, wanted, [], options.signal);
  try {
    const [candidates, missing] = await Promise.all([
      searchListed(
        repository,
        loose,
        listing,
        (line) => {
          if (line.startsWith('blob ')) return { oid: line.slice(5) };
          if (line.startsWith('commit ')) commits++;
          return line.endsWith(' missing') ? { missing: true } : undefined;
        },
        options,
      ),
      needed === undefined ? 0 : countMissing(needed),
    ]);
    const all = { ...candidates, commits, unreadable: candidates.unreadable + missing };
    if (!candidates.cutShort || wanted.length === 0) return all;
    // Git stops listing at the first object that it does not understand, so the objects of commits are listed
    // separately.
    const named = await searchNewBlobs(repository, wanted, [], options);
    return { ...all, oids: [...new Set([...all.oids, ...named.oids])], commits: Math.max(commits, named.commits) };
  } finally {
    listing.kill();
    needed?.kill();
  }
}

/** Searches only blobs that the commits `wanted` reach and the commits `known` do not. */
export async function searchNewBlobs(
  repository: Repository,
  wanted: readonly string[],
  known: readonly string[],
  options: SearchOptions,
): Promise<CandidateBlobs> {
  const loose = await looseObjects(repository.commonFolder);
  const listing = listObjects(repository, wanted, known, options.signal);
  let commits = 0;
  const candidates = await searchListed(
    repository,
    loose,
    listing,
    (line) => {
      if (line.startsWith('?')) return repository.partialClone ? undefined : { missing: true };
      // A tree or a blob is followed by a space and its path, a commit by nothing.
      const end = line.indexOf(' ');
      if (end !== -1) return { oid: line.slice(0, end) };
      commits++;
      return undefined;
    },
    options,
  );
  return { ...candidates, commits };
}

/** Counts the missing objects that commits need. */
async function countMissing(listing: GitStream): Promise<number> {
  let missing = 0;
  await readLines(
    listing,
    (lines) => {
      for (const line of lines) if (line.startsWith('?')) missing++;
    },
    () => {
      missing++;
    },
  );
  return missing;
}

/** Reads a listing to its end. A damaged object ends it early; the lines before it count. */
async function readLines(
  listing: GitStream,
  take: (lines: readonly string[]) => void | Promise<void>,
  onUnreadable: () => void,
): Promise<void> {
  let rest = '';
  try {
    for await (const chunk of listing.stdout as AsyncIterable<Buffer>) {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      await take(lines);
    }
    await listing.done;
  } catch (error) {
    // A stream that closes early gives no reason; the process does.
    await listing.done.catch((reason: unknown) => {
      if (!isUnreadable(reason)) throw reason;
    });
    if (!isUnreadable(error) && (error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    onUnreadable();
  }
}

function listObjects(
  repository: Repository,
  wanted: readonly string[],
  known: readonly string[],
  signal: AbortSignal | undefined,
): GitStream {
  const listing = repository.stream(['rev-list', '--objects', '--missing=print', '--stdin'], { signal });
  listing.stdin.end([...wanted, ...known.map((oid) => `^${oid}`), ''].join('\n'));
  return listing;
}

async function searchListed(
  repository: Repository,
  loose: ReadonlySet<string>,
  listing: GitStream,
  parseLine: ParseLine,
  options: SearchOptions,
): Promise<Omit<CandidateBlobs, 'commits'> & { readonly cutShort: boolean }> {
  let known = 0;
  let missing = 0;
  let cutShort = false;
  const contents = new ContentSearch(repository, loose, options.signal, (done) =>
    options.onProgress?.({ done, known }),
  );
  const feed = async () => {
    await readLines(
      listing,
      async (lines) => {
        const objects: string[] = [];
        for (const line of lines) {
          const parsed = parseLine(line);
          if (parsed?.oid !== undefined) objects.push(parsed.oid);
          if (parsed?.missing === true) missing++;
        }
        known += objects.length;
        if (objects.length > 0) await contents.write(objects);
      },
      () => {
        cutShort = true;
        missing++;
      },
    );
    contents.end();
  };
  try {
    await Promise.all([feed(), contents.done]);
  } catch (error) {
    throw options.signal?.aborted === true ? aborted() : error;
  } finally {
    listing.kill();
    contents.kill();
  }
  return { oids: contents.oids, blobs: contents.blobs, unreadable: missing + contents.unreadable, cutShort };
}

/** The number of damaged objects to skip, with one process for each, before giving up. */
const MAX_DAMAGED = 200;

/**
 * Reads objects through `git cat-file --batch` and searches them for needles. Git ends at an object that it cannot
 * read; that is counted, and the next process continues after it.
 */
class ContentSearch {
  readonly oids: string[] = [];
  blobs = 0;
  unreadable = 0;
  /** Settles when all written objects have been searched. */
  readonly done: Promise<void>;
  readonly #repository: Repository;
  /** Objects whose content git does not verify. */
  readonly #loose: ReadonlySet<string>;
  readonly #signal: AbortSignal | undefined;
  readonly #onProgress: (done: number) => void;
  /** Requested objects in order; the first `#answered` are answered. */
  #requested: string[] = [];
  #answered = 0;
  #damaged = 0;
  #ended = false;
  /** Whether the object at which the process ends was already counted as answered. */
  #isAhead = false;
  #git: GitStream;
  #resolve: () => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(
    repository: Repository,
    loose: ReadonlySet<string>,
    signal: AbortSignal | undefined,
    onProgress: (done: number) => void,
  ) {
    this.#repository = repository;
    this.#loose = loose;
    this.#signal = signal;
    this.#onProgress = onProgress;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#git = this.#start();
  }

  /** Settles when git has received the IDs, or has ended. */
  async write(oids: readonly string[]): Promise<void> {
    // Removed in batches, since removing from the front of a long list is slow.
    if (this.#answered > 10_000) this.#forgetAnswered();
    this.#requested.push(...oids);
    await writeTo(this.#git.stdin, `${oids.join('\n')}\n`);
  }

  end(): void {
    this.#ended = true;
    this.#git.stdin.end();
  }

  kill(): void {
    this.#git.kill();
  }

  #start(): GitStream {
    const git = this.#repository.stream(['cat-file', `--batch=${NEEDLE_FORMAT}`, '--buffer'], {
      signal: this.#signal,
      // While the listing continues, git may be idle, or buffer its answers.
      isWaiting: () => this.#ended || git.stdin.writableLength > 0,
    });
    const needles = new NeedleSearch(
      (oid, type, found) => {
        this.#take(oid, type, found);
      },
      (oid) => this.#loose.has(oid),
    );
    git.stdout.on('data', (chunk: Buffer) => {
      if (git !== this.#git) return;
      try {
        needles.push(chunk);
      } catch (error) {
        if (!(error instanceof DesynchronizedError)) throw error;
        // What follows may be the inside of an object.
        git.abort(unreadable('The content of an object in the repository does not match its ID.'));
      }
      this.#onProgress(this.blobs);
    });
    git.done.then(
      () => {
        this.#finish();
      },
      (error: unknown) => {
        this.#continueAfter(error);
      },
    );
    return git;
  }

  #take(oid: string, type: string | undefined, found: boolean): void {
    if (oid !== this.#requested[this.#answered]) {
      this.#isAhead = true;
      throw new DesynchronizedError();
    }
    if (type === undefined) this.unreadable++;
    this.#answered++;
    if (type !== 'blob') return;
    this.blobs++;
    if (found) this.oids.push(oid);
  }

  #forgetAnswered(): void {
    this.#requested.splice(0, this.#answered);
    this.#answered = 0;
  }

  #finish(): void {
    if (this.#ended && this.#answered === this.#requested.length) this.#resolve();
    else this.#reject(new GitError('failed', 'git cat-file ended before it answered.'));
  }

  #continueAfter(error: unknown): void {
    const isDamaged =
      error instanceof GitError &&
      (error.code === 'unreadable' || (error.code === 'failed' && error.exitCode !== undefined));
    if (!isDamaged || (!this.#isAhead && this.#answered === this.#requested.length)) {
      this.#reject(error);
      return;
    }
    this.unreadable++;
    if (!this.#isAhead) this.#answered++;
    this.#isAhead = false;
    if (++this.#damaged > MAX_DAMAGED) {
      this.#reject(
        unreadable('Too many objects of the repository are damaged. Run "git fsck" to see which.', { cause: error }),
      );
      return;
    }
    this.#forgetAnswered();
    if (this.#ended && this.#requested.length === 0) {
      this.#resolve();
      return;
    }
    this.#git = this.#start();
    this.#git.stdin.write(this.#requested.map((oid) => `${oid}\n`).join(''));
    if (this.#ended) this.#git.stdin.end();
  }
}

function writeTo(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => {
      resolve();
    });
  });
}
