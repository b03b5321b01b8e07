import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { makeExecutable } from '../../files/write-target.ts';
import { BACK, pick, pickMany } from '../../ui/steps.ts';
import { repositoryOf } from '../fixes/document-facts.ts';
import { workspacePaths } from '../workspace-folders.ts';
import type { FileChange } from '../../secrets/edits/move-to-env.ts';
import { addFiles, applyAndSave, confirmed } from '../fixes/workspace-edit.ts';
import type { WriteFolders } from '../fixes/writes.ts';
import { WORKFLOW } from '../../secrets/setup/ci.ts';
import { notesText } from './notes.ts';
import { planSetup, type HookManager, type Part, type SetupFacts } from '../../secrets/setup/plan.ts';
import { readSetupFacts } from '../../secrets/setup/read.ts';
import { showInformation, showWarning } from '../../ui/show.ts';

interface Choice extends vscode.QuickPickItem {
  readonly part: Part;
}

/** Writes the leak check into a repository: what the person ticks, in one edit that is shown first. */
export async function addLeakCheck(extensionUri: vscode.Uri): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    await showWarning(vscode.l10n.t('Trust this workspace first: a leak check runs programs of the repository.'));
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
    placeholder: vscode.l10n.t('What should be written? You see all changes before they are made.'),
  });
  if (chosen === undefined || chosen === BACK || chosen.length === 0) return;

  const plan = planSetup(facts, new Set(chosen.map(({ part }) => part)));
  const at = (file: string) => vscode.Uri.file(path.resolve(root, file));
  const folders = [root, ...facts.hook.folders];
  if (
    plan.files.length > 0 &&
    !(await write(
      vscode.Uri.file(root),
      plan.files.map((file) => ({ ...file, path: at(file.path).path })),
      folders,
    ))
  )
    return;
  // Git does not run a hook that is not executable; the hook may have been left out of the preview.
  for (const file of plan.executable)
    if (process.platform !== 'win32' && (await isFile(at(file).fsPath))) await makeExecutable(at(file).fsPath, folders);
  if (plan.notes.length > 0) {
    await vscode.window.showTextDocument(
      await vscode.workspace.openTextDocument({ language: 'markdown', content: notesText(plan.notes) }),
      { preview: false },
    );
  } else if (plan.files.length === 0) {
    await showInformation(vscode.l10n.t('This repository has all of it already.'));
  } else {
    await showInformation(vscode.l10n.t('The leak check is in place. Commit the new files so that everybody has it.'));
  }
}

async function write(root: vscode.Uri, files: readonly FileChange[], folders: WriteFolders): Promise<boolean> {
  const label = vscode.l10n.t('Add leak check');
  const edit = new vscode.WorkspaceEdit();
  confirmed(edit, root, label);
  await addFiles(edit, root, files, label, folders);
  if (!(await applyAndSave(edit))) return false;
  // Discarding the preview counts as applied, without a change.
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
    placeholder: vscode.l10n.t('Which repository?'),
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
      detail: vscode.l10n.t('For the secretlint command, with the same rule as this editor.'),
    },
    {
      part: 'hook',
      label: vscode.l10n.t('Pre-Commit Hook'),
      description: hookWords(hook.manager),
      detail: vscode.l10n.t('Refuses a commit that would bring a key in. Needs Node.js, and nothing else.'),
    },
    {
      part: 'ci',
      label: vscode.l10n.t('Step for Continuous Integration'),
      description: ci === 'github' ? WORKFLOW : vscode.l10n.t('lines to copy'),
      detail: vscode.l10n.t('Runs secretlint with the rule on every push.'),
    },
    { part: 'gitleaks', label: vscode.l10n.t('Rules for gitleaks'), description: '.gitleaks.toml' },
    {
      part: 'github-pattern',
      label: vscode.l10n.t('Custom Pattern for GitHub Secret Scanning'),
      description: vscode.l10n.t('text to copy'),
      detail: vscode.l10n.t("With it, GitHub's push protection knows Truework keys."),
    },
  ];
}

function hookWords(manager: HookManager): string {
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
