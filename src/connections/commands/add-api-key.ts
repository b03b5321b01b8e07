import * as vscode from 'vscode';
import { readSecretKey, SecretKey, type KeyReading } from '../../truework/keys.ts';
import { input, outcome, runSteps } from '../../ui/steps.ts';
import type { Log } from '../../ui/log.ts';
import type { Connection } from '../connection.ts';
import type { Connections } from '../connections.ts';
import { confirm } from '../../ui/show.ts';
import { tryNewKey } from '../try-key.ts';

const TOTAL_STEPS = 2;

/**
 * Asks for a key and a name for it, tries the key with its own host, and stores it.
 * @param given a key that is already known: asks for the name only
 * @param options wasTried: the key was already tried, and is stored without another request
 * @returns the connection, or undefined if the user canceled
 */
export async function addApiKey(
  connections: Connections,
  log: Log,
  given?: SecretKey,
  { wasTried = false }: { readonly wasTried?: boolean } = {},
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
                  "Paste a Truework secret key. Its prefix determines the environment. The key is stored only in VS Code's secret storage.",
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
    const decision = wasTried ? 'keep' : await tryNewKey(key, log);
    if (decision === 'correct' && !given) continue;
    if (decision !== 'keep') return undefined;
    const connection = await connections.add(alias, key);
    await connections.use(connection);
    return connection;
  }
}

/** The validation message while the key is typed; an error keeps the box open. */
export function keyMessage(reading: KeyReading): vscode.InputBoxValidationMessage {
  const validation = (message: string, severity: vscode.InputBoxValidationSeverity) => ({ message, severity });
  const { Error, Info, Warning } = vscode.InputBoxValidationSeverity;
  if (reading.ok) {
    return reading.environment === 'sandbox'
      ? validation(vscode.l10n.t('Sandbox key. It is sent to api.truework-sandbox.com only.'), Info)
      : validation(
          vscode.l10n.t(
            'Production key. It is sent to api.truework.com only, and the connection is read-only until you unlock it.',
          ),
          Warning,
        );
  }
  switch (reading.problem) {
    case 'empty':
      return validation(vscode.l10n.t('A secret key begins with tw_sk_test_ (sandbox) or tw_sk_ (production).'), Error);
    case 'publishable':
      return validation(
        vscode.l10n.t(
          'This is a publishable key (tw_pk_), which only works with Truework.js in a web page. Paste the secret key (tw_sk_), next to it in the developer settings.',
        ),
        Error,
      );
    case 'no-prefix':
      return validation(
        vscode.l10n.t("This does not begin with tw_sk_. Copy the whole secret key from Truework's developer settings."),
        Error,
      );
    case 'white-space':
      return validation(
        vscode.l10n.t('The key contains white space. Copy it again without line breaks or spaces.'),
        Error,
      );
    case 'no-body':
    case 'too-short':
      return validation(
        reading.environment === 'sandbox'
          ? vscode.l10n.t(
              'This sandbox key is too short. The prefix is followed by 40 hexadecimal characters, or by 43 or more characters.',
            )
          : vscode.l10n.t(
              'This production key is too short. The prefix is followed by 40 hexadecimal characters, or by 43 or more characters.',
            ),
        Error,
      );
    case 'bad-character':
      return validation(
        vscode.l10n.t('A key contains only letters, digits, "-" and "_". Something else was copied with it.'),
        Error,
      );
  }
}

function suggestAlias(connections: Connections, text: string): string {
  const base =
    SecretKey.from(text)?.environment === 'production' ? vscode.l10n.t('Production') : vscode.l10n.t('Sandbox');
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
      message: vscode.l10n.t('"{0}" already exists. Its key will be replaced.', alias),
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
        'Production orders involve real people and cost real money. The connection is read-only until you unlock it, and is shown in warning colors.',
      ),
      add,
    )) === add
  );
}
