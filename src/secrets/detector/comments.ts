import { isOurRule } from '../rule/identity.ts';
import type { Suppression } from './finding.ts';

export type CommentSuppression = Extract<Suppression, { by: 'comment' }>;

type Effect = 'line' | 'next-line' | 'disable' | 'enable';

interface Directive extends CommentSuppression {
  readonly effect: Effect;
}

/**
 * The comments with which common secret scanners allow a line. Each is found by a fixed word, so that a long text takes
 * one search per word; `pattern` is then tried at that offset.
 */
const DIRECTIVES: readonly {
  readonly scanner: CommentSuppression['scanner'];
  readonly word: string;
  readonly pattern: RegExp;
  readonly effect: (match: RegExpExecArray) => Effect | undefined;
}[] = [
  // https://github.com/secretlint/secretlint/tree/master/packages/%40secretlint/secretlint-rule-filter-comments
  {
    scanner: 'secretlint',
    word: 'secretlint-',
    pattern: /secretlint-(disable-next-line|disable-line|disable|enable)(?!-?\w)([^\r\n]*)/y,
    effect: secretlintEffect,
  },
  // https://github.com/gitleaks/gitleaks#gitleaksallow, honored on the same line only
  { scanner: 'gitleaks', word: 'gitleaks:allow', pattern: /gitleaks:allow(?!-?\w)/y, effect: () => 'line' },
  { scanner: 'betterleaks', word: 'betterleaks:allow', pattern: /betterleaks:allow(?!-?\w)/y, effect: () => 'line' },
  { scanner: 'trufflehog', word: 'trufflehog:ignore', pattern: /trufflehog:ignore(?!-?\w)/y, effect: () => 'line' },
  { scanner: 'ggshield', word: 'ggignore', pattern: /ggignore(?!-?\w)/y, effect: () => 'line' },
  { scanner: 'kingfisher', word: 'kingfisher:', pattern: /kingfisher:(?:ignore|allow)(?!-?\w)/y, effect: () => 'line' },
  // https://github.com/Yelp/detect-secrets#inline-allowlisting
  {
    scanner: 'detect-secrets',
    word: 'pragma:',
    pattern: /pragma: ?(?:allow|white)list[ -](nextline[ -])?secret(?!-?\w)/y,
    effect: (match) => (match[1] === undefined ? 'line' : 'next-line'),
  },
];

/** A computation that yields so that its caller can pause. */
type Steps<T> = Generator<undefined, T>;
type CommentOn = (start: number, end: number) => CommentSuppression | undefined;

/**
 * @returns a function that finds the comment which suppresses a finding, to be called for findings in order. Its first
 * call searches the text for comments.
 */
export function commentReader(text: string): (start: number, end: number) => Steps<CommentSuppression | undefined> {
  let plan: CommentOn | undefined;
  return function* (start, end) {
    plan ??= yield* readPlan(text);
    return plan(start, end);
  };
}

function* readPlan(text: string): Steps<CommentOn> {
  const directives = yield* findDirectives(text);
  if (directives.length === 0) return () => undefined;

  const byLine = new Map<number, CommentSuppression>();
  const regions: { from: number; to: number; directive: CommentSuppression }[] = [];
  const cursor = new LineCursor(text);
  let open: Directive | undefined;
  for (const directive of directives) {
    yield;
    cursor.moveTo(directive.start);
    if (directive.effect === 'line') byLine.set(cursor.start, directive);
    else if (directive.effect === 'next-line') byLine.set(cursor.next, directive);
    else if (directive.effect === 'disable') open ??= directive;
    else if (open) {
      regions.push({ from: open.end, to: directive.start, directive: open });
      open = undefined;
    }
  }
  if (open) regions.push({ from: open.end, to: text.length, directive: open });

  const lines = new LineCursor(text);
  let region = 0;
  return (start, end) => {
    while (region < regions.length && (regions[region]?.to ?? 0) <= start) region++;
    const around = regions[region];
    if (around && around.from <= start) return withoutEffect(around.directive);
    lines.moveTo(start);
    const onLine = byLine.get(lines.start);
    if (onLine) return withoutEffect(onLine);
    // For a key over several lines, the comment may follow the last one.
    if (end <= lines.next || lines.next >= text.length) return undefined;
    const lastLine = lines.copy();
    lastLine.moveTo(end - 1);
    const onLast = byLine.get(lastLine.start);
    return onLast && withoutEffect(onLast);
  };
}

function withoutEffect({ by, scanner, text, start, end }: CommentSuppression): CommentSuppression {
  return { by, scanner, text, start, end };
}

