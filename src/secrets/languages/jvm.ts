import { SLASHES, type Language } from './language.ts';
import { SLASH_COMMENTS, type Grammar } from './syntax-context.ts';
import {
  afterKey,
  beforeKey,
  replaceKeyOnly,
  replaceLiteral,
  isWholeLiteral,
  joined,
  lineBefore,
  bySyntax,
  type Site,
} from './site.ts';

const JAVA: Grammar = {
  triggers: '/"\'',
  comments: SLASH_COMMENTS,
  literals: [
    { open: /"""/y, close: '"""', escape: '\\', multiline: true },
    { open: /"/y, close: '"', escape: '\\' },
    { open: /'/y, close: "'", escape: '\\' },
  ],
};

const KOTLIN: Grammar = {
  ...JAVA,
  literals: [
    { open: /"""/y, close: '"""', multiline: true, hole: ['${', '{', '}'] },
    { open: /"/y, close: '"', escape: '\\', hole: ['${', '{', '}'] },
    { open: /'/y, close: "'", escape: '\\' },
  ],
};

export const java: Language = {
  ids: ['java'],
  extensions: ['java'],
  comment: SLASHES,
  grammar: JAVA,
  replace: bySyntax(JAVA, {
    string(site, literal) {
      const annotation = annotationAt(site.text, literal.start);
      if (annotation !== undefined) return springValue(site, annotation, '${');
      const read = readOf(site);
      if (isWholeLiteral(site, literal)) return replaceLiteral(site, literal, read, read);
      if (literal.opener === '"""') {
        // A text block cannot be split: its content starts on a line after the quotes.
        if (/^\s*\.\s*formatted\b/.test(site.text.slice(literal.end))) return undefined;
        const percents = (content: string) => content.replaceAll('%', '%%');
        return replaceLiteral(
          site,
          literal,
          `"""${percents(beforeKey(site, literal))}%s${percents(afterKey(site, literal))}""".formatted(${read})`,
          read,
        );
      }
      return replaceLiteral(site, literal, joined(site, literal, ' + ', read), read);
    },
  }),
};

export const kotlin: Language = {
  ids: ['kotlin'],
  extensions: ['kt', 'kts'],
  comment: SLASHES,
  grammar: KOTLIN,
  replace: bySyntax(KOTLIN, {
    string(site, literal) {
      const annotation = annotationAt(site.text, literal.start);
      // In Kotlin, an unescaped dollar sign starts a string template.
      if (annotation !== undefined) return springValue(site, annotation, '\\${');
      const read = readOf(site);
      const line = lineBefore(site.text, literal.start);
      const constant = /\bconst[ \t]+(?=val\b[^=]*=\s*$)/.exec(line);
      const more =
        constant === null
          ? []
          : [
              {
                start: literal.start - line.length + constant.index,
                end: literal.start - line.length + constant.index + constant[0].length,
                text: '',
              },
            ];
      if (isWholeLiteral(site, literal)) return replaceLiteral(site, literal, read, read, more);
      return replaceKeyOnly(site, `\${${read}}`, more);
    },
  }),
};

function readOf({ variable }: Site): string {
  return `System.getenv("${variable}")`;
}

/** The annotation that has the literal as an argument, where only constants are allowed. */
function annotationAt(text: string, at: number): string | undefined {
  return /@(?:field:|param:|get:)?([\w.]+)\s*\([^()]*$/.exec(text.slice(Math.max(0, at - 500), at))?.[1];
}

/** Spring expands environment variables itself. */
function springValue(site: Site, annotation: string, opener: string) {
  return annotation.endsWith('Value') ? replaceKeyOnly(site, `${opener}${site.variable}}`) : undefined;
}
