import { SLASHES, type Language } from './language.ts';
import { SLASH_COMMENTS, type Grammar } from './syntax-context.ts';
import { bySyntax, replaceKeyOnly, replaceLiteral, isWholeLiteral, joined, lineBefore, replaceWithin } from './site.ts';

const GRAMMAR: Grammar = {
  triggers: '/#"\'`<',
  comments: [/#(?!\[)[^\n]*/y, ...SLASH_COMMENTS],
  literals: [
    { open: /"/y, close: '"', escape: '\\', multiline: true, hole: ['{$', '{', '}'] },
    { open: /'/y, close: "'", escape: '\\', multiline: true },
    {
      open: /<<<[ \t]*(["']?)(\w+)\1[ \t]*\r?\n/y,
      close: (opener) => new RegExp(`[ \\t]*${opener[2] ?? ''}\\b`, 'y'),
      multiline: true,
    },
  ],
};

const replaceInCode = bySyntax(GRAMMAR, {
  string(site, literal) {
    if (literal.opener.startsWith('<<<'))
      return literal.opener.includes("'") ? undefined : replaceKeyOnly(site, `{$_ENV['${site.variable}']}`);
    const line = lineBefore(site.text, literal.start);
    const read = `getenv('${site.variable}')`;
    const expression = isWholeLiteral(site, literal) ? read : joined(site, literal, ' . ', read);
    const constant = /^(\s*)const\s+(\w+)\s*=\s*$/.exec(line);
    if (constant !== null && constant[1] === '') {
      const lineStart = literal.start - line.length;
      return {
        changes: [{ start: lineStart, end: literal.end, text: `define('${constant[2] ?? ''}', ${expression})` }],
        read,
        variable: site.variable,
      };
    }
    // Class constants, properties and default values of parameters cannot contain function calls.
    if (constant !== null || MEMBER.test(line) || PARAMETER.test(line)) return undefined;
    return replaceLiteral(site, literal, expression, read);
  },
});

const MEMBER = /^\s*(?:final\s+|static\s+)*(?:public|private|protected|var|readonly)\s[^=;]*=\s*$/;
const PARAMETER = /\b(?:function|fn)\b[^{;]*\([^)]*$/;

export const php: Language = {
  ids: ['php'],
  extensions: ['php'],
  comment: SLASHES,
  grammar: GRAMMAR,
  replace(site) {
    const before = site.text.slice(0, site.start);
    const opened = Math.max(before.lastIndexOf('<?php'), before.lastIndexOf('<?='));
    // Outside of `<?php … ?>` the text is output.
    return opened < 0 || opened < before.lastIndexOf('?>')
      ? replaceKeyOnly(site, `<?= getenv('${site.variable}') ?>`)
      : replaceWithin(site, opened, undefined, replaceInCode);
  },
};
