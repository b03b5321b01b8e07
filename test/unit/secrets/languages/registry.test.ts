/** Tests that every language of the registry must pass, so that a new one is covered. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scan } from '../../../../src/secrets/detector/scan.ts';
import { applyChanges } from '../../../../src/secrets/edits/change.ts';
import { allowComment } from '../../../../src/secrets/languages/allow-comment.ts';
import { languageOf, LANGUAGES } from '../../../../src/secrets/languages/registry.ts';
import { replaceKey } from '../../../../src/secrets/languages/replace-key.ts';
import { fromTemplate } from '../detector/made-keys.ts';

/** Languages with an ID, by their first one. */
const BY_ID = LANGUAGES.flatMap((language) => language.ids.slice(0, 1).map((id) => [id, language] as const));

function duplicates(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

describe('The registry of languages', () => {
  it('gives each language ID and each extension to one language', () => {
    const ids = LANGUAGES.flatMap((language) => language.ids);
    const extensions = LANGUAGES.flatMap((language) => language.extensions ?? []);
    assert.deepEqual([duplicates(ids), duplicates(extensions)], [[], []]);
    for (const name of [...ids, ...extensions]) assert.match(name, /^[a-z0-9-]+$/);
  });

  it('finds each language by each of its IDs, in any case, whatever the file is called', () => {
    for (const language of LANGUAGES) {
      for (const id of language.ids) {
        assert.equal(languageOf({ languageId: id, fileName: 'a' }), language, id);
        assert.equal(languageOf({ languageId: id.toUpperCase(), fileName: 'C:\\a\\b.go' }), language, id);
      }
    }
  });

  it('finds each language by each of its extensions if the language ID is unknown', () => {
    for (const language of LANGUAGES) {
      for (const extension of language.extensions ?? []) {
        assert.equal(languageOf({ languageId: 'plaintext', fileName: `/a.b/c.d.${extension}` }), language, extension);
        assert.equal(languageOf({ languageId: '', fileName: `c:\\a\\B.${extension.toUpperCase()}` }), language);
      }
    }
  });

  for (const [languageId, fileName, expected] of [
    ['yaml', '/r/.github/workflows/ci.yml', 'github-actions-workflow'],
    ['yaml', 'c:\\r\\.github\\workflows\\ci.yml', 'github-actions-workflow'],
    ['yaml', '/r/workflows/ci.yml', 'yaml'],
    ['properties', '/r/.env.local', 'dotenv'],
    ['plaintext', 'c:\\r\\.env', 'dotenv'],
    ['shellscript', '/r/.envrc', 'dotenv'],
    ['shellscript', 'a.fish', 'fish'],
    ['plaintext', 'Dockerfile', 'dockerfile'],
    ['plaintext', '/r/Dockerfile.dev', 'dockerfile'],
    ['plaintext', '/r/Dockerfile-dev', 'dockerfile'],
    ['plaintext', '/r/dockerfiles', undefined],
    ['terraform', 'prod.auto.tfvars', 'terraform-vars'],
    ['plaintext', '/r/a.env/readme', undefined],
    ['plaintext', 'go', undefined],
    ['plaintext', '/r.go/a', undefined],
  ] as const) {
    it(`identifies ${fileName} with the ID ${languageId} as ${expected ?? 'unknown'}`, () => {
      assert.equal(languageOf({ languageId, fileName })?.ids[0], expected);
    });
  }

  for (const [languageId, language] of BY_ID) {
    if (language.comment !== undefined) {
      it(`allows a line of ${languageId} by a comment`, () => {
        const { text } = fromTemplate('<P>\n');
        const [finding] = scan(text);
        assert.ok(finding);
        const change = allowComment(text, finding, languageId, 'a');
        assert.ok(change);
        assert.deepEqual(
          scan(applyChanges(text, [change])).map(({ suppressedBy }) => suppressedBy?.by),
          ['comment'],
        );
      });
    }
    const { grammar, replace } = language;
    if (grammar !== undefined && replace !== undefined) {
      it(`replaces a key that is a whole string of ${languageId}`, () => {
        const { text } = fromTemplate('key = "<P>"\n');
        const [finding] = scan(text);
        assert.ok(finding);
        const replaced = replaceKey({ text, finding, languageId, fileName: 'a', variable: 'TRUEWORK_API_KEY' });
        assert.ok(replaced);
        const result = applyChanges(text, replaced.changes);
        assert.match(replaced.variable, /TRUEWORK_API_KEY|^TF_VAR_key$/i);
        assert.ok(result === '' || result.includes(replaced.read));
        assert.equal(scan(result).length, 0);
      });
    }
  }
});
