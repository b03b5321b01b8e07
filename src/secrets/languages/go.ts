import { SLASHES, type Language } from './language.ts';
import type { Change } from '../edits/change.ts';
import { SLASH_COMMENTS, type Grammar, type Literal } from './syntax-context.ts';
import { replaceLiteral, isWholeLiteral, joined, lineBefore, bySyntax, type Replacement, type Site } from './site.ts';

const GRAMMAR: Grammar = {
  triggers: '/"`\'',
  comments: SLASH_COMMENTS,
  literals: [
    { open: /"/y, close: '"', escape: '\\' },
    { open: /`/y, close: '`', multiline: true },
    { open: /'/y, close: "'", escape: '\\' },
  ],
};

export const go: Language = {
  ids: ['go'],
  extensions: ['go'],
  comment: SLASHES,
  grammar: GRAMMAR,
  replace: bySyntax(GRAMMAR, {
    string(site, literal) {
      const read = `os.Getenv("${site.variable}")`;
      const expression = isWholeLiteral(site, literal) ? read : joined(site, literal, ' + ', read);
      const imported = importOsPackage(site.text);
      const line = lineBefore(site.text, literal.start);
      const constant = /^(\s*)const\b(?=\s+\w+[^=(]*=\s*$)/.exec(line);
      if (constant !== null) {
        // The value of a constant must be known at compile time.
        const at = literal.start - line.length + (constant[1] ?? '').length;
        return replaceLiteral(site, literal, expression, read, [
          { start: at, end: at + 'const'.length, text: 'var' },
          ...imported,
        ]);
      }
      const block = constantBlock(site.text, literal.start);
      return block === undefined
        ? replaceLiteral(site, literal, expression, read, imported)
        : outOfBlock(site, literal, block, { expression, read, imported });
    },
  }),
};

/** The `const ( … )` around an offset. */
function constantBlock(text: string, at: number): { start: number; end: number } | undefined {
  const opening = [...text.slice(0, at).matchAll(/^const\s*\(/gm)].at(-1);
  if (opening === undefined) return undefined;
  const end = /^\)/m.exec(text.slice(opening.index))?.index;
  if (end === undefined || opening.index + end < at) return undefined;
  return { start: opening.index, end: opening.index + end + 1 };
}

function outOfBlock(
  site: Site,
  literal: Literal,
  block: { start: number; end: number },
  { expression, read, imported }: { expression: string; read: string; imported: Change[] },
): Replacement | undefined {
  const { text } = site;
  const name = /^[ \t]*(\w+(?:[ \t]+\w+)?)[ \t]*=[ \t]*$/.exec(lineBefore(text, literal.start))?.[1];
  const rest = /^[ \t]*(?:\/\/[^\n]*)?(?:\r?\n)/.exec(text.slice(literal.end));
  // In a block with iota, the values depend on the number of lines.
  if (name === undefined || rest === null || /\biota\b/.test(text.slice(block.start, block.end))) return undefined;
  const lineStart = text.lastIndexOf('\n', literal.start - 1) + 1;
  return {
    changes: [
      { start: lineStart, end: literal.end + rest[0].length, text: '' },
      { start: block.end, end: block.end, text: `\n\nvar ${name} = ${expression}` },
      ...imported,
    ],
    read,
    variable: site.variable,
  };
}

function importOsPackage(text: string): Change[] {
  if (/^import\s+"os"/m.test(text) || /^import\s*\([^)]*(?:^|[\s(])"os"/m.test(text)) return [];
  const group = /^import[ \t]*\([ \t]*\r?\n/m.exec(text);
  if (group !== null) {
    const first = group.index + group[0].length;
    // In order within the first group of imports, as gofmt sorts them.
    const run = /^(?:[ \t]*(?:[\w.]+[ \t]+)?"[^"\n]+".*\n)*/.exec(text.slice(first))?.[0] ?? '';
    const next = [...run.matchAll(/^[ \t]*(?:[\w.]+[ \t]+)?"([^"\n]+)"/gm)].find(([, name = '']) => name > 'os');
    const at = first + (next?.index ?? run.length);
    return [{ start: at, end: at, text: '\t"os"\n' }];
  }
  const single = /^import[ \t]+(?:[\w.]+[ \t]+)?"[^"\n]+"[^\n]*\n/m.exec(text);
  if (single !== null) {
    const at = single.index + single[0].length;
    return [{ start: at, end: at, text: 'import "os"\n' }];
  }
  const clause = /^package[ \t]+\w+[^\n]*\n/m.exec(text);
  if (clause === null) return [];
  const at = clause.index + clause[0].length;
  return [{ start: at, end: at, text: '\nimport "os"\n' }];
}
