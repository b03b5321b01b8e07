/** The settings `truework.leaks.*`, read so that a workspace that is not trusted cannot weaken anything. */
import * as vscode from 'vscode';
import { Disposable } from '../ui/disposable.ts';
// Not from the detector's index: the rest of it is loaded later.
import { isAllowEntry } from '../secrets/detector/allow-list.ts';
import type { Finding } from '../secrets/detector/finding.ts';

export const SECTION = 'truework.leaks';

export interface LeakSettings {
  readonly enabled: boolean;
  readonly sandboxInIgnoredFile: 'hint' | 'off';
  readonly scanHistory: boolean;
  readonly warnBeforeCommit: boolean;
  /** Whether a scan of the workspace reads installed packages. */
  readonly scanPackages: boolean;
  /** Patterns of `files.exclude` that a scan of the workspace follows; none unless that was asked for. */
  readonly hiddenFromScan: readonly string[];
  /** Entries of the allow-list: the user's own and those that come with the workspace. */
  readonly allow: readonly string[];
  readonly userAllow: ReadonlySet<string>;
  /** Patterns of paths that are not looked at, and whether each is the user's own. */
  readonly exclude: readonly { readonly pattern: string; readonly user: boolean }[];
}

/** Reads the settings once for each workspace folder, and again when something changes what they say. */
export class SettingsReader extends Disposable {
  readonly #changed = this._register(new vscode.EventEmitter<void>());
  readonly onDidChange = this.#changed.event;
  readonly #known = new Map<string, LeakSettings>();

  constructor() {
    super();
    const reset = () => {
      this.#known.clear();
      this.#changed.fire();
    };
    this._register(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SECTION)) reset();
        else if (event.affectsConfiguration('files.exclude')) this.#known.clear();
      }),
    );
    this._register(vscode.workspace.onDidGrantWorkspaceTrust(reset));
    this._register(vscode.workspace.onDidChangeWorkspaceFolders(reset));
  }

  for(uri?: vscode.Uri): LeakSettings {
    const folder = uri === undefined ? undefined : vscode.workspace.getWorkspaceFolder(uri)?.uri;
    const key = folder?.toString() ?? '';
    let settings = this.#known.get(key);
    if (settings === undefined) this.#known.set(key, (settings = readSettings(folder)));
    return settings;
  }
}

function readSettings(scope?: vscode.Uri): LeakSettings {
  const configuration = vscode.workspace.getConfiguration(SECTION, scope);
  const values = (name: string) => {
    const found = configuration.inspect(name);
    return { user: found?.globalValue, workspace: [found?.workspaceValue, found?.workspaceFolderValue] };
  };
  const one = (name: string): unknown => believed(configuration, name);
  const allow = values('allow');
  const exclude = values('exclude');
  const userAllow = strings(allow.user).filter(isAllowEntry);
  return {
    enabled: one('enabled') !== false,
    sandboxInIgnoredFile: one('sandboxInIgnoredFile') === 'off' ? 'off' : 'hint',
    scanHistory: one('scanHistory') !== false,
    warnBeforeCommit: one('warnBeforeCommit') !== false,
    scanPackages: one('scan.packages') === true,
    hiddenFromScan:
      one('scan.useFilesExclude') === true
        ? patternsIn(believed(vscode.workspace.getConfiguration('files', scope), 'exclude'))
        : [],
    allow: [...new Set([...userAllow, ...allow.workspace.flatMap(strings).filter(isAllowEntry)])],
    userAllow: new Set(userAllow),
    exclude: [
      ...strings(exclude.user).map((pattern) => ({ pattern, user: true })),
      ...exclude.workspace.flatMap(strings).map((pattern) => ({ pattern, user: false })),
    ],
  };
}

/** The value in force; in Restricted Mode the user's own, whatever the workspace says. */
function believed(configuration: vscode.WorkspaceConfiguration, name: string): unknown {
  if (vscode.workspace.isTrusted) return configuration.get(name);
  const found = configuration.inspect(name);
  return found?.globalValue ?? found?.defaultValue;
}

function patternsIn(excluded: unknown): string[] {
  return Object.entries(Object(excluded) as Record<string, unknown>)
    .filter(([, value]) => value === true)
    .map(([pattern]) => pattern);
}

/** Which exclusion covers a document: one of the user's, one of the workspace's, or none. */
export function exclusionOf(
  uri: vscode.Uri,
  { exclude }: Pick<LeakSettings, 'exclude'>,
): 'user' | 'workspace' | undefined {
  if (exclude.length === 0) return undefined;
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const matching = exclude.filter(({ pattern }) => matches(uri, folder, pattern));
  if (matching.length === 0) return undefined;
  return matching.some(({ user }) => user) ? 'user' : 'workspace';
}

/** An exclusion that comes with a workspace that is not trusted hides no production key. */
export function hides(exclusion: ReturnType<typeof exclusionOf>, kind: Finding['kind']): boolean {
  return exclusion === 'user' || (exclusion === 'workspace' && (vscode.workspace.isTrusted || kind === 'sandbox'));
}

function matches(uri: vscode.Uri, folder: vscode.WorkspaceFolder | undefined, pattern: string): boolean {
  // The editor's own reading of patterns, which looks at nothing but these two.
  const document = { uri, languageId: 'plaintext' } as vscode.TextDocument;
  return (
    vscode.languages.match(
      { pattern: folder === undefined ? pattern : new vscode.RelativePattern(folder, pattern) },
      document,
    ) > 0
  );
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? (value.filter((each) => typeof each === 'string' && each !== '') as string[]) : [];
}
