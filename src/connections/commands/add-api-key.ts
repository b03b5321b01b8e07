import * as vscode from 'vscode';
import { readSecretKey, SecretKey, type KeyReading } from '../../truework/keys.ts';
import { explain, isCancellation } from '../../ui/messages.ts';
import { input, outcome, runSteps } from '../../ui/steps.ts';
import type { Log } from '../../ui/log.ts';
import type { Connection } from '../connection.ts';
import type { Connections } from '../connections.ts';
import { confirm, withProgress } from '../../ui/show.ts';

const TOTAL_STEPS = 2;

/**
 * Asks for a key and a name for it, tries the key against its own host, and stores it.
 * @param given a key that is known already; only the name is asked for
 * @param options tried: whether it was tried a moment ago, and is to be kept whatever came of it
 */
export async function addApiKey(
  connections: Connections,
  log: Log,
  given?: SecretKey,
  { tried = false }: { readonly tried?: boolean } = {},
): Promise<Connection | undefined> {
  let text = given?.reveal() ?? '';
  for (;;) {
    let alias = '';
    const finished = await runSteps([
      async () =>
        given
          ? 'skip'
          : outcome(
              await input({
                title: vscode.l10n.t('Add API Key'),
                step: 1,
                totalSteps: TOTAL_STEPS,
                prompt: vscode.l10n.t(
                  "Paste a Truework secret key. Its prefix decides the environment; it is kept in VS Code's secret storage only.",
                ),
                placeholder: 'tw_sk_test_…',
                password: true,
                value: text,
                validate: (typed) => keyMessage(readSecretKey(typed.trim())),
              }),
              (typed) => {
                text = typed.trim();
              },
            ),
      async () =>
        outcome(
          await input({
            title: vscode.l10n.t('Add API Key'),
            ...(given ? {} : { step: 2, totalSteps: TOTAL_STEPS, back: true }),
            prompt: vscode.l10n.t('A name for this connection'),
            value: suggestAlias(connections, text),
            validate: (typed) => aliasMessage(connections, typed),
          }),
          (typed) => {
            alias = typed.trim();
          },
        ),
    ]);
    if (!finished) return undefined;
    const key = SecretKey.from(text);
    if (!key) continue;
    if (key.environment === 'production' && !(await confirmProduction())) return undefined;
    const verdict = tried ? 'keep' : await tryKey(key, log);
    if (verdict === 'cancel') return undefined;
    if (verdict === 'correct' && given) return undefined;
    if (verdict === 'correct') continue;
    const connection = await connections.add(alias, key);
    await connections.use(connection);
    return connection;
  }
}

/** What is said under the box while the key is typed; an error keeps the box open. */
export function keyMessage(reading: KeyReading): vscode.InputBoxValidationMessage {
  const say = (message: string, severity: vscode.InputBoxValidationSeverity) => ({ message, severity });
  const { Error, Info, Warning } = vscode.InputBoxValidationSeverity;
  if (reading.ok) {
    return reading.environment === 'sandbox'
      ? say(vscode.l10n.t('Sandbox key: it is used with api.truework-sandbox.com.'), Info)
      : say(vscode.l10n.t('Production key: it is used with api.truework.com, read-only until you unlock it.'), Warning);
  }
  switch (reading.problem) {
    case 'empty':
      return say(vscode.l10n.t('A secret key begins with tw_sk_test_ (sandbox) or tw_sk_ (production).'), Error);
    case 'publishable':
      return say(
        vscode.l10n.t(
          'This is a publishable key (tw_pk_): it only opens Truework.js in a page. Paste the secret key (tw_sk_) beside it in the developer settings.',
        ),
        Error,
      );
    case 'no-prefix':
      return say(
        vscode.l10n.t("This does not begin with tw_sk_. Copy the whole secret key from Truework's developer settings."),
        Error,
      );
    case 'white-space':
      return say(
        vscode.l10n.t('There is white space inside the key. Copy it again without line breaks or spaces.'),
        Error,
      );
    case 'no-body':
    case 'too-short':
      return say(
        reading.environment === 'sandbox'
          ? vscode.l10n.t(
              'Sandbox key, but too short: after the prefix come 40 hexadecimal characters, or 43 and more.',
            )
          : vscode.l10n.t(
              'Production key, but too short: after the prefix come 40 hexadecimal characters, or 43 and more.',
            ),
        Error,
      );
    case 'bad-character':
      return say(
        vscode.l10n.t('A key holds only letters, digits, "-" and "_". Something else was copied with it.'),
        Error,
      );
  }
}

function suggestAlias(connections: Connections, text: string): string {
  const base =
    readSecretKey(text).ok && SecretKey.from(text)?.environment === 'production'
      ? vscode.l10n.t('Production')
      : vscode.l10n.t('Sandbox');
  let alias = base;
  for (let n = 2; connections.byAlias(alias); n += 1) alias = `${base} ${n}`;
  return alias;
}

function aliasMessage(connections: Connections, typed: string): vscode.InputBoxValidationMessage | undefined {
  const alias = typed.trim();
  if (alias === '')
    return { message: vscode.l10n.t('Give the connection a name.'), severity: vscode.InputBoxValidationSeverity.Error };
  const existing = connections.byAlias(alias);
  if (existing?.local)
    return {
      message: vscode.l10n.t('This name belongs to the local sandbox.'),
      severity: vscode.InputBoxValidationSeverity.Error,
    };
  if (existing)
    return {
      message: vscode.l10n.t('"{0}" exists: its key will be replaced.', alias),
      severity: vscode.InputBoxValidationSeverity.Warning,
    };
  return undefined;
}

async function confirmProduction(): Promise<boolean> {
  const add = vscode.l10n.t('Add Production Key');
  return (
    (await confirm(
      vscode.l10n.t('This is a production key. Add it?'),
      vscode.l10n.t(
        'Orders in production concern real people and cost real money. The connection is read-only until you unlock it, and is shown in warning colors.',
      ),
      add,
    )) === add
  );
}

/** One request with the new key, before it is stored. */
async function tryKey(key: SecretKey, log: Log): Promise<'keep' | 'correct' | 'cancel'> {
  const failure = await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      cancellable: true,
      title: vscode.l10n.t('Trying the key against Truework…'),
    },
    async (_report, signal) => (await import('../api.ts')).probeKey(key, log, signal),
  );
  if (failure === undefined) return 'keep';
  if (isCancellation(failure)) return 'cancel';
  log.error('The new key was tried', failure);
  const correct = vscode.l10n.t('Correct Key');
  const keep = vscode.l10n.t('Keep Anyway');
  const { message, advice } = explain(failure);
  const answer = await confirm(message, advice, correct, keep);
  if (answer === correct) return 'correct';
  return answer === keep ? 'keep' : 'cancel';
}
