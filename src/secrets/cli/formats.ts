import { escapeHiddenCharacters, showHiddenCharactersInJson } from '../../truework/hidden-characters.ts';
import { type Format } from './arguments.ts';
import { isLeak, type ReportedKey, type Report } from './report.ts';
import { sarif } from './sarif.ts';

export function formatReport(report: Report, format: Format): string {
  switch (format) {
    case 'text':
      return text(report);
    case 'json':
      return json(report);
    case 'sarif':
      return printableJson(sarif(report));
  }
}

function text({ leaks, notes, incomplete }: Report): string {
  const reported = leaks.filter(isLeak);
  const lines = reported.map(
    (leak) => `${printable(leak.path)}${placeOf(leak)}: ${leak.kind} secret key ${leak.masked}${commitOf(leak)}`,
  );
  const suppressed = leaks.length - reported.length;
  const count = reported.length === 1 ? '1 leaked key' : `${reported.length} leaked keys`;
  const summary = `${reported.length === 0 ? `No leaked keys${incomplete ? ' in what could be read' : ''}` : count}${suppressed > 0 ? `, ${suppressed} allowed` : ''}.`;
  const advice =
    reported.length > 0
      ? ['Revoke a key that left your machine and make a new one; keep keys out of version control.']
      : [];
  return [...lines, ...notes.map(printable), summary, ...advice, ''].join('\n');
}

function placeOf({ place }: ReportedKey): string {
  if (!place) return '';
  return place.bytes ? `: byte ${place.bytes.offset}` : `:${place.startLine}:${place.startColumn}`;
}

function commitOf({ commit }: ReportedKey): string {
  return commit
    ? ` since ${commit.commit.slice(0, 10)} of ${commit.authorDate.slice(0, 10)} by ${printable(commit.authorName)}${commit.pushed ? ', pushed' : ', not pushed'}`
    : '';
}

/** The name of a file or an author, or what git says of one, must not steer the terminal or turn a line around. */
export function printable(text: string): string {
  return escapeHiddenCharacters(text, (codePoint) => `\\u${codePoint.toString(16).padStart(4, '0')}`);
}

/** Everything but the text around a key, and the key. */
function json({ scope, leaks, notes, incomplete }: Report): string {
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
