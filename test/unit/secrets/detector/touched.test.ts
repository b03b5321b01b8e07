import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mayHoldKey } from '../../../../src/secrets/detector/needles.ts';
import { mayAddKey, type ContentChange } from '../../../../src/secrets/detector/touched.ts';
import { SECRET_PREFIX } from '../../../../src/truework/keys.ts';

/** A document of lines that counts what is read of them. */
class Text {
  readonly lines: readonly string[];

  constructor(text: string) {
    this.lines = text.split(/\r\n|\r|\n/);
  }

  get lineCount(): number {
    return this.lines.length;
  }

  lineAt(line: number): { text: string } {
    return { text: this.lines[line] ?? '' };
  }
}

function position(text: string, offset: number): { line: number; character: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

/** One change event of the editor: disjoint replacements, as ranges of the text before. */
function edited(
  text: string,
  replacements: readonly { from: number; to: number; by: string }[],
): { after: string; changes: ContentChange[] } {
  const changes = replacements.map(({ from, to, by }) => ({
    range: { start: position(text, from), end: position(text, to) },
    text: by,
  }));
  const after = replacements
    .toSorted((one, other) => other.from - one.from)
    .reduce((result, { from, to, by }) => result.slice(0, from) + by + result.slice(to), text);
  return { after, changes };
}

describe('A change in a text without a key', () => {
  it('is detected if a key is typed, pasted, or joined from two halves', () => {
    const half = SECRET_PREFIX.slice(0, 3);
    for (const [text, from, to, by] of [
      ['a\nb\nc', 2, 2, SECRET_PREFIX],
      [`a\n${SECRET_PREFIX.slice(0, -1)}\nc`, 2 + SECRET_PREFIX.length - 1, 2 + SECRET_PREFIX.length - 1, '_'],
      [`${half}\n${SECRET_PREFIX.slice(3)}`, 3, 4, ''],
      [`${half}x${SECRET_PREFIX.slice(3)}`, 3, 4, ''],
      [SECRET_PREFIX.slice(3), 0, 0, `one\ntwo\n${half}`],
      ['', 0, 0, `one\n${SECRET_PREFIX}\nthree`],
    ] as const) {
      const { after, changes } = edited(text, [{ from, to, by }]);
      assert.equal(mayAddKey(new Text(after), changes), true, JSON.stringify([text, by]));
    }
  });

  it('is never missed, whatever several cursors change at once', () => {
    const pieces = fc
      .array(
        fc.constantFrom(
          'tw',
          '_',
          'sk',
          SECRET_PREFIX.slice(0, 4),
          SECRET_PREFIX.slice(4),
          '\n',
          '\n\n',
          'abc ',
          'dHdf',
          'c2tf',
          'x',
        ),
        { maxLength: 30 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        pieces,
        fc.array(fc.tuple(fc.nat(200), fc.nat(6), pieces), { minLength: 1, maxLength: 4 }),
        (text, edits) => {
          fc.pre(!mayHoldKey(text));
          let end = -1;
          const replacements = edits
            .map(([from, length, by]) => ({
              from: Math.min(from, text.length),
              to: Math.min(from + length, text.length),
              by,
            }))
            .sort((one, other) => one.from - other.from)
            .filter(({ from, to }) => {
              if (from <= end) return false;
              end = to;
              return true;
            });
          const { after, changes } = edited(text, replacements);
          if (mayHoldKey(after)) assert.equal(mayAddKey(new Text(after), changes.toReversed()), true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is not affected by text elsewhere in the document', () => {
    const { changes } = edited('a\nb\nc', [{ from: 2, to: 3, by: 'x' }]);
    assert.equal(mayAddKey(new Text(`a\nx\n${SECRET_PREFIX}`), changes), false);
  });
});
