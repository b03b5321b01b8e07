import { HASH, type Language } from './language.ts';
import type { Change } from '../edits/change.ts';
import { SLASH_COMMENTS, type Grammar, type Literal } from './syntax-context.ts';
import {
  replaceKeyOnly,
  replaceLiteral,
  isWholeLiteral,
  lineBefore,
  bySyntax,
  type Replacement,
  type Site,
} from './site.ts';

const GRAMMAR: Grammar = {
  triggers: '#/"<',
  comments: [/#[^\n]*/y, ...SLASH_COMMENTS],
  literals: [
    { open: /"/y, close: '"', escape: '\\', hole: ['${', '{', '}'] },
    {
      open: /<<-?[ \t]*(\w+)[ \t]*\r?\n/y,
      close: (opener) => new RegExp(`[ \\t]*${opener[1] ?? ''}\\b`, 'y'),
      multiline: true,
      hole: ['${', '{', '}'],
    },
  ],
};

/** Terraform reads an input variable from `TF_VAR_` and its name. */
export const terraform: Language = {
  ids: ['terraform', 'hcl', 'opentofu'],
  extensions: ['tf'],
  comment: HASH,
  grammar: GRAMMAR,
  replace: bySyntax(GRAMMAR, {
    string(site, literal) {
      const ownBlock = defaultOf(site, literal);
      if (ownBlock !== undefined) return ownBlock;
      const name = site.variable.toLowerCase();
      const read = `var.${name}`;
      const replaced = isWholeLiteral(site, literal)
        ? replaceLiteral(site, literal, read, read, declaration(site.text, name))
        : replaceKeyOnly(site, `\${${read}}`, declaration(site.text, name));
      return { ...replaced, read, variable: `TF_VAR_${name}` };
    },
  }),
};

/**
 * A `.tfvars` contains only values, and overrides the environment: without the line, the variable comes from `TF_VAR_`
 * and its name (https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence).
 */
export const terraformVariables: Language = {
  ids: ['terraform-vars'],
  paths: [/\.tfvars$/i],
  comment: HASH,
  grammar: GRAMMAR,
  replace: bySyntax(GRAMMAR, {
    string(site, literal) {
      const { text } = site;
      const name = /^([\w-]+)[ \t]*=[ \t]*$/.exec(lineBefore(text, literal.start))?.[1];
      const rest = /[ \t]*(?:(?:#|\/\/)[^\n]*)?(?:\n|$)/y;
      rest.lastIndex = literal.end;
      if (name === undefined || !isWholeLiteral(site, literal) || !rest.test(text)) return undefined;
      return {
        changes: [{ start: text.lastIndexOf('\n', literal.start) + 1, end: rest.lastIndex, text: '' }],
        read: `var.${name}`,
        variable: `TF_VAR_${name}`,
      };
    },
  }),
};

/** JSON has neither expressions nor comments. */
export const terraformVariablesJson: Language = { ids: [], paths: [/\.tfvars\.json$/i] };

/** A default cannot contain references. Without one, the variable must be set. */
function defaultOf(site: Site, literal: Literal): Replacement | undefined {
  if (!isWholeLiteral(site, literal)) return undefined;
  const { text } = site;
  const line = /^([ \t]*)default[ \t]*=[ \t]*$/.exec(lineBefore(text, literal.start));
  const block = [...text.slice(0, literal.start).matchAll(/^[ \t]*variable[ \t]+"?([\w-]+)"?[ \t]*\{/gm)].at(-1);
  if (line === null || block === undefined) return undefined;
  const inBlock = text.slice(block.index, literal.start);
  if (/^\}/m.test(inBlock)) return undefined;
  const end = text.indexOf('\n}', literal.end);
  const sensitive = /^[ \t]*sensitive[ \t]*=/m.test(text.slice(block.index, end < 0 ? undefined : end));
  const lineStart = text.lastIndexOf('\n', literal.start - 1) + 1;
  const lineEnd = text.indexOf('\n', literal.end) + 1;
  const change =
    sensitive && lineEnd > 0
      ? { start: lineStart, end: lineEnd, text: '' }
      : { start: lineStart, end: literal.end, text: `${line[1] ?? ''}sensitive = true` };
  const name = block[1] ?? '';
  return { changes: [change], read: `var.${name}`, variable: `TF_VAR_${name}` };
}

function declaration(text: string, name: string): Change[] {
  if (new RegExp(`^[ \\t]*variable[ \\t]+"?${name}"?[ \\t]*\\{`, 'm').test(text)) return [];
  const gap = text.endsWith('\n') ? '\n' : '\n\n';
  return [
    {
      start: text.length,
      end: text.length,
      text: `${gap}variable "${name}" {\n  type      = string\n  sensitive = true\n}\n`,
    },
  ];
}
