/** Markdown documents with text from outside in them. */
import { plain } from './text.ts';

/** A block of lines as they are: no run of backticks in them ends it. */
export function fenced(lines: readonly string[], language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [fence + language, ...lines, fence].join('\n');
}

/** The name of a file or a remote can be anything: as code, it is not read as markup. */
export function code(text: string): string {
  const clean = plain(text);
  const fence = '`'.repeat(longestRun(clean) + 1);
  return clean.includes('`') ? `${fence} ${clean} ${fence}` : `\`${clean}\``;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
