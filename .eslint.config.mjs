import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Rooms that run outside the editor too: in Node, in CI, in a worker. None of them may import `vscode`. */
const pureRooms = [
  'src/truework/**',
  'src/sandbox/**',
  'src/leaks/{detector,rule,git,scan,cli,formats}/**',
  'src/orders/sending/**',
];

/** What the editor shows goes through src/ui, where text from outside is made plain. */
const shows = '/^(show(Information|Warning|Error)Message|showQuickPick|showInputBox|showWorkspaceFolderPick|setStatusBarMessage|withProgress|createQuickPick|createInputBox|MarkdownString)$/';
const throughUi = 'Show text through src/ui (show.ts, steps.ts, tooltip.ts, tree-item.ts): it makes text from outside plain.';
const showingText = [
  { selector: `MemberExpression[property.name=${shows}]`, message: throughUi },
  { selector: `MemberExpression[property.value=${shows}]`, message: throughUi },
  { selector: `ObjectPattern > Property[key.name=${shows}]`, message: throughUi },
  { selector: `ImportSpecifier[imported.name=${shows}][parent.source.value="vscode"]`, message: throughUi },
  { selector: 'AssignmentExpression[left.property.name=/^(isTrusted|supportHtml|supportThemeIcons)$/]', message: 'Text in tooltips runs no command, is no HTML and draws no icon: use Tooltip of src/ui/tooltip.ts.' },
  { selector: 'MethodDefinition[key.name="getTreeItem"]:not(:has(CallExpression[callee.name="plainTreeItem"]))', message: 'Rows show text through plainTreeItem of src/ui/tree-item.ts.' },
];

const features = ['connections', 'orders', 'reports', 'leaks'];

/** No feature imports another feature's insides: only its `index.ts`, which names what it offers. */
const featureBoundaries = features.map((feature) => ({
  files: [`src/${feature}/**/*.ts`],
  rules: {
    'no-restricted-imports': ['error', {
      patterns: [
        {
          regex: `/(${features.filter((other) => other !== feature).join('|')})/(?!index\\.ts$)`,
          message: 'Import a feature through its index.ts.',
        },
        { regex: '/sandbox/(?!index\\.ts$)', message: 'Import the sandbox through its index.ts.' },
        { regex: '/extension\\.ts$', message: 'Imports run from extension.ts to the features, never back.' },
      ],
    }],
  },
}));

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
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked], languageOptions: { parserOptions: { project: null }, globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } } },
  {
    files: ['test/**', '*.mjs', 'src/sandbox/main.ts', 'src/leaks/cli/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // node:test's describe/it return promises that its runner awaits itself.
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [{ from: 'package', name: ['describe', 'it', 'test', 'suite'], package: 'node:test' }] }],
    },
  },
  ...featureBoundaries,
  { files: ['src/**'], ignores: ['src/ui/**'], rules: { 'no-restricted-syntax': ['error', ...showingText] } },
  {
    files: pureRooms,
    rules: {
      'no-restricted-imports': ['error', {
        paths: [{ name: 'vscode', message: 'This room is pure: it runs without an editor.' }],
        patterns: [
          { regex: '/(connections|orders|reports|ui)/', message: 'Pure rooms know nothing of the editor features.' },
          { regex: '/extension\\.ts$', message: 'Imports run from extension.ts to the features, never back.' },
        ],
      }],
    },
  },
  {
    files: ['src/sandbox/**'],
    rules: {
      'no-restricted-imports': ['error', {
        paths: [{ name: 'vscode', message: 'The sandbox runs without an editor.' }],
        patterns: [
          { regex: '^\\.\\./(?!(\\.\\./)*truework/(schemas|keys))', message: 'The sandbox shares truework/schemas and truework/keys.ts, nothing else.' },
          { regex: '/(connections|orders|reports|ui|leaks)/', message: 'The sandbox knows nothing of the editor.' },
        ],
      }],
    },
  },
);