function* findDirectives(text: string): Steps<Directive[]> {
  const found: Directive[] = [];
  for (const { scanner, word, pattern, effect } of DIRECTIVES) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      yield;
      if (/\w-?$/.test(text.slice(Math.max(0, at - 2), at))) continue;
      pattern.lastIndex = 0;
      const match = pattern.exec(text.slice(at, at + MAX_DIRECTIVE_LENGTH));
      const read = match && effect(match);
      if (!match || !read) continue;
      const end = at + (scanner === 'secretlint' ? 'secretlint-'.length + (match[1]?.length ?? 0) : match[0].length);
      const isRegion = read === 'disable' || read === 'enable';
      if (isRegion && !opensComment(text, at, end)) continue;
      found.push({ by: 'comment', scanner, text: text.slice(at, end), start: at, end, effect: read });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

const MAX_DIRECTIVE_LENGTH = 256;

function secretlintEffect(match: RegExpExecArray): Effect | undefined {
  return namesOurRule(match[2] ?? '') ? (match[1]?.replace('disable-', '') as Effect) : undefined;
}

/**
 * Where the rule names end: at the end of the comment or of the string around it, at another comment, or at `--`, after
 * which secretlint allows a reason; people also write `-` or `:`.
 */
const END_OF_NAMES = /\*\/|--|#\}|\*\)|%>|\?>|\{%|(?:^|\s)(?:\/\/|#|[-–—]\s)|^\s*:|["`]|(?<!\w)'|'(?!\w)|\\[nr]/;
const RULE_NAME = /^@[\w.-]+\/[\w.-]+$|secretlint-(?:filter-)?rule-/;
/** Prose rarely contains any of these, and then need not be split to see that it names no rule. */
const MAY_NAME_RULE = /@|secretlint-(?:filter-)?rule-|truework/;
/** A short name (`aws`) or the path of a rule. */
const ONE_WORD = /^[\w@./\\-]+$/;

/**
 * A directive without names applies to every rule. Names are rule IDs as secretlint writes them, or single words
 * between commas; anything else is prose.
 */
function namesOurRule(afterDirective: string): boolean {
  const names = afterDirective.split(END_OF_NAMES, 1)[0] ?? '';
  if (!/\w/.test(names)) return true;
  const parts = names.split(',');
  if (MAY_NAME_RULE.test(names)) {
    const list = parts.map(wordsOf);
    const named = list.flatMap((words) =>
      (words.length === 1 ? words.filter(isOurRule) : []).concat(words.filter((word) => RULE_NAME.test(word))),
    );
    if (named.length > 0) return named.some(isOurRule);
  }
  return !parts.every((part) => {
    const words = wordsOf(part);
    return words.length === 0 || (words.length === 1 && ONE_WORD.test(words[0] ?? ''));
  });
}

/** The end of a comment (`]]`, `-}`, `}}`) is not a name. */
function wordsOf(part: string): string[] {
  return part.split(/\s+/).filter((word) => /\w/.test(word));
}

/** The beginning of a comment, or of a string that serves as one. */
const COMMENT_SIGN =
  /(?:\/[/*+]|#[|=]?|<!--|--|[*;%]|::|\(\*|\{-|\[\[|\{\{!|\[\/\/\]: # \(|(?:^|[\r\n])[ \t]*(?:!|@?rem|dnl)|["'])[ \t]*$/i;
const ALONE_BEFORE = /(?:^|[\r\n])[ \t]*$/;
const ALONE_AFTER = /^[ \t]*(?:--.*)?(?:[\r\n]|$)/;

/** A region suppresses much, so it must be in a comment or alone on its line, not in a sentence about such comments. */
function opensComment(text: string, at: number, end: number): boolean {
  const before = text.slice(Math.max(0, at - 32), at);
  return (
    COMMENT_SIGN.test(before) ||
    (ALONE_BEFORE.test(before) && ALONE_AFTER.test(text.slice(end, end + MAX_DIRECTIVE_LENGTH)))
  );
}

/** Walks forward over lines as editors count them: ended by `\n`, `\r\n` or `\r`. */
class LineCursor {
  #text: string;
  #lineFeed = -1;
  #carriageReturn = -1;
  /** Offsets at which the current line and the next one begin. */
  start: number;
  next: number;

  constructor(text: string) {
    this.#text = text;
    this.start = 0;
    this.next = this.#startAfter(0);
  }

  /** Shares what was found so far: a text without `\r` is searched for one only once. */
  copy(): LineCursor {
    const copy = new LineCursor('');
    copy.#text = this.#text;
    copy.#lineFeed = this.#lineFeed;
    copy.#carriageReturn = this.#carriageReturn;
    copy.start = this.start;
    copy.next = this.next;
    return copy;
  }

  moveTo(offset: number): void {
    while (this.next <= offset && this.next < this.#text.length) {
      this.start = this.next;
      this.next = this.#startAfter(this.start);
    }
  }

  #startAfter(from: number): number {
    if (this.#lineFeed < from) this.#lineFeed = this.#find('\n', from);
    if (this.#carriageReturn < from) this.#carriageReturn = this.#find('\r', from);
    const breakAt = Math.min(this.#lineFeed, this.#carriageReturn);
    if (breakAt === this.#carriageReturn && this.#lineFeed === breakAt + 1) return breakAt + 2;
    return Math.min(breakAt + 1, this.#text.length);
  }

  #find(character: string, from: number): number {
    const at = this.#text.indexOf(character, from);
    return at < 0 ? this.#text.length : at;
  }
}
