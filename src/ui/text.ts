/** Text that came from outside, made safe for the places where it is shown. */
import { withoutHiddenCharacters } from '../truework/hidden-characters.ts';
import { redactKeys } from '../truework/redact.ts';

/** Nobody reads on, and the editor gets slow. In UTF-16 code units. */
const MAX_LENGTH = 1000;

/**
 * The one function that everything passes before it is shown: messages, rows, pickers, tooltips, titles, the log. Text in,
 * text out, on one line: no key, no character that hides or reorders others, nothing that the editor draws as an icon
 * (`$(name)`) or, in notifications and pickers, as a link that may run a command (`[text](command:name)`).
 * What it returns passes it unchanged.
 */
export function plain(text: string): string {
  const short = text.length > MAX_LENGTH * 2 ? text.slice(0, MAX_LENGTH * 2) : text;
  // Keys after hidden characters: those could stand inside of one.
  const visible = redactKeys(withoutHiddenCharacters(short));
  const cut = visible.length > MAX_LENGTH ? `${visible.slice(0, MAX_LENGTH - 1)}…` : visible;
  return cut.toWellFormed().replaceAll('$(', '$\u200b(').replaceAll('](', ']\u200b(');
}

/** {@link plain} for places that keep lines apart, such as the details of a modal. */
export function plainLines(text: string): string {
  return text
    .split(/\r\n|[\r\n]/, MAX_LENGTH)
    .map(plain)
    .join('\n');
}
