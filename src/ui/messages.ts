/** What a person is told when a call to Truework fails: one sentence on what happened, one on what to do next. */
import * as vscode from 'vscode';
import { isTrueworkError } from '../truework/error-shape.ts';
import type { TrueworkError } from '../truework/errors.ts';
import { redact } from '../truework/redact.ts';
import type { Log } from './log.ts';
import { showErrorMessage } from './show.ts';

export interface Explanation {
  readonly message: string;
  readonly advice: string;
}

export function isCancellation(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (isTrueworkError(error) && error.kind === 'canceled');
}

export function explain(error: unknown): Explanation {
  if (isTrueworkError(error)) return explainKind(error);
  return {
    message: error instanceof Error ? redact(error.message) : vscode.l10n.t('Something unexpected went wrong.'),
    advice: vscode.l10n.t('See the Truework log for details.'),
  };
}

export function explainInOneLine(error: unknown): string {
  if (!isTrueworkError(error) && error instanceof Error) return redact(error.message);
  const { message, advice } = explain(error);
  return `${message} ${advice}`;
}

function explainKind(error: TrueworkError): Explanation {
  const { l10n } = vscode;
  const status = error.status ?? '?';
  switch (error.kind) {
    case 'unauthorized': return { message: l10n.t('Truework does not accept this API key.'), advice: l10n.t('It may be mistyped, revoked or of the other environment. Copy it again from the developer settings, or generate a new one there.') };
    case 'forbidden': return { message: l10n.t('This API key may not do this.'), advice: withDetail(error, l10n.t('Ask the person who administers your Truework account.')) };
    case 'not-found': return { message: l10n.t('Truework does not know this order or report.'), advice: l10n.t('It may belong to another account or environment. Check the ID, or switch the connection.') };
    case 'validation': return { message: l10n.t('Truework refused the request: some values are not valid.'), advice: fieldsOf(error) };
    case 'version': return { message: l10n.t('Truework does not answer in API version 2023-10-30 for this key.'), advice: l10n.t('The key is pinned to a newer version. Look for an update of this extension.') };
    case 'frozen-ssn': return { message: l10n.t('The applicant has frozen this social security number.'), advice: l10n.t('Ask the applicant to unfreeze it with Truework, then create the order again.') };
    case 'rate-limited': return { message: l10n.t('Truework received too many requests in a short time.'), advice: error.retryAfterMs === undefined ? l10n.t('Wait a moment and try again.') : l10n.t('Try again in {0} seconds.', Math.ceil(error.retryAfterMs / 1000)) };
    case 'rejected': return { message: l10n.t('Truework rejected the request (status {0}).', status), advice: withDetail(error, l10n.t('See the Truework log for details.')) };
    case 'server': return { message: l10n.t('Truework failed to answer (status {0}).', status), advice: l10n.t('Try again later; truework.statuspage.io tells of outages.') };
    case 'redirect': return { message: l10n.t('The answer points to another address, which is never followed with an API key.'), advice: l10n.t('A proxy or a captive portal may be in the way. Check the network, then try again.') };
    case 'network': return { message: l10n.t('Truework cannot be reached.'), advice: error.code === undefined ? l10n.t('Check the network connection, then try again.') : l10n.t('Check the network connection ({0}), then try again.', error.code) };
    case 'tls': return { message: l10n.t('The secure connection to Truework is not trusted.'), advice: tlsAdvice(error) };
    case 'proxy': return { message: l10n.t('The proxy did not let the request through.'), advice: l10n.t('Check the setting "http.proxy" and the proxy\'s credentials, or set "truework.transport" to "editor".') };
    case 'timeout': return { message: l10n.t('Truework did not answer in time.'), advice: l10n.t('Check the network connection, then try again.') };
    case 'canceled': return { message: l10n.t('The request was canceled.'), advice: l10n.t('Start it again when you are ready.') };
    case 'too-large': return { message: l10n.t('The answer is larger than it may be.'), advice: l10n.t('Ask for less, for example with a filter.') };
    case 'unexpected-body': return {
      message: l10n.t('The answer is not what Truework\'s documentation describes.'),
      advice: error.path === undefined ? l10n.t('A proxy may have answered instead. See the Truework log.') : l10n.t('At {0}: expected {1}. Please report this.', error.path, error.expected ?? '?'),
    };
    case 'no-key': return { message: l10n.t('The API key of this connection is no longer available on this machine.'), advice: l10n.t('Add it again, or switch the connection.') };
    case 'wrong-host': return { message: l10n.t('This API key is never sent to that host.'), advice: l10n.t('A key\'s prefix decides its host; add a key of the right environment.') };
    case 'invalid-id': return { message: l10n.t('This cannot be the ID of an order or report.'), advice: l10n.t('Copy the ID again.') };
  }
}

function tlsAdvice({ code }: TrueworkError): string {
  return code === 'NODE_TLS_REJECT_UNAUTHORIZED'
    ? vscode.l10n.t('The environment variable NODE_TLS_REJECT_UNAUTHORIZED is set to 0, so the editor would accept any certificate. Remove the variable and restart the editor, or set "truework.transport" to "direct".')
    : vscode.l10n.t('If your company inspects traffic, add its certificate authority to those the operating system trusts ({0}).', code ?? 'TLS');
}

function withDetail(error: TrueworkError, otherwise: string): string {
  return error.detail === undefined ? otherwise : vscode.l10n.t('Truework says: {0}', error.detail);
}

function fieldsOf(error: TrueworkError): string {
  const fields = (error.fields ?? []).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return fields.length > 0 ? fields.join(' ') : withDetail(error, vscode.l10n.t('Check the values and send it again.'));
}

/** Shows a failed command, with what helps where something does. */
export async function showError(error: unknown, log: Log): Promise<void> {
  if (isCancellation(error)) return;
  const showLog = vscode.l10n.t('Show Log');
  const helps = isTrueworkError(error) && (error.kind === 'unauthorized' || error.kind === 'no-key') ? vscode.l10n.t('Add API Key…') : undefined;
  const answer = await showErrorMessage(explainInOneLine(error), ...(helps === undefined ? [] : [helps]), showLog);
  if (answer === showLog) log.show();
  else if (answer !== undefined && answer === helps) await vscode.commands.executeCommand('truework.addApiKey');
}
