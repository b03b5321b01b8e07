/** Files that are read by a program which fills in variables itself. */
import { inPlace, lineBefore, type Replacer, type Site } from './site.ts';

/** `${NAME}`, as Compose, GitLab, envsubst and most others have it. */
export const braces: Replacer = (site) => inPlace(site, `\${${site.variable}}`);

export const yaml: Replacer = (site) => quotedInFlow(site, `\${${site.variable}}`);

/** https://docs.github.com/actions/security-for-github-actions/security-guides/using-secrets-in-github-actions */
export const githubActions: Replacer = (site) => quotedInFlow(site, `\${{ secrets.${site.variable} }}`);

/** The editor's own launch, task and MCP configurations. */
export const editorConfiguration: Replacer = (site) => inPlace(site, `\${env:${site.variable}}`);

/** Files of the REST Client extension; https://github.com/Huachao/vscode-restclient#system-variables */
export const httpFile: Replacer = (site) => inPlace(site, `{{$dotenv ${site.variable}}}`);

/** A template of a `.env` names variables and gives no values. */
export const dotenvTemplate: Replacer = (site) => {
  const quote = /["']$/.exec(lineBefore(site.text, site.start))?.[0] ?? '';
  const closed = quote !== '' && site.text.startsWith(quote, site.end);
  const name = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*["']?$/.exec(lineBefore(site.text, site.start))?.[1];
  if (name === undefined) return inPlace(site, site.variable);
  return {
    changes: [{ start: site.start - (closed ? 1 : 0), end: site.end + (closed ? 1 : 0), text: '' }],
    read: `${name}=`,
    variable: name,
  };
};

/** In `{…}` and `[…]` of YAML, braces mean something of their own. */
function quotedInFlow(site: Site, value: string) {
  const inFlow = /[{[][^}\]"'#]*$/.test(lineBefore(site.text, site.start));
  const alone = /[\s:,{[]$/.test(site.text.slice(0, site.start)) && /^\s*[,}\]]/.test(site.text.slice(site.end));
  return inPlace(site, inFlow && alone ? `"${value}"` : value);
}
