/** Makes text from outside safe to show. */
import { withoutHiddenCharacters } from '../truework/hidden-characters.ts';
import { redactKeys } from '../truework/redact.ts';

/** Longer texts slow the editor down. In UTF-16 code units. */
const MAX_LENGTH = 1000;

/**
 * All text passes this function before it is shown in messages, rows, pickers, tooltips and titles. The result is one
 * line: no key, no character that hides or reorders others, nothing that the editor renders as an icon (`$(name)`) or,
 * in notifications and pickers, as a link that may run a command (`[text](command:name)`). It is idempotent.
 */
export function plain(text: string): string {
  const short = text.length > MAX_LENGTH * 2 ? text.slice(0, MAX_LENGTH * 2) : text;
  // Hidden characters first: there could be some inside a key.
  const visible = redactKeys(withoutHiddenCharacters(short));
  const cut = visible.length > MAX_LENGTH ? `${visible.slice(0, MAX_LENGTH - 1)}…` : visible;
  return cut.toWellFormed().replaceAll('$(', '$\u200b(').replaceAll('](', ']\u200b(');
}

/** {@link plain} for places that show several lines, such as the details of a modal dialog. */
export function plainLines(text: string): string {
  return text
    .split(/\r\n|[\r\n]/, MAX_LENGTH)
    .map(plain)
    .join('\n');
}
