import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import { tryKey, tryNewKey } from '../../../connections/index.ts';
import { isTrueworkError } from '../../../truework/error-shape.ts';
import { API_ORIGINS, maskKey, readSecretKey, SecretKey } from '../../../truework/keys.ts';
import { explain } from '../../../ui/messages.ts';
import { BACK, input, pick, pickMany, runSteps, type InputStep } from '../../../ui/steps.ts';
import type { Leak } from '../../model.ts';
import { openLink } from '../links.ts';
import { copyKey, keyDestinations, storeIn, type KeyDestination } from '../key-destinations.ts';
import { leakFor, readLeakedKey } from '../reference.ts';
import type { FixesDeps } from '../deps.ts';
import { confirm, showInformation, showWarning } from '../../../ui/show.ts';

const TOTAL_STEPS = 4;

/**
 * How long a person may hold a key down, in milliseconds. In VS Code 1.105, releasing Escape closes the dialogs that the editor
 * draws itself, even when it was pressed to close the input box before them.
 */
const KEY_PRESS_MS = 300;

/** The new key between the clipboard and its destinations. */
interface NewKey {
  /** The text of the input box, whether or not it was accepted. */
  typed: string;
  accepted: SecretKey | undefined;
  /** Names of the destinations that contain it now. */
  stored: readonly string[];
}

/**
 * Guides through replacing a leaked key: the developer settings, the new key, its destinations, and a check that the old
 * key is revoked. The old key is only sent for that check, if the user requests it. A new key that was entered is never
 * dropped without notice: Truework shows it only once.
 */
export async function revokeAndReplace(deps: FixesDeps, rows: readonly unknown[]): Promise<void> {
  const leak = await leakFor(deps.leaks, rows);
  if (leak === undefined) return;
  const old = await readLeakedKey(leak);
  const { masked, kind } = leak.finding;
  const title = vscode.l10n.t('Revoke and Replace {0}', masked);

  const newKey: NewKey = { typed: '', accepted: undefined, stored: [] };
  const questions: readonly InputStep[] = [
    () => askToRevoke(title, masked),
    () => askForNewKey(deps, title, kind, old, newKey),
    () => askForDestinations(deps, title, leak, newKey),
  ];
  /** Questions before this index are skipped when the steps run again. */
  let next = 0;
  const steps = questions.map(
    (ask, n): InputStep =>
      () => {
        if (n < next) return Promise.resolve('next');
        next = 0;
        return ask();
      },
  );
  while (!(await runSteps(steps))) {
    const key = newKey.accepted ?? typedKey(newKey, kind, old);
    if (key === undefined || newKey.stored.length > 0 || !(await confirmContinuing(key))) return;
    next = newKey.accepted === undefined ? 1 : 2;
  }
  await checkRevoked(deps, title, leak, old);
}

/** The complete key in the input box, if it was not accepted. */
function typedKey({ typed }: NewKey, kind: Leak['finding']['kind'], old: SecretKey | undefined): SecretKey | undefined {
  return newKeyMessage(typed, kind, old)?.severity === vscode.InputBoxValidationSeverity.Info
    ? SecretKey.from(typed)
    : undefined;
}

/** Asks what to do with a new key that is not stored yet. @returns whether to continue with the questions */
async function confirmContinuing(key: SecretKey): Promise<boolean> {
  await setTimeout(KEY_PRESS_MS);
  const masked = maskKey(key.reveal());
  const continueLabel = vscode.l10n.t('Continue');
  const copy = vscode.l10n.t('Copy New Key');
  const answer = await confirm(
    vscode.l10n.t('The new key {0} is not stored anywhere yet.', masked),
    vscode.l10n.t('Truework shows a key only once. Continue to choose where to store it, or copy it to the clipboard.'),
    continueLabel,
    copy,
  );
  if (answer === continueLabel) return true;
  if (answer === copy) {
    await copyKey(key);
    await showInformation(vscode.l10n.t('The new key {0} is only in the clipboard.', masked));
  } else
    await showWarning(
      vscode.l10n.t(
        "The new key {0} was not stored. Revoke it in Truework's developer settings if you do not have it elsewhere.",
        masked,
      ),
    );
  return false;
}

/** Repeats until the new key is stored somewhere, or the user goes back or cancels. */
async function askForDestinations(deps: FixesDeps, title: string, leak: Leak, newKey: NewKey): ReturnType<InputStep> {
  const { accepted: key } = newKey;
  if (key === undefined) return 'back';
  let placeholder: string | undefined;
  for (let picked: ((destination: KeyDestination) => boolean) | undefined; ; ) {
    const { destinations: items, complete } = await keyDestinations(deps, leak);
    placeholder ??= complete
      ? vscode.l10n.t('Select where to store the new key')
      : vscode.l10n.t('Select where to store the new key. Not all .env files could be searched for the old one.');
    const holders = items.filter(({ containsOldKey }) => containsOldKey);
    // Without the old key anywhere, the first proposal is a new connection.
    const proposed = holders.length > 0 ? holders : items.slice(0, 1);
    const answer = await pickMany({
      title,
      step: 3,
      totalSteps: TOTAL_STEPS,
      back: true,
      items,
      picked: picked === undefined ? proposed : items.filter(picked),
      placeholder,
    });
    if (answer === undefined) return 'cancel';
    if (answer === BACK) return 'back';
    const { stored, problems } = await storeIn(answer, key, deps.log);
    newKey.stored = [...newKey.stored, ...stored];
    if (problems.length > 0) void showWarning(problems.join(' '));
    if (stored.length > 0) {
      void showInformation(vscode.l10n.t('The new key {0} is now in: {1}.', maskKey(key.reveal()), stored.join(', ')));
      return 'next';
    }
    placeholder = vscode.l10n.t('The new key is not stored anywhere yet. Select at least one destination.');
    const chosen = new Set(answer.map(({ label }) => label));
    picked = ({ label }) => chosen.has(label);
  }
}

