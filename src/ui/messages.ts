/** The messages for a failed call to Truework: one sentence about what happened, one about what to do next. */
import * as vscode from 'vscode';
import { API_VERSION } from '../truework/facts.ts';
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
    case 'unauthorized':
      return {
        message: l10n.t('Truework does not accept this API key.'),
        advice: l10n.t(
          'It may be mistyped, revoked, or for the other environment. Copy it again from the developer settings, or generate a new one there.',
        ),
      };
    case 'forbidden':
      return {
        message: l10n.t('This API key does not have permission to do this.'),
        advice: withDetail(error, l10n.t('Ask the person who administers your Truework account.')),
      };
    case 'not-found':
      return {
        message: l10n.t('Truework does not know this order or report.'),
        advice: l10n.t('It may belong to another account or environment. Check the ID, or switch the connection.'),
      };
    case 'validation':
      return { message: l10n.t('Truework refused the request: some values are not valid.'), advice: fieldsOf(error) };
    case 'version':
      return {
        message: l10n.t('Truework does not support API version {0} for this key.', API_VERSION),
        advice: l10n.t('The key is pinned to a newer version. Check for an update of this extension.'),
      };
    case 'frozen-ssn':
      return {
        message: l10n.t('The applicant has frozen this social security number.'),
        advice: l10n.t('Ask the applicant to unfreeze it with Truework, then create the order again.'),
      };
    case 'rate-limited':
      return {
        message: l10n.t('Truework received too many requests in a short time.'),
        advice: waitAdvice(error.retryAfterMs),
      };
    case 'rejected':
      return {
        message: l10n.t('Truework rejected the request (status {0}).', status),
        advice: withDetail(error, l10n.t('See the Truework log for details.')),
      };
    case 'server':
      return error.status === 511
        ? {
            message: l10n.t('This network requires you to sign in.'),
            advice: l10n.t('Sign in to the network, then try again.'),
          }
        : {
            message: l10n.t('Truework failed to respond (status {0}).', status),
            advice: l10n.t('Try again later. See truework.statuspage.io for outages.'),
          };
    case 'redirect':
      return {
        message: l10n.t('The response redirects to another address. Redirects are never followed with an API key.'),
        advice: interceptedAdvice(),
      };
    case 'network':
      return { message: networkMessage(error.code), advice: l10n.t('Check the network connection, then try again.') };
    case 'tls':
      return explainCertificate(error.code);
    case 'proxy':
      return explainProxy(error.code);
    case 'timeout':
      return {
        message: l10n.t('Truework did not respond in time.'),
        advice: l10n.t('Check the network connection, then try again.'),
      };
    case 'canceled':
      return { message: l10n.t('The request was canceled.'), advice: l10n.t('Start it again when you are ready.') };
    case 'too-large':
      return {
        message: l10n.t('The response is too large.'),
        advice: l10n.t('Request less data, for example with a filter.'),
      };
    case 'unexpected-body':
      return error.path === '$'
        ? { message: l10n.t("The response is not in Truework's format."), advice: interceptedAdvice() }
        : {
            message: l10n.t("The response does not match Truework's documentation."),
            advice: l10n.t('At {0}: expected {1}. Please report this.', error.path ?? '?', error.expected ?? '?'),
          };
    case 'no-key':
      return {
        message: l10n.t('The API key of this connection is no longer available on this machine.'),
        advice: l10n.t('Add it again, or switch the connection.'),
      };
    case 'wrong-host':
      return {
        message: l10n.t('This API key must not be sent to that host.'),
        advice: l10n.t('The prefix of a key determines its host. Add a key for the right environment.'),
      };
    case 'invalid-id':
      return { message: l10n.t('This is not a valid order ID or report ID.'), advice: l10n.t('Copy the ID again.') };
  }
}

/** Advice if something between this machine and Truework may have responded in its place. */
function interceptedAdvice(): string {
  return vscode.l10n.t(
    'A proxy or the sign-in page of a network may have responded instead. Sign in to the network or check the proxy, then try again.',
  );
}

function waitAdvice(retryAfterMs: number | undefined): string {
  const { l10n } = vscode;
  if (retryAfterMs === undefined) return l10n.t('Wait a moment and try again.');
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  if (seconds === 1) return l10n.t('Try again in 1 second.');
  return seconds < 120
    ? l10n.t('Try again in {0} seconds.', seconds)
    : l10n.t('Try again in {0} minutes.', Math.ceil(seconds / 60));
}

