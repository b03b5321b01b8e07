import { batch } from './batch.ts';
import { COMMENT_ONLY } from './comment-only.ts';
import { csharp } from './csharp.ts';
import { dockerfile } from './docker.ts';
import { dotenv, dotenvTemplate } from './dotenv.ts';
import { go } from './go.ts';
import { javascript, javascriptReact, svelte, typescript, typescriptReact, vue } from './javascript.ts';
import { java, kotlin } from './jvm.ts';
import type { Language } from './language.ts';
import { php } from './php.ts';
import { powershell } from './powershell.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';
import { fish, shell } from './shell.ts';
import { swift } from './swift.ts';
import { CONFIGURATIONS, editorConfiguration, githubActions, httpFile, yaml } from './configuration.ts';
import { terraform, terraformVariables, terraformVariablesJson } from './terraform.ts';

/**
 * Every language, once. To add one:
 * 1. Write its {@link Language} in a file of its own here; `go.ts` is a short example. Give `ids`, `extensions`,
 *    `comment`, a `grammar` (the order in which its rules are tried is at `LiteralRule` in syntax-context.ts), and
 *    `replace: bySyntax(grammar, { string(site, literal) { … } })`.
 * 2. Add it to this list, and take it out of comment-only.ts if it is there. The order matters only where two `paths`
 *    match one file: the first wins.
 *
 * The tests in test/unit/secrets/languages iterate over this list. They fail for an ID or extension of two languages, a
 * key in a string that is not replaced, an allow comment without effect, and a fix that damages other text. Add what
 * the fix writes to the table in languages.test.ts, one row for each kind of literal.
 */
export const LANGUAGES: readonly Language[] = [
  dotenvTemplate,
  dotenv,
  githubActions,
  editorConfiguration,
  dockerfile,
  terraformVariablesJson,
  terraformVariables,
  fish,
  javascript,
  javascriptReact,
  typescript,
  typescriptReact,
  vue,
  svelte,
  python,
  ruby,
  go,
  java,
  kotlin,
  csharp,
  php,
  rust,
  swift,
  shell,
  powershell,
  batch,
  terraform,
  yaml,
  httpFile,
  ...CONFIGURATIONS,
  ...COMMENT_ONLY,
];

const BY_ID = new Map(LANGUAGES.flatMap((language) => language.ids.map((id) => [id, language])));
const BY_EXTENSION = new Map(
  LANGUAGES.flatMap((language) => (language.extensions ?? []).map((extension) => [extension, language])),
);

export interface NamedText {
  /** The editor's language ID. */
  readonly languageId: string;
  /** Path of the file, with slashes or backslashes. */
  readonly fileName: string;
}

/**
 * The language of a text: by {@link Language.paths}, otherwise by the editor's language ID if it is known, otherwise by
 * the file's extension.
 */
export function languageOf({ languageId, fileName }: NamedText): Language | undefined {
  const path = fileName.replaceAll('\\', '/');
  return (
    LANGUAGES.find(({ paths }) => paths?.some((pattern) => pattern.test(path))) ??
    BY_ID.get(languageId.toLowerCase()) ??
    BY_EXTENSION.get(/\.([^./]+)$/.exec(path.toLowerCase())?.[1] ?? '')
  );
}
