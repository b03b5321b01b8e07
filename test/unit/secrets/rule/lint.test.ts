import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { secretLintProfiler } from '@secretlint/profiler';
import fc from 'fast-check';
import { allowEntry } from '../../../../src/secrets/detector/allow-list.ts';
import { isReported } from '../../../../src/secrets/detector/finding.ts';
import { keyAt, scan } from '../../../../src/secrets/detector/scan.ts';
import { lint } from '../../../../src/secrets/rule/lint.ts';
import { fromTemplate, productionKey, sandboxKey } from '../detector/made-keys.ts';

const key = productionKey(1);

describe('linting a text of the editor', () => {
  it('gives what the detector finds, suppressed findings included', async () => {
    const { text } = fromTemplate('<P>\n<S> # gitleaks:allow\n\u2028<HP> <HS>\r\n');
    const { findings, capped } = await lint(text);
    assert.deepEqual(findings, scan(text));
    assert.deepEqual(findings.map(isReported), [true, false, true, true]);
    assert.equal(capped, false);
  });

  it('gives the same for any mixture of texts', async () => {
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
        assert.deepEqual((await lint(text)).findings, scan(text));
      }),
      { numRuns: 100 },
    );
  });

  it('counts a byte order mark that is part of the text', async () => {
    const text = `\ufeff${key} # ggignore`;
    const [finding] = (await lint(text)).findings;
    assert.ok(finding?.suppressedBy?.by === 'comment');
    assert.equal(keyAt(text, finding), key);
    assert.equal(text.slice(finding.suppressedBy.start, finding.suppressedBy.end), 'ggignore');
  });

  it('gives every finding of a text with hundreds, and options concern the last as the first', async () => {
    const text = Array.from({ length: 350 }, (_, i) => (i % 2 === 0 ? productionKey(i) : sandboxKey(i))).join('\n');
    assert.deepEqual((await lint(text)).findings, scan(text));
    assert.deepEqual(
      (await lint(text, { allowMessageIds: ['SANDBOX_SECRET_KEY'] })).findings,
      scan(text).filter(({ kind }) => kind === 'production'),
    );
    assert.equal((await lint(text, { allows: [productionKey(348).slice(10)] })).findings.length, 349);
  });

  it('marks what the allow-list lets pass, and leaves patterns and message ids out', async () => {
    const entry = allowEntry(key);
    assert.deepEqual((await lint(key, { allowKeys: [entry] })).findings[0]?.suppressedBy, { by: 'allow-list', entry });
    assert.deepEqual((await lint(key, { allows: [key.slice(-5)] })).findings, []);
    assert.deepEqual((await lint(key, { allowMessageIds: ['PRODUCTION_SECRET_KEY'] })).findings, []);
  });

  it('says when there are more keys than it gives', async () => {
    const { findings, capped } = await lint(`${key} ${sandboxKey(3)}`, { limit: 1 });
    assert.deepEqual([findings.length, capped], [1, true]);
  });

  it('keeps no measurements of its calls', async () => {
    for (let i = 0; i < 20; i++) await lint(key);
    assert.equal(secretLintProfiler.isEnabled, false);
    assert.equal(performance.getEntries().filter(({ name }) => name.includes('@core')).length, 0);
  });
});
