/** Pseudorandom numbers that depend only on a label, so that the same seed gives the same sandbox. */
export type Random = () => number;

/** @returns a generator of numbers from 0 to below 1: FNV-1a hashes the label, mulberry32 draws. */
export function randomFrom(label: string): Random {
  let state = 0x811c9dc5;
  for (let index = 0; index < label.length; index += 1) {
    state = Math.imul(state ^ label.charCodeAt(index), 0x01000193);
  }
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** An integer from `low` to `high`, inclusive. */
export function randomBetween(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

export function pickRandom<const T extends readonly [unknown, ...unknown[]]>(random: Random, from: T): T[number] {
  return from[Math.floor(random() * from.length)];
}
