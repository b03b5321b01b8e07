/** A comment that lets one line pass. Pure. */
import type { Finding } from '../detector/finding.ts';
import { scan } from '../detector/scan.ts';
import { applyChanges, type Change } from '../edits/change.ts';
import { grammarOf } from './grammars.ts';
import { baseName, isDotenv, isDotenvTemplate } from './index.ts';
import { syntaxContextAt } from './syntax-context.ts';

const RULE = 'secretlint-rule-truework';

/** How a comment is written, and where it may stand. */
interface Style {
  readonly open: string;
  readonly close?: string;
  /** Whether a comment may follow code on its line. */
  readonly trailing: boolean;
}

const SLASHES: Style = { open: '//', trailing: true };
const HASH: Style = { open: '#', trailing: true };
/** Where `#` begins a comment at the start of a line only, or where readers differ about it. */
const HASH_ALONE: Style = { open: '#', trailing: false };
const MARKUP: Style = { open: '<!--', close: '-->', trailing: true };
const BLOCK: Style = { open: '/*', close: '*/', trailing: true };

const BY_LANGUAGE: Readonly<Record<string, Style | undefined>> = {
  javascript: SLASHES,
  typescript: SLASHES,
  javascriptreact: SLASHES,
  typescriptreact: SLASHES,
  vue: SLASHES,
  svelte: SLASHES,
  jsonc: SLASHES,
  json5: SLASHES,
  go: SLASHES,
  java: SLASHES,
  kotlin: SLASHES,
  csharp: SLASHES,
  php: SLASHES,
  rust: SLASHES,
  c: SLASHES,
  cpp: SLASHES,
  swift: SLASHES,
  dart: SLASHES,
  scala: SLASHES,
  groovy: SLASHES,
  'objective-c': SLASHES,
  python: HASH,
  ruby: HASH,
  shellscript: HASH,
  bash: HASH,
  zsh: HASH,
  fish: HASH,
  powershell: HASH,
  yaml: HASH,
  dockercompose: HASH,
  helm: HASH,
  'github-actions-workflow': HASH,
  toml: HASH,
  terraform: HASH,
  hcl: HASH,
  opentofu: HASH,
  perl: HASH,
  r: HASH,
  elixir: HASH,
  makefile: HASH_ALONE,
  dotenv: HASH_ALONE,
  dockerfile: HASH_ALONE,
  properties: HASH_ALONE,
  'java-properties': HASH_ALONE,
  ini: HASH_ALONE,
  ignore: HASH_ALONE,
  http: HASH_ALONE,
  markdown: MARKUP,
  html: MARKUP,
  xml: MARKUP,
  css: BLOCK,
  scss: BLOCK,
  less: BLOCK,
  sql: { open: '--', trailing: true },
  lua: { open: '--', trailing: true },
  bat: { open: 'REM', trailing: false },
};

/**
 * The comment behind the key, or on the line before it where none may stand behind. Only what the detector itself
 * then takes for an allowance of this very finding is offered.
 * @returns undefined where the language has no comments, or none can be put here
 */
export function allowComment(text: string, finding: Finding, languageId: string, fileName: string): Change | undefined {
  const style = styleOf(languageId, fileName);
  if (style === undefined) return undefined;
  const lineStart = text.lastIndexOf('\n', finding.start - 1) + 1;
  const lineEnd = endOfLine(text, finding.end);
  const line = text.slice(lineStart, lineEnd);
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  const continued = /[\\^`]$/.test(line.trimEnd());
  const continues =
    /[\\^`]$/.test(text.slice(text.lastIndexOf('\n', lineStart - 2) + 1, Math.max(0, lineStart - 1)).trimEnd()) &&
    lineStart > 0;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const closing = style.close === undefined ? '' : ` ${style.close}`;
  const candidates: Change[] = [];
  if (style.trailing && !continued)
    candidates.push({ start: lineEnd, end: lineEnd, text: ` ${style.open} secretlint-disable-line ${RULE}${closing}` });
  if (!continues)
    candidates.push({
      start: lineStart,
      end: lineStart,
      text: `${indent}${style.open} secretlint-disable-next-line ${RULE}${closing}${eol}`,
    });
  return candidates.find((change) => isOutsideStrings(text, change.start, languageId) && allows(text, change, finding));
}

function allows(text: string, change: Change, finding: Finding): boolean {
  const moved = change.start <= finding.start ? change.text.length : 0;
  return scan(applyChanges(text, [change])).some(
    ({ start, keyHash, suppressedBy }) =>
      start === finding.start + moved && keyHash === finding.keyHash && suppressedBy?.by === 'comment',
  );
}

/** In a literal over several lines, a comment would be part of the text. */
function isOutsideStrings(text: string, at: number, languageId: string): boolean {
  const grammar = grammarOf(languageId.toLowerCase());
  return grammar === undefined || syntaxContextAt(text, at, grammar).kind !== 'string';
}

function styleOf(languageId: string, fileName: string): Style | undefined {
  if (isDotenv(fileName) || isDotenvTemplate(fileName)) return HASH_ALONE;
  if (/^(?:dockerfile|containerfile)/i.test(baseName(fileName))) return HASH_ALONE;
  return BY_LANGUAGE[languageId.toLowerCase()];
}

function endOfLine(text: string, from: number): number {
  const end = text.slice(from).search(/\r?\n|\r|$/);
  return from + end;
}
