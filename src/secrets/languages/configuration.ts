/** Configuration files whose reader expands variables. */
import { HASH, HASH_ON_OWN_LINE, MARKUP, SLASHES, type Language } from './language.ts';
import { replaceKeyOnly, lineBefore, type Replacer, type Site } from './site.ts';

/** `${NAME}`, as in Compose, GitLab, envsubst and others. */
const replace: Replacer = (site) => replaceKeyOnly(site, `\${${site.variable}}`);

export const CONFIGURATIONS: readonly Language[] = [
  { ids: ['json'], extensions: ['json'], replace },
  { ids: ['jsonc', 'json5'], extensions: ['jsonc', 'json5'], comment: SLASHES, replace },
  { ids: ['toml'], extensions: ['toml'], comment: HASH, replace },
  { ids: ['ini'], extensions: ['ini'], comment: HASH_ON_OWN_LINE, replace },
  {
    ids: ['properties', 'java-properties', 'spring-boot-properties'],
    extensions: ['properties'],
    comment: HASH_ON_OWN_LINE,
    replace,
  },
  { ids: ['xml'], extensions: ['xml'], comment: MARKUP, replace },
  { ids: ['markdown'], extensions: ['md'], comment: MARKUP, replace },
];

export const yaml: Language = {
  ids: ['yaml', 'dockercompose', 'helm'],
  extensions: ['yml', 'yaml'],
  comment: HASH,
  replace: (site) => quotedInFlow(site, `\${${site.variable}}`),
};

/** https://docs.github.com/actions/security-for-github-actions/security-guides/using-secrets-in-github-actions */
export const githubActions: Language = {
  ids: ['github-actions-workflow'],
  paths: [/(?:^|\/)\.(?:github|gitea|forgejo)\/(?:workflows|actions)\/.*\.ya?ml$/i, /(?:^|\/)action\.ya?ml$/i],
  comment: HASH,
  replace: (site) => quotedInFlow(site, `\${{ secrets.${site.variable} }}`),
};

/** The editor's own launch, task and MCP configurations. */
export const editorConfiguration: Language = {
  ids: [],
  paths: [/(?:^|\/)(?:\.vscode|\.cursor)\/(?:launch|tasks|mcp)\.json$/i],
  comment: SLASHES,
  replace: (site) => replaceKeyOnly(site, `\${env:${site.variable}}`),
};

/** Files of the REST Client extension; https://github.com/Huachao/vscode-restclient#system-variables */
export const httpFile: Language = {
  ids: ['http', 'rest'],
  extensions: ['http', 'rest'],
  comment: HASH_ON_OWN_LINE,
  replace: (site) => replaceKeyOnly(site, `{{$dotenv ${site.variable}}}`),
};

/** In flow style (`{…}`, `[…]`), braces are syntax. */
function quotedInFlow(site: Site, value: string) {
  const inFlow = /[{[][^}\]"'#]*$/.test(lineBefore(site.text, site.start));
  const alone = /[\s:,{[]$/.test(site.text.slice(0, site.start)) && /^\s*[,}\]]/.test(site.text.slice(site.end));
  return replaceKeyOnly(site, inFlow && alone ? `"${value}"` : value);
}
