/** Finds out whether an offset of a source text is in code, in a comment or in a string literal. */

/** A string literal, prefix and quotes included. */
export interface Literal {
  readonly start: number;
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly end: number;
  /** The text between `start` and `contentStart`, such as `"`, `$@"` or `r#"`. */
  readonly opener: string;
  readonly closer: string;
}

export type SyntaxContext =
  | { readonly kind: 'code' }
  | { readonly kind: 'comment' }
  | { readonly kind: 'string'; readonly literal: Literal };

/**
 * How a string literal is written. In code, comments are tried before literals, and both in the order of their lists:
 * list a longer opener before one that it begins with (`"""` before `"`). Inside a literal, at each character, the
 * scanner tries in this order:
 * 1. the closer, unless `doubled` and there are two of them;
 * 2. the opening of a hole, which may begin with the escape character, as `\(` does in Swift;
 * 3. the end of the line, which ends a literal that is not `multiline`;
 * 4. the escape character, which skips the next one.
 */
interface LiteralRule {
  /** Sticky. Matches the opener, prefix included. */
  readonly open: RegExp;
  /** How the literal ends; a regular expression (sticky) is tried at the start of each line. */
  readonly close: string | ((opener: RegExpExecArray) => string | RegExp);
  /** A character that escapes the next one. */
  readonly escape?: string;
  /** Two closers in a row mean one inside the literal. */
  readonly doubled?: boolean;
  readonly multiline?: boolean;
  /** Code inside the literal: how it begins, which character nests in it, how it ends. */
  readonly hole?: readonly [open: string, nested: string, close: string];
}

export interface Grammar {
  /** Characters with which comments and literals begin: at other characters nothing is tried. */
  readonly triggers: string;
  /** Sticky, each matching a whole comment. */
  readonly comments: readonly RegExp[];
  readonly literals: readonly LiteralRule[];
  /** Whether `/…/` can be a literal, as in JavaScript. */
  readonly regularExpressions?: boolean;
}

interface CodeFrame {
  readonly kind: 'code';
  readonly hole: readonly [open: string, nested: string, close: string] | undefined;
  depth: number;
}

interface StringFrame {
  readonly kind: 'string';
  readonly rule: LiteralRule;
  readonly start: number;
  readonly contentStart: number;
  readonly opener: string;
  readonly close: string | RegExp;
}

/** `// …` and `/* … *\/`. */
export const SLASH_COMMENTS: readonly RegExp[] = [/\/\/[^\n]*/y, /\/\*[^]*?(?:\*\/|$)/y];

/** In UTF-16 code units. Longer texts are generated, not edited by hand, and reading them would block the editor. */
const MAX_TEXT_LENGTH = 1_000_000;

export function syntaxContextAt(text: string, offset: number, grammar: Grammar): SyntaxContext {
  const code: SyntaxContext = { kind: 'code' };
  if (text.length > MAX_TEXT_LENGTH) return code;
  const stack: (CodeFrame | StringFrame)[] = [{ kind: 'code', hole: undefined, depth: 0 }];
  const triggers = new Set(grammar.triggers);
  let target: StringFrame | undefined;
  let at = 0;
  while (at <= text.length) {
    const frame = stack.at(-1);
    if (frame === undefined) return code;
    if (at >= offset && target === undefined) {
      if (frame.kind === 'code' || offset < frame.contentStart) return code;
      target = frame;
    }
    if (at === text.length) break;
    if (frame.kind === 'string') {
      const closed = closerAt(text, at, frame);
      if (closed !== undefined) {
        stack.pop();
        if (frame === target) return { kind: 'string', literal: literalOf(frame, at, closed) };
        at += closed.length;
      } else if (frame.rule.hole !== undefined && text.startsWith(frame.rule.hole[0], at)) {
        stack.push({ kind: 'code', hole: frame.rule.hole, depth: 0 });
        at += frame.rule.hole[0].length;
      } else if (text[at] === '\n' && frame.rule.multiline !== true) {
        if (frame === target) return code;
        stack.pop();
      } else {
        at += stepIn(text, at, frame);
      }
      continue;
    }
    const character = text.charAt(at);
    if (triggers.has(character)) {
      const commentEnd = matchEnd(text, at, grammar.comments);
      if (commentEnd !== undefined) {
        if (offset < commentEnd) return { kind: 'comment' };
        at = commentEnd;
        continue;
      }
      const opened = openedAt(text, at, grammar.literals);
      if (opened !== undefined) {
        stack.push(opened);
        at = opened.contentStart;
        continue;
      }
    }
    if (grammar.regularExpressions === true && character === '/') {
      const end = regularExpressionEnd(text, at);
      if (end !== undefined) {
        at = end;
        continue;
      }
    }
    if (frame.hole !== undefined) {
      if (character === frame.hole[1]) frame.depth++;
      else if (character === frame.hole[2]) {
        if (frame.depth === 0) stack.pop();
        else frame.depth -= 1;
      }
    }
    at++;
  }
  return code;
}

function literalOf({ start, contentStart, opener }: StringFrame, contentEnd: number, closer: string): Literal {
  return { start, contentStart, contentEnd, end: contentEnd + closer.length, opener, closer };
}

/** The length of the next step in the content of a literal. */
function stepIn(text: string, at: number, { rule, close }: StringFrame): number {
  if (rule.escape !== undefined && text[at] === rule.escape) return 2;
  if (rule.doubled === true && typeof close === 'string' && text.startsWith(close + close, at)) return close.length * 2;
  return 1;
}

function closerAt(text: string, at: number, { rule, close }: StringFrame): string | undefined {
  if (typeof close === 'string') {
    if (!text.startsWith(close, at)) return undefined;
    return rule.doubled === true && text.startsWith(close + close, at) ? undefined : close;
  }
  if (at > 0 && text[at - 1] !== '\n') return undefined;
  close.lastIndex = at;
  return close.exec(text)?.[0];
}

function openedAt(text: string, at: number, rules: readonly LiteralRule[]): StringFrame | undefined {
  for (const rule of rules) {
    rule.open.lastIndex = at;
    const opener = rule.open.exec(text);
    if (opener === null) continue;
    return {
      kind: 'string',
      rule,
      start: at,
      contentStart: at + opener[0].length,
      opener: opener[0],
      close: typeof rule.close === 'string' ? rule.close : rule.close(opener),
    };
  }
  return undefined;
}

function matchEnd(text: string, at: number, patterns: readonly RegExp[]): number | undefined {
  for (const pattern of patterns) {
    pattern.lastIndex = at;
    if (pattern.test(text)) return pattern.lastIndex;
  }
  return undefined;
}

const BEFORE_EXPRESSION =
  /(?:^|[(,=:[!&|?{;+\-*%~^>]|\b(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield))[ \t\r\n]*$/;
const REGULAR_EXPRESSION = /\/(?![*/])(?:[^\\/[\r\n]|\\[^\r\n]|\[(?:[^\]\\\r\n]|\\[^\r\n])*\])+\/[a-z]*/y;

function regularExpressionEnd(text: string, at: number): number | undefined {
  if (!BEFORE_EXPRESSION.test(text.slice(Math.max(0, at - 64), at))) return undefined;
  return matchEnd(text, at, [REGULAR_EXPRESSION]);
}
