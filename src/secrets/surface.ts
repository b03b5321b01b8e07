import type { Surface } from './situation.ts';

/**
 * Documents in which keys are looked for. Not among them: output, the left side of a diff (`git`), search editors,
 * walkthroughs, debug sources, and what Truework answered (`truework`).
 */
const SCHEMES = new Set([
  'file',
  'untitled',
  'vscode-remote',
  'vscode-notebook-cell',
  'vscode-userdata',
  'vscode-vfs',
  'vscode-scm',
]);

/** A server's page opens the user settings by their place on the disk: `…/User/settings.json`, `…/User/profiles/NAME/settings.json`. */
const USER_SETTINGS = /\/User\/(?:profiles\/[^/]+\/)?settings\.json$/;

export function isWatched(scheme: string): boolean {
  return SCHEMES.has(scheme);
}

/** What kind of document this is; of a notebook's cell, what its notebook is. */
export function surfaceOf({ scheme, path }: { readonly scheme: string; readonly path: string }): Surface {
  switch (scheme) {
    case 'vscode-scm':
      return 'commit-message';
    case 'vscode-userdata':
      return 'user-settings';
    case 'untitled':
      return 'untitled';
    case 'vscode-vfs':
      return 'virtual';
    case 'git':
      return 'past';
    default:
      return USER_SETTINGS.test(path) ? 'user-settings' : /\/node_modules\//.test(path) ? 'dependency' : 'file';
  }
}
