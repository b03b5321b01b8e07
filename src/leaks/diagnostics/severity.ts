import * as vscode from 'vscode';
import type { Leak } from '../model.ts';
import type { SettingsReader } from '../settings.ts';
import { severityOf, type Severity } from '../../secrets/situation.ts';

/** @returns undefined when the leak is not shown */
export function severityOfLeak(leak: Leak, settings: SettingsReader): Severity | undefined {
  const { sandboxInIgnoredFile, userAllow } = settings.for(leak.uri);
  const { suppressedBy } = leak.finding;
  return severityOf(leak.finding, leak.situation, {
    sandboxInIgnoredFile,
    restricted: !vscode.workspace.isTrusted,
    suppressedByUser: suppressedBy?.by === 'allow-list' && userAllow.has(suppressedBy.entry),
  });
}