// Codes of Node, OpenSSL, undici and Chromium's network stack. They are for the log; users read a sentence.
const NAME_LOOKUP = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ERR_NAME_NOT_RESOLVED']);
const REFUSED = new Set(['ECONNREFUSED', 'ERR_CONNECTION_REFUSED']);
const UNREACHABLE = new Set([
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'ERR_INTERNET_DISCONNECTED',
  'ERR_ADDRESS_UNREACHABLE',
  'ERR_PROXY_CONNECTION_FAILED',
]);
const TIMED_OUT = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT']);
const NOT_VALID_NOW = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_CERT_DATE_INVALID']);
const OTHER_NAME = new Set(['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH', 'ERR_CERT_COMMON_NAME_INVALID']);

function networkMessage(code = ''): string {
  const { l10n } = vscode;
  if (NAME_LOOKUP.has(code)) return l10n.t('Truework cannot be reached: its host name could not be resolved.');
  if (REFUSED.has(code)) return l10n.t('Truework cannot be reached: the connection was refused.');
  return code === '' || UNREACHABLE.has(code)
    ? l10n.t('Truework cannot be reached.')
    : l10n.t('The connection to Truework was interrupted.');
}

function explainCertificate(code = ''): Explanation {
  const { l10n } = vscode;
  if (NOT_VALID_NOW.has(code)) {
    return {
      message: l10n.t('The certificate of the connection to Truework has expired or is not valid yet.'),
      advice: l10n.t(
        'Check the date and time of this computer. If they are right, check the network: another server may have responded.',
      ),
    };
  }
  if (OTHER_NAME.has(code)) {
    return {
      message: l10n.t('A server other than Truework responded: its certificate is for another host name.'),
      advice: l10n.t('Sign in to the network or check the proxy, then try again.'),
    };
  }
  return {
    message: l10n.t('The certificate of the connection to Truework is not trusted.'),
    advice:
      code === 'NODE_TLS_REJECT_UNAUTHORIZED'
        ? l10n.t(
            'The environment variable NODE_TLS_REJECT_UNAUTHORIZED is set to 0, so the editor would accept any certificate. Remove the variable and restart the editor, or set "truework.transport" to "direct".',
          )
        : l10n.t(
            'If your company inspects traffic, add its certificate authority to those that the operating system trusts.',
          ),
  };
}

function explainProxy(code = ''): Explanation {
  const { l10n } = vscode;
  const advice = l10n.t(
    'Check the setting "http.proxy" and the proxy\'s credentials, or set "truework.transport" to "editor".',
  );
  if (code === 'HTTP_407') return { message: l10n.t('The proxy requires a user name and password.'), advice };
  if (TIMED_OUT.has(code)) return { message: l10n.t('The proxy did not respond in time.'), advice };
  if (NAME_LOOKUP.has(code) || REFUSED.has(code) || UNREACHABLE.has(code))
    return { message: l10n.t('The proxy cannot be reached.'), advice };
  return { message: l10n.t('The proxy rejected the request.'), advice };
}

function withDetail(error: TrueworkError, otherwise: string): string {
  return error.detail === undefined ? otherwise : vscode.l10n.t('Truework says: {0}', error.detail);
}

function fieldsOf(error: TrueworkError): string {
  const fields = (error.fields ?? []).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return fields.length > 0 ? fields.join(' ') : withDetail(error, vscode.l10n.t('Check the values and send it again.'));
}

/** Shows why a command failed, with an action that may help. */
export async function showError(error: unknown, log: Log): Promise<void> {
  if (isCancellation(error)) return;
  const showLog = vscode.l10n.t('Show Log');
  const remedy =
    isTrueworkError(error) && (error.kind === 'unauthorized' || error.kind === 'no-key')
      ? vscode.l10n.t('Add API Key…')
      : undefined;
  const answer = await showErrorMessage(explainInOneLine(error), ...(remedy === undefined ? [] : [remedy]), showLog);
  if (answer === showLog) log.show();
  else if (answer !== undefined && answer === remedy) await vscode.commands.executeCommand('truework.addApiKey');
}
