import path from 'node:path';
import * as vscode from 'vscode';
import { addApiKey, type Connection } from '../../connections/index.ts';
import type { SecretKey } from '../../truework/keys.ts';
import { explainInOneLine, isCancellation } from '../../ui/messages.ts';
import { withProgress } from '../../ui/show.ts';
import type { Leak } from '../model.ts';
import { envFacts } from './document-facts.ts';
import { replaceInDotenv } from '../../secrets/edits/dotenv.ts';
import { planAddition } from '../../secrets/edits/move-to-env.ts';
import { connectionsWith, envFilesWith, envFolderOf } from './key-holders.ts';
import type { FixesDeps } from './deps.ts';
import { variableFor } from '../../secrets/languages/replace-key.ts';
import { addFiles, applyAndSave } from './workspace-edit.ts';

/** Somewhere a new key can be stored. */
export interface KeyDestination extends vscode.QuickPickItem {
  readonly containsOldKey: boolean;
  /**
   * Stores the new key there.
   * @returns the name of the destination; undefined if the user canceled
   * @throws Error if it could not be stored
   */
  readonly store: (key: SecretKey) => Promise<string | undefined>;
}

/** @returns `complete`: false if there may be more `.env` files with the old key */
export async function keyDestinations(
  deps: FixesDeps,
  leak: Leak,
): Promise<{ readonly destinations: readonly KeyDestination[]; readonly complete: boolean }> {
  return await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      cancellable: true,
      title: vscode.l10n.t('Finding where the old key is used…'),
    },
    async (_report, _signal, token) => {
      const connections = await connectionsWith(deps.connections, leak.finding.keyHash);
      const { files, complete } = await envFilesWith(leak, token);
      const folder = await envFolderOf(leak);
      const destinations = [
        ...connections.map((connection) => connectionDestination(deps, connection)),
        ...files.map((file) => fileDestination(leak, file)),
        newConnection(deps),
        ...(folder === undefined ? [] : [newVariable(leak, folder)]),
        clipboard(),
      ];
      return { destinations, complete };
    },
  );
}

function connectionDestination({ connections }: FixesDeps, connection: Connection): KeyDestination {
  return {
    iconPath: new vscode.ThemeIcon('key'),
    label: connection.alias,
    description: vscode.l10n.t('connection, in secret storage'),
    containsOldKey: true,
    store: async (key) => {
      await connections.add(connection.alias, key);
      return connection.alias;
    },
  };
}

function fileDestination(leak: Leak, file: vscode.Uri): KeyDestination {
  const name = vscode.workspace.asRelativePath(file);
  return {
    iconPath: new vscode.ThemeIcon('file'),
    label: name,
    description: vscode.l10n.t('file that your program reads'),
    containsOldKey: true,
    store: async (key) => {
      const text = (await vscode.workspace.openTextDocument(file)).getText();
      const changes = replaceInDotenv(text, leak.finding.keyHash, key.reveal());
      if (changes.length === 0) throw new Error(vscode.l10n.t('The old key is no longer in {0}.', name));
      const edit = new vscode.WorkspaceEdit();
      await addFiles(
        edit,
        file,
        [{ kind: 'change', path: file.path, changes }],
        vscode.l10n.t('Replace the leaked key'),
      );
      return await applied(edit, changes.length, file, name, key);
    },
  };
}

function newConnection({ connections, log }: FixesDeps): KeyDestination {
  return {
    iconPath: new vscode.ThemeIcon('add'),
    label: vscode.l10n.t('Store as a Connection…'),
    detail: vscode.l10n.t("In VS Code's secret storage, for this extension only."),
    containsOldKey: false,
    store: async (key) => (await addApiKey(connections, log, key, { wasTried: true }))?.alias,
  };
}

function newVariable({ finding }: Leak, folder: vscode.Uri): KeyDestination {
  const variable = variableFor(finding.kind);
  const file = vscode.workspace.asRelativePath(vscode.Uri.joinPath(folder, '.env'));
  return {
    iconPath: new vscode.ThemeIcon('new-file'),
    label: vscode.l10n.t('Write to {0} as {1}', file, variable),
    detail: vscode.l10n.t(
      'Git ignores the file. If the variable already has another value, a number is added to its name.',
    ),
    containsOldKey: false,
    store: async (key) => {
      const facts = await envFacts(folder);
      if (facts === undefined)
        throw new Error(vscode.l10n.t('Git tracks the .env files in this folder, so the key was not written to them.'));
      const { variable: written, files } = planAddition(facts, variable, key.reveal());
      const edit = new vscode.WorkspaceEdit();
      await addFiles(edit, folder, files, vscode.l10n.t('Add the new key'));
      const env = folder.with({ path: facts.env.path });
      return await applied(
        edit,
        files.length,
        env,
        vscode.l10n.t('{0} as {1}', path.posix.basename(facts.env.path), written),
        key,
      );
    },
  };
}

function clipboard(): KeyDestination {
  return {
    iconPath: new vscode.ThemeIcon('copy'),
    label: vscode.l10n.t('Copy to the Clipboard'),
    detail: vscode.l10n.t('Not stored. Paste it where your program reads it from.'),
    containsOldKey: false,
    store: async (key) => {
      await copyKey(key);
      return vscode.l10n.t('the clipboard');
    },
  };
}

export async function copyKey(key: SecretKey): Promise<void> {
  await vscode.env.clipboard.writeText(key.reveal());
}

/**
 * Applies an edit and checks that the file then contains the key.
 * @param changes number of changes in the edit, which does not count files that it creates
 */
async function applied(
  edit: vscode.WorkspaceEdit,
  changes: number,
  file: vscode.Uri,
  name: string,
  key: SecretKey,
): Promise<string> {
  const done = changes === 0 || (await applyAndSave(edit));
  const document = await vscode.workspace.openTextDocument(file);
  if (!done || !document.getText().includes(key.reveal()))
    throw new Error(vscode.l10n.t('{0} could not be changed.', name));
  return document.isDirty ? vscode.l10n.t('{0} (not saved yet)', name) : name;
}

interface StoredKey {
  /** Names of the destinations that contain the key now. */
  readonly stored: readonly string[];
  /** A message for each failure. */
  readonly problems: readonly string[];
}

/** Stores a key in each of the destinations. One failure does not stop the others. */
export async function storeIn(
  destinations: readonly KeyDestination[],
  key: SecretKey,
  log: FixesDeps['log'],
): Promise<StoredKey> {
  const stored: string[] = [];
  const problems: string[] = [];
  for (const destination of destinations) {
    try {
      const name = await destination.store(key);
      if (name !== undefined) stored.push(name);
    } catch (error) {
      if (isCancellation(error)) continue;
      log.error('The new key could not be stored', error);
      problems.push(explainInOneLine(error));
    }
  }
  return { stored, problems };
}
