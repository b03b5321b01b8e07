/** Plans how a key moves from a document into a `.env`. Pure. */
import type { Finding } from '../detector/finding.ts';
import { keyAt, scan } from '../detector/scan.ts';
import { applyChanges, overlaps, sameChange, type Change } from './change.ts';
import { replaceKey, variableFor } from '../languages/replace-key.ts';
import { nameInTemplate, putIntoDotenv, putUnder } from './dotenv.ts';
import { addIgnored } from './gitignore.ts';

/** A file that may not exist yet. */
interface PresentFile {
  /** Absolute path, or whatever the caller knows the file by. */
  readonly path: string;
  readonly text: string | undefined;
}

/** The files of a folder that a key in a `.env` concerns. */
export interface EnvFacts {
  readonly env: PresentFile;
  readonly example: PresentFile;
  /** Left out when the `.env` is ignored already. */
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
  /** In the document that holds the key. */
  readonly changes: readonly Change[];
  /** The `.gitignore` comes first, so that the `.env` is never there without it. */
  readonly files: readonly FileChange[];
}

/** @returns undefined when the key cannot be replaced where it stands */
export function planMove(facts: MoveFacts): MovePlan | undefined {
  const { text, finding, languageId, fileName, env } = facts;
  const key = keyAt(text, finding);
  if (key === undefined) return undefined;
  const place = { text, finding, languageId, fileName };
  const wanted = replaceKey({ ...place, variable: variableFor(finding.kind) });
  if (wanted === undefined) return undefined;
  const placed = putIntoDotenv(env.text ?? '', wanted.variable, key);
  const replaced =
    wanted.variable === placed.name ? wanted : replaceKey({ ...place, variable: placed.name.replace(/^TF_VAR_/, '') });
  if (replaced === undefined) return undefined;
  // The text may leave no choice: Terraform reads TF_VAR_…, a template names its variable itself.
  const name = replaced.variable;
  const changes = name === placed.name ? placed.changes : putUnder(env.text ?? '', name, key);
  if (changes === undefined) return undefined;
  // A template that is being cleaned names the variable already.
  const files = envFiles(facts, name, changes).filter(({ path }) => path !== fileName);
  return { variable: name, read: replaced.read, changes: everywhere(facts, replaced.changes, name), files };
}

/** Plans how a key that stands nowhere yet comes into a `.env`. */
export function planAddition(facts: EnvFacts, wanted: string, key: string): Pick<MovePlan, 'variable' | 'files'> {
  const { name, changes } = putIntoDotenv(facts.env.text ?? '', wanted, key);
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

/** The same key elsewhere in the document goes too, as far as one place does not get in another's way. */
function everywhere(
  { text, finding, languageId, fileName }: MoveFacts,
  first: readonly Change[],
  name: string,
): Change[] {
  const changes = [...first];
  for (const other of scan(text)) {
    if (other.keyHash !== finding.keyHash || other.start === finding.start || other.suppressedBy !== undefined)
      continue;
    const replaced = replaceKey({ text, finding: other, languageId, fileName, variable: name.replace(/^TF_VAR_/, '') });
    // It may have to come from a variable of another name.
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
