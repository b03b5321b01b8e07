/** The kinds of window that suites in the editor host may ask for, by the folder below test/host/ they lie in. */
export interface Session {
  readonly name: string;
  /** The first folder below test/host/; suites anywhere else run in the first session. */
  readonly folder: string;
  readonly workspace: 'folder' | 'multi-root' | 'none';
  readonly trusted: boolean;
  /** Whether the editor trusts a private authority, made for the run; see {@link CERTIFICATES}. */
  readonly privateAuthority?: true;
}

/** Environment variable that names a folder with the private authority's certificate and those of servers. */
export const CERTIFICATES = 'TRUEWORK_TEST_CERTIFICATES';

export const sessions: readonly Session[] = [
  { name: 'a trusted folder', folder: '', workspace: 'folder', trusted: true },
  { name: 'Restricted Mode', folder: 'restricted', workspace: 'folder', trusted: false },
  { name: 'a workspace of two folders', folder: 'multi-root', workspace: 'multi-root', trusted: true },
  { name: 'an empty window', folder: 'no-folder', workspace: 'none', trusted: true },
  {
    name: 'an empty window on a bad network',
    folder: 'faults',
    workspace: 'none',
    trusted: true,
    privateAuthority: true,
  },
];

/** The session that a suite runs in; `file` is its path relative to test/host/. */
export function sessionOf(file: string): Session {
  const [first] = file.split(/[\\/]/);
  const session = sessions.find(({ folder }) => folder === first) ?? sessions[0];
  if (session === undefined) throw new Error('There is no session.');
  return session;
}
