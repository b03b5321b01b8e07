import type { Grammar } from './syntax-context.ts';
import { afterKey, beforeKey, inPlace, instead, isWhole, replacerOf, type Replacement, type Site } from './site.ts';

export const JAVASCRIPT: Grammar = {
  triggers: '/"\'`#',
  comments: [/\/\/[^\n]*/y, /\/\*[^]*?(?:\*\/|$)/y, /#![^\n]*/y],
  literals: [
    { open: /"/y, close: '"', escape: '\\' },
    { open: /'/y, close: "'", escape: '\\' },
    { open: /`/y, close: '`', escape: '\\', multiline: true, hole: ['${', '{', '}'] },
  ],
  regularExpressions: true,
};

export const javascript = replacerOf({
  grammar: JAVASCRIPT,
  code: (site) => (isReact(site) && isElementText(site) ? inPlace(site, `{${read(site)}}`) : undefined),
  string(site, literal) {
    const whole = isWhole(site, literal);
    if (literal.opener === '`') {
      const tagged =
        /[\w$)\]]\s*$/.test(site.text.slice(Math.max(0, literal.start - 20), literal.start)) &&
        !KEYWORD.test(site.text.slice(Math.max(0, literal.start - 20), literal.start));
      return whole && !tagged ? instead(site, literal, asserted(site), read(site)) : inPlace(site, `\${${read(site)}}`);
    }
    const template = `\`${forTemplate(beforeKey(site, literal))}\${${read(site)}}${forTemplate(afterKey(site, literal))}\``;
    const attribute = isAttribute(site, literal.start);
    const key = !attribute && isPropertyName(site.text, literal.start, literal.end);
    const expression = whole ? (key ? read(site) : asserted(site)) : template;
    return instead(site, literal, attribute ? `{${expression}}` : key ? `[${expression}]` : expression, read(site));
  },
});

/** JavaScript in the `<script>` elements of Vue and Svelte components; templates have no environment. */
export function component(site: Site): Replacement | undefined {
  const opening = [...site.text.slice(0, site.start).matchAll(/<script\b[^>]*>/gi)].at(-1);
  if (opening === undefined) return undefined;
  const from = opening.index + opening[0].length;
  if (/<\/script\s*>/i.test(site.text.slice(from, site.start))) return undefined;
  const to = site.text.slice(from).search(/<\/script\s*>/i);
  const script = site.text.slice(from, to < 0 ? undefined : from + to);
  const languageId = /\blang\s*=\s*["']?(?:ts|tsx)\b/i.test(opening[0]) ? 'typescript' : 'javascript';
  const replaced = javascript({ ...site, text: script, start: site.start - from, end: site.end - from, languageId });
  return (
    replaced && {
      ...replaced,
      changes: replaced.changes.map(({ start, end, text }) => ({ start: start + from, end: end + from, text })),
    }
  );
}

const KEYWORD = /\b(?:return|typeof|case|in|of|throw|new|else|do|await|yield|default)\s*$/;

function read({ variable }: Site): string {
  return `process.env.${variable}`;
}

/** For TypeScript an environment variable may be missing; the literal that stood there was not. */
function asserted(site: Site): string {
  return site.languageId.startsWith('typescript') ? `${read(site)}!` : read(site);
}

function isReact({ languageId }: Site): boolean {
  return languageId.endsWith('react');
}

function isAttribute(site: Site, start: number): boolean {
  return (
    isReact(site) && /<[A-Za-z][\w.:-]*(?:\s[^<>]*)?\s[\w:-]+=$/.test(site.text.slice(Math.max(0, start - 2000), start))
  );
}

function isElementText({ text, start, end }: Site): boolean {
  return (
    />[^<>{}]*$/.test(text.slice(Math.max(0, start - 2000), start)) && /^[^<>{}]*</.test(text.slice(end, end + 2000))
  );
}

function isPropertyName(text: string, start: number, end: number): boolean {
  return /^\s*:/.test(text.slice(end, end + 40)) && /[{,]\s*$/.test(text.slice(Math.max(0, start - 200), start));
}

function forTemplate(content: string): string {
  return content.replaceAll('`', '\\`').replaceAll('${', '\\${');
}
