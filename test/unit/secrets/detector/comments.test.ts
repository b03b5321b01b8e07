import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allowEntry, hashKey, isAllowEntry } from '../../../../src/secrets/detector/allow-list.ts';
import { isReported } from '../../../../src/secrets/detector/finding.ts';
import { scan } from '../../../../src/secrets/detector/scan.ts';
import { productionHexKey, productionKey, sandboxKey } from './made-keys.ts';

const K = productionKey(1);

const allowed: Record<string, string> = {
  'secretlint on the line': `k='${K}' // secretlint-disable-line`,
  'secretlint in a block comment': `k='${K}' /* secretlint-disable-line */`,
  'secretlint in an XML comment': `<k>${K}</k> <!-- secretlint-disable-line -->`,
  'secretlint in a JSON string': `{"k": "${K}", "//": "secretlint-disable-line"}`,
  'secretlint with a reason': `k='${K}' # secretlint-disable-line -- made up for a test`,
  'secretlint with prose': `k='${K}' # secretlint-disable-line this one is revoked`,
  'secretlint with prose between commas': `k='${K}' # secretlint-disable-line a fake key, for tests`,
  'secretlint with an apostrophe': `k='${K}' # secretlint-disable-line it's a fake`,
  'secretlint with a single word for a reason': `k='${K}' # secretlint-disable-line: fake`,
  'secretlint in a comment without spaces': `<k>${K}</k> <!--secretlint-disable-line-->`,
  'secretlint in a long comment of Lua': `k='${K}' --[[ secretlint-disable-line ]]`,
  'secretlint in a comment of PowerShell': `k='${K}' <# secretlint-disable-line #>`,
  'secretlint in a comment of Haskell': `k="${K}" {- secretlint-disable-line -}`,
  'secretlint in a comment of Handlebars': `${K} {{! secretlint-disable-line }}`,
  'secretlint in a JSON string inside a JSON string': String.raw`"{\"k\":\"${K}\",\"//\":\"secretlint-disable-line\"}"`,
  'secretlint before another directive': `k='${K}' // secretlint-disable-line // nosec`,
  'secretlint naming this rule': `k='${K}' // secretlint-disable-line secretlint-rule-truework`,
  'secretlint naming this rule by its file': `k='${K}' // secretlint-disable-line ./tools/secretlint-rule-truework.js`,
  'secretlint naming this rule in a scope': `k='${K}' // secretlint-disable-line @acme/secretlint-rule-truework`,
  'secretlint naming this rule in short': `k='${K}' // secretlint-disable-line truework`,
  'secretlint naming this rule among others': `k='${K}' // secretlint-disable-line @secretlint/secretlint-rule-aws, truework -- both`,
  'secretlint for the next line': `// secretlint-disable-next-line\nk='${K}'`,
  'secretlint for the next line, CRLF': `// secretlint-disable-next-line\r\nk='${K}'`,
  'secretlint for the next line, CR': `// secretlint-disable-next-line\rk='${K}'`,
  'secretlint region': `/* secretlint-disable */\nx\nk='${K}'\n/* secretlint-enable */`,
  'secretlint region without an end': `# secretlint-disable\nx\nk='${K}'\n`,
  'secretlint region around an enabled other rule': `# secretlint-disable\n# secretlint-enable @secretlint/secretlint-rule-aws\nk='${K}'\n`,
  'secretlint region in a comment without spaces': `<!--secretlint-disable-->\n${K}\n<!--secretlint-enable-->`,
  'secretlint region in a long comment of Lua': `--[[ secretlint-disable ]]\nk='${K}'`,
  'secretlint region in a batch file': `REM secretlint-disable\r\nset k=${K}\r\n`,
  'secretlint region in a comment of Markdown': `[//]: # (secretlint-disable)\n${K}`,
  'secretlint region, alone on its line': `"""\nsecretlint-disable\n"""\nk='${K}'`,
  gitleaks: `k='${K}' # gitleaks:allow`,
  'gitleaks before the key': `/* gitleaks:allow */ k='${K}'`,
  'gitleaks directly after the comment sign': `k='${K}' --gitleaks:allow`,
  'gitleaks in a comment without spaces': `<k>${K}</k> <!--gitleaks:allow-->`,
  betterleaks: `k='${K}' // betterleaks:allow`,
  trufflehog: `k='${K}' // trufflehog:ignore`,
  ggshield: `k='${K}' # ggignore`,
  kingfisher: `k='${K}' # kingfisher:ignore`,
  'detect-secrets': `k='${K}' # pragma: allowlist secret`,
  'detect-secrets in a comment without spaces': `<k>${K}</k> <!--pragma: allowlist secret-->`,
  'detect-secrets of old': `k='${K}' # pragma: whitelist secret`,
  'detect-secrets for the next line': `# pragma: allowlist nextline secret\nk='${K}'`,
  'base64 on several lines': (() => {
    const encoded = Buffer.from(`Authorization: Bearer ${sandboxKey(2)}\n`).toString('base64');
    return `${encoded.slice(0, 76)}\n${encoded.slice(76)} # gitleaks:allow`;
  })(),
};

