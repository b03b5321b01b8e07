import * as vscode from 'vscode';

/** The only pages that are opened: constants, over https. */
const LINKS = {
  rotation: 'https://www.truework.com/docs/api-reference/authentication',
  developerSettings: 'https://app.truework.com',
} as const;

export async function openLink(name: keyof typeof LINKS): Promise<void> {
  await vscode.env.openExternal(vscode.Uri.parse(LINKS[name], true));
}
