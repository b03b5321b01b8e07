import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NeedleSearch } from '../../../../src/secrets/git/needle-search.ts';
import { key } from './repositories.ts';

const secret = key('search');
const pieces = [
  secret,
  Buffer.from(secret, 'utf16le'),
  Buffer.from(secret, 'utf16le').swap16(),
  ...['', 'a', 'ab'].map((before) => Buffer.from(before + secret).toString('base64')),
].map((piece) => Buffer.from(piece));

const content = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          ...['t', 'tw', 'tw_', 'w_sk', '\n', 'dHdfc2', ' blob 12\n'].map((text) => Buffer.from(text)),
        ),
      },
    ),
    { maxLength: 6 },
  )
  .map((parts) => Buffer.concat(parts));

describe('The search through the output of git cat-file', () => {
  it('finds each object with a key, however the output is cut, and few others', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            before: content,
            piece: fc.option(fc.constantFrom(...pieces)),
            after: content,
            type: fc.constantFrom('blob', 'tree'),
          }),
          { maxLength: 8 },
        ),
        fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 20 }),
        (objects, cuts) => {
          const stream = Buffer.concat(
            objects.flatMap(({ before, piece, after, type }, index) => {
              const bytes = Buffer.concat([before, piece ?? Buffer.alloc(0), after]);
              return [
                Buffer.from(`${index} ${type} ${bytes.length}\n`),
                bytes,
                Buffer.from('\n'),
                Buffer.from('0123 missing\n'),
              ];
            }),
          );
          const seen: { oid: string; type: string | undefined; found: boolean }[] = [];
          const search = new NeedleSearch((oid, type, found) => {
            seen.push({ oid, type, found });
          });
          for (let at = 0, turn = 0; at < stream.length; turn++) {
            const length = cuts[turn % cuts.length] ?? 1;
            search.push(stream.subarray(at, at + length));
            at += length;
          }
          assert.deepEqual(
            seen.map(({ oid, type }) => [oid, type]),
            objects.flatMap(({ type }, index) => [
              [String(index), type],
              ['0123', undefined],
            ]),
          );
          for (const [index, { piece }] of objects.entries())
            if (piece !== null) assert.equal(seen[2 * index]?.found, true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reports no needle in objects without a key', () => {
    const seen: boolean[] = [];
    const search = new NeedleSearch((_oid, _type, found) => {
      seen.push(found);
    });
    search.push(Buffer.from('a blob 5\nhello\nb blob 0\n\nc blob 6\ntw-sk-\n'));
    assert.deepEqual(seen, [false, false, false]);
  });
});