const reported: Record<string, string> = {
  'secretlint naming another rule': `k='${K}' // secretlint-disable-line @secretlint/secretlint-rule-aws`,
  'secretlint naming another rule in short': `k='${K}' // secretlint-disable-line aws`,
  'secretlint naming other rules': `k='${K}' // secretlint-disable-line aws, gcp`,
  'secretlint naming another rule, then prose about this one': `k='${K}' // secretlint-disable-line @secretlint/secretlint-rule-aws not for truework`,
  'secretlint naming another rule in a long comment of Lua': `k='${K}' --[[ secretlint-disable-line aws ]]`,
  'secretlint naming another rule, with a reason': `k='${K}' // secretlint-disable-line aws - it is fake`,
  'secretlint region over in a comment without spaces': `<!--secretlint-disable-->\nx\n<!--secretlint-enable-->\n${K}`,
  'secretlint region mentioned at the start of a line': `To silence it write\nsecretlint-disable above it.\n${K}`,
  'secretlint region naming another rule': `# secretlint-disable @secretlint/secretlint-rule-npm\nk='${K}'`,
  'secretlint on the line before': `// secretlint-disable-line\nk='${K}'`,
  'secretlint for the line after the next': `// secretlint-disable-next-line\n\nk='${K}'`,
  'secretlint region that has ended': `# secretlint-disable\nx\n# secretlint-enable\nk='${K}'`,
  'secretlint region that comes later': `k='${K}'\n# secretlint-disable\n`,
  'secretlint region only mentioned': `Write \`secretlint-disable\` before it.\nk='${K}'`,
  'gitleaks on another line': `# gitleaks:allow\nk='${K}'\n# gitleaks:allow`,
  'a longer word': `k='${K}' # gitleaks:allowed ggignored ggignore-not mygitleaks:allow`,
  'detect-secrets for the next line on the same': `k='${K}' # pragma: allowlist nextline secret`,
  'detect-secrets for a file': `k='${K}' # pragma: allowlist file`,
};

describe('Comments that allow a key', () => {
  for (const [name, text] of Object.entries(allowed)) {
    it(`include ${name}`, () => {
      const findings = scan(text);
      assert.equal(findings.length, 1);
      assert.equal(findings.filter(isReported).length, 0);
      const by = findings[0]?.suppressedBy;
      assert.ok(by?.by === 'comment');
      assert.equal(text.slice(by.start, by.end), by.text);
    });
  }
  for (const [name, text] of Object.entries(reported)) {
    it(`do not include ${name}`, () => {
      assert.equal(scan(text).filter(isReported).length, 1);
    });
  }

  it('apply only to their own line, in a text of many', () => {
    const lines = Array.from({ length: 50 }, (_, i) => productionHexKey(i) + (i % 3 === 0 ? ' # ggignore' : ''));
    assert.deepEqual(
      scan(lines.join('\r\n')).map(isReported),
      lines.map((line) => !line.endsWith('ggignore')),
    );
  });
});

describe('The allow list', () => {
  const text = `${K} ${productionKey(3)}`;

  it('allows one key by its hash, salted or not', () => {
    for (const entry of [
      hashKey(K),
      `sha256:${hashKey(K)}`,
      hashKey(K).toUpperCase(),
      allowEntry(K),
      allowEntry(K, 'pepper'),
    ]) {
      assert.ok(isAllowEntry(entry));
      const [first, second] = scan(text, { allow: ['of no use', entry] });
      assert.deepEqual(first?.suppressedBy, { by: 'allow-list', entry });
      assert.equal(second?.suppressedBy, undefined);
    }
  });

  it('allows no other key', () => {
    for (let n = 10; n < 110; n += 1) {
      const other = productionKey(n);
      for (const entry of [
        hashKey(other),
        allowEntry(other),
        allowEntry(other, 'pepper'),
        hashKey(K).slice(0, 63),
        `sha256:salt:${hashKey(K)}`,
      ]) {
        assert.deepEqual(scan(text, { allow: [entry] }).map(isReported), [true, true]);
      }
    }
  });

  it('creates a different entry of the same key each time, and never shows it', () => {
    const entry = allowEntry(K);
    assert.notEqual(entry, allowEntry(K));
    assert.match(entry, /^sha256:[0-9a-f]{16}:[0-9a-f]{64}$/);
    assert.ok(!isAllowEntry(K) && !isAllowEntry(''));
  });
});
