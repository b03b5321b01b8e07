/** The settings `truework.leaks.*`, read so that an untrusted workspace cannot weaken detection. */
import * as vscode from 'vscode';
import { Disposable } from '../ui/disposable.ts';
import { isAllowEntry } from '../secrets/detector/allow-list.ts';
import { notebookUriOf } from './notebooks.ts';

export const SECTION = 'truework.leaks';

export interface LeakSettings {
  readonly enabled: boolean;
  readonly sandboxInIgnoredFile: 'hint' | 'off';
  readonly scanHistory: boolean;
  readonly warnBeforeCommit: boolean;
  /** Whether a scan of the workspace reads installed packages. */
  readonly scanPackages: boolean;
  /** Patterns of `files.exclude`, if a scan of the workspace applies them; otherwise empty. */
  readonly hiddenFromScan: readonly string[];
  /** Entries of the allow-list, the user's and the workspace's. */
  readonly allow: readonly string[];
  readonly userAllow: ReadonlySet<string>;
  /** Patterns of paths that are not scanned. */
  readonly exclude: readonly ExcludePattern[];
}

export interface ExcludePattern {
  readonly pattern: string;
  /** Whether it is from the user's settings rather than the workspace's. */
  readonly user: boolean;
}

/** Reads the settings once for each workspace folder, and again after a change. */
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
    const folder = uri && vscode.workspace.getWorkspaceFolder(notebookUriOf(uri) ?? uri)?.uri;
    const key = folder?.toString() ?? '';
    let settings = this.#known.get(key);
    if (settings === undefined) this.#known.set(key, (settings = readSettings(folder)));
    return settings;
  }
}

function readSettings(scope?: vscode.Uri): LeakSettings {
  const configuration = vscode.workspace.getConfiguration(SECTION, scope);
  const valuesByScope = (name: string) => {
    const found = configuration.inspect(name);
    return { user: found?.globalValue, workspace: [found?.workspaceValue, found?.workspaceFolderValue] };
  };
  const value = (name: string): unknown => effectiveValue(configuration, name);
  const allow = valuesByScope('allow');
  const exclude = valuesByScope('exclude');
  const userAllow = nonEmptyStrings(allow.user).filter(isAllowEntry);
  return {
    enabled: value('enabled') !== false,
    sandboxInIgnoredFile: value('sandboxInIgnoredFile') === 'off' ? 'off' : 'hint',
    scanHistory: value('scanHistory') !== false,
    warnBeforeCommit: value('warnBeforeCommit') !== false,
    scanPackages: value('scan.packages') === true,
    hiddenFromScan:
      value('scan.useFilesExclude') === true
        ? enabledPatterns(effectiveValue(vscode.workspace.getConfiguration('files', scope), 'exclude'))
        : [],
    allow: [...new Set([...userAllow, ...allow.workspace.flatMap(nonEmptyStrings).filter(isAllowEntry)])],
    userAllow: new Set(userAllow),
    exclude: [
      ...nonEmptyStrings(exclude.user).map((pattern) => ({ pattern, user: true })),
      ...exclude.workspace.flatMap(nonEmptyStrings).map((pattern) => ({ pattern, user: false })),
    ],
  };
}

/** In Restricted Mode the user's value, whatever the workspace says. */
function effectiveValue(configuration: vscode.WorkspaceConfiguration, name: string): unknown {
  if (vscode.workspace.isTrusted) return configuration.get(name);
  const found = configuration.inspect(name);
  return found?.globalValue ?? found?.defaultValue;
}

function enabledPatterns(excluded: unknown): string[] {
  return Object.entries(Object(excluded) as Record<string, unknown>)
    .filter(([, value]) => value === true)
    .map(([pattern]) => pattern);
}

function nonEmptyStrings(value: unknown): string[] {
  return Array.isArray(value) ? (value.filter((each) => typeof each === 'string' && each !== '') as string[]) : [];
}
