/** Markdown that contains text from outside. */
import { plain } from './text.ts';

/** A fenced code block that no run of backticks in the lines can end. */
export function fenced(lines: readonly string[], language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [fence + language, ...lines, fence].join('\n');
}

/** Inline code, so that the name of a file or a remote is not interpreted as markup. */
export function code(text: string): string {
  const clean = plain(text);
  const fence = '`'.repeat(longestRun(clean) + 1);
  return clean.includes('`') ? `${fence} ${clean} ${fence}` : `\`${clean}\``;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
