/** The comment that allows a line. */
import type { Finding } from '../detector/finding.ts';
import { scan } from '../detector/scan.ts';
import { RULE_ID } from '../rule/identity.ts';
import { applyChanges, type Change } from '../edits/change.ts';
import type { Language } from './language.ts';
import { languageOf } from './registry.ts';
import { syntaxContextAt } from './syntax-context.ts';

/**
 * Adds a comment after the key, or on the line before where a comment cannot follow. Offers only what makes the
 * detector allow this finding.
 * @returns undefined if the language has no comments, or none can be added here
 */
export function allowComment(text: string, finding: Finding, languageId: string, fileName: string): Change | undefined {
  const language = languageOf({ languageId, fileName });
  const comment = language?.comment;
  if (comment === undefined) return undefined;
  const lineStart = text.lastIndexOf('\n', finding.start - 1) + 1;
  const lineEnd = endOfLine(text, finding.end);
  const line = text.slice(lineStart, lineEnd);
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  const continued = /[\\^`]$/.test(line.trimEnd());
  const continues =
    /[\\^`]$/.test(text.slice(text.lastIndexOf('\n', lineStart - 2) + 1, Math.max(0, lineStart - 1)).trimEnd()) &&
    lineStart > 0;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const closing = comment.close === undefined ? '' : ` ${comment.close}`;
  const candidates: Change[] = [];
  if (comment.trailing && !continued)
    candidates.push({
      start: lineEnd,
      end: lineEnd,
      text: ` ${comment.open} secretlint-disable-line ${RULE_ID}${closing}`,
    });
  if (!continues)
    candidates.push({
      start: lineStart,
      end: lineStart,
      text: `${indent}${comment.open} secretlint-disable-next-line ${RULE_ID}${closing}${eol}`,
    });
  return candidates.find((change) => isOutsideStrings(text, change.start, language) && allows(text, change, finding));
}

function allows(text: string, change: Change, finding: Finding): boolean {
  const moved = change.start <= finding.start ? change.text.length : 0;
  return scan(applyChanges(text, [change])).some(
    ({ start, keyHash, suppressedBy }) =>
      start === finding.start + moved && keyHash === finding.keyHash && suppressedBy?.by === 'comment',
  );
}

/** In a literal over several lines, a comment would be part of its content. */
function isOutsideStrings(text: string, at: number, language: Language | undefined): boolean {
  return language?.grammar === undefined || syntaxContextAt(text, at, language.grammar).kind !== 'string';
}

function endOfLine(text: string, from: number): number {
  const end = text.slice(from).search(/\r?\n|\r|$/);
  return from + end;
}
