import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { scan } from '../../../../src/secrets/detector/scan.ts';
import { allowComment } from '../../../../src/secrets/languages/allow-comment.ts';
import { applyChanges } from '../../../../src/secrets/edits/change.ts';
import { LANGUAGES } from '../../../../src/secrets/languages/registry.ts';
import { fromTemplate } from '../detector/made-keys.ts';

function allowed(languageId: string, fileName: string, template: string): string | undefined {
  const { text, places } = fromTemplate(template);
  const [finding] = scan(text);
  assert.ok(finding);
  const change = allowComment(text, finding, languageId, fileName);
  if (change === undefined) return undefined;
  const result = applyChanges(text, [change]);
  assert.deepEqual(
    scan(result).map(({ suppressedBy }) => suppressedBy?.by),
    places.map((_place, n) => (n === 0 ? 'comment' : undefined)),
  );
  return result.replaceAll(/tw_sk_[\w-]+/g, '<P>');
}

const RULE = 'secretlint-rule-truework';

describe('A comment that allows a line', () => {
  for (const [languageId, fileName, before, after] of [
    ['javascript', 'a.js', 'a = "<P>";\nb = "<P>";', `a = "<P>"; // secretlint-disable-line ${RULE}\nb = "<P>";`],
    ['javascript', 'a.js', 'a = "<P>"', `a = "<P>" // secretlint-disable-line ${RULE}`],
    ['javascript', 'a.js', '  a = "<P>";\r\nb', `  a = "<P>"; // secretlint-disable-line ${RULE}\r\nb`],
    ['javascript', 'a.js', '  a = `<P>\n`;', `  // secretlint-disable-next-line ${RULE}\n  a = \`<P>\n\`;`],
    ['javascript', 'a.js', 'a = `\n<P>\n`;', undefined],
    ['python', 'a.py', 'a = "<P>"\n', `a = "<P>" # secretlint-disable-line ${RULE}\n`],
    ['python', 'a.py', 'a = "<P>" \\\n + b\n', `# secretlint-disable-next-line ${RULE}\na = "<P>" \\\n + b\n`],
    ['python', 'a.py', '"""\n<P>\n"""', undefined],
    ['shellscript', 'a.sh', 'curl \\\n  -H "<P>" \\\n  x', undefined],
    ['yaml', 'a.yml', 'k: <P>\n', `k: <P> # secretlint-disable-line ${RULE}\n`],
    ['dotenv', '.env', 'K=<P>\n', `# secretlint-disable-next-line ${RULE}\nK=<P>\n`],
    ['properties', '.env.local', 'K=<P>\n', `# secretlint-disable-next-line ${RULE}\nK=<P>\n`],
    ['dockerfile', 'Dockerfile', 'FROM a\nENV K=<P>\n', `FROM a\n# secretlint-disable-next-line ${RULE}\nENV K=<P>\n`],
    ['markdown', 'a.md', 'key <P>\n', `key <P> <!-- secretlint-disable-line ${RULE} -->\n`],
    ['css', 'a.css', 'a: <P>;', `a: <P>; /* secretlint-disable-line ${RULE} */`],
    ['jsonc', 'a.json', '{ "a": "<P>" }', `{ "a": "<P>" } // secretlint-disable-line ${RULE}`],
    ['json', 'package.json', '{ "a": "<P>" }', undefined],
    ['plaintext', 'a.rb', 'a = "<P>"\n', `a = "<P>" # secretlint-disable-line ${RULE}\n`],
    ['plaintext', 'a.txt', '<P>', undefined],
  ] as const) {
    it(`is ${after === undefined ? 'not offered' : 'added'} in ${languageId} for ${JSON.stringify(before)}`, () => {
      assert.equal(allowed(languageId, fileName, before), after);
    });
  }

  it('has an effect wherever it is offered', () => {
    const bits = fc
      .array(fc.constantFrom('"', "'", '`', '\\', '\n', '\r\n', ' ', '//', '#', '/*', '*/', 'x', '"""'), {
        maxLength: 12,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.constantFrom(
          ...LANGUAGES.filter(({ comment }) => comment !== undefined).flatMap(({ ids }) => ids.slice(0, 1)),
        ),
        bits,
        bits,
        (languageId, before, after) => {
          allowed(languageId, 'a', `${before} <P> ${after}`);
        },
      ),
      { numRuns: 4000 },
    );
  });
});
