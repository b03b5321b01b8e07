/** The scan of the editor: in slices, with the allow list of the settings. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { allowEntry } from '../../../../src/secrets/detector/allow-list.ts';
import { isReported } from '../../../../src/secrets/detector/finding.ts';
import { keyAt, scan, scanInSlices } from '../../../../src/secrets/detector/scan.ts';
import { fromTemplate, productionKey, sandboxKey } from './made-keys.ts';

const key = productionKey(1);

describe('A scan of a text in the editor', () => {
  it('returns suppressed findings too', async () => {
    const { text } = fromTemplate('<P>\n<S> # gitleaks:allow\n\u2028<HP> <HS>\r\n');
    const { findings, capped } = await scanInSlices(text);
    assert.deepEqual(findings, scan(text));
    assert.deepEqual(findings.map(isReported), [true, false, true, true]);
    assert.equal(capped, false);
  });

  it('finds what a scan in one piece finds, in any mixture of texts', async () => {
    const piece = fc.constantFrom(
      key,
      sandboxKey(2),
      ' ',
      '\n',
      '// secretlint-disable-line',
      '# ggignore',
      '<!-- secretlint-disable -->',
      '\u2029',
      '😀',
      Buffer.from(key).toString('base64'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const text = pieces.join('');
        assert.deepEqual((await scanInSlices(text)).findings, scan(text));
      }),
      { numRuns: 100 },
    );
  });

  it('counts a byte order mark that is part of the text', async () => {
    const text = `\ufeff${key} # ggignore`;
    const [finding] = (await scanInSlices(text)).findings;
    assert.ok(finding?.suppressedBy?.by === 'comment');
    assert.equal(keyAt(text, finding), key);
    assert.equal(text.slice(finding.suppressedBy.start, finding.suppressedBy.end), 'ggignore');
  });

  it('returns every finding of a text with hundreds', async () => {
    const text = Array.from({ length: 350 }, (_, i) => (i % 2 === 0 ? productionKey(i) : sandboxKey(i))).join('\n');
    const { findings } = await scanInSlices(text);
    assert.equal(findings.length, 350);
    assert.deepEqual(findings, scan(text));
  });

  it('marks a key that the allow list contains', async () => {
    const entry = allowEntry(key);
    assert.deepEqual((await scanInSlices(key, { allow: [entry] })).findings[0]?.suppressedBy, {
      by: 'allow-list',
      entry,
    });
  });

  it('reports that there are more keys than it returns', async () => {
    const { findings, capped } = await scanInSlices(`${key} ${sandboxKey(3)}`, { limit: 1 });
    assert.deepEqual([findings.length, capped], [1, true]);
  });
});
