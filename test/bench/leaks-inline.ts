/**
 * The cost of the leak check during typing, and the number of random keys that are taken for placeholders.
 * Run: node test/support/with-node.mjs test/bench/leaks-inline.ts [million keys per form]
 */
import { randomBytes } from 'node:crypto';
import { mayHoldKey } from '../../src/secrets/detector/needles.ts';
import { scan, scanInSlices } from '../../src/secrets/detector/scan.ts';
import { isPlaceholder } from '../../src/secrets/detector/placeholder.ts';
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
  const columns = [sorted[RUNS >> 1] ?? NaN, sorted[0] ?? NaN, first, (user + system) / 1000 / RUNS].map((time) =>
    time.toFixed(2).padStart(8),
  );
  console.log(
    `${name.padEnd(48)} median ${columns[0]} ms, best ${columns[1]}, first ${columns[2]}, processor time ${columns[3]}${atMost === undefined ? '' : `; aim ${atMost} ms`}`,
  );
}

/** As the editor does with each document: see OpenDocuments. */
const scanEditor = (text: string) => (mayHoldKey(text) ? scanInSlices(text) : undefined);

const clean = flat('const value = compute(42); // nothing to see here\n'.repeat(MEGABYTE).slice(0, MEGABYTE));
const cleanWide = flat(`→${clean}`);
const thousand = flat(Array.from({ length: 1000 }, (_, i) => `const k${i} = '${key()}';\n`).join(''));
const longLine = flat(`${'var a=1;'.repeat((5 * MEGABYTE) / 8)}k="${key()}";${'b=2;'.repeat(1000)}`);
await measure('in slices, 1 MB without a key', 1, () => scanEditor(clean));
await measure('in slices, 1 MB without a key, wide characters', 1, () => scanEditor(cleanWide));
await measure('in slices, 1,000 keys', 20, () => scanEditor(thousand));
await measure('in slices, 5 MB in one line, a key near its end', 50, () => scanEditor(longLine));
await measure('detector alone, 1,000 keys', undefined, () => scan(thousand));
await measure('detector alone, 5 MB in one line', undefined, () => scan(longLine));

console.log(
  '\nText crafted to be slow, 1 MB each, as a multiple of 1 MB of JavaScript without a key in which every line may hold one:',
);
const wide = (text: string) => Array.from(text, (character) => `${character}\0`).join('');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const filled = (part: string, before = '') =>
  flat((before + part.repeat(Math.ceil(MEGABYTE / part.length))).slice(0, MEGABYTE));
async function best(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const before = performance.now();
    await work();
    times.push(performance.now() - before);
  }
  return Math.min(...times);
}
const reference = filled(`const header = { authorization: 'Bearer ${SECRET_PREFIX}' };\n`);
const referenceTime = await best(() => scan(reference));
for (const [name, text] of Object.entries({
  prefixes: filled(SECRET_PREFIX),
  'prefixes with placeholder bodies': filled(`${SECRET_PREFIX}${'abcdefABCD'.repeat(5)} `),
  'a prefix and one letter': filled('a', SECRET_PREFIX),
  'prefixes between zeros': filled(wide(SECRET_PREFIX)),
  'prefixes between zeros with a short body': filled(wide(`${SECRET_PREFIX}abc`)),
  'base64 prefixes': filled('dHdfc2tf'),
  'base64 prefixes after binary data': filled(`A${'////'.repeat(32)}${base64(SECRET_PREFIX)}\n`),
  'base64 prefixes after separators': filled(`A${'_8_8'.repeat(32)}${base64(`${SECRET_PREFIX}a`)}\n`),
  'base64 lines': filled(`${base64(SECRET_PREFIX + 'B'.repeat(39))}\n${`${'Qm9i'.repeat(15)}\n`.repeat(15)}`),
  keys: filled(`${key()}\n`),
  'allowed keys': filled(`${key()} # gitleaks:allow\n`),
  'allowed keys in base64 after separators': filled(`${'x_'.repeat(64)}/${base64(key())} # gitleaks:allow\n`),
  'allowed keys between zeros': filled(`${wide(key())} # gitleaks:allow\n`),
  comments: filled('secretlint-disable-line a,b,c,d,e ', key()),
  'comments that begin and end regions': filled('* secretlint-disable a *secretlint-enable a ', key()),
})) {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  const whole = await best(() => scan(text));
  last = performance.now();
  longest = 0;
  await scanInSlices(text);
  clearInterval(timer);
  console.log(
    `${name.padEnd(48)} ${(whole / referenceTime).toFixed(1).padStart(6)} times (${whole.toFixed(1)} ms); in slices, the thread waits ${longest.toFixed(1)} ms at most`,
  );
}

console.log('\nMemory:');
const heap = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / MEGABYTE;
};
if (!globalThis.gc) (await import('node:v8')).setFlagsFromString('--expose-gc');
globalThis.gc ??= (await import('node:vm')).runInNewContext('gc') as NonNullable<typeof globalThis.gc>;
for (let i = 0; i < 1000; i++) await scanInSlices(`k = '${key()}'`);
const heapBefore = heap();
for (let i = 0; i < 10_000; i++) await scanInSlices(`k = '${key()}'`);
console.log(`10,000 scans: heap ${heapBefore.toFixed(1)} MB before, ${heap().toFixed(1)} MB after`);

const perForm = Number(process.argv[2] ?? 1) * 1e6;
console.log(`\nRandom keys taken for placeholders, of ${perForm} each:`);
for (const [form, bytes, encoding] of [
  ['base64url of 32 bytes', 32, 'base64url'],
  ['base64url of 64 bytes', 64, 'base64url'],
  ['hexadecimal of 20 bytes', 20, 'hex'],
  ['hexadecimal of 32 bytes', 32, 'hex'],
] as const) {
  let rejected = 0;
  for (let done = 0; done < perForm; done += 1000) {
    const pool = randomBytes(bytes * 1000);
    for (let i = 0; i < 1000; i++) if (isPlaceholder(pool.toString(encoding, i * bytes, (i + 1) * bytes))) rejected++;
  }
  console.log(`${form}: ${rejected}`);
}
