/** Texts crafted to be slow. The tests count the characters that are read, not the time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { scan, scanInSlices, scanText } from '../../../../src/secrets/detector/scan.ts';
import { SECRET_PREFIX } from '../../../../src/truework/keys.ts';
import { productionKey, sandboxKey } from './made-keys.ts';

const LENGTH = 60_000;
/** The maximum number of characters read for each character of a text. Comparing and hashing keys takes the most. */
const MAX_PER_CHARACTER = 32;

const wide = (text: string) => text.replaceAll(/./g, '$&\0');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const repeated = (text: string, length: number) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

type Method = 'charCodeAt' | 'charAt' | 'slice' | 'indexOf' | 'startsWith' | 'replaceAll' | 'split' | 'at';
const WORK: Readonly<Record<Method, (text: string, parameters: readonly unknown[], result: unknown) => number>> = {
  charCodeAt: () => 1,
  charAt: () => 1,
  at: () => 1,
  startsWith: (_text, [wanted]) => String(wanted).length,
  slice: (_text, _parameters, result) => String(result).length,
  indexOf: (text, [, from], result) =>
    (result === -1 ? text.length : Number(result)) - Math.min(text.length, Number(from ?? 0)),
  replaceAll: (text) => text.length,
  split: (text) => text.length,
};

/** Counts the characters that string methods read while `run` runs, and the bytes that are decoded. */
function workOf(run: () => unknown): number {
  let work = 0;
  const restore: (() => void)[] = [];
  const meter = (
    holder: object,
    name: string,
    cost: (self: unknown, parameters: readonly unknown[], result: unknown) => number,
  ) => {
    const original = Reflect.get(holder, name) as (...parameters: unknown[]) => unknown;
    Reflect.set(holder, name, function (this: unknown, ...parameters: unknown[]): unknown {
      const result = Reflect.apply(original, this, parameters);
      work += cost(this, parameters, result);
      return result;
    });
    restore.push(() => {
      Reflect.set(holder, name, original);
    });
  };
  for (const [name, cost] of Object.entries(WORK))
    meter(String.prototype, name, (self, parameters, result) => cost(String(self), parameters, result));
  meter(Buffer, 'from', (_self, [from]) => (typeof from === 'string' ? from.length : 0));
  try {
    run();
  } finally {
    for (const undo of restore) undo();
  }
  return work;
}

const P = SECRET_PREFIX;
const texts: Readonly<Record<string, string>> = {
  prefixes: P,
  'prefixes with placeholder bodies': `${P}${'abcdefABCD'.repeat(5)} `,
  'prefixes between zeros': wide(P),
  'prefixes between zeros, with a short body': wide(`${P}abc`),
  'prefixes between zeros, with a long body': wide(P + 'a'.repeat(1100)),
  'halves of prefixes between zeros': wide(P.slice(0, 5)),
  'base64 prefixes': 'dHdfc2tf',
  'base64 prefixes of every alignment': base64(`${P}abcdefg`),
  'base64 prefixes after binary data': `A${'////'.repeat(32)}${base64(P)}\n`,
  'base64 prefixes after separators': `A${'_8_8'.repeat(32)}${base64(`${P}a`)}\n`,
  'base64 prefixes with a body that is a placeholder': `A${'////'.repeat(32)}${base64(P + 'a'.repeat(43))}\n`,
  'base64 lines': `${base64(P + 'B'.repeat(39))}\n${`${'Qm9i'.repeat(15)}\n`.repeat(15)}`,
};

describe('Texts crafted to be slow', () => {
  for (const [what, part] of Object.entries(texts)) {
    it(`${what} take time proportional to their length`, () => {
      const work = (length: number) => workOf(() => scan(repeated(part, length)));
      const [one, four] = [work(LENGTH), work(4 * LENGTH)];
      assert.ok(one > 0);
      assert.ok(one <= MAX_PER_CHARACTER * LENGTH, `${one / LENGTH} characters read for each`);
      assert.ok(four <= 4.4 * one, `4 times the text took ${four / one} times the work`);
    });
  }

  it('comments take time proportional to their length once there is a key', () => {
    for (const comment of [
      'secretlint-disable-line a,b,c,d,e ',
      '* secretlint-disable a *secretlint-enable a ',
      'ggignore ',
      '\n',
    ]) {
      const text = (length: number) => `${productionKey(1)}${repeated(comment, length)}`;
      const work = (length: number) => workOf(() => scan(text(length)));
      assert.ok(work(4 * LENGTH) <= 4.4 * work(LENGTH), comment);
    }
  });

  it('allowed keys over several lines do not cause a search for line ends in the rest of the text', () => {
    const lines = base64(`ab: ${sandboxKey(3)}`).replace(/(.{60})/, '$1\n');
    const work = (count: number) => workOf(() => scan(`${lines} # gitleaks:allow\n\n`.repeat(count)));
    assert.equal(scan(`${lines} # gitleaks:allow\n\n`)[0]?.suppressedBy?.by, 'comment');
    assert.ok(work(800) <= 4.4 * work(200));
  });

  it('mixtures of all of them take time proportional to their length', () => {
    const parts = [
      ...Object.values(texts),
      productionKey(2),
      wide(productionKey(3)),
      base64(productionKey(4)),
      '\0',
      '\n',
      ' ',
      '=',
      '/',
      't\0w',
      'gitleaks:allow',
      'word ',
    ];
    const part = fc.oneof(
      fc.constantFrom(...parts),
      fc.constantFrom(...parts).chain((whole) => fc.nat(40).map((length) => whole.slice(0, length))),
    );
    fc.assert(
      fc.property(
        fc
          .array(part, { minLength: 1, maxLength: 5 })
          .map((all) => all.join(''))
          .filter((text) => text !== ''),
        (text) => {
          const work = workOf(() => scan(repeated(text, LENGTH)));
          assert.ok(work <= 2 * MAX_PER_CHARACTER * LENGTH, `${work / LENGTH} characters read for each`);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('A scan in slices', () => {
  it('finds the same as a scan in one piece', async () => {
    const text = Object.values(texts)
      .map((part, n) => `${repeated(part, 3000)} ${productionKey(n)} # gitleaks:allow\n${base64(sandboxKey(n))}\n`)
      .join('');
    const whole = scanText(text);
    assert.ok(whole.findings.length > 0);
    assert.deepEqual(await scanInSlices(text), whole);
    assert.deepEqual(await scanInSlices(text, { limit: 1 }), scanText(text, { limit: 1 }));
  });

  it('lets other code run in between, and stops when aborted', async () => {
    const text = repeated(P, 8_000_000);
    const abort = new AbortController();
    let others = 0;
    const scanning = scanInSlices(text, { signal: abort.signal });
    const other = () => {
      others += 1;
      if (others === 3) abort.abort();
      else setImmediate(other);
    };
    setImmediate(other);
    await assert.rejects(scanning, { name: 'AbortError' });
    assert.equal(others, 3);
  });
});
