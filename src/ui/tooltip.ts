import * as vscode from 'vscode';
import { plain } from './text.ts';

/**
 * A Markdown tooltip in which text from outside stays text: it cannot become a link, an image, HTML or an icon, and
 * cannot run a command. Nothing else may create a `MarkdownString` (a lint rule).
 */
export class Tooltip {
  readonly #markdown = new vscode.MarkdownString();

  constructor() {
    this.#markdown.isTrusted = false;
    this.#markdown.supportHtml = false;
    this.#markdown.supportThemeIcons = false;
  }

  /** Adds a line `**name** value`, unless there is no value. */
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

/**
 * Markdown also turns bare addresses into links: https://…, www.…, name@host, <scheme:…>. A zero-width space prevents
 * that.
 */
function unlinked(text: string): string {
  return text
    .replaceAll('://', ':\u200b//')
    .replaceAll(/\bwww\./gi, '$&\u200b')
    .replaceAll(/[@<]/g, '\u200b$&\u200b');
}
