import { HASH, type Language } from './language.ts';
import type { Grammar } from './syntax-context.ts';
import { afterKey, beforeKey, replaceKeyOnly, replaceLiteral, isWholeLiteral, bySyntax } from './site.ts';

const GRAMMAR: Grammar = {
  triggers: '#<"\'@`',
  comments: [/<#[^]*?(?:#>|$)/y, /#[^\n]*/y, /`[^\n]/y],
  literals: [
    { open: /@"[ \t]*\r?\n/y, close: () => /"@/y, multiline: true },
    { open: /@'[ \t]*\r?\n/y, close: () => /'@/y, multiline: true },
    { open: /"/y, close: '"', escape: '`', doubled: true, multiline: true, hole: ['$(', '(', ')'] },
    { open: /'/y, close: "'", doubled: true, multiline: true },
  ],
};

export const powershell: Language = {
  ids: ['powershell'],
  extensions: ['ps1', 'psm1'],
  comment: HASH,
  grammar: GRAMMAR,
  replace: bySyntax(GRAMMAR, {
    comment: (site) => replaceKeyOnly(site, `$env:${site.variable}`),
    code: (site) => replaceKeyOnly(site, `$env:${site.variable}`),
    string(site, literal) {
      const read = `$env:${site.variable}`;
      const embedded = `\${env:${site.variable}}`;
      const { opener } = literal;
      if (opener.startsWith('@')) return opener.startsWith('@"') ? replaceKeyOnly(site, embedded) : undefined;
      if (isWholeLiteral(site, literal)) return replaceLiteral(site, literal, read, read);
      if (opener === '"') return replaceKeyOnly(site, embedded);
      const [before, after] = [beforeKey(site, literal), afterKey(site, literal)];
      if (!/["$`]|''/.test(before + after))
        return replaceLiteral(site, literal, `"${before}${embedded}${after}"`, read);
      const quoted = (content: string) => (content === '' ? [] : [`'${content}'`]);
      return replaceLiteral(site, literal, `(${[...quoted(before), read, ...quoted(after)].join(' + ')})`, read);
    },
  }),
};
