import * as vscode from 'vscode';
import { type Connection, type Connections, probeKey } from '../../../connections/index.ts';
import { isTrueworkError } from '../../../truework/error-shape.ts';
import { API_ORIGINS, maskKey, readSecretKey, SecretKey } from '../../../truework/keys.ts';
import { explain, isCancellation } from '../../../ui/messages.ts';
import { BACK, input, outcome, pick, pickMany, runSteps, type Step } from '../../../ui/steps.ts';
import type { Leak } from '../../model.ts';
import { replaceInDotenv } from '../env/dotenv.ts';
import { openLink } from '../links.ts';
import { leakFor, readLeakedKey } from '../reference.ts';
import type { FixesDeps } from '../register.ts';
import { isDotenv } from '../replace/index.ts';
import { applyAndSave, textEdits } from '../workspaceEdit.ts';
import { confirm, showInformation, withProgress } from '../../../ui/show.ts';

const TOTAL_STEPS = 4;

/** A place that holds the old key and can be given the new one. */
interface Holder extends vscode.QuickPickItem {
  readonly connection?: Connection;
  readonly file?: vscode.Uri;
}

/**
 * Leads through revoking a leaked key: the developer settings, the new key, the places that use the old one, and the
 * proof that the old one is dead. The old key is sent nowhere unless the person asks for that proof.
 */
export async function revokeAndReplace(deps: FixesDeps, given: unknown): Promise<void> {
  const leak = await leakFor(deps.leaks, given);
  if (leak === undefined) return;
  const old = await readLeakedKey(leak);
  const { masked, kind } = leak.finding;
  const title = vscode.l10n.t('Revoke and Replace {0}', masked);

  let replacement: SecretKey | undefined;
  let holders: readonly Holder[] = [];
  const finished = await runSteps([
    () => askToRevoke(title, masked),
    async () => {
      const answer = await askForNewKey(deps, title, kind, old);
      if (answer instanceof SecretKey) replacement = answer;
      return answer instanceof SecretKey ? 'next' : answer;
    },
    async () => {
      const found = await holdersOf(deps, leak, old);
      if (found.length === 0) return 'skip';
      const answer = await pickMany({
        title, step: 3, totalSteps: TOTAL_STEPS, back: true, items: found, picked: found,
        placeholder: vscode.l10n.t('Where should the new key take the place of {0}?', masked),
      });
      return outcome(answer, (chosen) => { holders = chosen; });
    },
  ]);
  if (!finished) return;
  if (replacement !== undefined && old !== undefined) await replaceIn(deps.connections, holders, old, replacement);
  await proveRevoked(deps, title, leak, old);
}

async function askToRevoke(title: string, masked: string): ReturnType<Step> {
  const open = { iconPath: new vscode.ThemeIcon('link-external'), label: vscode.l10n.t('Open Truework\'s Developer Settings'), detail: vscode.l10n.t('At app.truework.com, generate a new key and revoke {0}.', masked) };
  const next = { iconPath: new vscode.ThemeIcon('arrow-right'), label: vscode.l10n.t('I Have a New Key'), detail: vscode.l10n.t('Next you paste it. It is kept in secret storage, or put into the .env that held the old one.') };
  for (let active = open; ;) {
    const answer = await pick({ title, step: 1, totalSteps: TOTAL_STEPS, items: [open, next], active, placeholder: vscode.l10n.t('A leaked key has to be revoked: taking it out of the file does not make it safe again.') });
    if (answer === undefined) return 'cancel';
    if (answer === BACK) return 'back';
    if (answer === next) return 'next';
    await openLink('developerSettings');
    active = next;
  }
}

async function askForNewKey({ log }: FixesDeps, title: string, kind: Leak['finding']['kind'], old: SecretKey | undefined): Promise<SecretKey | 'back' | 'cancel'> {
  for (;;) {
    const answer = await input({
      title, step: 2, totalSteps: TOTAL_STEPS, back: true, password: true, placeholder: kind === 'sandbox' ? 'tw_sk_test_…' : 'tw_sk_…',
      prompt: vscode.l10n.t('Paste the new key. It is tried with one request to {0}.', new URL(API_ORIGINS[kind]).host),
      validate: (typed) => newKeyMessage(typed.trim(), kind, old),
    });
    if (answer === undefined) return 'cancel';
    if (answer === BACK) return 'back';
    const key = SecretKey.from(answer.trim());
    if (key === undefined) continue;
    const failure = await tryKey(key, log, vscode.l10n.t('Trying the new key against Truework…'));
    if (failure === undefined) return key;
    if (isCancellation(failure)) continue;
    const keep = vscode.l10n.t('Keep Anyway');
    const correct = vscode.l10n.t('Correct Key');
    const { message, advice } = explain(failure);
    const decision = await confirm(message, advice, correct, keep);
    if (decision === keep) return key;
    if (decision !== correct) return 'cancel';
  }
}

