/** Replaces a key in a text by a read of an environment variable, in the words of the text's language. Pure. */
import type { Finding } from '../detector/finding.ts';
import { keyAt } from '../detector/scan.ts';
import { braces, dotenvTemplate, editorConfiguration, githubActions, httpFile, yaml } from './config.ts';
import { csharp } from './csharp.ts';
import { dockerfile } from './docker.ts';
import { go } from './go.ts';
import { component, javascript } from './javascript.ts';
import { java, kotlin } from './jvm.ts';
import { php } from './php.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';
import { fish, shell } from './shell.ts';
import type { Replacement, Replacer } from './site.ts';
import { terraform, tfvars } from './terraform.ts';
import { batch, powershell } from './windows.ts';

export type { Replacement } from './site.ts';

export interface Place {
  readonly text: string;
  readonly finding: Finding;
  readonly languageId: string;
  /** Path of the file, with slashes. */
  readonly fileName: string;
  /** The environment variable to read; see {@link variableFor}. */
  readonly variable: string;
}

/** The usual name of the variable that holds a key of this kind. */
export function variableFor(kind: Finding['kind']): string {
  return kind === 'sandbox' ? 'TRUEWORK_SANDBOX_API_KEY' : 'TRUEWORK_API_KEY';
}

/** @returns undefined when the key is not there any more, is wrapped in base64, or stands where nothing can be read */
export function replaceKey({ text, finding, languageId, fileName, variable }: Place): Replacement | undefined {
  if (finding.encoding !== 'plain' || keyAt(text, finding) === undefined) return undefined;
  const replacer = replacerFor(languageId.toLowerCase(), fileName);
  return replacer?.({
    text,
    start: finding.start,
    end: finding.end,
    variable,
    languageId: dialect(languageId.toLowerCase(), fileName),
    fileName,
  });
}

/** A `.env` itself: the place that a key is moved to. */
export function isDotenv(fileName: string): boolean {
  return /^(?:\.env(?:\..+)?|.+\.env|\.envrc|\.dev\.vars)$/i.test(baseName(fileName)) && !isDotenvTemplate(fileName);
}

/** A committed file that says which variables a `.env` needs. */
export function isDotenvTemplate(fileName: string): boolean {
  return (
    /^(?:\.?env|.*\.env)\.(?:example|sample|template|dist|defaults?|tpl)$/i.test(baseName(fileName)) ||
    /^(?:example|sample|template)\.env$/i.test(baseName(fileName))
  );
}

export function baseName(fileName: string): string {
  return fileName.slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
}

function replacerFor(languageId: string, fileName: string): Replacer | undefined {
  const name = baseName(fileName);
  if (isDotenvTemplate(fileName)) return dotenvTemplate;
  if (isDotenv(fileName) || /\.tfvars\.json$/i.test(name)) return undefined;
  for (const [pattern, replacer] of BY_PATH) if (pattern.test(fileName.replaceAll('\\', '/'))) return replacer;
  return BY_LANGUAGE[languageId] ?? BY_EXTENSION[/\.([^.]+)$/.exec(name.toLowerCase())?.[1] ?? ''];
}

/** The file's name knows better than a language id that says nothing. */
function dialect(languageId: string, fileName: string): string {
  if (BY_LANGUAGE[languageId] !== undefined) return languageId;
  const extension = /\.([^.]+)$/.exec(baseName(fileName).toLowerCase())?.[1];
  return extension === 'ts' || extension === 'mts' || extension === 'cts'
    ? 'typescript'
    : extension === 'tsx'
      ? 'typescriptreact'
      : extension === 'jsx'
        ? 'javascriptreact'
        : languageId;
}

const BY_PATH: readonly (readonly [RegExp, Replacer])[] = [
  [/(?:^|\/)\.(?:github|gitea|forgejo)\/(?:workflows|actions)\/.*\.ya?ml$/i, githubActions],
  [/(?:^|\/)action\.ya?ml$/i, githubActions],
  [/(?:^|\/)(?:\.vscode|\.cursor)\/(?:launch|tasks|mcp)\.json$/i, editorConfiguration],
  [/(?:^|\/)(?:dockerfile|containerfile)(?:\.[^/]*)?$|\.dockerfile$/i, dockerfile],
  [/\.tfvars$/i, tfvars],
  [/\.(?:fish)$/i, fish],
];

const BY_LANGUAGE: Readonly<Record<string, Replacer | undefined>> = {
  javascript,
  javascriptreact: javascript,
  typescript: javascript,
  typescriptreact: javascript,
  vue: component,
  svelte: component,
  python,
  ruby,
  go,
  java,
  kotlin,
  csharp,
  php,
  rust,
  shellscript: shell,
  bash: shell,
  zsh: shell,
  fish,
  powershell,
  bat: batch,
  terraform,
  hcl: terraform,
  opentofu: terraform,
  dockerfile,
  dockercompose: yaml,
  'github-actions-workflow': githubActions,
  yaml,
  helm: yaml,
  json: braces,
  jsonc: braces,
  json5: braces,
  toml: braces,
  ini: braces,
  properties: braces,
  'java-properties': braces,
  'spring-boot-properties': braces,
  xml: braces,
  markdown: braces,
  http: httpFile,
  rest: httpFile,
};

const BY_EXTENSION: Readonly<Record<string, Replacer | undefined>> = {
  js: javascript,
  mjs: javascript,
  cjs: javascript,
  jsx: javascript,
  ts: javascript,
  mts: javascript,
  cts: javascript,
  tsx: javascript,
  vue: component,
  svelte: component,
  py: python,
  pyw: python,
  rb: ruby,
  rake: ruby,
  go,
  java,
  kt: kotlin,
  kts: kotlin,
  cs: csharp,
  php,
  rs: rust,
  sh: shell,
  bash: shell,
  zsh: shell,
  fish,
  ps1: powershell,
  psm1: powershell,
  bat: batch,
  cmd: batch,
  tf: terraform,
  yml: yaml,
  yaml,
  json: braces,
  jsonc: braces,
  toml: braces,
  ini: braces,
  properties: braces,
  xml: braces,
  md: braces,
  http: httpFile,
  rest: httpFile,
};
