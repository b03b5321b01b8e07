import * as vscode from 'vscode';
import { keyAt } from '../../secrets/detector/scan.ts';
import type { Leak, Leaks } from '../model.ts';
import { SecretKey } from '../../truework/keys.ts';
import { BACK, pick } from '../../ui/steps.ts';
import { showInformation, showWarning, withProgress } from '../../ui/show.ts';

/** Identifies a leak in arguments of commands, which never contain a key. */
export interface LeakReference {
  readonly uri: string;
  readonly keyHash: string;
}

export function referenceTo(leak: Leak): LeakReference {
  return { uri: leak.uri.toString(), keyHash: leak.finding.keyHash };
}

interface LeakQuery {
  /** Which leaks the command applies to; all when left out. */
  readonly accept?: (leak: Leak) => boolean;
  /** Whether the command is about a key at all its locations, or about a file with all its keys. */
  readonly subject?: 'key' | 'file';
}

/**
 * The leak that a command is about: that of the rows, or the only one, or the one that the user picks. A command about a
 * file uses the file in the active editor without asking.
 * @param rows rows of the view, or {@link LeakReference}s; other extensions can pass anything
 * @returns undefined if there is none or the user canceled; the user has been notified
 */
export async function leakFor(
  leaks: Leaks,
  rows: readonly unknown[],
  { accept = () => true, subject = 'key' }: LeakQuery = {},
): Promise<Leak | undefined> {
  const named = rows.map(referenceIn).filter((reference) => reference !== undefined);
  if (named.length > 0) {
    const given = leaks
      .all()
      .filter((leak) =>
        named.some(({ uri, keyHash }) => leak.uri.toString() === uri && leak.finding.keyHash === keyHash),
      );
    const [only, ...more] = firstOfEach(given, subject);
    if (only === undefined) await showInformation(vscode.l10n.t('This leaked key can no longer be found.'));
    return only === undefined || more.length === 0 ? only : pickLeak([only, ...more], subject);
  }
  await withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Checking leaked keys with git…') },
    () => leaks.checked(),
  );
  const active = vscode.window.activeTextEditor?.document.uri.toString();
  const isActive = ({ uri }: Leak) => uri.toString() === active;
  // Leaks in the active editor come first.
  const candidates = leaks
    .all()
    .filter(accept)
    .sort((a, b) => Number(isActive(b)) - Number(isActive(a)));
  const [first, ...others] = firstOfEach(candidates, subject);
  if (first === undefined) {
    // For these it is unknown whether the command applies.
    const hasUnknown = leaks
      .all()
      .some(
        ({ verdict }) =>
          verdict === undefined ||
          (verdict.location === 'unknown' &&
            (verdict.reason === 'timeout' || verdict.reason === 'unreadable' || verdict.reason === 'failed')),
      );
    if (hasUnknown)
      await showWarning(
        vscode.l10n.t(
          'Git did not report the status of the leaked keys, so this command is not available. Check that git works in this repository, then try again.',
        ),
      );
    else await showInformation(vscode.l10n.t('No known leaked key matches this command.'));
    return undefined;
  }
  if (others.length === 0 || (subject === 'file' && isActive(first))) return first;
  return await pickLeak([first, ...others], subject);
}

/** The first leak of each key, or of each file. */
function firstOfEach(leaks: readonly Leak[], subject: 'key' | 'file'): readonly Leak[] {
  const idOf = ({ uri, finding }: Leak) => (subject === 'file' ? uri.toString() : finding.keyHash);
  return [...Map.groupBy(leaks, idOf).values()].flatMap((same) => same.slice(0, 1));
}

async function pickLeak(leaks: readonly Leak[], subject: 'key' | 'file'): Promise<Leak | undefined> {
  const items = leaks.map((leak) => {
    const { masked } = leak.finding;
    const file = vscode.workspace.asRelativePath(leak.uri);
    return subject === 'key' ? { label: masked, description: file, leak } : { label: file, description: masked, leak };
  });
  const placeholder = subject === 'key' ? vscode.l10n.t('Select a key') : vscode.l10n.t('Select a file');
  const chosen = await pick({ title: vscode.l10n.t('Leaked Keys'), items, placeholder });
  return chosen === undefined || chosen === BACK ? undefined : chosen.leak;
}

/** Accepts a reference, a leak, or a row of the view. */
function referenceIn(argument: unknown): LeakReference | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { uri, keyHash, finding, leak, worst } = argument as {
    readonly [K in 'uri' | 'keyHash' | 'finding' | 'leak' | 'worst']?: unknown;
  };
  if (leak !== undefined) return referenceIn(leak);
  if (worst !== undefined) return referenceIn(worst);
  if (typeof uri === 'string' && typeof keyHash === 'string') return { uri, keyHash };
  if (uri instanceof vscode.Uri && typeof finding === 'object' && finding !== null)
    return referenceIn({ uri: uri.toString(), keyHash: (finding as { keyHash?: unknown }).keyHash });
  return undefined;
}

/** Reads the key of a leak from its document. @returns undefined if the text has changed or cannot be opened */
export async function readLeakedKey(leak: Leak): Promise<SecretKey | undefined> {
  if (leak.in === 'output') return undefined;
  try {
    const document = await vscode.workspace.openTextDocument(leak.uri);
    const key = keyAt(document.getText(), leak.finding);
    return key === undefined ? undefined : SecretKey.from(key);
  } catch {
    return undefined;
  }
}
