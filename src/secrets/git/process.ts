import {
  type ChildProcessWithoutNullStreams,
  spawn as spawnProcess,
  type SpawnOptionsWithoutStdio,
} from 'node:child_process';
import type { Socket } from 'node:net';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { aborted, errorOfExit, GitError, timedOut } from './error.ts';
import { startWait } from './waiting.ts';

export type SpawnGit = (
  file: string,
  args: readonly string[],
  options: SpawnOptionsWithoutStdio,
) => ChildProcessWithoutNullStreams;

/** Limits in milliseconds. Beyond them, the processes are ended with a GitError `timeout`. */
export interface GitLimits {
  /** For the whole of a short answer. */
  readonly answerMs: number;
  /** For the next chunk of an answer whose length depends on the repository. */
  readonly silenceMs: number;
}

export const DEFAULT_LIMITS: GitLimits = { answerMs: 30_000, silenceMs: 60_000 };

/** The git to run, and how to start it. */
export interface GitTool {
  /** Absolute; see `findGit`. */
  readonly gitPath: string;
  /** Starts the process; replaced in tests. */
  readonly spawn?: SpawnGit | undefined;
  readonly limits?: GitLimits | undefined;
  /** Whether the folder may be a bare repository. If not, git refuses one inside a work tree. */
  readonly bare?: boolean | undefined;
  /** Whether this git reads settings from `GIT_CONFIG_COUNT`, which supports names that `-c` does not. */
  readonly readsConfigCount?: boolean | undefined;
}

export interface StreamOptions extends GitTool {
  readonly signal?: AbortSignal | undefined;
  /** A different index: git names one to a hook if only a part is committed. */
  readonly indexFile?: string | undefined;
  /** Whether paths are literal names; true by default. */
  readonly literalPaths?: boolean;
  /** Settings that override the repository's. */
  readonly config?: Readonly<Record<string, string>>;
  /** How long git may be silent during a wait; `limits.silenceMs` by default. */
  readonly silenceMs?: number;
  /** Whether output is expected; always by default. False while git waits for input. */
  readonly isWaiting?: () => boolean;
}

export interface RunOptions extends StreamOptions {
  /** For the whole answer; `limits.answerMs` by default. With `Infinity`, only the limit on silence applies. */
  readonly timeoutMs?: number;
  /** The maximum size of standard output; 64 MiB by default. */
  readonly maxBytes?: number;
  /** Standard input. Keys and anything derived from the content of files belong here, never in `args`. */
  readonly input?: string | Uint8Array;
  /** Exit codes that mean success; only 0 by default. */
  readonly exitCodes?: readonly number[];
}

