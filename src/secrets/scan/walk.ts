import { readdirSync, type Dirent } from 'node:fs';
import path from 'node:path';

/**
 * Lists the files below a folder. Links are listed, not followed; `.git` is left out. A folder that cannot be read
 * is passed over.
 *
 * @param skip Glob patterns relative to the folder, with `/`, such as `*.log` or any folder named `node_modules`: what matches is left out,
 * with all that is below it.
 */
export function* walk(folder: string, skip: readonly string[] = []): Generator<string> {
  const skipped = skipMatcher(skip);
  const open = [''];
  for (let relative = open.pop(); relative !== undefined; relative = open.pop()) {
    let entries: Dirent[];
    try {
      entries = readdirSync(path.join(folder, relative), { withFileTypes: true });
    } catch {
      continue;
    }
    for (const entry of entries) {
      if (entry.name === '.git') continue;
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (skipped(name, entry.name)) continue;
      if (entry.isDirectory()) open.push(name);
      else if (entry.isFile() || entry.isSymbolicLink()) yield path.join(folder, name);
    }
  }
}

/** Patterns that are only a name below any folder, which is most of them, cost one look into a set. */
function skipMatcher(patterns: readonly string[]): (relative: string, name: string) => boolean {
  const names = new Set<string>();
  const expressions: RegExp[] = [];
  for (const pattern of patterns) {
    const name = /^(?:\*\*\/)?([^*?{}[\]/]+)$/.exec(pattern);
    if (name?.[1] !== undefined && pattern.startsWith('**/')) names.add(name[1]);
    else expressions.push(globExpression(pattern));
  }
  return (relative, name) => names.has(name) || expressions.some((expression) => expression.test(relative));
}

const GLOB_TOKEN = /\*\*\/|\*\*|[*?{},]|\[[^\]]*\]|[^*?{},[]+|\[/g;

/** A glob pattern of the editor's `files.exclude` as a regular expression. */
export function globExpression(pattern: string): RegExp {
  let braces = 0;
  const source = pattern.replace(/\/(?:\*\*)?$/, '').replace(GLOB_TOKEN, (token) => {
    switch (token) {
      case '**/':
        return '(?:[^/]+/)*';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      case '{':
        braces++;
        return '(?:';
      case '}':
        if (braces === 0) return '\\}';
        braces--;
        return ')';
      case ',':
        return braces > 0 ? '|' : ',';
      default:
        if (/^\[.+\]$/.test(token)) return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
        return token.replace(/[\\^$.|+()[\]]/g, '\\$&');
    }
  });
  try {
    return new RegExp(`^${source}${')'.repeat(braces)}$`);
  } catch {
    // A pattern that is no glob matches nothing.
    return /(?!)/;
  }
}
