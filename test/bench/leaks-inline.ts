/**
 * What the leak check costs while somebody types, and how many random keys it takes for invented ones.
 * Run: node test/support/with-node.mjs test/bench/leaks-inline.ts [million keys per form]
 */
import { randomBytes } from 'node:crypto';
import { scan } from '../../src/leaks/detector/index.ts';
import { looksInvented } from '../../src/leaks/detector/invented.ts';
import { lint } from '../../src/leaks/rule/lint.ts';
import { SECRET_PREFIX } from '../../src/truework/keys.ts';

const RUNS = 15;
const MEGABYTE = 1 << 20;

const key = () => SECRET_PREFIX + randomBytes(32).toString('base64url');
/** One string in memory, as the editor hands it over, not a chain of parts. */
const flat = (text: string) => Buffer.from(text).toString();

async function measure(name: string, atMost: number | undefined, work: () => unknown): Promise<void> {
  const times: number[] = [];
  const processor = process.cpuUsage();
  for (let i = 0; i < RUNS; i++) {
    const before = performance.now();
    await work();
    times.push(performance.now() - before);
  }
  const { user, system } = process.cpuUsage(processor);
  const [first = NaN] = times;
  const sorted = times.toSorted((a, b) => a - b);
  const columns = [sorted[RUNS >> 1] ?? NaN, sorted[0] ?? NaN, first, (user + system) / 1000 / RUNS].map((time) => time.toFixed(2).padStart(8));
  console.log(`${name.padEnd(48)} median ${columns[0]} ms, best ${columns[1]}, first ${columns[2]}, processor time ${columns[3]}${atMost === undefined ? '' : `; aim ${atMost} ms`}`);
}

const clean = flat('const value = compute(42); // nothing to see here\n'.repeat(MEGABYTE).slice(0, MEGABYTE));
const cleanWide = flat(`→${clean}`);
const thousand = flat(Array.from({ length: 1000 }, (_, i) => `const k${i} = '${key()}';\n`).join(''));
const longLine = flat(`${'var a=1;'.repeat((5 * MEGABYTE) / 8)}k="${key()}";${'b=2;'.repeat(1000)}`);
await lint(key());
await measure('lint, 1 MB without a key', 1, () => lint(clean));
await measure('lint, 1 MB without a key, wide characters', 1, () => lint(cleanWide));
await measure('lint, 1,000 keys', 20, () => lint(thousand));
await measure('lint, 5 MB in one line, a key near its end', 50, () => lint(longLine));
await measure('detector alone, 1,000 keys', undefined, () => scan(thousand));
await measure('detector alone, 5 MB in one line', undefined, () => scan(longLine));
console.log('\nText made to be slow:');
await measure('200,000 prefixes', undefined, () => scan(SECRET_PREFIX.repeat(200_000)));
await measure('a prefix and 2 MB of one letter', undefined, () => scan(SECRET_PREFIX + 'a'.repeat(2 * MEGABYTE)));
await measure('200,000 base64 prefixes', undefined, () => scan('dHdfc2tf'.repeat(200_000)));
await measure('100,000 keys', undefined, () => scan(`${key()}\n`.repeat(100_000)));
await measure('100,000 allowed keys', undefined, () => scan(`${key()} # gitleaks:allow\n`.repeat(100_000)));
await measure('200,000 comments', undefined, () => scan(`${key()} // gitleaks:allow secretlint-disable-line`.padEnd(60).repeat(100_000)));

console.log('\nMemory:');
const heap = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / MEGABYTE;
};
if (!globalThis.gc) (await import('node:v8')).setFlagsFromString('--expose-gc');
globalThis.gc ??= (await import('node:vm')).runInNewContext('gc') as NonNullable<typeof globalThis.gc>;
for (let i = 0; i < 1000; i++) await lint(`k = '${key()}'`);
const heapBefore = heap();
for (let i = 0; i < 10_000; i++) await lint(`k = '${key()}'`);
console.log(`10,000 lint calls: heap ${heapBefore.toFixed(1)} MB before, ${heap().toFixed(1)} MB after`);

const perForm = Number(process.argv[2] ?? 1) * 1e6;
console.log(`\nRandom keys taken for invented ones, of ${perForm} each:`);
for (const [form, bytes, encoding] of [['base64url of 32 bytes', 32, 'base64url'], ['base64url of 64 bytes', 64, 'base64url'], ['hexadecimal of 20 bytes', 20, 'hex'], ['hexadecimal of 32 bytes', 32, 'hex']] as const) {
  let rejected = 0;
  for (let done = 0; done < perForm; done += 1000) {
    const pool = randomBytes(bytes * 1000);
    for (let i = 0; i < 1000; i++) if (looksInvented(pool.toString(encoding, i * bytes, (i + 1) * bytes))) rejected++;
  }
  console.log(`${form}: ${rejected}`);
}