export interface RunResult {
  readonly stdout: Buffer;
  /** Shortened. Not empty if git succeeds with warnings. */
  readonly stderr: string;
  readonly exitCode: number;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const MAX_STDERR = 16 * 1024;
/** Time for a terminated process to remove its lock files. */
const KILL_AFTER_MS = 2_000;

/**
 * A repository's configuration can name programs to run, and change what git writes. These settings override it: no
 * file system monitor, hook, pager, external diff, signature check, credential or askpass program, no network, and no
 * repository embedded in a work tree.
 */
const SAFE_CONFIG = [
  'advice.graftFileDeprecated=false',
  // Empty, not "false", which git before 2.36 reads as the name of a program.
  'core.fsmonitor=',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'core.askPass=',
  // Larger files are copied without verification.
  'core.bigFileThreshold=512m',
  'core.sshCommand=false',
  'core.alternateRefsCommand=',
  'core.untrackedCache=keep',
  'core.quotePath=false',
  'credential.helper=',
  'diff.external=',
  'diff.orderFile=/dev/null',
  'diff.relative=false',
  'log.showRoot=true',
  'submodule.recurse=false',
].flatMap((setting) => ['-c', setting]);

const GLOBAL_ARGS = ['--no-pager', ...SAFE_CONFIG];

/** For `log` and `diff`: no program of the repository renders files, no user setting changes the output. */
export const PLAIN_DIFF = ['--no-ext-diff', '--no-textconv', '--no-color', '--no-renames'] as const;

/** They locate the user's settings and limit discovery; no other `GIT_` variable is passed on. */
const PASSED_VARIABLES = new Set([
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CEILING_DIRECTORIES',
  'GIT_DISCOVERY_ACROSS_FILESYSTEM',
]);

function environment({ indexFile, config = {}, readsConfigCount = true }: StreamOptions): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:GIT_|SSH_ASKPASS)/i.test(name) || PASSED_VARIABLES.has(name.toUpperCase()),
  );
  const settings = readsConfigCount ? Object.entries(config) : [];
  return {
    ...Object.fromEntries(inherited),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    // Nothing is fetched. Newer versions of git support the first, all versions the second, which no setting overrides.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    // A push sends the objects themselves, not the replacements of `git replace` or a graft.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: '/dev/null',
    // A broken reference is an error rather than ignored.
    GIT_REF_PARANOIA: '1',
    GIT_PAGER: 'cat',
    LC_ALL: 'C',
    LANGUAGE: 'C',
    ...(indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile }),
    ...(settings.length === 0 ? {} : { GIT_CONFIG_COUNT: String(settings.length) }),
    ...Object.fromEntries(
      settings.flatMap(([name, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, name],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

/** For a git that supports only `-c`, where the first equals sign ends the name. */
function configArgs({ config = {}, readsConfigCount = true }: StreamOptions): string[] {
  if (readsConfigCount) return [];
  return Object.entries(config).flatMap(([name, value]) => {
    if (name.includes('='))
      throw new GitError('too-old', 'This git is too old for a setting of this repository. Update git.');
    return ['-c', `${name}=${value}`];
  });
}

/** A git process whose output is read while it runs. */
export interface GitStream {
  readonly stdout: Readable;
  readonly stdin: Writable;
  /**
   * Settles when the process has exited or was aborted; rejects with a GitError unless it exited with an expected code.
   */
  readonly done: Promise<number>;
  /** Standard error so far, shortened. */
  readonly stderr: string;
  kill(): void;
  /** Ends the process, and `done` with this error. */
  abort(error: GitError): void;
  /** Whether the process alone keeps this program running. */
  ref(): void;
  unref(): void;
}

/**
 * Starts git in `cwd`, without a shell; the repository's configuration cannot make it start another program. A git that
 * is silent for too long is ended. The caller reads `stdout` and awaits `done`.
 */
export function streamGit(
  cwd: string,
  args: readonly string[],
  options: StreamOptions,
  exitCodes: readonly number[] = [0],
): GitStream {
  const subcommand = args.find((arg) => !arg.startsWith('-')) ?? '';
  if (options.signal?.aborted === true) throw aborted();
  const bare = options.bare === true ? [] : ['-c', 'safe.bareRepository=explicit'];
  const literal = options.literalPaths === false ? [] : ['--literal-pathspecs'];
  const child = (options.spawn ?? spawnProcess)(
    options.gitPath,
    [...GLOBAL_ARGS, ...bare, ...configArgs(options), ...literal, ...args],
    {
      cwd,
      env: environment(options),
      shell: false,
      windowsHide: true,
      stdio: 'pipe',
      // A process group of its own, so that child processes, and a git behind a wrapper, end with it.
      detached: process.platform !== 'win32',
    },
  );
  trackUntilExit(child);
  let stderr = '';
  let ended = false;
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    if (stderr.length < MAX_STDERR) stderr += text;
  });
  // Git may exit before it has read everything; its exit code gives the reason.
  child.stdin.on('error', () => undefined);
  child.stdout.on('error', () => undefined);
  child.stderr.on('error', () => undefined);

  let killed = false;
  const kill = () => {
    if (ended || killed || child.pid === undefined) return;
    killed = true;
    endGroup(child, 'SIGTERM');
    const timer = setTimeout(() => {
      if (running.has(child)) endGroup(child, 'SIGKILL');
    }, KILL_AFTER_MS).unref();
    child.once('close', () => {
      clearTimeout(timer);
    });
  };
  let abort: (error: GitError) => void = () => undefined;
  const done = new Promise<number>((resolve, reject) => {
    const silenceMs = options.silenceMs ?? (options.limits ?? DEFAULT_LIMITS).silenceMs;
    let received = 0;
    /** Whether nothing has arrived since the last call, nothing is unread, and output is expected. */
    const isSilent = () => {
      const before = received;
      received = (child.stdout as Socket).bytesRead;
      return received === before && child.stdout.readableLength === 0 && (options.isWaiting?.() ?? true);
    };
    const silence =
      silenceMs === Infinity
        ? undefined
        : startWait(
            silenceMs,
            () => {
              abort(timedOut(subcommand, silenceMs));
            },
            isSilent,
          );
    const onAbort = () => {
      abort(aborted());
    };
    const settle = () => {
      silence?.stop();
      options.signal?.removeEventListener('abort', onAbort);
    };
    abort = (error) => {
      settle();
      reject(error);
      kill();
      // A program that git has started may keep the other end open, so it is not awaited.
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    };
    options.signal?.addEventListener('abort', onAbort, { once: true });
    child.on('error', (error: NodeJS.ErrnoException) => {
      settle();
      // A missing working directory has the same error code as a missing program.
      reject(
        error.code === 'ENOENT' || error.code === 'EACCES'
          ? new GitError('not-found', 'Git could not be started.', { cause: error })
          : new GitError('failed', 'Git could not be started.', { cause: error }),
      );
    });
    child.on('exit', () => {
      running.delete(child);
      // Immediately, before the process ID can be reused: child processes may ignore SIGTERM.
      if (killed) endGroup(child, 'SIGKILL');
    });
    child.on('close', (code) => {
      ended = true;
      settle();
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
    get stderr() {
      return stderr;
    },
    kill,
    abort: (error) => {
      abort(error);
    },
    ref: () => {
      setRef(child, 'ref');
    },
    unref: () => {
      setRef(child, 'unref');
    },
  };
}

/** Processes in groups of their own do not end with this program, so they are ended on exit. */
const running = new Set<ChildProcessWithoutNullStreams>();
let endsWithProgram = false;

function trackUntilExit(child: ChildProcessWithoutNullStreams): void {
  if (!endsWithProgram)
    process.once('exit', () => {
      for (const each of running) endGroup(each, 'SIGKILL');
    });
  endsWithProgram = true;
  running.add(child);
}

/** Ends a process and its children. */
function endGroup(child: ChildProcessWithoutNullStreams, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    const killer = spawnProcess(
      path.join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'taskkill.exe'),
      ['/PID', String(child.pid), '/T', '/F'],
      { stdio: 'ignore', windowsHide: true },
    );
    killer.on('error', () => {
      child.kill();
    });
    killer.unref();
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

function setRef(child: ChildProcessWithoutNullStreams, method: 'ref' | 'unref'): void {
  child[method]();
  for (const stream of [child.stdin, child.stdout, child.stderr])
    (stream as unknown as { ref?(): void; unref?(): void })[method]?.();
}

/**
 * Runs git in `cwd` and returns its whole standard output.
 * @throws GitError
 */
export async function runGit(cwd: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const timeoutMs = options.timeoutMs ?? (options.limits ?? DEFAULT_LIMITS).answerMs;
  // One limit suffices: on the whole answer or, for a long one, on silence.
  const git = streamGit(
    cwd,
    args,
    timeoutMs === Infinity ? options : { ...options, silenceMs: Infinity },
    options.exitCodes,
  );
  const chunks: Buffer[] = [];
  let bytes = 0;
  git.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else git.abort(new GitError('too-much-output', `git wrote more than ${maxBytes} bytes.`));
  });
  const wait =
    timeoutMs === Infinity
      ? undefined
      : startWait(timeoutMs, () => {
          git.abort(timedOut(args[0] ?? '', timeoutMs));
        });
  git.stdin.end(options.input ?? '');
  try {
    const exitCode = await git.done;
    return { exitCode, stdout: Buffer.concat(chunks), stderr: git.stderr };
  } finally {
    wait?.stop();
  }
}