function newKeyMessage(typed: string, kind: Leak['finding']['kind'], old: SecretKey | undefined): vscode.InputBoxValidationMessage | undefined {
  const error = (message: string) => ({ message, severity: vscode.InputBoxValidationSeverity.Error });
  const reading = readSecretKey(typed);
  if (!reading.ok) return error(kind === 'sandbox' ? vscode.l10n.t('Paste the whole sandbox key: it begins with tw_sk_test_.') : vscode.l10n.t('Paste the whole production key: it begins with tw_sk_.'));
  if (reading.environment !== kind) return error(kind === 'sandbox' ? vscode.l10n.t('This is a production key. The leaked one belongs to the sandbox.') : vscode.l10n.t('This is a sandbox key. The leaked one belongs to production.'));
  const key = SecretKey.from(typed);
  if (key !== undefined && old?.equals(key) === true) return error(vscode.l10n.t('This is the leaked key itself. Generate a new one.'));
  return { message: vscode.l10n.t('{0} looks right.', maskKey(typed)), severity: vscode.InputBoxValidationSeverity.Info };
}

async function tryKey(key: SecretKey, log: FixesDeps['log'], title: string): Promise<unknown> {
  return withProgress({ location: vscode.ProgressLocation.Notification, cancellable: true, title }, (_report, signal) => probeKey(key, log, signal));
}

/** Connections that hold the old key, and `.env` files that give it to a program. */
async function holdersOf({ connections, leaks }: FixesDeps, { finding }: Leak, old: SecretKey | undefined): Promise<Holder[]> {
  if (old === undefined) return [];
  const holders: Holder[] = [];
  for (const connection of connections.all) {
    if (connection.local || connection.environment !== finding.kind) continue;
    if ((await connections.readKey(connection))?.equals(old) === true) holders.push({ iconPath: new vscode.ThemeIcon('key'), label: connection.alias, description: vscode.l10n.t('connection, in secret storage'), connection });
  }
  const files = new Map(leaks.of(finding.keyHash).filter((leak) => leak.in === undefined && isDotenv(leak.uri.path)).map(({ uri }) => [uri.toString(), uri]));
  for (const file of files.values()) holders.push({ iconPath: new vscode.ThemeIcon('file'), label: vscode.workspace.asRelativePath(file), description: vscode.l10n.t('file that your program reads'), file });
  return holders;
}

async function replaceIn(connections: Connections, holders: readonly Holder[], old: SecretKey, replacement: SecretKey): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  for (const { connection, file } of holders) {
    if (connection !== undefined) await connections.add(connection.alias, replacement);
    if (file === undefined) continue;
    const document = await vscode.workspace.openTextDocument(file);
    edit.set(file, textEdits(document, replaceInDotenv(document.getText(), old.reveal(), replacement.reveal()), vscode.l10n.t('Replace the leaked key')));
  }
  if (edit.size > 0) await applyAndSave(edit);
}

/** Asks Truework with the old key whether it is dead: only when the person says so, and only its own host. */
async function proveRevoked({ log }: FixesDeps, title: string, { finding }: Leak, old: SecretKey | undefined): Promise<void> {
  if (old === undefined) {
    await showInformation(vscode.l10n.t('The old key can no longer be read here, so it is not known whether {0} is revoked.', finding.masked));
    return;
  }
  const check = { iconPath: new vscode.ThemeIcon('shield'), label: vscode.l10n.t('Check That {0} No Longer Works', finding.masked), detail: vscode.l10n.t('One request with the old key, to {0} only.', new URL(API_ORIGINS[finding.kind]).host) };
  const open = { iconPath: new vscode.ThemeIcon('link-external'), label: vscode.l10n.t('Open Truework\'s Developer Settings') };
  const done = { iconPath: new vscode.ThemeIcon('close'), label: vscode.l10n.t('Finish Without Checking') };
  for (let placeholder = vscode.l10n.t('Is the old key revoked?'); ;) {
    const answer = await pick({ title, step: TOTAL_STEPS, totalSteps: TOTAL_STEPS, items: [check, open, done], placeholder });
    if (answer === undefined || answer === BACK || answer === done) return;
    if (answer === open) {
      await openLink('developerSettings');
      continue;
    }
    const failure = await tryKey(old, log, vscode.l10n.t('Asking Truework with the old key…'));
    if (isTrueworkError(failure) && failure.kind === 'unauthorized') {
      await showInformation(vscode.l10n.t('{0} is revoked: Truework answers 401 (unauthorized).', finding.masked));
      return;
    }
    placeholder = failure === undefined
      ? vscode.l10n.t('{0} still works! Revoke it in the developer settings, then check again.', finding.masked)
      : vscode.l10n.t('It is not known yet. {0}', explain(failure).message);
  }
}
