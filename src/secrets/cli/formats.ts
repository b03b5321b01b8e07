import { escapeHiddenCharacters, showHiddenCharactersInJson } from '../../truework/hidden-characters.ts';
import type { Format } from './arguments.ts';
import { isLeak, type ReportedKey, type ScanReport } from './report.ts';
import { sarif } from './sarif.ts';

export function formatReport(report: ScanReport, format: Format): string {
  switch (format) {
    case 'text':
      return formatText(report);
    case 'json':
      return reportAsJson(report);
    case 'sarif':
      return printableJson(sarif(report));
  }
}

function formatText({ leaks, notes, incomplete }: ScanReport): string {
  const reported = leaks.filter(isLeak);
  const lines = reported.map(
    (leak) =>
      `${printable(leak.path)}${positionSuffix(leak)}: ${leak.kind} secret key ${leak.masked}${commitSuffix(leak)}`,
  );
  const suppressed = leaks.length - reported.length;
  const count = reported.length === 1 ? '1 leaked key' : `${reported.length} leaked keys`;
  const summary = `${reported.length === 0 ? `No leaked keys${incomplete ? ' in what was read' : ''}` : count}${suppressed > 0 ? `, ${suppressed} allowed` : ''}.`;
  const advice =
    reported.length > 0
      ? ['Revoke and replace each key that left your machine, and keep keys out of version control.']
      : [];
  return [...lines, ...notes.map(printable), summary, ...advice, ''].join('\n');
}

function positionSuffix({ place }: ReportedKey): string {
  if (!place) return '';
  return place.bytes ? `: byte ${place.bytes.offset}` : `:${place.startLine}:${place.startColumn}`;
}

function commitSuffix({ commit }: ReportedKey): string {
  return commit
    ? ` since ${commit.commit.slice(0, 10)} of ${commit.authorDate.slice(0, 10)} by ${printable(commit.authorName)}${commit.pushed ? ', pushed' : ', not pushed'}`
    : '';
}

/** Escapes what could control the terminal or reverse a line in file names, author names and output of git. */
export function printable(text: string): string {
  return escapeHiddenCharacters(text, (codePoint) => `\\u${codePoint.toString(16).padStart(4, '0')}`);
}

/** Neither keys nor the text around them. */
function reportAsJson({ scope, leaks, notes, incomplete }: ScanReport): string {
  return printableJson({
    version: 1,
    scope,
    complete: !incomplete,
    leaks: leaks.map(({ suppressedBy, ...leak }) => ({ ...leak, suppressed: suppressedBy !== undefined })),
    notes,
  });
}

function printableJson(value: object): string {
  return showHiddenCharactersInJson(`${JSON.stringify(value, undefined, 2)}\n`);
}
