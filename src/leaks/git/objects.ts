import { aborted, GitError } from './error.ts';
import { type GitStream, type GitTool, streamGit } from './process.ts';

export interface GitObject {
  readonly oid: string;
  readonly type: 'blob' | 'tree' | 'commit' | 'tag';
  /** In bytes. */
  readonly size: number;
  /** Missing when the object is larger than the reader keeps. */
  readonly content?: Buffer;
}

export interface ObjectReaderOptions {
  /** Larger objects are answered without their content; 64 MiB unless given. */
  readonly maxBytes?: number;
  /** The process ends after this long without a question and starts again with the next; 60 seconds unless given. */
  readonly idleMs?: number;
  readonly indexFile?: string | undefined;
}

interface Question {
  readonly resolve: (object: GitObject | undefined) => void;
  readonly reject: (error: unknown) => void;
}

const NEW_LINE = 10;
const HEADER = /^([0-9a-f]{40}|[0-9a-f]{64}) (blob|tree|commit|tag) (\d+)$/;

/**
 * Reads objects of one repository through one `git cat-file --batch` process, which stays and is asked again.
 * It sees new commits and moved references, but reads the index only once: see `Repository.indexed`.
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
   * @param name an object id, or any name git understands: `HEAD:some/path`, `:0:some/path`
   * @returns undefined when there is no such object; also for a submodule
   * @throws GitError; `failed` also for a name with a line break, which the protocol cannot carry
   */
  async read(name: string): Promise<GitObject | undefined> {
    if (/[\r\n\0]/.test(name)) throw new GitError('failed', 'A name with a line break cannot be looked up.');
    for (;;) {
      try {
        return await this.#present().ask(name);
      } catch (error) {
        // Another question ended the process.
        if (!isRefusedFetch(error)) throw error;
      }
    }
  }

  #present(): BatchProcess {
    if (this.#process === undefined || this.#process.ended) {
      this.#process = new BatchProcess(
        streamGit(this.#folder, ['cat-file', '--batch'], { ...this.#tool, indexFile: this.#options.indexFile }),
        this.#maxBytes,
        this.#options.idleMs ?? 60_000,
      );
    }
    return this.#process;
  }

  /** Ends the process. The reader can still be used: it starts another. */
  close(): void {
    this.#process?.close();
    this.#process = undefined;
  }
}

class BatchProcess {
  readonly #git: GitStream;
  readonly #maxBytes: number;
  readonly #idleMs: number;
  readonly #questions: Question[] = [];
  #idle: NodeJS.Timeout | undefined;
  ended = false;

  #header = '';
  #object: { oid: string; type: GitObject['type']; size: number } | undefined;
  /** Of the present object's content and the line break after it. */
  #missing = 0;
  #content: Buffer | undefined;

  constructor(git: GitStream, maxBytes: number, idleMs: number) {
    this.#git = git;
    this.#maxBytes = maxBytes;
    this.#idleMs = idleMs;
    git.stdout.on('data', (chunk: Buffer) => { this.#take(chunk); });
    git.done.then(
      () => { this.#fail(new GitError('failed', 'git cat-file ended before it had answered.')); },
      (error: unknown) => { this.#fail(error); },
    );
  }

  ask(name: string): Promise<GitObject | undefined> {
    clearTimeout(this.#idle);
    if (this.#questions.length === 0) this.#git.ref();
    return new Promise((resolve, reject) => {
      this.#questions.push({ resolve, reject });
      this.#git.stdin.write(`${name}\n`);
    });
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#fail(aborted());
    this.#git.stdin.end();
    this.#git.kill();
  }

  #fail(error: unknown): void {
    this.ended = true;
    clearTimeout(this.#idle);
    if (isRefusedFetch(error)) this.#questions.shift()?.resolve(undefined);
    for (const question of this.#questions.splice(0)) question.reject(error);
  }

  #take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#object === undefined) {
        const end = chunk.indexOf(NEW_LINE, at);
        this.#header += chunk.toString('utf8', at, end === -1 ? chunk.length : end);
        if (end === -1) return;
        at = end + 1;
        this.#begin();
      } else {
        const length = Math.min(this.#missing, chunk.length - at);
        const { size } = this.#object;
        if (this.#content !== undefined) chunk.copy(this.#content, size + 1 - this.#missing, at, Math.min(at + length, at + this.#missing - 1));
        this.#missing -= length;
        at += length;
        if (this.#missing === 0) this.#finish();
      }
    }
  }

  #begin(): void {
    const match = HEADER.exec(this.#header);
    this.#header = '';
    if (match === null) {
      this.#answer(undefined);
      return;
    }
    const [, oid = '', type, digits] = match;
    const size = Number(digits);
    this.#object = { oid, type: type as GitObject['type'], size };
    this.#missing = size + 1;
    this.#content = size <= this.#maxBytes ? Buffer.allocUnsafeSlow(size) : undefined;
  }

  #finish(): void {
    const object = this.#object;
    const content = this.#content;
    this.#object = undefined;
    this.#content = undefined;
    if (object !== undefined) this.#answer(content === undefined ? object : { ...object, content });
  }

  #answer(object: GitObject | undefined): void {
    this.#questions.shift()?.resolve(object);
    if (this.#questions.length > 0) return;
    // An idle process must keep neither this program nor, on Windows, the pack files.
    this.#git.unref();
    this.#idle = setTimeout(() => { this.close(); }, this.#idleMs).unref();
  }
}

/** A question for an object that only a remote has ends `git cat-file`, because it may not fetch. */
function isRefusedFetch(error: unknown): boolean {
  return error instanceof GitError && error.detail.includes('promisor remote');
}
