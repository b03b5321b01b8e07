/** Text that came from outside, made safe for places where it is shown. */
import type { MarkdownString } from 'vscode';
import { redactKeys } from '../truework/redact.ts';

/** Labels, descriptions and QuickPick rows draw `$(name)` as an icon; a zero-width space keeps it text. */
export function plain(text: string): string {
  return redactKeys(text).replaceAll('$(', '$\u200b(').replaceAll(/[\r\n]+/g, ' ');
}

/** Adds a line `**name** value` to a tooltip; nothing for an absent value. The value is text, whatever markup it holds. */
export function appendLine(tooltip: MarkdownString, name: string, value: string | null | undefined): void {
  if (value === null || value === undefined || value === '') return;
  tooltip.appendMarkdown(`**${name}** `).appendText(redactKeys(value)).appendMarkdown('  \n');
}