async function askToRevoke(title: string, masked: string): ReturnType<InputStep> {
  const open = {
    iconPath: new vscode.ThemeIcon('link-external'),
    label: vscode.l10n.t("Open Truework's Developer Settings"),
    detail: vscode.l10n.t('At app.truework.com, generate a new key and revoke {0}.', masked),
  };
  const next = {
    iconPath: new vscode.ThemeIcon('arrow-right'),
    label: vscode.l10n.t('I Have a New Key'),
    detail: vscode.l10n.t('Next, paste it and choose where to store it.'),
  };
  for (let active = open; ; ) {
    const answer = await pick({
      title,
      step: 1,
      totalSteps: TOTAL_STEPS,
      items: [open, next],
      active,
      placeholder: vscode.l10n.t(
        'A leaked key must be revoked: removing it from the file does not make it safe again.',
      ),
    });
    if (answer === undefined) return 'cancel';
    if (answer === BACK) return 'back';
    if (answer === next) return 'next';
    await openLink('developerSettings');
    active = next;
  }
}

async function askForNewKey(
  { log }: FixesDeps,
  title: string,
  kind: Leak['finding']['kind'],
  old: SecretKey | undefined,
  newKey: NewKey,
): ReturnType<InputStep> {
  newKey.accepted = undefined;
  for (;;) {
    const answer = await input({
      title,
      step: 2,
      totalSteps: TOTAL_STEPS,
      back: true,
      password: true,
      placeholder: kind === 'sandbox' ? 'tw_sk_test_…' : 'tw_sk_…',
      prompt: vscode.l10n.t(
        'Paste the new key. It is checked with one request to {0}.',
        new URL(API_ORIGINS[kind]).host,
      ),
      value: newKey.typed,
      validate: (typed) => {
        newKey.typed = typed.trim();
        return newKeyMessage(newKey.typed, kind, old);
      },
    });
    if (answer === undefined) return 'cancel';
    if (answer === BACK) return 'back';
    const key = SecretKey.from(answer.trim());
    if (key === undefined) continue;
    const decision = await tryNewKey(key, log);
    if (decision === 'dismissed') return 'cancel';
    if (decision !== 'keep') continue;
    newKey.accepted = key;
    return 'next';
  }
}

function newKeyMessage(
  typed: string,
  kind: Leak['finding']['kind'],
  old: SecretKey | undefined,
): vscode.InputBoxValidationMessage | undefined {
  const error = (message: string) => ({ message, severity: vscode.InputBoxValidationSeverity.Error });
  const reading = readSecretKey(typed);
  if (!reading.ok)
    return error(
      kind === 'sandbox'
        ? vscode.l10n.t('Paste the whole sandbox key: it starts with tw_sk_test_.')
        : vscode.l10n.t('Paste the whole production key: it starts with tw_sk_.'),
    );
  if (reading.environment !== kind)
    return error(
      kind === 'sandbox'
        ? vscode.l10n.t('This is a production key. The leaked key is a sandbox key.')
        : vscode.l10n.t('This is a sandbox key. The leaked key is a production key.'),
    );
  const key = SecretKey.from(typed);
  if (key !== undefined && old?.equals(key) === true)
    return error(vscode.l10n.t('This is the leaked key itself. Generate a new one.'));
  return {
    message: vscode.l10n.t('{0} looks right.', maskKey(typed)),
    severity: vscode.InputBoxValidationSeverity.Info,
  };
}

/** Checks that the old key is revoked with a request to its own host, if the user requests it. */
async function checkRevoked(
  { log }: FixesDeps,
  title: string,
  { finding }: Leak,
  old: SecretKey | undefined,
): Promise<void> {
  if (old === undefined) {
    await showInformation(
      vscode.l10n.t('The old key can no longer be read here, so it is unknown whether {0} is revoked.', finding.masked),
    );
    return;
  }
  const check = {
    iconPath: new vscode.ThemeIcon('shield'),
    label: vscode.l10n.t('Check That {0} No Longer Works', finding.masked),
    detail: vscode.l10n.t('One request with the old key, to {0} only.', new URL(API_ORIGINS[finding.kind]).host),
  };
  const open = {
    iconPath: new vscode.ThemeIcon('link-external'),
    label: vscode.l10n.t("Open Truework's Developer Settings"),
  };
  const done = { iconPath: new vscode.ThemeIcon('close'), label: vscode.l10n.t('Finish Without Checking') };
  for (let placeholder = vscode.l10n.t('Is the old key revoked?'); ; ) {
    const answer = await pick({
      title,
      step: TOTAL_STEPS,
      totalSteps: TOTAL_STEPS,
      items: [check, open, done],
      placeholder,
    });
    if (answer === undefined || answer === BACK || answer === done) return;
    if (answer === open) {
      await openLink('developerSettings');
      continue;
    }
    const failure = await tryKey(old, log, vscode.l10n.t('Checking the old key with Truework…'));
    if (isTrueworkError(failure) && failure.kind === 'unauthorized') {
      await showInformation(vscode.l10n.t('{0} is revoked: Truework returned 401 (Unauthorized).', finding.masked));
      return;
    }
    placeholder =
      failure === undefined
        ? vscode.l10n.t('{0} still works. Revoke it in the developer settings, then check again.', finding.masked)
        : vscode.l10n.t('Could not check the key. {0}', explain(failure).message);
  }
}
