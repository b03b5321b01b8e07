import path from 'node:path';
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * The pure folders of src/: they run without an editor, so none of them imports `vscode`. Each may import itself and the
 * folders named here. Every other folder is a feature, or `ui`, and needs no entry.
 */
const PURE = {
  files: [],
  truework: [],
  secrets: ['truework', 'files'],
  sandbox: ['truework', 'files'],
};
/** Pure folders within features. */
const PURE_WITHIN_FEATURES = ['orders/sending/'];

/** Why a file must not import another one, or undefined. Both are relative to src/; `to` may be `vscode`. */
function forbiddenImport(from, to) {
  const top = (file) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '');
  const [source, target] = [top(from), top(to)];
  const isPure = Object.hasOwn(PURE, source) || PURE_WITHIN_FEATURES.some((folder) => from.startsWith(folder));
  if (to === 'vscode') return isPure ? 'This folder is pure: it runs without an editor.' : undefined;
  if (to === 'extension.ts') return 'Imports run from extension.ts to the features, never back.';
  if (to.startsWith('../')) return 'What ships imports nothing outside of src.';
  if (target === '' || target === source) return undefined;
  if (Object.hasOwn(PURE, source))
    return PURE[source].includes(target)
      ? undefined
      : `Of this project, ${source} imports ${['itself', ...PURE[source]].join(', ')}.`;
  if (Object.hasOwn(PURE, target)) return undefined;
  if (source === 'ui') return 'Pieces of editor UI know no feature.';
  if (target === 'ui') return isPure ? 'This folder is pure: it runs without an editor.' : undefined;
  return to === `${target}/index.ts` ? undefined : 'Import a feature through its index.ts.';
}

const importDirection = {
  create(context) {
    const src = path.join(import.meta.dirname, 'src');
    const slashes = (file) => file.replaceAll(path.sep, '/');
    const from = slashes(path.relative(src, context.filename));
    const check = (source) => {
      if (typeof source?.value !== 'string') return;
      const isPackage = !source.value.startsWith('.');
      if (isPackage && source.value !== 'vscode') return;
      const to = isPackage
        ? source.value
        : slashes(path.relative(src, path.resolve(path.dirname(context.filename), source.value)));
      const message = forbiddenImport(from, to);
      if (message !== undefined) context.report({ node: source, message });
    };
    return {
      ImportDeclaration: ({ source }) => check(source),
      ImportExpression: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      TSImportType: ({ source }) => check(source),
    };
  },
};

/** What the editor shows goes through src/ui, where text from outside is made plain. */
const shows =
  '/^(show(Information|Warning|Error)Message|showQuickPick|showInputBox|showWorkspaceFolderPick|setStatusBarMessage|withProgress|createQuickPick|createInputBox|MarkdownString)$/';
const throughUi =
  'Show text through src/ui (show.ts, steps.ts, tooltip.ts, tree-item.ts): it makes text from outside plain.';
const showingText = [
  { selector: `MemberExpression[property.name=${shows}]`, message: throughUi },
  { selector: `MemberExpression[property.value=${shows}]`, message: throughUi },
  { selector: `ObjectPattern > Property[key.name=${shows}]`, message: throughUi },
  { selector: `ImportSpecifier[imported.name=${shows}][parent.source.value="vscode"]`, message: throughUi },
  {
    selector: 'AssignmentExpression[left.property.name=/^(isTrusted|supportHtml|supportThemeIcons)$/]',
    message: 'Text in tooltips runs no command, is no HTML and draws no icon: use Tooltip of src/ui/tooltip.ts.',
  },
  {
    selector: 'MethodDefinition[key.name="getTreeItem"]:not(:has(CallExpression[callee.name="plainTreeItem"]))',
    message: 'Rows show text through plainTreeItem of src/ui/tree-item.ts.',
  },
];

/** Files are written where it is checked first where a write ends up. Reading is free, so `open` is not among these. */
const writes =
  '/^(writeFile|appendFile|createWriteStream|write|writev|rename|copyFile|cp|rm|rmdir|unlink|mkdir|mkdtemp|symlink|link|truncate|ftruncate|chmod|lchmod|fchmod|chown|lchown|fchown|utimes|lutimes|futimes)(Sync)?$/';
const throughGate =
  'Write through src/files/write-target.ts or src/leaks/fixes/workspace-edit.ts: they check that no link leads the write elsewhere.';
const writingFiles = [
  {
    selector: `ImportDeclaration[source.value=/^(node:)?fs(\\u002Fpromises)?$/] > ImportSpecifier[imported.name=${writes}]`,
    message: throughGate,
  },
  {
    selector:
      'ImportDeclaration[source.value=/^(node:)?fs(\\u002Fpromises)?$/] > :matches(ImportDefaultSpecifier, ImportNamespaceSpecifier)',
    message: 'Import the functions of node:fs by name, so that those that write are seen.',
  },
  {
    selector:
      'ImportDeclaration[source.value=/^(node:)?fs(\\u002Fpromises)?$/] > ImportSpecifier[imported.name="promises"]',
    message: 'Import the functions of node:fs by name, so that those that write are seen.',
  },
  {
    selector: 'ImportExpression[source.value=/^(node:)?fs(\\u002Fpromises)?$/]',
    message: 'Import the functions of node:fs by name, so that those that write are seen.',
  },
  {
    selector: 'MemberExpression[property.name="applyEdit"], MemberExpression[property.value="applyEdit"]',
    message: throughGate,
  },
  {
    selector:
      'MemberExpression[property.name=/^(writeFile|delete|rename|copy|createDirectory)$/][object.property.name="fs"]',
    message: throughGate,
  },
  { selector: 'ObjectPattern > Property[key.name=/^(applyEdit|fs)$/]', message: throughGate },
  { selector: 'ImportDeclaration[source.value=/replace-file/]', message: throughGate },
];
/** They check for themselves, or write to a place that the user or the editor chose and no repository can. */
const writers = [
  'src/files/write-target.ts',
  // Imported by those below only.
  'src/files/replace-file.ts',
  'src/leaks/fixes/workspace-edit.ts',
  // To the folder that the editor keeps for this extension.
  'src/secrets/git/history-cache.ts',
  // To where the user saves a report, in the editor's own dialog.
  'src/reports/download-pdf.ts',
  // To the file that the user names on the command line.
  'src/sandbox/state-file.ts',
];

export default tseslint.config(
  { ignores: ['dist/**', 'dist-test/**', '.cache/**', 'node_modules/**', 'test/support/demo/**'] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // Answers hold values that Truework may add to: there, `default` stands for them.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // vscode.Disposable is declared as a class and meant as an interface.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    },
  },
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      parserOptions: { project: null },
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly' },
    },
  },
  {
    files: ['test/**', '*.mjs', 'src/sandbox/main.ts', 'src/secrets/cli/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // node:test's describe/it return promises that its runner awaits itself.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['describe', 'it', 'test', 'suite'], package: 'node:test' },
          ],
        },
      ],
    },
  },
  {
    files: ['src/**'],
    plugins: { truework: { rules: { 'import-direction': importDirection } } },
    rules: { 'truework/import-direction': 'error' },
  },
  { files: ['src/**'], rules: { 'no-restricted-syntax': ['error', ...showingText, ...writingFiles] } },
  { files: ['src/ui/**'], rules: { 'no-restricted-syntax': ['error', ...writingFiles] } },
  { files: writers, rules: { 'no-restricted-syntax': ['error', ...showingText] } },
);
