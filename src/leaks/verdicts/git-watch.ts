import path from 'node:path';
import * as vscode from 'vscode';
import { Debounce } from '../../ui/timers.ts';
import type { RepositoryState } from './repositories.ts';

/** A git command writes several files: they count as one change. */
const CHANGE_DEBOUNCE_MS = 150;

/** Watches the files of a repository that change with a commit, a staged file, a fetch, a push or an ignore pattern. */
export function watchGitState({ repository }: RepositoryState, changed: () => void): vscode.Disposable {
  const debounce = new Debounce(CHANGE_DEBOUNCE_MS, changed);
  const onChange = () => {
    debounce.schedule();
  };
  const patterns: [string, string][] = [
    [repository.gitFolder, '{HEAD,index,FETCH_HEAD,info/exclude}'],
    [repository.commonFolder, '{packed-refs,shallow,config,refs/**}'],
  ];
  if (repository.root !== undefined) patterns.push([repository.root, '**/.gitignore']);
  const watchers = patterns.map(([folder, pattern]) =>
    vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(folder), pattern)),
  );
  for (const watcher of watchers) {
    watcher.onDidChange(onChange);
    watcher.onDidCreate(onChange);
    watcher.onDidDelete(onChange);
  }
  return vscode.Disposable.from(...watchers, debounce);
}

/** The part of the built-in git extension's API that is used: https://github.com/microsoft/vscode/blob/main/extensions/git/src/api/git.d.ts */
interface GitExtension {
  getAPI?(version: 1): {
    readonly repositories: readonly GitRepository[];
    readonly onDidOpenRepository: vscode.Event<GitRepository>;
    readonly onDidCloseRepository: vscode.Event<GitRepository>;
  };
}

interface GitRepository {
  readonly rootUri: vscode.Uri;
  readonly state: { readonly onDidChange: vscode.Event<void> };
}

/**
 * Listens to the built-in git extension too, if it is enabled: it notices changes without file system events, such as on
 * a network drive.
 * @param changed gets the root of the work tree
 * @param listChanged is called when repositories were opened or closed
 */
export async function followGitExtension(
  changed: (root: string) => void,
  listChanged: () => void,
): Promise<vscode.Disposable> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (extension === undefined) return new vscode.Disposable(() => undefined);
  const listeners: vscode.Disposable[] = [];
  const followed = new Map<GitRepository, vscode.Disposable>();
  try {
    const api = (await extension.activate()).getAPI?.(1);
    const follow = (repository: GitRepository) => {
      followed.get(repository)?.dispose();
      followed.set(
        repository,
        repository.state.onDidChange(() => {
          changed(path.normalize(repository.rootUri.fsPath));
        }),
      );
    };
    api?.repositories.forEach(follow);
    if (api !== undefined) {
      listeners.push(
        api.onDidOpenRepository((repository) => {
          follow(repository);
          listChanged();
        }),
        api.onDidCloseRepository((repository) => {
          followed.get(repository)?.dispose();
          followed.delete(repository);
          listChanged();
        }),
      );
    }
  } catch {
    // Disabled by "git.enabled". The files are watched anyway.
  }
  return new vscode.Disposable(() => {
    for (const listener of [...listeners, ...followed.values()]) listener.dispose();
  });
}
