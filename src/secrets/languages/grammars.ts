import { CSHARP } from './csharp.ts';
import { GO } from './go.ts';
import { JAVASCRIPT } from './javascript.ts';
import { JAVA, KOTLIN } from './jvm.ts';
import { PHP } from './php.ts';
import { PYTHON } from './python.ts';
import { RUBY } from './ruby.ts';
import { RUST } from './rust.ts';
import { FISH, SHELL } from './shell.ts';
import type { Grammar } from './syntax-context.ts';
import { TERRAFORM } from './terraform.ts';
import { POWERSHELL } from './windows.ts';

const GRAMMARS: Readonly<Record<string, Grammar | undefined>> = {
  javascript: JAVASCRIPT,
  javascriptreact: JAVASCRIPT,
  typescript: JAVASCRIPT,
  typescriptreact: JAVASCRIPT,
  python: PYTHON,
  ruby: RUBY,
  go: GO,
  java: JAVA,
  kotlin: KOTLIN,
  csharp: CSHARP,
  php: PHP,
  rust: RUST,
  shellscript: SHELL,
  bash: SHELL,
  zsh: SHELL,
  fish: FISH,
  powershell: POWERSHELL,
  terraform: TERRAFORM,
  hcl: TERRAFORM,
  opentofu: TERRAFORM,
};

/** How strings and comments look in a language. */
export function grammarOf(languageId: string): Grammar | undefined {
  return GRAMMARS[languageId];
}
