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

/** How long git is waited for, in milliseconds. Then its processes are ended and the answer is a GitError `timeout`. */
export interface GitLimits {
  /** For a whole answer that is short. */
  readonly answerMs: number;
  /** For the next piece of an answer that takes as long as the repository is large. */
  readonly silenceMs: number;
}

export const DEFAULT_LIMITS: GitLimits = { answerMs: 30_000, silenceMs: 60_000 };

/** Which git runs, and how it is started. */
export interface GitTool {
  /** Absolute; see `findGit`. */
  readonly gitPath: string;
  /** Starts the process; for tests that look at what is started. */
  readonly spawn?: SpawnGit | undefined;
  readonly limits?: GitLimits | undefined;
  /** Whether the folder may itself be a repository without a work tree. Without it, git enters none that lies in a work tree. */
  readonly bare?: boolean | undefined;
  /** Whether this git reads settings from `GIT_CONFIG_COUNT`, which carries names that `-c` cannot. */
  readonly readsConfigCount?: boolean | undefined;
}

export interface StreamOptions extends GitTool {
  readonly signal?: AbortSignal | undefined;
  /** An index other than the repository's own: git names one to a hook when only a part is committed. */
  readonly indexFile?: string | undefined;
  /** Whether paths mean the files of that very name; true unless given. */
  readonly literalPaths?: boolean;
  /** Settings that win over the repository's. */
  readonly config?: Readonly<Record<string, string>>;
  /** How long git may be silent while it is waited for; `limits.silenceMs` unless given. */
  readonly silenceMs?: number;
  /** Whether it is git's turn; true unless given. A git that waits for us is not late. */
  readonly isWaiting?: () => boolean;
}

export interface RunOptions extends StreamOptions {
  /** For the whole answer; `limits.answerMs` unless given. `Infinity` leaves only the limit on its silence. */
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
  /** Shortened. Also git that succeeds has complaints. */
  readonly stderr: string;
  readonly exitCode: number;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const MAX_STDERR = 16 * 1024;
/** How long a process that was asked to end may clean up its lock files. */
const KILL_AFTER_MS = 2_000;

/**
 * A repository's own configuration can name programs to run, and change what git writes. These settings win over it:
 * no file system monitor, hook, pager, external diff, signature check, credential or askpass program, nothing that
 * connects anywhere, and no repository that a work tree brings along.
 */
const SAFE_CONFIG = [
  'advice.graftFileDeprecated=false',
  // Empty, not "false": git before 2.36 takes that for the name of a program.
  'core.fsmonitor=',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'core.askPass=',
  // Larger files are copied from where they lie without a look at them.
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

/** For `log` and `diff`: no program of the repository renders a file, no personal setting changes the output. */
export const PLAIN_DIFF = ['--no-ext-diff', '--no-textconv', '--no-color', '--no-renames'] as const;

/** These say where a person keeps settings and where discovery stops; no other `GIT_` variable is passed on. */
const KEPT_VARIABLES = new Set([
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CEILING_DIRECTORIES',
  'GIT_DISCOVERY_ACROSS_FILESYSTEM',
]);

function environment({ indexFile, config = {}, readsConfigCount = true }: StreamOptions): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:GIT_|SSH_ASKPASS)/i.test(name) || KEPT_VARIABLES.has(name.toUpperCase()),
  );
  const settings = readsConfigCount ? Object.entries(config) : [];
  return {
    ...Object.fromEntries(inherited),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    // Nothing is fetched: newer versions of git understand the first, all of them the second, which no setting overrules.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    // What is pushed are the objects themselves, not what `git replace` or a graft shows in their place.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: '/dev/null',
    // A reference that is broken is an error, not one that is not there.
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

/** Settings for a git that knows `-c` only: the first equals sign ends the name there. */
function configArgs({ config = {}, readsConfigCount = true }: StreamOptions): string[] {
  if (readsConfigCount) return [];
  return Object.entries(config).flatMap(([name, value]) => {
    if (name.includes('='))
      throw new GitError('too-old', 'This git is too old for a setting of this repository. Update git.');
    return ['-c', `${name}=${value}`];
  });
}

/** A git process that is read while it runs. */
export interface GitStream {
  readonly stdout: Readable;
  readonly stdin: Writable;
  /** Settles when the process is gone, or was given up; rejects with a GitError unless it ended by itself with an expected code. */
  readonly done: Promise<number>;
  /** What it has complained about so far, shortened. */
  readonly stderr: string;
  kill(): void;
  /** Ends the process, and `done` with this error. */
  abort(error: GitError): void;
  /** Whether the process alone keeps this program running. */
  ref(): void;
  unref(): void;
}

/**
 * Starts git in `cwd`. No shell takes part; the repository's configuration cannot make git start another program.
 * A git that is waited for and silent for too long is ended. The caller reads `stdout` and awaits `done`.
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
      // A group of its own: what git has started, or what stands for git and has started it, is ended with it.
      detached: process.platform !== 'win32',
    },
  );
  remember(child);
  let stderr = '';
  let ended = false;
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    if (stderr.length < MAX_STDERR) stderr += text;
  });
  // git may end before it has read everything; its exit code tells why.
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
  let giveUp: (error: GitError) => void = () => undefined;
  const done = new Promise<number>((resolve, reject) => {
    const silenceMs = options.silenceMs ?? (options.limits ?? DEFAULT_LIMITS).silenceMs;
    let received = 0;
    /** Nothing has come since the last look, nothing lies here unread, and it is git's turn. */
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
              giveUp(timedOut(subcommand, silenceMs));
            },
            isSilent,
          );
    const onAbort = () => {
      giveUp(aborted());
    };
    const settle = () => {
      silence?.stop();
      options.signal?.removeEventListener('abort', onAbort);
    };
    giveUp = (error) => {
      settle();
      reject(error);
      kill();
      // Whoever holds the other end, such as a program that git has started, is not waited for.
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    };
    options.signal?.addEventListener('abort', onAbort, { once: true });
    child.on('error', (error: NodeJS.ErrnoException) => {
      settle();
      // A missing working directory is reported with the same code as a missing program.
      reject(
        error.code === 'ENOENT' || error.code === 'EACCES'
          ? new GitError('not-found', 'Git could not be started.', { cause: error })
          : new GitError('failed', 'Git could not be started.', { cause: error }),
      );
    });
    child.on('exit', () => {
      running.delete(child);
      // At once, while its number cannot be that of another group yet: what it has started may not want to end.
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
      giveUp(error);
    },
    ref: () => {
      setRef(child, 'ref');
    },
    unref: () => {
      setRef(child, 'unref');
    },
  };
}

/** Processes in groups of their own do not end with this program by themselves. */
const running = new Set<ChildProcessWithoutNullStreams>();
let endsWithProgram = false;

function remember(child: ChildProcessWithoutNullStreams): void {
  if (!endsWithProgram)
    process.once('exit', () => {
      for (const each of running) endGroup(each, 'SIGKILL');
    });
  endsWithProgram = true;
  running.add(child);
}

/** Ends a process and those that it has started. */
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
 * Runs git in `cwd` and gives its whole standard output.
 * @throws GitError
 */
export async function runGit(cwd: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const timeoutMs = options.timeoutMs ?? (options.limits ?? DEFAULT_LIMITS).answerMs;
  // One limit is enough: on the whole answer, or for a long one on each silence.
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
