import { aborted, GitError, timedOut, unreadable } from './error.ts';
import { startObjectHash } from './object-hash.ts';
import { DEFAULT_LIMITS, type GitStream, type GitTool, streamGit } from './process.ts';
import { startWait, unlessAborted } from './waiting.ts';

export interface GitObject {
  readonly oid: string;
  readonly type: 'blob' | 'tree' | 'commit' | 'tag';
  /** In bytes. */
  readonly size: number;
  /** Left out if the object is larger than `maxBytes`. */
  readonly content?: Buffer;
}

export interface ObjectReaderOptions {
  /** Larger objects are returned without their content; 64 MiB by default. */
  readonly maxBytes?: number;
  /** The process ends after this time without a request and starts again with the next; 60 seconds by default. */
  readonly idleMs?: number;
  readonly indexFile?: string | undefined;
}

interface ObjectRequest {
  readonly resolve: (object: GitObject | undefined | typeof AGAIN) => void;
  readonly reject: (error: unknown) => void;
}

/** The answer to a request that git did not reach because the process ended at an earlier one. */
const AGAIN = Symbol();

const NEW_LINE = 10;
const UNEXPECTED_OUTPUT = 'git cat-file wrote unexpected output.';
const HEADER = /^([0-9a-f]{40}|[0-9a-f]{64}) (blob|tree|commit|tag) (\d+)$/;
const NOT_FOUND = / (?:missing|ambiguous|submodule)$/;
/** A header repeats the requested name. */
const MAX_HEADER_LENGTH = 64 * 1024;

/**
 * Reads objects of one repository through one `git cat-file --batch` process, which is reused.
 * It sees new commits and moved references, but reads the index only once: see `Repository.indexed`.
 *
 * A process that ends, does not answer in time, or writes unexpected output is replaced with the next request.
 */
export class ObjectReader {
  readonly #folder: string;
  readonly #tool: GitTool;
  readonly #options: ObjectReaderOptions;
  readonly #maxBytes: number;
  #process: BatchProcess | undefined;

  constructor(folder: string, tool: GitTool, options: ObjectReaderOptions = {}) {
    this.#folder = folder;
    this.#tool = tool;
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? 64 * 1024 * 1024;
  }

  /**
   * @param name an object ID, or any name git understands: `HEAD:some/path`, `:0:some/path`
   * @returns undefined if git finds no such object; also for a submodule
   * @throws GitError; `unreadable` for an object that is damaged or only on a remote; `failed` also for a name with a
   * line break, which the protocol does not support
   */
  async read(name: string, signal?: AbortSignal): Promise<GitObject | undefined> {
    if (/[\r\n\0]/.test(name)) throw new GitError('failed', 'A name with a line break cannot be looked up.');
    for (;;) {
      if (signal?.aborted === true) throw aborted();
      const answer = await unlessAborted(this.#runningProcess().request(name), signal);
      if (answer !== AGAIN) return answer;
    }
  }

  #runningProcess(): BatchProcess {
    if (this.#process === undefined || this.#process.ended) {
      this.#process = new BatchProcess(this.#folder, this.#tool, this.#maxBytes, this.#options);
    }
    return this.#process;
  }

  /** Ends the process. The next request starts another. */
  close(): void {
    this.#process?.close();
    this.#process = undefined;
  }
}

class BatchProcess {
  readonly #git: GitStream;
  readonly #maxBytes: number;
  readonly #idleMs: number;
  readonly #requests: ObjectRequest[] = [];
  readonly #wait: { stop(): void };
  #idle: NodeJS.Timeout | undefined;
  #received = 0;
  ended = false;

  #header = '';
  #object: { oid: string; type: GitObject['type']; size: number } | undefined;
  /** Bytes of the current object and the line break after it that are still to come. */
  #missing = 0;
  #content: Buffer | undefined;

