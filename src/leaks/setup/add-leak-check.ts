import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { makeExecutable } from '../../files/write-target.ts';
import { BACK, pick, pickMany } from '../../ui/steps.ts';
import { repositoryOf } from '../fixes/document-facts.ts';
import { workspacePaths } from '../workspace-folders.ts';
import type { FileChange } from '../../secrets/edits/move-to-env.ts';
import { addFiles, applyAndSave, requirePreview } from '../fixes/workspace-edit.ts';
import type { WriteFolders } from '../fixes/writes.ts';
import { WORKFLOW } from '../../secrets/setup/ci.ts';
import { notesText } from './notes.ts';
import { planSetup, type HookManager, type Part, type SetupFacts } from '../../secrets/setup/plan.ts';
import { readSetupFacts } from '../../secrets/setup/read.ts';
import { showInformation, showWarning } from '../../ui/show.ts';

interface Choice extends vscode.QuickPickItem {
  readonly part: Part;
}

/** Adds the leak check to a repository: the parts that the user selects, in one edit with a preview. */
export async function addLeakCheck(extensionUri: vscode.Uri): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    await showWarning(vscode.l10n.t('Trust this workspace first: a leak check runs programs from the repository.'));
    return;
  }
  const folder = await workspaceFolder();
  if (folder === undefined) return;
  const found = await repositoryOf(vscode.Uri.file(folder));
  if (found?.repository.root === undefined) {
    found?.repository.close();
    await showWarning(vscode.l10n.t('This folder is not in a git repository. Run "git init" first.'));
    return;
  }
  using repository = found.repository;
  const root = found.repository.root;
  const facts = await readSetupFacts(repository, root, vscode.Uri.joinPath(extensionUri, 'dist').fsPath);
  const items = choices(facts);
  const chosen = await pickMany({
    title: vscode.l10n.t('Add Leak Check to {0}', path.basename(root)),
    items,
    picked: items.filter(({ part }) => part === 'rule' || part === 'hook' || part === 'ci'),
    placeholder: vscode.l10n.t('Select what to add. All changes are previewed before they are made.'),
  });
  if (chosen === undefined || chosen === BACK || chosen.length === 0) return;

  const plan = planSetup(facts, new Set(chosen.map(({ part }) => part)));
  const uriOf = (file: string) => vscode.Uri.file(path.resolve(root, file));
  const folders = [root, ...facts.hook.folders];
  if (
    plan.files.length > 0 &&
    !(await writeFiles(
      vscode.Uri.file(root),
      plan.files.map((file) => ({ ...file, path: uriOf(file.path).path })),
      folders,
    ))
  )
    return;
  // Git ignores hooks that are not executable. The user may have removed the hook from the preview.
  for (const file of plan.executable)
    if (process.platform !== 'win32' && (await isFile(uriOf(file).fsPath)))
      await makeExecutable(uriOf(file).fsPath, folders);
  if (plan.notes.length > 0) {
    await vscode.window.showTextDocument(
      await vscode.workspace.openTextDocument({ language: 'markdown', content: notesText(plan.notes) }),
      { preview: false },
    );
  } else if (plan.files.length === 0) {
    await showInformation(vscode.l10n.t('Already set up in this repository.'));
  } else {
    await showInformation(vscode.l10n.t('The leak check is set up. Commit the new files so that everyone has it.'));
  }
}

async function writeFiles(root: vscode.Uri, files: readonly FileChange[], folders: WriteFolders): Promise<boolean> {
  const label = vscode.l10n.t('Add leak check');
  const edit = new vscode.WorkspaceEdit();
  requirePreview(edit, root, label);
  await addFiles(edit, root, files, label, folders);
  if (!(await applyAndSave(edit))) return false;
  // The editor also returns true when the user discards the preview.
  return (
    await Promise.all(
      files.filter(({ kind }) => kind === 'create').map(async (file) => isFile(root.with({ path: file.path }).fsPath)),
    )
  ).every(Boolean);
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function workspaceFolder(): Promise<string | undefined> {
  const folders = workspacePaths();
  if (folders.length <= 1) {
    if (folders.length === 0) await showWarning(vscode.l10n.t('Open the folder of a git repository first.'));
    return folders[0];
  }
  const chosen = await pick({
    title: vscode.l10n.t('Add Leak Check'),
    placeholder: vscode.l10n.t('Select a repository'),
    items: folders.map((folder) => ({
      label: path.basename(folder),
      description: folder,
      iconPath: new vscode.ThemeIcon('folder'),
      folder,
    })),
  });
  return chosen === undefined || chosen === BACK ? undefined : chosen.folder;
}

function choices({ hook, ci }: SetupFacts): Choice[] {
  return [
    {
      part: 'rule',
      label: vscode.l10n.t('Secretlint Rule'),
      description: '.secretlintrc.json',
      detail: vscode.l10n.t('For the secretlint command, with the same rule as in this editor.'),
    },
    {
      part: 'hook',
      label: vscode.l10n.t('Pre-Commit Hook'),
      description: hookManagerName(hook.manager),
      detail: vscode.l10n.t('Rejects commits that add a key. Needs only Node.js.'),
    },
    {
      part: 'ci',
      label: vscode.l10n.t('CI Workflow'),
      description: ci === 'github' ? WORKFLOW : vscode.l10n.t('lines to copy'),
      detail: vscode.l10n.t('Runs secretlint with the rule on every push.'),
    },
    { part: 'gitleaks', label: vscode.l10n.t('Rules for gitleaks'), description: '.gitleaks.toml' },
    {
      part: 'github-pattern',
      label: vscode.l10n.t('Custom Pattern for GitHub Secret Scanning'),
      description: vscode.l10n.t('text to copy'),
      detail: vscode.l10n.t('Lets GitHub push protection block Truework keys.'),
    },
  ];
}

function hookManagerName(manager: HookManager): string {
  switch (manager) {
    case 'husky':
    case 'husky-4':
      return 'husky';
    case 'lefthook':
      return 'lefthook';
    case 'pre-commit':
      return 'pre-commit';
    case 'simple-git-hooks':
      return 'simple-git-hooks';
    case 'git':
      return vscode.l10n.t('git hook');
  }
}
