import { HASH, type Language } from './language.ts';
import type { Grammar } from './syntax-context.ts';
import {
  afterKey,
  beforeKey,
  replaceKeyOnly,
  replaceLiteral,
  isWholeLiteral,
  lineBefore,
  bySyntax,
  type Site,
} from './site.ts';

const HEREDOC = /(?<!<)<<-?(?!<)[ \t]*\\?(["']?)([A-Za-z_]\w*)\1[^\n]*\n/y;

const SHELL: Grammar = {
  triggers: '#"\'$<\\',
  comments: [/(?<=^|[\s;&|(])#[^\n]*/y, /\\[^\n]/y],
  literals: [
    { open: /\$'/y, close: "'", escape: '\\', multiline: true },
    { open: /"/y, close: '"', escape: '\\', multiline: true, hole: ['$(', '(', ')'] },
    { open: /'/y, close: "'", multiline: true },
    { open: HEREDOC, close: (opener) => new RegExp(`\\t*${opener[2] ?? ''}\\b`, 'y'), multiline: true },
  ],
};

const FISH: Grammar = {
  triggers: '#"\'',
  comments: SHELL.comments,
  literals: [
    { open: /"/y, close: '"', escape: '\\', multiline: true, hole: ['$(', '(', ')'] },
    { open: /'/y, close: "'", escape: '\\', multiline: true },
  ],
};

export const replaceInShell = bySyntax(SHELL, {
  comment: (site) => replaceKeyOnly(site, `$${site.variable}`),
  code(site) {
    const alone =
      /(?:^|[\s=;&|(])$/.test(site.text.slice(Math.max(0, site.start - 1), site.start)) &&
      /^(?:[\s;&|)]|$)/.test(site.text.slice(site.end, site.end + 1));
    return replaceKeyOnly(site, alone ? `"${expansion(site, site.start)}"` : `\${${site.variable}}`);
  },
  string(site, literal) {
    const value = expansion(site, literal.start);
    if (literal.opener.includes('<<'))
      return /<<-?[ \t]*(?:\\|["'])/.test(literal.opener) ? undefined : replaceKeyOnly(site, `\${${site.variable}}`);
    if (literal.opener === '"')
      return replaceKeyOnly(site, isWholeLiteral(site, literal) ? value : `\${${site.variable}}`);
    const [before, after] = [beforeKey(site, literal), afterKey(site, literal)];
    if (literal.opener === "'" && !/["$`\\!]/.test(before + after))
      return replaceLiteral(
        site,
        literal,
        `"${before}${isWholeLiteral(site, literal) ? value : `\${${site.variable}}`}${after}"`,
        value,
      );
    // The quotes are closed around the variable and opened again.
    const quoted = (content: string) => (content === '' ? '' : literal.opener + content + literal.closer);
    return replaceLiteral(site, literal, `${quoted(before)}"\${${site.variable}}"${quoted(after)}`, value);
  },
});

/** sh, bash, zsh and the like. */
export const shell: Language = {
  ids: ['shellscript', 'bash', 'zsh'],
  extensions: ['sh', 'bash', 'zsh'],
  comment: HASH,
  grammar: SHELL,
  replace: replaceInShell,
};

export const fish: Language = {
  ids: ['fish'],
  // Without an extension for fish, the editor treats it as a shell script.
  paths: [/\.fish$/i],
  comment: HASH,
  grammar: FISH,
  replace: bySyntax(FISH, {
    comment: (site) => replaceKeyOnly(site, `$${site.variable}`),
    code: (site) => replaceKeyOnly(site, `"$${site.variable}"`),
    string(site, literal) {
      const quoted = (content: string) => (content === '' ? '' : literal.opener + content + literal.closer);
      return replaceLiteral(
        site,
        literal,
        `${quoted(beforeKey(site, literal))}"$${site.variable}"${quoted(afterKey(site, literal))}`,
        `$${site.variable}`,
      );
    },
  }),
};

/** `${NAME}`; if the line assigns the same variable, it must already be set. */
function expansion({ text, variable }: Site, start: number): string {
  const sets = new RegExp(`(?:^|[\\s;])${variable}=$`).test(lineBefore(text, start));
  return sets ? `\${${variable}:?}` : `\${${variable}}`;
}
