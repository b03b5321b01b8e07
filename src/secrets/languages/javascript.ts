import { SLASHES, type Language } from './language.ts';
import { SLASH_COMMENTS, type Grammar } from './syntax-context.ts';
import {
  afterKey,
  beforeKey,
  bySyntax,
  replaceKeyOnly,
  replaceLiteral,
  isWholeLiteral,
  replaceWithin,
  type Replacement,
  type Replacer,
  type Site,
} from './site.ts';

const GRAMMAR: Grammar = {
  triggers: '/"\'`#',
  comments: [...SLASH_COMMENTS, /#![^\n]*/y],
  literals: [
    { open: /"/y, close: '"', escape: '\\' },
    { open: /'/y, close: "'", escape: '\\' },
    { open: /`/y, close: '`', escape: '\\', multiline: true, hole: ['${', '{', '}'] },
  ],
  regularExpressions: true,
};

interface Dialect {
  /** Whether to assert that the environment variable is set, as the type checker requires. */
  readonly typed: boolean;
  readonly react: boolean;
}

const replaceAs = ({ typed, react }: Dialect): Replacer =>
  bySyntax(GRAMMAR, {
    code: (site) => (react && isElementText(site) ? replaceKeyOnly(site, `{${read(site)}}`) : undefined),
    string(site, literal) {
      const whole = isWholeLiteral(site, literal);
      const value = typed ? `${read(site)}!` : read(site);
      if (literal.opener === '`') {
        const tagged =
          /[\w$)\]]\s*$/.test(site.text.slice(Math.max(0, literal.start - 20), literal.start)) &&
          !KEYWORD.test(site.text.slice(Math.max(0, literal.start - 20), literal.start));
        return whole && !tagged
          ? replaceLiteral(site, literal, value, read(site))
          : replaceKeyOnly(site, `\${${read(site)}}`);
      }
      const template = `\`${forTemplate(beforeKey(site, literal))}\${${read(site)}}${forTemplate(afterKey(site, literal))}\``;
      const attribute = react && isAttribute(site.text, literal.start);
      const key = !attribute && isPropertyName(site.text, literal.start, literal.end);
      const expression = whole ? (key ? read(site) : value) : template;
      return replaceLiteral(
        site,
        literal,
        attribute ? `{${expression}}` : key ? `[${expression}]` : expression,
        read(site),
      );
    },
  });

const replaceJavascript = replaceAs({ typed: false, react: false });
const replaceTypescript = replaceAs({ typed: true, react: false });

export const javascript: Language = {
  ids: ['javascript'],
  extensions: ['js', 'mjs', 'cjs'],
  comment: SLASHES,
  grammar: GRAMMAR,
  replace: replaceJavascript,
};

export const javascriptReact: Language = {
  ids: ['javascriptreact'],
  extensions: ['jsx'],
  comment: SLASHES,
  grammar: GRAMMAR,
  replace: replaceAs({ typed: false, react: true }),
};

export const typescript: Language = {
  ids: ['typescript'],
  extensions: ['ts', 'mts', 'cts'],
  comment: SLASHES,
  grammar: GRAMMAR,
  replace: replaceTypescript,
};

export const typescriptReact: Language = {
  ids: ['typescriptreact'],
  extensions: ['tsx'],
  comment: SLASHES,
  grammar: GRAMMAR,
  replace: replaceAs({ typed: true, react: true }),
};

export const vue: Language = { ids: ['vue'], extensions: ['vue'], comment: SLASHES, replace: replaceInScript };

export const svelte: Language = { ids: ['svelte'], extensions: ['svelte'], comment: SLASHES, replace: replaceInScript };

/** JavaScript in the `<script>` elements of Vue and Svelte components; templates cannot read the environment. */
function replaceInScript(site: Site): Replacement | undefined {
  const opening = [...site.text.slice(0, site.start).matchAll(/<script\b[^>]*>/gi)].at(-1);
  if (opening === undefined) return undefined;
  const from = opening.index + opening[0].length;
  if (/<\/script\s*>/i.test(site.text.slice(from, site.start))) return undefined;
  const to = site.text.slice(from).search(/<\/script\s*>/i);
  const isTyped = /\blang\s*=\s*["']?(?:ts|tsx)\b/i.test(opening[0]);
  return replaceWithin(site, from, to < 0 ? undefined : from + to, isTyped ? replaceTypescript : replaceJavascript);
}

const KEYWORD = /\b(?:return|typeof|case|in|of|throw|new|else|do|await|yield|default)\s*$/;

function read({ variable }: Site): string {
  return `process.env.${variable}`;
}

function isAttribute(text: string, start: number): boolean {
  return /<[A-Za-z][\w.:-]*(?:\s[^<>]*)?\s[\w:-]+=$/.test(text.slice(Math.max(0, start - 2000), start));
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
