import * as vscode from 'vscode';
import { plain } from './text.ts';

/**
 * Tooltips as Markdown of our own with text from outside in it, which stays text: no link, picture, HTML or icon comes of it,
 * and no command can be run from it. Nothing else makes a `MarkdownString` (the linter keeps it so).
 */
export class Tooltip {
  readonly #markdown = new vscode.MarkdownString();

  constructor() {
    this.#markdown.isTrusted = false;
    this.#markdown.supportHtml = false;
    this.#markdown.supportThemeIcons = false;
  }

  /** Adds a line `**name** value`; nothing for a value that is absent. */
  line(name: string, value: string | null | undefined): this {
    if (value === null || value === undefined || value === '') return this;
    this.#text('**', name, '** ');
    this.#text('', value, '  \n');
    return this;
  }

  paragraph(text: string): this {
    this.#text('', text, '\n\n');
    return this;
  }

  markdown(): vscode.MarkdownString {
    return this.#markdown;
  }

  #text(before: string, text: string, after: string): void {
    this.#markdown
      .appendMarkdown(before)
      .appendText(unlinked(plain(text)))
      .appendMarkdown(after);
  }
}

/** Markdown makes links of bare addresses, too: https://…, www.…, name@host, <scheme:…>. A zero-width space keeps them text. */
function unlinked(text: string): string {
  return text
    .replaceAll('://', ':\u200b//')
    .replaceAll(/\bwww\./gi, '$&\u200b')
    .replaceAll(/[@<]/g, '\u200b$&\u200b');
}
