/** The direction of imports, as it is drawn in .github/CONTRIBUTING.md. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { ESLint } from 'eslint';
import ts from 'typescript';
import tseslint from 'typescript-eslint';
import { root } from '../support/cache.mjs';

/** The files of ours that each file of src/ imports: values and types, at once or later. */
function importsOfAll(): Map<string, readonly string[]> {
  const files = globSync('src/**/*.ts', { cwd: root }).map((file) => file.replaceAll(path.sep, '/'));
  return new Map(
    files.map((file) => {
      const specifiers: string[] = [];
      const source = ts.createSourceFile(file, readFileSync(path.join(root, file), 'utf8'), ts.ScriptTarget.Latest);
      const visit = (node: ts.Node): void => {
        const specifier =
          ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
            ? node.moduleSpecifier
            : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
              ? node.arguments[0]
              : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
                ? node.argument.literal
                : undefined;
        if (specifier && ts.isStringLiteral(specifier)) specifiers.push(specifier.text);
        ts.forEachChild(node, visit);
      };
      visit(source);
      const ours = specifiers.filter((specifier) => specifier.startsWith('.'));
      return [file, ours.map((specifier) => path.posix.join(path.posix.dirname(file), specifier))];
    }),
  );
}

/** Files that import each other in a circle, or undefined. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): readonly string[] | undefined => {
    const at = trail.indexOf(file);
    if (at !== -1) return [...trail.slice(at), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...trail, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

describe('Imports', () => {
  it('make no circle, those of types included', () => {
    assert.equal(findCycle(importsOfAll())?.join(' imports '), undefined);
    assert.deepEqual(
      findCycle(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
      ['b', 'c', 'b'],
    );
  });
});

describe('CONTRIBUTING.md', () => {
  const text = readFileSync(path.join(root, '.github/CONTRIBUTING.md'), 'utf8');

  it('names files and folders that exist', () => {
    const named = Array.from(text.matchAll(/`((?:src|test)\/[\w./-]+)`/g), ([, name = '']) => name);
    const missing = named.filter((name) => !name.includes('NAME') && !existsSync(path.join(root, name)));
    assert.deepEqual(missing, []);
  });

  it('names functions and methods that exist', () => {
    const sources = globSync('{src,test}/**/*.ts', { cwd: root }).map((file) =>
      readFileSync(path.join(root, file), 'utf8'),
    );
    const code = sources.join('\n');
    const named = Array.from(text.matchAll(/`(?:\w+\.)?(#?\w+)\([^`]*\)`/g), ([, name = '']) => name);
    assert.deepEqual(
      named.filter((name) => name !== 'import' && !code.includes(`${name}(`)),
      [],
    );
  });
});

describe('The linter', () => {
  let eslint: ESLint;
  before(() => {
    eslint = new ESLint({
      cwd: root,
      overrideConfigFile: path.join(root, '.eslint.config.mjs'),
      // These rules need no types, which take long to find out.
      overrideConfig: [tseslint.configs.disableTypeChecked, { languageOptions: { parserOptions: { project: null } } }],
    });
  });

  const isRejected = async (file: string, code: string): Promise<boolean> => {
    const [result] = await eslint.lintText(`${code}\n`, { filePath: path.join(root, file) });
    assert.equal(result?.fatalErrorCount, 0, result?.messages[0]?.message);
    return result.messages.some(({ ruleId }) => ruleId === 'truework/import-direction');
  };

  for (const [what, file, specifier] of [
    ['the editor in truework', 'src/truework/client.ts', 'vscode'],
    ['the editor in secrets', 'src/secrets/git/repository.ts', 'vscode'],
    ['the editor in the sandbox', 'src/sandbox/server.ts', 'vscode'],
    ['the editor in files', 'src/files/write-target.ts', 'vscode'],
    ['the editor in a pure folder of a feature', 'src/orders/sending/drafts.ts', 'vscode'],
    ['editor UI in a pure folder of a feature', 'src/orders/sending/drafts.ts', '../../ui/show.ts'],
    ['editor UI in a pure folder', 'src/secrets/git/repository.ts', '../../ui/log.ts'],
    ['a feature in a pure folder', 'src/secrets/git/repository.ts', '../../leaks/index.ts'],
    ['the sandbox in truework', 'src/truework/client.ts', '../sandbox/start-sandbox.ts'],
    ['secrets in the sandbox', 'src/sandbox/server.ts', '../secrets/detector/scan.ts'],
    ['a feature in ui', 'src/ui/show.ts', '../orders/index.ts'],
    ['the inside of another feature', 'src/orders/feature.ts', '../connections/sessions.ts'],
    ['the inside of another feature, from below', 'src/leaks/fixes/links.ts', '../../connections/api.ts'],
    ['the inside of another feature, from a folder that is new', 'src/traffic/feature.ts', '../orders/store.ts'],
    ['the entry', 'src/orders/feature.ts', '../extension.ts'],
    ['a test', 'src/orders/feature.ts', '../../test/support/stubs.ts'],
  ] as const) {
    it(`rejects an import of ${what}`, async () => {
      assert.ok(await isRejected(file, `import '${specifier}';`));
    });
  }

  for (const [form, code] of Object.entries({
    'of a value': "import { window } from 'vscode'; void window;",
    'of a type': "import type { Uri } from 'vscode'; export type X = Uri;",
    'of a type in place': "export type X = import('vscode').Uri;",
    'at run time': "export const load = () => import('vscode');",
    'for an export': "export { window } from 'vscode';",
    'for an export of everything': "export * from 'vscode';",
  })) {
    it(`rejects an import ${form}`, async () => {
      assert.ok(await isRejected('src/truework/keys.ts', code));
    });
  }

  for (const [file, specifier] of [
    ['src/orders/feature.ts', '../connections/index.ts'],
    ['src/orders/feature.ts', '../truework/state.ts'],
    ['src/sandbox/server.ts', '../truework/facts.ts'],
    ['src/secrets/git/repository.ts', '../detector/scan.ts'],
    ['src/ui/show.ts', 'vscode'],
    ['src/truework/client.ts', 'valibot'],
  ] as const) {
    it(`lets ${file} import ${specifier}`, async () => {
      assert.ok(!(await isRejected(file, `import '${specifier}';`)));
    });
  }
});
