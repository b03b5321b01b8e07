/** Which part of a changed text can hold a key that was not there before. Pure. */
import { MAX_NEEDLE_LENGTH, mayHoldKey } from './needles.ts';

export interface Change {
  readonly range: { readonly start: Position; readonly end: Position };
  readonly text: string;
}

interface Position {
  readonly line: number;
  readonly character: number;
}

/** Of a large paste it is quicker to look at the whole document than to count its lines. */
const LARGE = 20_000;

export interface Lines {
  readonly lineCount: number;
  lineAt(line: number): { readonly text: string };
}

/**
 * Whether changes can have brought a key into a text that held none. Reads the changed places and as much around
 * them as the beginning of a key is long, so it costs what was typed or pasted and not what the document is long.
 * Nothing by which a key is recognised goes over the end of a line.
 * @param document as it is after the changes
 * @param changes of one event: ranges of the text before it, none overlapping another
 */
export function mayAddKey(document: Lines, changes: readonly Change[]): boolean {
  if (changes.some(({ text }) => text.length > LARGE)) return true;
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
      // Several changes in one line move each other: then the whole line is read.
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
