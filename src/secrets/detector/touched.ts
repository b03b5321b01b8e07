/** Which part of a changed text can contain a new key. */
import { MAX_NEEDLE_LENGTH, mayHoldKey } from './needles.ts';

export interface ContentChange {
  readonly range: { readonly start: LinePosition; readonly end: LinePosition };
  readonly text: string;
}

interface LinePosition {
  readonly line: number;
  readonly character: number;
}

/** In UTF-16 code units. For a larger paste, scanning the whole document is faster than counting lines. */
const MAX_CHECKED_LENGTH = 20_000;

export interface Lines {
  readonly lineCount: number;
  lineAt(line: number): { readonly text: string };
}

/**
 * Whether changes may have added a key to a text that contained none. Reads the changed ranges and, around them, the
 * length of a key's beginning, so the cost depends on what was typed or pasted, not on the length of the document.
 * No needle spans a line break.
 * @param document its state after the changes
 * @param changes of one event: ranges of the text before it, none overlapping another
 */
export function mayAddKey(document: Lines, changes: readonly ContentChange[]): boolean {
  if (changes.some(({ text }) => text.length > MAX_CHECKED_LENGTH)) return true;
  let moved = 0;
  return [...changes]
    .sort(
      (one, other) =>
        one.range.start.line - other.range.start.line || one.range.start.character - other.range.start.character,
    )
    .some(({ range, text }) => {
      const lengths = text.split(/\r\n|\r|\n/).map(({ length }) => length);
      const first = range.start.line + moved;
      const last = first + lengths.length - 1;
      moved += lengths.length - 1 - (range.end.line - range.start.line);
      if (mayHoldKey(text)) return true;
      // Several changes in one line shift each other, so the whole line is read.
      const seams: readonly [number, number, number][] = [
        [first, changes.length > 1 ? -1 : range.start.character, lengths[0] ?? 0],
        [last, changes.length > 1 ? -1 : 0, lengths.at(-1) ?? 0],
      ];
      return (first === last ? seams.slice(0, 1) : seams).some(
        ([line, from, length]) =>
          line < document.lineCount && mayHoldKey(near(document.lineAt(line).text, from, length)),
      );
    });
}

function near(line: string, from: number, length: number): string {
  return from < 0 ? line : line.slice(Math.max(0, from - MAX_NEEDLE_LENGTH), from + length + MAX_NEEDLE_LENGTH);
}
