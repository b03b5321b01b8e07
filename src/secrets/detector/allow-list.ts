import { hash, randomBytes } from 'node:crypto';

/** SHA-256 of a key as lower-case hexadecimal. A key has at least 160 random bits, so its hash reveals nothing. */
export function hashKey(key: string): string {
  return hash('sha256', key);
}

const SALTED = /^sha256:([^:]+):([0-9a-f]{64})$/i;
const BARE = /^(?:sha256:)?([0-9a-f]{64})$/i;

/**
 * An entry that allows this one key wherever it occurs: `sha256:<salt>:<hash>`, where the hash is SHA-256 of the
 * salt followed by the key. The salt hides that two lists allow the same key.
 */
export function allowEntry(key: string, salt: string = randomBytes(8).toString('hex')): string {
  return `sha256:${salt}:${hashKey(salt + key)}`;
}

export function isAllowEntry(text: string): boolean {
  return SALTED.test(text) || BARE.test(text);
}

/** @returns a function that finds the entry which allows a key; invalid entries are ignored */
export function allowListReader(entries: readonly string[]): (key: string, keyHash: string) => string | undefined {
  const byHash = new Map<string, string>();
  const salted: { entry: string; salt: string; hash: string }[] = [];
  for (const entry of entries) {
    const bare = BARE.exec(entry)?.[1];
    if (bare !== undefined) byHash.set(bare.toLowerCase(), entry);
    const [, salt, saltedHash] = SALTED.exec(entry) ?? [];
    if (salt !== undefined && saltedHash !== undefined) salted.push({ entry, salt, hash: saltedHash.toLowerCase() });
  }
  return (key, keyHash) =>
    byHash.get(keyHash) ?? salted.find(({ salt, hash: expected }) => hashKey(salt + key) === expected)?.entry;
}
