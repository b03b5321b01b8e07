import { HASH, type Language } from './language.ts';
import type { Change } from '../edits/change.ts';
import type { Grammar } from './syntax-context.ts';
import { afterKey, beforeKey, replaceKeyOnly, replaceLiteral, isWholeLiteral, bySyntax } from './site.ts';

const GRAMMAR: Grammar = {
  triggers: '#"\'rRbBfFuUtT',
  comments: [/#[^\n]*/y],
  literals: [
    { open: /(?<![\w"'])[rRbBfFuUtT]{0,2}"""/y, close: '"""', escape: '\\', multiline: true },
    { open: /(?<![\w"'])[rRbBfFuUtT]{0,2}'''/y, close: "'''", escape: '\\', multiline: true },
    { open: /(?<!\w)[rRbBfFuUtT]{0,2}"/y, close: '"', escape: '\\' },
    { open: /(?<!\w)[rRbBfFuUtT]{0,2}'/y, close: "'", escape: '\\' },
  ],
};

export const python: Language = {
  ids: ['python'],
  extensions: ['py', 'pyw'],
  comment: HASH,
  grammar: GRAMMAR,
  replace: bySyntax(GRAMMAR, {
    string(site, literal) {
      const quote = literal.closer;
      const prefix = literal.opener.slice(0, -quote.length).toLowerCase();
      const imported = importOsModule(site.text);
      const read = `os.environ["${site.variable}"]`;
      if (isWholeLiteral(site, literal))
        return replaceLiteral(site, literal, prefix.includes('b') ? `${read}.encode()` : read, read, imported);
      if (prefix.includes('b')) {
        const part = (content: string) => (content === '' ? [] : [literal.opener + content + quote]);
        return replaceLiteral(
          site,
          literal,
          `(${[...part(beforeKey(site, literal)), `${read}.encode()`, ...part(afterKey(site, literal))].join(' + ')})`,
          read,
          imported,
        );
      }
      // Before Python 3.12 an f-string cannot contain its own quotes.
      const inside = `os.environ[${quote.startsWith('"') ? `'${site.variable}'` : `"${site.variable}"`}]`;
      if (/[ft]/.test(prefix)) return replaceKeyOnly(site, `{${inside}}`, imported);
      const braces = (content: string) => content.replaceAll(/[{}]/g, '$&$&');
      const text = `f${prefix.replace('u', '')}${quote}${braces(beforeKey(site, literal))}{${inside}}${braces(afterKey(site, literal))}${quote}`;
      return replaceLiteral(site, literal, text, read, imported);
    },
  }),
};

const IMPORTS_OS = /^import[ \t]+(?:[^\n#]*,[ \t]*)?os(?:\.path)?[ \t]*(?=[,#;\r\n]|$)/m;
/** What must precede other imports: shebang, comments, docstring, and imports from __future__. */
const HEADER =
  /^\ufeff?(?:[ \t]*(?:#[^\n]*)?\r?\n)*(?:[rRuU]?(?:"""[^]*?"""|'''[^]*?'''|"[^"\n]*"|'[^'\n]*')[ \t]*(?:#[^\n]*)?\r?\n)?(?:[ \t]*(?:#[^\n]*)?\r?\n)*(?:from __future__ import (?:\([^)]*\)|[^\n(]*)\r?\n(?:[ \t]*\r?\n)*)*/;
const COMMENTS_ONLY = /^\ufeff?(?:#[^\n]*\r?\n)*/;

function importOsModule(text: string): Change[] {
  if (IMPORTS_OS.test(text)) return [];
  const header = HEADER.exec(text)?.[0] ?? '';
  // If only comments precede the code, those directly above it stay with it.
  const at = /["']|__future__/.test(header) ? header.length : (COMMENTS_ONLY.exec(text)?.[0].length ?? 0);
  const startsBlock = !/^(?:import|from)\b|^[ \t]*\r?\n/.test(text.slice(at));
  return [{ start: at, end: at, text: `import os\n${startsBlock ? '\n' : ''}` }];
}
