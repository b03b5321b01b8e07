import * as vscode from 'vscode';
import { AUTHENTICATION_DOCS } from '../../truework/facts.ts';

/** The only pages that the extension links to for leaked keys. */
const LINKS = {
  /** How to revoke a key and generate a new one. */
  rotation: AUTHENTICATION_DOCS,
  developerSettings: 'https://app.truework.com',
} as const;

type LinkName = keyof typeof LINKS;

export function linkTo(name: LinkName): vscode.Uri {
  return vscode.Uri.parse(LINKS[name], true);
}

export async function openLink(name: LinkName): Promise<void> {
  await vscode.env.openExternal(linkTo(name));
}
