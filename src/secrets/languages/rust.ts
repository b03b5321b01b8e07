import { SLASHES, type Language } from './language.ts';
import { SLASH_COMMENTS, type Grammar, type Literal } from './syntax-context.ts';
import {
  afterKey,
  beforeKey,
  replaceLiteral,
  isWholeLiteral,
  lineBefore,
  bySyntax,
  type Replacement,
  type Site,
} from './site.ts';

const GRAMMAR: Grammar = {
  triggers: '/"rbc',
  comments: SLASH_COMMENTS,
  literals: [
    { open: /(?<!\w)(?:br|cr|r)(#*)"/y, close: (opener) => `"${opener[1] ?? ''}`, multiline: true },
    { open: /(?<!\w)[bc]?"/y, close: '"', escape: '\\', multiline: true },
  ],
};

export const rust: Language = {
  ids: ['rust'],
  extensions: ['rs'],
  comment: SLASHES,
  grammar: GRAMMAR,
  replace: bySyntax(GRAMMAR, {
    string(site, literal) {
      const read = `std::env::var("${site.variable}")`;
      const value = `${read}.expect("${site.variable} is not set")`;
      const line = lineBefore(site.text, literal.start);
      const whole = isWholeLiteral(site, literal);
      const { opener } = literal;
      if (opener.startsWith('c')) return undefined;
      if (opener.startsWith('b'))
        return whole ? replaceLiteral(site, literal, `${value}.into_bytes()`, read) : undefined;
      if (/^\s*(?:pub(?:\([\w:]+\))?\s+)?(?:const|static)\s+\w+\s*:[^=]*=\s*$/.test(line)) {
        // A constant must be known at compile time, so the environment of the build is read.
        return whole
          ? replaceLiteral(site, literal, `env!("${site.variable}")`, `env!("${site.variable}")`)
          : undefined;
      }
      const macro =
        /\b(?:format|print|println|eprint|eprintln|panic|write|writeln|format_args)!\s*\(\s*(?:[\w.&\s]+,\s*)?$/.test(
          site.text.slice(Math.max(0, literal.start - 100), literal.start),
        );
      if (macro) return asArgument(site, literal, value, read);
      if (/!\s*\(\s*$/.test(line)) return undefined;
      const braces = (content: string) => content.replaceAll(/[{}]/g, '$&$&');
      const expression = whole
        ? value
        : `format!(${opener}${braces(beforeKey(site, literal))}{}${braces(afterKey(site, literal))}${literal.closer}, ${value})`;
      // The literal was a borrowed string, the variable is an owned one.
      const borrowed = !/^\s*[.?]/.test(site.text.slice(literal.end)) && !/\b(?:from|into|new)\($/.test(line);
      return replaceLiteral(site, literal, borrowed ? `&${expression}` : expression, read);
    },
  }),
};

/** The literal is a format string: the variable becomes a named argument of the macro. */
function asArgument(site: Site, literal: Literal, value: string, read: string): Replacement | undefined {
  const end = closingParenthesis(site.text, literal.end);
  if (end === undefined) return undefined;
  const name = site.variable.toLowerCase();
  const comma = /,\s*$/.exec(site.text.slice(literal.end, end));
  const at = comma === null ? end : literal.end + comma.index;
  return {
    changes: [
      { start: site.start, end: site.end, text: `{${name}}` },
      { start: at, end: at, text: `, ${name} = ${value}` },
    ],
    read,
    variable: site.variable,
  };
}

function closingParenthesis(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const string = /"(?:[^"\\]|\\[^])*"/y;
      string.lastIndex = at;
      const skipped = string.exec(text);
      if (skipped === null) return undefined;
      at += skipped[0].length - 1;
    } else if (character === '(') depth++;
    else if (character === ')') {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return undefined;
}
