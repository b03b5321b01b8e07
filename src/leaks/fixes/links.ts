import * as vscode from 'vscode';
import { AUTHENTICATION_DOCS } from '../../truework/facts.ts';

/** The only pages that the extension opens. */
const LINKS = {
  rotation: AUTHENTICATION_DOCS,
  developerSettings: 'https://app.truework.com',
} as const;

export async function openLink(name: keyof typeof LINKS): Promise<void> {
  await vscode.env.openExternal(vscode.Uri.parse(LINKS[name], true));
}
