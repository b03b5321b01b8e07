/** One change to a text; offsets in UTF-16 code units of the text before any change. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** @throws RangeError if two changes overlap */
export function applyChanges(text: string, changes: readonly Change[]): string {
  let result = '';
  let done = 0;
  for (const { start, end, text: replacement } of sorted(changes)) {
    if (start < done) throw new RangeError('Two changes overlap.');
    result += text.slice(done, start) + replacement;
    done = end;
  }
  return result + text.slice(done);
}

export function shiftChange({ start, end, text }: Change, by: number): Change {
  return { start: start + by, end: end + by, text };
}

export function overlaps(one: Change, other: Change): boolean {
  return one.start < other.end && other.start < one.end;
}

export function sameChange(one: Change, other: Change): boolean {
  return one.start === other.start && one.end === other.end && one.text === other.text;
}

function sorted(changes: readonly Change[]): Change[] {
  return [...changes].sort((one, other) => one.start - other.start || one.end - other.end);
}
