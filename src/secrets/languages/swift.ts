import type { Change } from '../edits/change.ts';
import { SLASHES, type Language } from './language.ts';
import { bySyntax, replaceKeyOnly, replaceLiteral, isWholeLiteral } from './site.ts';
import { SLASH_COMMENTS, type Grammar } from './syntax-context.ts';

const GRAMMAR: Grammar = {
  triggers: '/"#',
  comments: SLASH_COMMENTS,
  literals: [
    { open: /"""/y, close: '"""', escape: '\\', multiline: true, hole: ['\\(', '(', ')'] },
    { open: /"/y, close: '"', escape: '\\', hole: ['\\(', '(', ')'] },
    { open: /(#+)"""/y, close: (opener) => `"""${opener[1] ?? ''}`, multiline: true },
    { open: /(#+)"/y, close: (opener) => `"${opener[1] ?? ''}` },
  ],
};

export const swift: Language = {
  ids: ['swift'],
  extensions: ['swift'],
  comment: SLASHES,
  grammar: GRAMMAR,
  replace: bySyntax(GRAMMAR, {
    string(site, literal) {
      const read = `ProcessInfo.processInfo.environment["${site.variable}"]`;
      // The literal was not optional.
      const value = `${read}!`;
      const imported = importFoundation(site.text);
      return isWholeLiteral(site, literal)
        ? replaceLiteral(site, literal, value, read, imported)
        : { ...replaceKeyOnly(site, `\\${literal.opener.replaceAll('"', '')}(${value})`, imported), read };
    },
  }),
};

/** The UI frameworks import Foundation. */
const IMPORTS_FOUNDATION = /^[ \t]*(?:@\w+[ \t]+)*import[ \t]+(?:Foundation|UIKit|AppKit|SwiftUI|Cocoa)\b/m;

function importFoundation(text: string): Change[] {
  if (IMPORTS_FOUNDATION.test(text)) return [];
  const first = /^[ \t]*(?:@\w+[ \t]+)*import[ \t]+\w/m.exec(text)?.index;
  const at = first ?? /^\ufeff?(?:[ \t]*(?:\/\/[^\n]*|#![^\n]*)?\r?\n)*/.exec(text)?.[0].length ?? 0;
  return [{ start: at, end: at, text: first === undefined ? 'import Foundation\n\n' : 'import Foundation\n' }];
}
