/**
 * Glob patterns of the settings `truework.leaks.exclude` and `files.exclude`, as VS Code documents them: `*` and `?` within
 * a name, `**` across folders, `{a,b}`, `[a-z]` and `[!a]`. All other characters stand for themselves. Case matters.
 */
import picomatch from 'picomatch/posix.js';

/** A pattern with more characters, or more combinations of its alternatives, excludes nothing. */
const MAX_PATTERN_LENGTH = 1_000;
const MAX_ALTERNATIVES = 100;

/**
 * A regular expression tries each way to divide a path among the wildcards, and patterns come with workspaces. One that
 * may take more steps than this does not exclude that path. The patterns of a list share the steps, about 30 ms in all.
 */
const MAX_STEPS = 3_000_000;

/** Patterns without braces; names that start with a dot are names like any other. */
const OPTIONS = {
  dot: true,
  literalBrackets: false,
  nobrace: true,
  noextglob: true,
  nonegate: true,
  posix: true,
} satisfies picomatch.PicomatchOptions;

interface Glob {
  readonly matches: (path: string) => boolean;
  /** A pattern that starts with `/`: it also matches absolute paths. */
  readonly isAnchored: boolean;
  /** Number of `**`, and for each other part of the path the number of `*` in it. */
  readonly globstars: number;
  readonly stars: readonly number[];
  /** Whether matching takes time in proportion to the length of the path, as for nearly all patterns. */
  readonly isLinear: boolean;
}

/**
 * Whether a path, or a folder that contains it, matches one of the patterns. Invalid patterns match nothing.
 * @returns a function of a path with slashes: relative to the workspace folder, or absolute for a file outside of all
 */
export function excludeMatcher(patterns: readonly string[]): (path: string) => boolean {
  const names = new Set<string>();
  const globs: Glob[] = [];
  for (const pattern of patterns.flatMap(alternatives)) {
    // Most patterns are the name of a folder anywhere, such as `**/node_modules`.
    const name = /^\*\*\/([^*?[\]/]+)$/.exec(pattern)?.[1];
    if (name === undefined) globs.push(globOf(pattern));
    else names.add(name);
  }

  const matches = (path: string): boolean => {
    if (names.has(path.slice(path.lastIndexOf('/') + 1))) return true;
    let steps = 0;
    return globs.some((glob) => {
      const cost = glob.isLinear ? 0 : stepsOf(glob, path);
      if (steps + cost > MAX_STEPS) return false;
      steps += cost;
      return glob.matches(glob.isAnchored ? path.replace(/^\//, '') : path);
    });
  };
  const folders = new Map<string, boolean>();
  const isExcludedFolder = (folder: string): boolean => {
    let excluded = folders.get(folder);
    if (excluded === undefined) folders.set(folder, (excluded = isExcluded(folder)));
    return excluded;
  };
  const isExcluded = (path: string): boolean => {
    if (matches(path)) return true;
    const end = path.lastIndexOf('/');
    return end > 0 && isExcludedFolder(path.slice(0, end));
  };
  return isExcluded;
}

/** A pattern without its braces, once for each combination of what they contain. Below a folder is the same as the folder. */
function alternatives(pattern: string): string[] {
  if (pattern.length > MAX_PATTERN_LENGTH) return [];
  const found: string[] = [];
  for (const alternative of withoutBraces(pattern.trim())) {
    const glob = alternative.replace(/(?<=.)\/(?:\*\*)?$/, '');
    if (glob !== '' && glob !== '/') found.push(glob);
    if (found.length > MAX_ALTERNATIVES) return [];
  }
  return found;
}

/** A character class, in which braces are characters, or a brace expression without others in it. */
const INNERMOST_BRACES = /\[[^\]]+\]|\{((?:\[[^\]]+\]|[^{}[])*)\}/g;

function* withoutBraces(pattern: string): Generator<string> {
  const braces = [...pattern.matchAll(INNERMOST_BRACES)].find(([, choices]) => choices !== undefined);
  if (braces?.[1] === undefined) {
    yield pattern;
    return;
  }
  for (const choice of braces[1].split(','))
    yield* withoutBraces(pattern.slice(0, braces.index) + choice + pattern.slice(braces.index + braces[0].length));
}

function globOf(pattern: string): Glob {
  const isAnchored = pattern.startsWith('/');
  const glob = pattern
    .replace(/^\//, '')
    // To picomatch these are operators, or quotes that it removes.
    .replace(/\[[^\]]+\]|[\\()|+"]/g, (token) => (token.length === 1 ? `\\${token}` : token));
  const parts = glob.replace(/\[[^\]]+\]/g, '?').split('/');
  const expression = picomatch.makeRe(glob, OPTIONS);
  const globstars = parts.filter((part) => part === '**').length;
  const stars = parts.filter((part) => part !== '**').map((part) => part.match(/\*+/g)?.length ?? 0);
  return {
    matches: (path) => expression.test(path),
    isAnchored,
    globstars,
    stars,
    isLinear: globstars <= 1 && stars.every((count) => count <= 1),
  };
}

/** An upper bound, up to a constant factor, of what it takes to find out that the path does not match. */
function stepsOf({ globstars, stars }: Glob, path: string): number {
  const names = path.split('/');
  const longest = Math.max(...names.map(({ length }) => length));
  return stars.reduce(
    (steps, count) => steps * combinations(longest, count - 1),
    longest * combinations(names.length, globstars),
  );
}

/** In how many ways `count` of `all` can be chosen; 1 when there is nothing to choose. */
function combinations(all: number, count: number): number {
  let ways = 1;
  for (let n = 1; n <= Math.min(count, all); n++) ways *= (all - Math.min(count, all) + n) / n;
  return Math.max(1, ways);
}
