/** Names under which the tools of a repository look for their configuration, relative to its root. */

export const LEFTHOOK_YAML_FILES = ['lefthook.yml', 'lefthook.yaml', '.lefthook.yml', '.lefthook.yaml'] as const;
export const OTHER_LEFTHOOK_FILES = ['lefthook.toml', '.lefthook.toml', 'lefthook.json', '.lefthook.json'] as const;
export const LEFTHOOK_FILES = [...LEFTHOOK_YAML_FILES, ...OTHER_LEFTHOOK_FILES] as const;

/** The pre-commit framework's; the first is the usual one. */
export const PRE_COMMIT_FILES = ['.pre-commit-config.yaml', '.pre-commit-config.yml'] as const;

export const SECRETLINT_FILE = '.secretlintrc.json';
/** Not plain JSON, so nothing is added to them. */
export const OTHER_SECRETLINT_FILES = [
  '.secretlintrc',
  '.secretlintrc.js',
  '.secretlintrc.cjs',
  '.secretlintrc.mjs',
  '.secretlintrc.yml',
  '.secretlintrc.yaml',
] as const;

/** The first is the usual one. */
export const GITLEAKS_FILES = ['.gitleaks.toml', 'gitleaks.toml'] as const;

/** Of continuous integration other than GitHub's and GitLab's. */
export const OTHER_CI_FILES = [
  'azure-pipelines.yml',
  'bitbucket-pipelines.yml',
  '.circleci/config.yml',
  'Jenkinsfile',
] as const;
