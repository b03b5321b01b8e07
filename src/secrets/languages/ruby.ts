import { HASH, type Language } from './language.ts';
import type { Grammar } from './syntax-context.ts';
import { afterKey, beforeKey, replaceKeyOnly, replaceLiteral, isWholeLiteral, bySyntax } from './site.ts';

const GRAMMAR: Grammar = {
  triggers: '#"\'`<=%',
  comments: [/#[^\n]*/y, /(?<=^|\n)=begin\b[^]*?(?:\n=end\b|$)/y],
  literals: [
    { open: /"/y, close: '"', escape: '\\', multiline: true, hole: ['#{', '{', '}'] },
    { open: /'/y, close: "'", escape: '\\', multiline: true },
    { open: /`/y, close: '`', escape: '\\', multiline: true, hole: ['#{', '{', '}'] },
    {
      open: /<<[~-]?(["'`]?)([A-Z_]\w*)\1[^\n]*\n/y,
      close: (opener) => new RegExp(`[ \\t]*${opener[2] ?? ''}\\b`, 'y'),
      multiline: true,
    },
    { open: /%[qw]\(/y, close: ')', escape: '\\', multiline: true },
    { open: /%[QW]?\(/y, close: ')', escape: '\\', multiline: true, hole: ['#{', '{', '}'] },
  ],
};

export const ruby: Language = {
  ids: ['ruby'],
  extensions: ['rb', 'rake'],
  comment: HASH,
  grammar: GRAMMAR,
  replace: bySyntax(GRAMMAR, {
    string(site, literal) {
      const read = `ENV.fetch("${site.variable}")`;
      const interpolated = `#{${read}}`;
      const { opener } = literal;
      if (opener.startsWith('<<')) return /^<<[~-]?'/.test(opener) ? undefined : replaceKeyOnly(site, interpolated);
      if (opener.startsWith('%q') || opener.startsWith('%w')) return undefined;
      if (opener === '`' || opener.startsWith('%')) return replaceKeyOnly(site, interpolated);
      if (isWholeLiteral(site, literal)) return replaceLiteral(site, literal, read, read);
      if (opener === '"') return replaceKeyOnly(site, interpolated);
      return replaceLiteral(
        site,
        literal,
        `"${inDoubleQuotes(beforeKey(site, literal))}${interpolated}${inDoubleQuotes(afterKey(site, literal))}"`,
        read,
      );
    },
  }),
};

/** Converts content from single quotes, where only the quote and the backslash can be escaped. */
function inDoubleQuotes(content: string): string {
  return content.replaceAll(/\\(['\\])/g, '$1').replaceAll(/["\\]|#(?=[{$@])/g, '\\$&');
}
