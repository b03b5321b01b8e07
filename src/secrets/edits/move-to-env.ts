/** Plans how a key moves from a document into a `.env`. */
import type { Finding } from '../detector/finding.ts';
import { keyAt, scan } from '../detector/scan.ts';
import { applyChanges, overlaps, sameChange, type Change } from './change.ts';
import { replaceKey, variableFor } from '../languages/replace-key.ts';
import { nameInTemplate, putIntoDotenv, putUnder } from './dotenv.ts';
import { addIgnored } from './gitignore.ts';

/** A file that may not exist yet. */
interface PresentFile {
  /** Absolute path, or another identifier of the caller. */
  readonly path: string;
  readonly text: string | undefined;
}

/** The files of a folder to change when a key is added to its `.env`. */
export interface EnvFacts {
  readonly env: PresentFile;
  readonly example: PresentFile;
  /** Left out if the `.env` is already ignored. */
  readonly ignore?: PresentFile & { readonly pattern: string };
}

export interface MoveFacts extends EnvFacts {
  readonly text: string;
  readonly finding: Finding;
  readonly languageId: string;
  readonly fileName: string;
}

export type FileChange =
  | { readonly kind: 'create'; readonly path: string; readonly text: string }
  | { readonly kind: 'change'; readonly path: string; readonly changes: readonly Change[] };

export interface MovePlan {
  readonly variable: string;
  readonly read: string;
  /** In the document that contains the key. */
  readonly changes: readonly Change[];
  /** The `.gitignore` first, so that the `.env` never exists without it. */
  readonly files: readonly FileChange[];
}

/** @returns undefined if the key cannot be replaced at its location */
export function planMove(facts: MoveFacts): MovePlan | undefined {
  const { text, finding, languageId, fileName, env } = facts;
  const key = keyAt(text, finding);
  if (key === undefined) return undefined;
  const source = { text, finding, languageId, fileName };
  const preferred = replaceKey({ ...source, variable: variableFor(finding.kind) });
  if (preferred === undefined) return undefined;
  const placed = putIntoDotenv(env.text ?? '', preferred.variable, key);
  const replaced =
    preferred.variable === placed.name
      ? preferred
      : replaceKey({ ...source, variable: placed.name.replace(/^TF_VAR_/, '') });
  if (replaced === undefined) return undefined;
  // The text may determine the name: Terraform reads TF_VAR_…, a template names its variable itself.
  const name = replaced.variable;
  const changes = name === placed.name ? placed.changes : putUnder(env.text ?? '', name, key);
  if (changes === undefined) return undefined;
  // A template that is being fixed already names the variable.
  const files = envFiles(facts, name, changes).filter(({ path }) => path !== fileName);
  return { variable: name, read: replaced.read, changes: replaceEverywhere(facts, replaced.changes, name), files };
}

/** Plans how to add a key that is in no file yet to a `.env`. */
export function planAddition(
  facts: EnvFacts,
  preferredName: string,
  key: string,
): Pick<MovePlan, 'variable' | 'files'> {
  const { name, changes } = putIntoDotenv(facts.env.text ?? '', preferredName, key);
  return { variable: name, files: envFiles(facts, name, changes) };
}

function envFiles({ env, example, ignore }: EnvFacts, name: string, changes: readonly Change[]): FileChange[] {
  const named = nameInTemplate(example.text ?? '', name);
  return [
    ...(ignore === undefined ? [] : [fileChange(ignore, [addIgnored(ignore.text ?? '', ignore.pattern)])]),
    ...(changes.length === 0 ? [] : [fileChange(env, changes)]),
    ...(named === undefined ? [] : [fileChange(example, [named])]),
  ];
}

/** Also replaces the same key elsewhere in the document, unless the changes overlap. */
function replaceEverywhere(
  { text, finding, languageId, fileName }: MoveFacts,
  first: readonly Change[],
  name: string,
): Change[] {
  const changes = [...first];
  for (const other of scan(text)) {
    if (other.keyHash !== finding.keyHash || other.start === finding.start || other.suppressedBy !== undefined)
      continue;
    const replaced = replaceKey({ text, finding: other, languageId, fileName, variable: name.replace(/^TF_VAR_/, '') });
    // A replacement may need a variable of another name.
    if (replaced?.variable !== name) continue;
    const added = replaced.changes.filter((change) => !changes.some((known) => sameChange(known, change)));
    if (added.some((change) => changes.some((known) => overlaps(known, change)))) continue;
    changes.push(...added);
  }
  return changes;
}

function fileChange({ path, text }: PresentFile, changes: readonly Change[]): FileChange {
  return text === undefined
    ? { kind: 'create', path, text: applyChanges('', changes) }
    : { kind: 'change', path, changes };
}
