/** The same rules for other scanners, made from the same constants. */
export { githubPatterns, type GithubPattern } from './github.ts';
export { gitleaksToml } from './gitleaks.ts';
