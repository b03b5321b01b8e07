/** The exported rules against the same table, applied as by gitleaks and GitHub. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { githubPatterns } from '../../../../src/secrets/formats/github.ts';
import { gitleaksToml } from '../../../../src/secrets/formats/gitleaks.ts';
import { SANDBOX_MARK, SECRET_PREFIX } from '../../../../src/truework/keys.ts';
import { fromTemplate, hexBody, urlSafeBody, type Place } from '../detector/made-keys.ts';
import { temporaryFolder } from '../rule/bundle.ts';

const table: Record<string, { text: string; places: Place[] }> = {
  ...Object.fromEntries(
    [
      'const key = "<P>";',
      "key: '<S>',",
      '<HP>',
      '<HS>\n',
      'Bearer<P>)',
      String.raw`\n<S>\n`,
      'xx<P>&y=1',
      '<HP>_old',
      '<HP><HS>',
      '"<P>","<S>"',
      'apikey_<HS>]',
      'é<S>。',
    ].map((template, i) => [template, fromTemplate(template, i + 1)]),
  ),
  ...Object.fromEntries(
    [
      SECRET_PREFIX,
      `${SECRET_PREFIX}${SANDBOX_MARK}short`,
      SECRET_PREFIX + hexBody(1).slice(1),
      `${SECRET_PREFIX}${hexBody(2)}a`,
      SECRET_PREFIX + urlSafeBody(3).slice(1),
      `${SECRET_PREFIX}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`,
      `${SECRET_PREFIX}YourTrueworkSecretKeyGoesHereReplaceThisWithYours`,
      `${SECRET_PREFIX.toUpperCase()}${urlSafeBody(4)}`,
      `tw_pk_${urlSafeBody(5)}`,
      `${SECRET_PREFIX} ${urlSafeBody(6)}`,
    ].map((text) => [text, { text, places: [] }]),
  ),
};

function entropy(text: string): number {
  const counts = Array.from(text).reduce(
    (all, character) => all.set(character, (all.get(character) ?? 0) + 1),
    new Map<string, number>(),
  );
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

describe('The gitleaks configuration', () => {
  const toml = gitleaksToml();
  const rules = toml
    .split('[[rules]]')
    .slice(1)
    .map((rule) => ({
      id: /id = "(.*)"/.exec(rule)?.[1] ?? '',
      expression: new RegExp(/^regex = '''(.*)'''$/m.exec(rule)?.[1] ?? '', 'g'),
      entropy: Number(/entropy = (.*)/.exec(rule)?.[1]),
      except: [...(/regexes = \[(.*)\]/.exec(rule)?.[1]?.matchAll(/'''(.*?)'''/g) ?? [])].map(
        (match) => new RegExp(match[1] ?? ''),
      ),
      stopwords: JSON.parse(`[${/stopwords = \[(.*)\]/.exec(rule)?.[1] ?? ''}]`) as string[],
    }));

  it('has a rule for each kind', () => {
    assert.deepEqual(
      rules.map(({ id }) => id),
      ['truework-production-secret-key', 'truework-sandbox-secret-key'],
    );
    assert.match(toml, /^\[extend\]\nuseDefault = true$/m);
  });

  for (const [name, { text, places }] of Object.entries(table)) {
    it(`finds the expected keys in ${JSON.stringify(name)}`, () => {
      const found: Place[] = [];
      for (const rule of rules) {
        // Gitleaks continues directly after a match, so adjacent keys need every start tried.
        for (let at = text.indexOf(SECRET_PREFIX); at >= 0; at = text.indexOf(SECRET_PREFIX, at + 1)) {
          rule.expression.lastIndex = at;
          const match = rule.expression.exec(text);
          const secret = match?.[1];
          if (match?.index !== at || secret === undefined) continue;
          if (
            entropy(secret) <= rule.entropy ||
            rule.except.some((except) => except.test(secret)) ||
            rule.stopwords.some((word) => secret.toLowerCase().includes(word))
          )
            continue;
          found.push({
            start: at,
            end: at + secret.length,
            kind: rule.id.includes('sandbox') ? 'sandbox' : 'production',
          });
        }
      }
      assert.deepEqual(
        found.sort((a, b) => a.start - b.start),
        places,
      );
    });
  }

  it('is accepted by gitleaks', { skip: spawnSync('gitleaks', ['version']).status !== 0 }, () => {
    const folder = temporaryFolder();
    const config = path.join(folder, 'gitleaks.toml');
    writeFileSync(config, gitleaksToml());
    writeFileSync(path.join(folder, 'leak.txt'), fromTemplate('a = "<P>"\nb = "<HS>"\n').text);
    assert.equal(spawnSync('gitleaks', ['dir', folder, '-c', config, '--no-banner']).status, 1);
  });
});

describe('The GitHub custom patterns', () => {
  const patterns = githubPatterns().map((pattern) => ({
    kind: pattern.name.includes('sandbox') ? ('sandbox' as const) : ('production' as const),
    expression: new RegExp(
      `(?<=${pattern.beforeSecret.replace('\\A', '^')})(?:${pattern.secretFormat})(?=${pattern.afterSecret.replace('\\z', '$')})`,
      'g',
    ),
    mustNotMatch: pattern.mustNotMatch.map(
      (text) => new RegExp(text.replace('(?i)', ''), text.startsWith('(?i)') ? 'i' : ''),
    ),
  }));

  for (const [name, { text, places }] of Object.entries(table)) {
    it(`finds the expected keys in ${JSON.stringify(name)}`, () => {
      const found = patterns.flatMap(({ kind, expression, mustNotMatch }) =>
        [...text.matchAll(expression)]
          .filter(([secret]) => !mustNotMatch.some((not) => not.test(secret)))
          .map(({ 0: secret, index }) => ({ start: index, end: index + secret.length, kind })),
      );
      assert.deepEqual(
        found.sort((a, b) => a.start - b.start),
        places,
      );
    });
  }
});
