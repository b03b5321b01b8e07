import { type ChildProcessWithoutNullStreams, spawn as spawnProcess, type SpawnOptionsWithoutStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { aborted, errorOfExit, GitError } from './error.ts';

export type SpawnGit = (file: string, args: readonly string[], options: SpawnOptionsWithoutStdio) => ChildProcessWithoutNullStreams;

/** Which git runs, and how it is started. */
export interface GitTool {
  /** Absolute; see `findGit`. */
  readonly gitPath: string;
  /** Starts the process; for tests that look at what is started. */
  readonly spawn?: SpawnGit;
}

export interface StreamOptions extends GitTool {
  readonly signal?: AbortSignal | undefined;
  /** An index other than the repository's own: git names one to a hook when only a part is committed. */
  readonly indexFile?: string | undefined;
  /** Whether paths mean the files of that very name; true unless given. */
  readonly literalPaths?: boolean;
  /** Settings that win over the repository's. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface RunOptions extends StreamOptions {
  /** 30 seconds unless given. */
  readonly timeoutMs?: number;
  /** Most bytes of standard output to keep; 64 MiB unless given. */
  readonly maxBytes?: number;
  /** Goes to standard input. Keys and anything derived from a file's content go here, never into `args`. */
  readonly input?: string | Uint8Array;
  /** Exit codes that are answers; only 0 unless given. */
  readonly exitCodes?: readonly number[];
}

export interface RunResult {
  readonly stdout: Buffer;
  readonly exitCode: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const MAX_STDERR = 16 * 1024;
/** How long a process that was asked to end may clean up its lock files. */
const KILL_AFTER_MS = 2_000;

/**
 * A repository's own configuration can name programs to run. Each of these settings takes one such program away:
 * the file system monitor, the hooks, the pager, the external diff, the signature check.
 */
const SAFE_CONFIG = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'diff.external=',
  'log.showSignature=false',
  'log.showRoot=true',
  'diff.orderFile=/dev/null',
  'core.quotePath=false',
  'submodule.recurse=false',
].flatMap((setting) => ['-c', setting]);

const GLOBAL_ARGS = ['--no-pager', ...SAFE_CONFIG];

/** For `log` and `diff`: no program of the repository renders a file, no personal setting changes the output. */
export const PLAIN_DIFF = ['--no-ext-diff', '--no-textconv', '--no-color', '--no-renames', '--no-relative'] as const;

/** These say where a person keeps settings and where discovery stops; no other `GIT_` variable is passed on. */
const KEPT_VARIABLES = new Set(['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM', 'GIT_CEILING_DIRECTORIES', 'GIT_DISCOVERY_ACROSS_FILESYSTEM']);

function environment({ indexFile, config = {} }: StreamOptions): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^GIT_/i.test(name) || KEPT_VARIABLES.has(name.toUpperCase()));
  const settings = Object.entries(config);
  return {
    ...Object.fromEntries(inherited),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    // Nothing is fetched: newer versions of git understand the first, all of them the second.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    // What is pushed are the objects themselves, not what `git replace` shows in their place.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_PAGER: 'cat',
    LC_ALL: 'C',
    LANGUAGE: 'C',
    ...(indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile }),
    ...(settings.length === 0 ? {} : { GIT_CONFIG_COUNT: String(settings.length) }),
    ...Object.fromEntries(settings.flatMap(([name, value], index) => [[`GIT_CONFIG_KEY_${index}`, name], [`GIT_CONFIG_VALUE_${index}`, value]])),
  };
}

/** A git process that is read while it runs. */
export interface GitStream {
  readonly stdout: Readable;
  readonly stdin: Writable;
  /** Settles when the process is gone; rejects with a GitError unless it ended by itself with an expected code. */
  readonly done: Promise<number>;
  kill(): void;
  /** Whether the process alone keeps this program running. */
  ref(): void;
  unref(): void;
}

/**
 * Starts git in `cwd`. No shell takes part; the repository's configuration cannot make git start another program.
 * The caller reads `stdout` and awaits `done`.
 */
export function streamGit(cwd: string, args: readonly string[], options: StreamOptions, exitCodes: readonly number[] = [0]): GitStream {
  const subcommand = args.find((arg) => !arg.startsWith('-')) ?? '';
  if (options.signal?.aborted === true) throw aborted();
  const child = (options.spawn ?? spawnProcess)(options.gitPath, [...GLOBAL_ARGS, ...(options.literalPaths === false ? [] : ['--literal-pathspecs']), ...args], {
    cwd,
    env: environment(options),
    shell: false,
    windowsHide: true,
    stdio: 'pipe',
  });
  let stderr = '';
  let ended = false;
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    if (stderr.length < MAX_STDERR) stderr += text;
  });
  // git may end before it has read everything; its exit code tells why.
  child.stdin.on('error', () => undefined);
  child.stdout.on('error', () => undefined);

  const kill = () => {
    if (ended || child.pid === undefined) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => { if (!ended) child.kill('SIGKILL'); }, KILL_AFTER_MS).unref();
    child.once('close', () => { clearTimeout(timer); });
  };
  const done = new Promise<number>((resolve, reject) => {
    const onAbort = () => {
      kill();
      child.stdout.destroy();
      reject(aborted());
    };
    options.signal?.addEventListener('abort', onAbort, { once: true });
    child.on('error', (error: NodeJS.ErrnoException) => {
      options.signal?.removeEventListener('abort', onAbort);
      // A missing working directory is reported with the same code as a missing program.
      reject(error.code === 'ENOENT' || error.code === 'EACCES'
        ? new GitError('not-found', 'Git could not be started.', { cause: error })
        : new GitError('failed', 'Git could not be started.', { cause: error }));
    });
    child.on('close', (code) => {
      ended = true;
      options.signal?.removeEventListener('abort', onAbort);
      if (code !== null && exitCodes.includes(code)) resolve(code);
      else reject(errorOfExit(subcommand, code ?? undefined, stderr));
    });
  });
  // The caller may still be reading when the process fails.
  done.catch(() => undefined);
  return {
    stdout: child.stdout,
    stdin: child.stdin,
    done,
    kill,
    ref: () => { setRef(child, 'ref'); },
    unref: () => { setRef(child, 'unref'); },
  };
}

function setRef(child: ChildProcessWithoutNullStreams, method: 'ref' | 'unref'): void {
  child[method]();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as unknown as { ref?(): void; unref?(): void })[method]?.();
}

/**
 * Runs git in `cwd` and gives its whole standard output.
 * @throws GitError
 */
export async function runGit(cwd: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const git = streamGit(cwd, args, options, options.exitCodes);
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const chunks: Buffer[] = [];
  // Not Promise.withResolvers: a hook runs this in whatever Node there is.
  let giveUp: (error: GitError) => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => { giveUp = reject; });
  const stop = (error: GitError) => {
    giveUp(error);
    git.kill();
    git.stdout.destroy();
  };
  let bytes = 0;
  git.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else stop(new GitError('too-much-output', `git wrote more than ${maxBytes} bytes.`));
  });
  const timer = setTimeout(() => { stop(new GitError('timeout', `git did not answer within ${timeoutMs / 1000} seconds.`)); }, timeoutMs);
  git.stdin.end(options.input ?? '');
  try {
    const exitCode = await Promise.race([git.done, stopped]);
    return { stdout: Buffer.concat(chunks), exitCode };
  } finally {
    clearTimeout(timer);
  }
}