  constructor(folder: string, tool: GitTool, maxBytes: number, { idleMs = 60_000, indexFile }: ObjectReaderOptions) {
    const { answerMs } = tool.limits ?? DEFAULT_LIMITS;
    this.#git = streamGit(folder, ['cat-file', '--batch'], { ...tool, indexFile, silenceMs: Infinity });
    this.#maxBytes = maxBytes;
    this.#idleMs = idleMs;
    let answered = 0;
    this.#wait = startWait(
      answerMs,
      () => {
        this.#git.abort(timedOut('cat-file', answerMs));
      },
      () => {
        const before = answered;
        answered = this.#received;
        return this.#requests.length > 0 && answered === before;
      },
    );
    this.#git.stdout.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    this.#git.done.then(
      () => {
        this.#close(new GitError('failed', 'git cat-file ended before it answered.'));
      },
      (error: unknown) => {
        this.#close(error);
      },
    );
  }

  request(name: string): Promise<GitObject | undefined | typeof AGAIN> {
    clearTimeout(this.#idle);
    if (this.#requests.length === 0) this.#git.ref();
    return new Promise((resolve, reject) => {
      this.#requests.push({ resolve, reject });
      this.#git.stdin.write(`${name}\n`);
    });
  }

  close(): void {
    this.#close(aborted());
    this.#git.stdin.end();
    this.#git.kill();
  }

  #close(error: unknown): void {
    this.ended = true;
    clearTimeout(this.#idle);
    this.#wait.stop();
    const [first, ...others] = this.#requests.splice(0);
    first?.reject(
      this.#object !== undefined && error instanceof GitError && error.code === 'failed'
        ? unreadable(
            'An object of the repository could not be read to its end. Run "git fsck" to see what is damaged.',
            { cause: error },
          )
        : error,
    );
    // Git ends at the first object that it cannot read and does not reach the others.
    const reachesOthers =
      error instanceof GitError &&
      error.code !== 'unreadable' &&
      !(error.code === 'failed' && error.exitCode !== undefined);
    for (const request of others) {
      if (reachesOthers) request.reject(error);
      else request.resolve(AGAIN);
    }
  }

  #take(chunk: Buffer): void {
    this.#received += chunk.length;
    let at = 0;
    while (at < chunk.length && !this.ended) {
      if (this.#object === undefined) {
        const end = chunk.indexOf(NEW_LINE, at);
        this.#header += chunk.toString('utf8', at, end === -1 ? chunk.length : end);
        if (end === -1) {
          if (this.#header.length > MAX_HEADER_LENGTH) this.#fail(new GitError('failed', UNEXPECTED_OUTPUT));
          return;
        }
        at = end + 1;
        this.#begin();
      } else {
        const length = Math.min(this.#missing, chunk.length - at);
        const { size } = this.#object;
        // Git writes the size from the header, then copies what the file contains.
        if (length === this.#missing && chunk[at + length - 1] !== NEW_LINE) {
          this.#fail(damaged());
          return;
        }
        if (this.#content !== undefined)
          chunk.copy(this.#content, size + 1 - this.#missing, at, Math.min(at + length, at + this.#missing - 1));
        this.#missing -= length;
        at += length;
        if (this.#missing === 0) this.#finish();
      }
    }
  }

  #begin(): void {
    const header = this.#header;
    this.#header = '';
    const match = HEADER.exec(header);
    if (match === null) {
      if (NOT_FOUND.test(header))
        this.#answer((request) => {
          request.resolve(undefined);
        });
      else this.#fail(new GitError('failed', UNEXPECTED_OUTPUT));
      return;
    }
    const [, oid = '', type, digits] = match;
    const size = Number(digits);
    this.#object = { oid, type: type as GitObject['type'], size };
    this.#missing = size + 1;
    this.#content = size <= this.#maxBytes ? Buffer.allocUnsafeSlow(size) : undefined;
  }

  /** The rest of the output is unusable, so the next request goes to a new process. */
  #fail(error: GitError): void {
    this.ended = true;
    this.#git.abort(error);
  }

  #finish(): void {
    const object = this.#object;
    const content = this.#content;
    this.#object = undefined;
    this.#content = undefined;
    if (object === undefined) return;
    if (content === undefined)
      this.#answer((request) => {
        request.resolve(object);
      });
    else if (isGenuine(object, content))
      this.#answer((request) => {
        request.resolve({ ...object, content });
      });
    // Git does not verify that a loose object matches its name.
    else this.#fail(damaged());
  }

  #answer(settle: (request: ObjectRequest) => void): void {
    const request = this.#requests.shift();
    if (request !== undefined) settle(request);
    if (this.#requests.length > 0) return;
    // An idle process must neither keep this program running nor, on Windows, lock the pack files.
    this.#git.unref();
    this.#idle = setTimeout(() => {
      this.close();
    }, this.#idleMs).unref();
  }
}

function damaged(): GitError {
  return unreadable(
    'The content of an object in the repository does not match its ID. Run "git fsck" to see what is damaged.',
  );
}

/** An object's ID is the hash of its content. */
function isGenuine({ oid, type, size }: GitObject, content: Buffer): boolean {
  return startObjectHash(oid, type, size).update(content).digest('hex') === oid;
}
