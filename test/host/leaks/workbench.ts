/** Helpers for the suites in this folder: keys, repositories, and waiting. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';

export { key, masked } from '../../support/keys.ts';

/** A folder with files and a git repository; removed when the suite ends. */
export class Repository {
  readonly folder: string;

  constructor(folder: string = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'truework-leaks-')))) {
    this.folder = folder;
  }

  static init(): Repository {
    const repository = new Repository();
    repository.git('init', '--quiet', '--initial-branch=main');
    return repository;
  }

  git(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(
      'git',
      ['-c', 'commit.gpgSign=false', '-c', 'protocol.file.allow=always', ...args],
      {
        cwd: this.folder,
        encoding: 'utf8',
        env: {
          ...process.env,
          GIT_AUTHOR_NAME: 'Ada',
          GIT_AUTHOR_EMAIL: 'ada@example.com',
          GIT_COMMITTER_NAME: 'Ada',
          GIT_COMMITTER_EMAIL: 'ada@example.com',
        },
      },
    );
    if (status !== 0) throw new Error(`git ${args[0] ?? ''}: ${stderr}`);
    return stdout.trim();
  }

  write(name: string, text: string | Uint8Array): vscode.Uri {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return vscode.Uri.file(file);
  }

  commit(name: string, text: string): vscode.Uri {
    const uri = this.write(name, text);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message=a change');
    return uri;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function until<T>(
  what: string,
  read: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 15_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

/** The extension's problems of a document. */
export function problems(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Truework');
}

export function codeOf({ code }: vscode.Diagnostic): string {
  return typeof code === 'object' ? String(code.value) : String(code);
}

/** Waits until a document's problems have these codes, in order. */
export async function untilCodes(uri: vscode.Uri, codes: readonly string[]): Promise<vscode.Diagnostic[]> {
  let latest: string[] = [];
  return await until(`the codes ${codes.join(', ')}`, () => {
    const found = problems(uri);
    latest = found.map(codeOf);
    return latest.join() === codes.join() ? found : undefined;
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; they were: ${latest.join(', ')}`);
  });
}

/** The fixes for a key in an open document, as the light bulb lists them, with their edits. */
export async function fixesOf(uri: vscode.Uri, at: vscode.Range): Promise<vscode.CodeAction[]> {
  return await until('fixes to be offered', async () => {
    try {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        uri,
        at,
        vscode.CodeActionKind.QuickFix.value,
        50,
      );
      // Other extensions have fixes of their own.
      const ours = actions.filter(({ title }) => /tw_sk_|^Unstage |^Stop Tracking /.test(title));
      return ours.length > 0 && ours;
    } catch (error) {
      // The document or its problems changed meanwhile. The light bulb would request the fixes again, too.
      if (error instanceof Error && error.message === 'Canceled') return undefined;
      throw error;
    }
  });
}

/** Opens a file like a user does: closing the tab also closes the document. */
export async function open(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.open', uri, { preview: false });
}

export async function closeAll(): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    if (document.isDirty && document.uri.scheme === 'file') await document.save();
  }
  for (const { input } of vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs)) {
    if (!(input instanceof vscode.TabInputText) || input.uri.scheme !== 'untitled') continue;
    await vscode.window.showTextDocument(input.uri);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await until(
      'the document to be closed',
      () => !vscode.workspace.textDocuments.some(({ uri }) => uri.toString() === input.uri.toString()),
    );
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** Runs a command to its end, and closes the messages that it waits for. */
export async function run(command: string, ...args: readonly unknown[]): Promise<void> {
  let hasEnded = false;
  const running = Promise.resolve(vscode.commands.executeCommand(command, ...args)).finally(() => {
    hasEnded = true;
  });
  await Promise.race([
    running,
    until(
      `the end of ${command}`,
      async () => {
        // A message may appear later, and one with progress stays.
        await vscode.commands.executeCommand('notifications.clearAll');
        return hasEnded;
      },
      60_000,
    ),
  ]);
}
