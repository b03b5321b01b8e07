import type { Surface } from './situation.ts';

/**
 * Schemes of documents that are scanned. Not among them: output, the left side of a diff (`git`), search editors,
 * walkthroughs, debug sources, and responses of Truework (`truework`).
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

/**
 * In a browser, the user settings are opened by their path on disk: `…/User/settings.json`,
 * `…/User/profiles/NAME/settings.json`.
 */
const USER_SETTINGS = /\/User\/(?:profiles\/[^/]+\/)?settings\.json$/;

export function isWatched(scheme: string): boolean {
  return SCHEMES.has(scheme);
}

/** The kind of a document; for a cell, that of its notebook. */
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
