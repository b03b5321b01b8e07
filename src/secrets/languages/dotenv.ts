import { HASH_ON_OWN_LINE, type Language } from './language.ts';
import { replaceKeyOnly, lineBefore } from './site.ts';

const DOTENV = /(?:^|\/)(?:\.env(?:\.[^/]+)?|[^/]+\.env|\.envrc|\.dev\.vars)$/i;
const TEMPLATES = [
  /(?:^|\/)(?:\.?env|[^/]*\.env)\.(?:example|sample|template|dist|defaults?|tpl)$/i,
  /(?:^|\/)(?:example|sample|template)\.env$/i,
];

/** Whether a file is a `.env` itself, to which keys are moved. @param fileName a name or a path */
export function isDotenv(fileName: string): boolean {
  const path = fileName.replaceAll('\\', '/');
  return DOTENV.test(path) && !TEMPLATES.some((pattern) => pattern.test(path));
}

/** Keys belong here, so nothing is replaced. */
export const dotenv: Language = { ids: ['dotenv'], paths: [DOTENV], comment: HASH_ON_OWN_LINE };

/** A committed file that lists the variables of a `.env` without values. */
export const dotenvTemplate: Language = {
  ids: [],
  paths: TEMPLATES,
  comment: HASH_ON_OWN_LINE,
  replace(site) {
    const before = lineBefore(site.text, site.start);
    const quote = /["']$/.exec(before)?.[0] ?? '';
    const closed = quote !== '' && site.text.startsWith(quote, site.end);
    const name = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*["']?$/.exec(before)?.[1];
    if (name === undefined) return replaceKeyOnly(site, site.variable);
    return {
      changes: [{ start: site.start - (closed ? 1 : 0), end: site.end + (closed ? 1 : 0), text: '' }],
      read: `${name}=`,
      variable: name,
    };
  },
};
