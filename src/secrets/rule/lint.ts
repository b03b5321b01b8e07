import type * as Secretlint from '@secretlint/core';
import { isReported, type Finding, type Scan } from '../detector/finding.ts';
import { mayHoldKey } from '../detector/needles.ts';
import { scanInSlices } from '../detector/scan.ts';
import { makeCreator, MESSAGE_IDS, RULE_ID, type Read, type RuleOptions } from './creator.ts';

export interface LintOptions extends RuleOptions {
  /** Name of the file, for secretlint's messages; the disk is never read. */
  readonly filePath?: string;
  /** Message ids that are not reported, as in a secretlint configuration. */
  readonly allowMessageIds?: readonly string[];
  /** Ends the work on a text that nobody waits for any more. */
  readonly signal?: AbortSignal;
}

/**
 * Lints a text of the editor with the rule, through secretlint, so that options and comments mean the same here as
 * on the command line. Offsets are about the text as given.
 *
 * @returns findings in order. Those that a comment or the allow-list suppresses are among them, marked; those that
 * match a pattern of `allows` or have an id of `allowMessageIds` are not.
 * @throws Error when an option is wrong; the signal's reason when it is aborted.
 */
export async function lint(text: string, options: LintOptions = {}): Promise<Scan> {
  // Secretlint builds a table of lines before any rule runs; a text without a key does not pay for it.
  if (!mayHoldKey(text)) return { findings: [], capped: false };
  const { lintSource } = await loadSecretlint();
  const { filePath = 'untitled', allowMessageIds, signal, ...ruleOptions } = options;
  const { allowKeys, limit } = ruleOptions;
  // Secretlint takes the byte order mark off.
  const mark = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const content = text.slice(mark);
  // Not within the rule: secretlint would keep the editor waiting for as long as a large text takes.
  const scan = await scanInSlices(content, {
    ...(allowKeys && { allow: allowKeys }),
    ...(limit !== undefined && { limit }),
    signal,
  });
  const reported = new Set<string>();
  const report = async (read: Read) => {
    const { messages } = await lintSource({
      source: { filePath, content: '', ext: '', contentType: 'unknown' },
      options: {
        config: {
          rules: [
            {
              id: RULE_ID,
              rule: makeCreator(read),
              options: ruleOptions,
              ...(allowMessageIds && { allowMessageIds: [...allowMessageIds] }),
            },
          ],
        },
        noPhysicFilePath: true,
      },
    });
    for (const { messageId, range } of messages) reported.add(placeOf(messageId, ...range));
  };
  // At least once, since it is the rule that finds out what is wrong with its options.
  for (let from = 0; from === 0 || from < scan.findings.length; from += PART) {
    await report(() => ({ text: content, findings: scan.findings.slice(from, from + PART) }));
    signal?.throwIfAborted();
  }
  const remaining = scan.findings.filter(
    (finding) => !isReported(finding) || reported.has(placeOf(MESSAGE_IDS[finding.kind], finding.start, finding.end)),
  );
  return { findings: mark === 0 ? remaining : remaining.map((finding) => moved(finding, mark)), capped: scan.capped };
}

/**
 * Findings that secretlint is given at a time: it compares every message with every other one, which takes longer
 * than everything else once there are hundreds. They come without the text, so that it builds no table of lines.
 */
const PART = 100;

function placeOf(messageId: string, start: number, end: number): string {
  return `${messageId} ${start} ${end}`;
}

function moved(finding: Finding, by: number): Finding {
  const { suppressedBy, start, end } = finding;
  return {
    ...finding,
    start: start + by,
    end: end + by,
    ...(suppressedBy?.by === 'comment' && {
      suppressedBy: { ...suppressedBy, start: suppressedBy.start + by, end: suppressedBy.end + by },
    }),
  };
}

let secretlint: Promise<typeof Secretlint> | undefined;

function loadSecretlint(): Promise<typeof Secretlint> {
  secretlint ??= load();
  return secretlint;
}

async function load(): Promise<typeof Secretlint> {
  const [core, { secretLintProfiler }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/profiler'),
  ]);
  // On by default, and it keeps about 3 KB for every call (https://github.com/secretlint/secretlint/issues/1633).
  secretLintProfiler.setEnabled(false);
  return core;
}
