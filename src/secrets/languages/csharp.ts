import { SLASHES, type Language } from './language.ts';
import type { Change } from '../edits/change.ts';
import { SLASH_COMMENTS, type Grammar } from './syntax-context.ts';
import { replaceLiteral, isWholeLiteral, joined, lineBefore, bySyntax } from './site.ts';

const GRAMMAR: Grammar = {
  triggers: '/"\'@$',
  comments: SLASH_COMMENTS,
  literals: [
    { open: /\$*"{3,}/y, close: (opener) => opener[0].replace(/^\$+/, ''), multiline: true },
    { open: /(?:\$@|@\$)"/y, close: '"', doubled: true, multiline: true, hole: ['{', '{', '}'] },
    { open: /@"/y, close: '"', doubled: true, multiline: true },
    { open: /\$"/y, close: '"', escape: '\\', hole: ['{', '{', '}'] },
    { open: /"/y, close: '"', escape: '\\' },
    { open: /'/y, close: "'", escape: '\\' },
  ],
};

export const csharp: Language = {
  ids: ['csharp'],
  extensions: ['cs'],
  comment: SLASHES,
  grammar: GRAMMAR,
  replace: bySyntax(GRAMMAR, {
    string(site, literal) {
      const line = lineBefore(site.text, literal.start);
      // Attributes accept only constants.
      if (/^\s*\[\s*(?:\w+:\s*)?[\w.]+\s*\(/.test(line)) return undefined;
      const whole = isWholeLiteral(site, literal);
      // A raw literal over several lines cannot be split.
      if (!whole && literal.closer.startsWith('"""') && site.text.slice(literal.start, literal.end).includes('\n'))
        return undefined;
      const read = `Environment.GetEnvironmentVariable("${site.variable}")`;
      return replaceLiteral(site, literal, whole ? read : joined(site, literal, ' + ', read), read, [
        ...notConstant(line, literal.start),
        ...usingSystem(site.text),
      ]);
    },
  }),
};

function notConstant(line: string, end: number): Change[] {
  const constant = /^(\s*)((?:(?:public|private|protected|internal|new)\s+)*)const\b(?=\s+[\w.?]+\s+\w+\s*=\s*$)/.exec(
    line,
  );
  if (constant === null) return [];
  const [, indent = '', modifiers = ''] = constant;
  const start = end - line.length + indent.length + modifiers.length;
  // With a modifier it is a class member; otherwise usually a local variable.
  return [
    modifiers === ''
      ? { start, end: start + 'const '.length, text: '' }
      : { start, end: start + 'const'.length, text: 'static readonly' },
  ];
}

function usingSystem(text: string): Change[] {
  if (/^[ \t]*(?:global[ \t]+)?using[ \t]+System[ \t]*;/m.test(text)) return [];
  const header = /^\ufeff?(?:[ \t]*(?:\/\/[^\n]*|#[^\n]*)?\r?\n)*/.exec(text)?.[0] ?? '';
  const first = /^[ \t]*using[ \t]+[\w.]+[ \t]*;/m.exec(text);
  const at = first?.index ?? header.length;
  return [{ start: at, end: at, text: first === null ? 'using System;\n\n' : 'using System;\n' }];
}
