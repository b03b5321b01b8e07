import * as vscode from 'vscode';
import type { SecretKey } from '../truework/keys.ts';
import type { Log } from '../ui/log.ts';
import { explain, isCancellation } from '../ui/messages.ts';
import { confirm, withProgress } from '../ui/show.ts';

/**
 * Sends one request with a key to the key's own host, with progress that can be canceled.
 * @returns the error, or undefined if Truework accepted the key
 */
export async function tryKey(key: SecretKey, log: Log, title: string): Promise<unknown> {
  return withProgress(
    { location: vscode.ProgressLocation.Notification, cancellable: true, title },
    async (_report, signal) => (await import('./api.ts')).probeKey(key, log, signal),
  );
}

/**
 * - `keep`: Truework accepted the key, or the user wants to keep it anyway
 * - `correct`: the user wants to enter the key again
 * - `canceled`: the user canceled the request
 * - `dismissed`: the user dismissed the question
 */
type NewKeyDecision = 'keep' | 'correct' | 'canceled' | 'dismissed';

/** Tries a new key before it is stored; if that fails, asks whether to keep it. */
export async function tryNewKey(key: SecretKey, log: Log): Promise<NewKeyDecision> {
  const error = await tryKey(key, log, vscode.l10n.t('Checking the new key with Truework…'));
  if (error === undefined) return 'keep';
  if (isCancellation(error)) return 'canceled';
  log.error('Trying the new key failed', error);
  const correct = vscode.l10n.t('Correct Key');
  const keep = vscode.l10n.t('Keep Anyway');
  const { message, advice } = explain(error);
  const answer = await confirm(message, advice, correct, keep);
  if (answer === undefined) return 'dismissed';
  return answer === keep ? 'keep' : 'correct';
}
