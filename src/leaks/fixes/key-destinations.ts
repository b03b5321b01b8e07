/** The places that a new key can go to, and putting it there. */
import path from 'node:path';
import * as vscode from 'vscode';
import { storeKey, type Connection } from '../../connections/index.ts';
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

export interface KeyDestination extends vscode.QuickPickItem {
  /** Holds the old key now. */
  readonly holdsOldKey: boolean;
  /**
   * Puts the new key there. @returns what to call the place; undefined when it was given up
   * @throws when that fails
   */
  readonly put: (key: SecretKey) => Promise<string | undefined>;
}

/** @returns `complete`: false when there may be more `.env` files with the old key */
export async function keyDestinations(
  deps: FixesDeps,
  leak: Leak,
): Promise<{ readonly places: readonly KeyDestination[]; readonly complete: boolean }> {
  return await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      cancellable: true,
      title: vscode.l10n.t('Looking for where the old key is used…'),
    },
    async (_report, _signal, token) => {
      const connections = await connectionsWith(deps.connections, leak.finding.keyHash);
      const { files, complete } = await envFilesWith(leak, token);
      const folder = await envFolderOf(leak);
      const places = [
        ...connections.map((connection) => connectionDestination(deps, connection)),
        ...files.map((file) => fileDestination(leak, file)),
        newConnection(deps),
        ...(folder === undefined ? [] : [newVariable(leak, folder)]),
        clipboard(),
      ];
      return { places, complete };
    },
  );
}

function connectionDestination({ connections }: FixesDeps, connection: Connection): KeyDestination {
  return {
    iconPath: new vscode.ThemeIcon('key'),
    label: connection.alias,
    description: vscode.l10n.t('connection, in secret storage'),
    holdsOldKey: true,
    put: async (key) => {
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
    holdsOldKey: true,
    put: async (key) => {
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
    holdsOldKey: false,
    put: async (key) => (await storeKey(connections, log, key, { tried: true }))?.alias,
  };
}

function newVariable({ finding }: Leak, folder: vscode.Uri): KeyDestination {
  const variable = variableFor(finding.kind);
  const place = vscode.workspace.asRelativePath(vscode.Uri.joinPath(folder, '.env'));
  return {
    iconPath: new vscode.ThemeIcon('new-file'),
    label: vscode.l10n.t('Write to {0} as {1}', place, variable),
    detail: vscode.l10n.t(
      'The file is kept out of git. A variable that has another value keeps it: then the name gets a number.',
    ),
    holdsOldKey: false,
    put: async (key) => {
      const facts = await envFacts(folder);
      if (facts === undefined)
        throw new Error(vscode.l10n.t('Git tracks the .env files of this folder, so no key is written to them.'));
      const { variable: written, files } = planAddition(facts, variable, key.reveal());
      const edit = new vscode.WorkspaceEdit();
      await addFiles(edit, folder, files, vscode.l10n.t('Add the new key'));
      const file = folder.with({ path: facts.env.path });
      return await applied(
        edit,
        files.length,
        file,
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
    detail: vscode.l10n.t('Stored nowhere: paste it where your program gets it from.'),
    holdsOldKey: false,
    put: async (key) => {
      await copyKey(key);
      return vscode.l10n.t('the clipboard');
    },
  };
}

export async function copyKey(key: SecretKey): Promise<void> {
  await vscode.env.clipboard.writeText(key.reveal());
}

/**
 * Applies an edit, and believes that the key is in a file when it is read there.
 * @param changes of how many parts the edit is: it does not count files that it creates itself
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

export interface Placement {
  /** What the places are called that have the key now. */
  readonly stored: readonly string[];
  /** Sentences on what failed. */
  readonly problems: readonly string[];
}

/** Puts a key into each of the places; one that fails does not keep it from the others. */
export async function putInto(
  places: readonly KeyDestination[],
  key: SecretKey,
  log: FixesDeps['log'],
): Promise<Placement> {
  const stored: string[] = [];
  const problems: string[] = [];
  for (const place of places) {
    try {
      const name = await place.put(key);
      if (name !== undefined) stored.push(name);
    } catch (error) {
      if (isCancellation(error)) continue;
      log.error('The new key could not be stored', error);
      problems.push(explainInOneLine(error));
    }
  }
  return { stored, problems };
}
