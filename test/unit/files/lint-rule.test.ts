import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { root } from '../../support/cache.mjs';

describe('The linter', () => {
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: path.join(root, '.eslint.config.mjs'),
    // This rule needs no types, which are slow.
    overrideConfig: [tseslint.configs.disableTypeChecked, { languageOptions: { parserOptions: { project: null } } }],
  });

  for (const [file, isRejected] of [
    ['src/leaks/fixes/writes.ts', true],
    ['src/secrets/setup/read.ts', true],
    ['src/secrets/git/history-cache.ts', false],
    ['src/sandbox/state-file.ts', false],
  ] as const) {
    it(`${isRejected ? 'rejects' : 'allows'} replaceFile, which checks no target, in ${file}`, async () => {
      const [result] = await eslint.lintText("import { replaceFile } from '../../files/replace-file.ts';\n", {
        filePath: path.join(root, file),
      });
      const rules = result?.messages.map(({ ruleId }) => ruleId) ?? [];
      assert.equal(result?.fatalErrorCount, 0);
      assert.equal(rules.includes('no-restricted-syntax'), isRejected);
    });
  }
});
