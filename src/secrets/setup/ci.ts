/** The check in continuous integration: the stock secretlint with the rule. */

const SECRETLINT = 'secretlint@13.0.6';
export const CI_COMMAND = `npx --yes ${SECRETLINT} "**/*"`;
export const WORKFLOW = '.github/workflows/truework-leak-check.yml';

/** Secretlint resolves a relative rule below NODE_PATH. */
export const GITHUB_WORKFLOW = `name: Leak check

on:
  push:
  pull_request:

permissions:
  contents: read

jobs:
  truework-keys:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - name: No leaked Truework keys
        run: ${CI_COMMAND}
        env:
          NODE_PATH: \${{ github.workspace }}
`;

/** For other CI systems. */
export const SHELL_STEP: readonly string[] = [`NODE_PATH=. ${CI_COMMAND}`];

export const GITLAB_JOB: readonly string[] = [
  'truework-keys:',
  '  image: node:22',
  '  script:',
  `    - ${SHELL_STEP[0] ?? ''}`,
];
