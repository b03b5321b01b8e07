#!/usr/bin/env node
/** The command line, bundled as `dist/truework-secrets.js`. Usage: `truework-secrets --help`. */
import path from 'node:path';
import { GitError } from '../git/error.ts';
import { githubPatterns } from '../formats/github.ts';
import { gitleaksToml } from '../formats/gitleaks.ts';
import { readArguments, USAGE, UsageError } from './arguments.ts';
import { formatReport, printable } from './formats.ts';
import { isLeak, maskKeys } from './report.ts';
import { scanScope } from './scopes.ts';

const CLEAN = 0;
const LEAKS = 1;
const FAILED = 2;

async function main(args: readonly string[]): Promise<number> {
  const command = readArguments(args);
  switch (command.command) {
    case 'help':
      return print(USAGE);
    case 'print-gitleaks':
      return print(gitleaksToml());
    case 'print-github-pattern':
      return print(`${JSON.stringify(githubPatterns(), undefined, 2)}\n`);
    case 'scan': {
      const folder = process.cwd();
      const index = process.env['GIT_INDEX_FILE'];
      const report = await scanScope(command.scope, command.paths, {
        folder,
        indexFile: index === undefined ? undefined : path.resolve(folder, index),
      });
      print(formatReport(report, command.format));
      if (report.leaks.some(isLeak)) return LEAKS;
      return report.incomplete ? FAILED : CLEAN;
    }
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return CLEAN;
}

/** Without the stack, which could quote a key. */
function errorMessage(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\nRun truework-secrets --help for usage.`;
  if (error instanceof GitError) return error.detail === '' ? error.message : `${error.message}\n${error.detail}`;
  return error instanceof Error ? `Unexpected error: ${error.message}` : 'Unexpected error.';
}

// A reader such as `head` closes the pipe early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// Git runs in process groups of its own, which Ctrl+C does not reach; on exit they are ended too.
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const)
  process.once(signal, () => {
    process.exit(128 + number);
  });

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(
    errorMessage(error)
      .split('\n')
      .map((line) => printable(maskKeys(line)))
      .join('\n'),
  );
  process.exitCode = FAILED;
}
