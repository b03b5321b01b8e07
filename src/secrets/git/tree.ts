const SPACE = 32;

export interface TreeEntry {
  readonly kind: 'tree' | 'submodule' | 'file';
  readonly oid: string;
}

/**
 * Finds an entry of a tree object by name. Each entry is a mode, a space, the name, NUL and the bytes of the ID.
 * @param tree the object's content
 */
export function entryOf(tree: Buffer, name: string, objectFormat: 'sha1' | 'sha256'): TreeEntry | undefined {
  const length = objectFormat === 'sha256' ? 32 : 20;
  const searched = Buffer.from(name);
  for (let at = 0; at < tree.length; ) {
    const space = tree.indexOf(SPACE, at);
    const end = tree.indexOf(0, space);
    if (space === -1 || end === -1) return undefined;
    if (tree.subarray(space + 1, end).equals(searched)) {
      const mode = Number.parseInt(tree.toString('latin1', at, space), 8) & 0o170000;
      return {
        kind: mode === 0o040000 ? 'tree' : mode === 0o160000 ? 'submodule' : 'file',
        oid: tree.toString('hex', end + 1, end + 1 + length),
      };
    }
    at = end + 1 + length;
  }
  return undefined;
}
