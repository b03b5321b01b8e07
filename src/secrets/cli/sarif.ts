import { AUTHENTICATION_DOCS } from '../../truework/facts.ts';
import { MESSAGE_IDS } from '../rule/identity.ts';
import { isLeak, type ReportedKey, type ScanReport } from './report.ts';

const RULES = [
  {
    id: MESSAGE_IDS.production,
    kind: 'production',
    level: 'error',
    text: 'A file contains a Truework production secret key.',
  },
  {
    id: MESSAGE_IDS.sandbox,
    kind: 'sandbox',
    level: 'warning',
    text: 'A file contains a Truework sandbox secret key.',
  },
] as const;

/** The report as SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function sarif({ leaks, notes, incomplete }: ScanReport): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'truework-secrets',
            informationUri: AUTHENTICATION_DOCS,
            rules: RULES.map(({ id, level, text }) => ({
              id,
              shortDescription: { text },
              help: {
                text: 'Revoke the key in the developer settings of your Truework account, create a new one, and keep it out of version control.',
              },
              helpUri: AUTHENTICATION_DOCS,
              defaultConfiguration: { level },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: !incomplete,
            toolExecutionNotifications: notes.map((text) => ({
              level: incomplete ? 'warning' : 'note',
              message: { text },
            })),
          },
        ],
        results: leaks.map(toResult),
      },
    ],
  };
}

function toResult(leak: ReportedKey): object {
  const ruleIndex = RULES.findIndex(({ kind }) => kind === leak.kind);
  const rule = RULES[ruleIndex] ?? RULES[0];
  return {
    ruleId: rule.id,
    ruleIndex,
    level: rule.level,
    message: {
      text: `Truework ${leak.kind} secret key ${leak.masked}${leak.commit ? ` in commit ${leak.commit.commit}` : ''}`,
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: leak.path.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
          ...regionOf(leak),
        },
      },
    ],
    partialFingerprints: { 'trueworkKey/v1': leak.keyHash },
    ...(!isLeak(leak) && { suppressions: [{ kind: leak.suppressedBy?.by === 'comment' ? 'inSource' : 'external' }] }),
    ...(leak.commit && { properties: leak.commit }),
  };
}

function regionOf({ place }: ReportedKey): object {
  if (!place) return {};
  const { bytes, ...lines } = place;
  return { region: bytes ? { byteOffset: bytes.offset, byteLength: bytes.length } : lines };
}
