/** A wrapper of git that records the extension's runs and can be made to hang. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findGit } from '../../../src/secrets/git/executable.ts';

export class RecordedGit {
  readonly #folder: string;
  readonly #before = process.env['PATH'];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** From now on the first `git` on the path of the extension host. The editor's own git extension has found another one. */
  static async install(): Promise<RecordedGit> {
    const git = await findGit();
    const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'truework-recorded-git-')));
    writeFileSync(
      path.join(folder, 'git'),
      `#!/bin/sh
printf '%s\\n' "$*" >> ${folder}/runs
hang=$(cat ${folder}/hang 2>/dev/null)
for each in "$@"; do
  if [ -n "$hang" ] && [ "$each" = "$hang" ]; then while :; do sleep 1; done; fi
done
exec ${git} "$@"
`,
    );
    chmodSync(path.join(folder, 'git'), 0o755);
    process.env['PATH'] = `${folder}${path.delimiter}${process.env['PATH'] ?? ''}`;
    return new RecordedGit(folder);
  }

  /** Command lines of the extension's runs: no one else starts git with these options. */
  get runs(): string[] {
    const file = path.join(this.#folder, 'runs');
    return existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line.startsWith('--no-pager -c '))
      : [];
  }

  forget(): void {
    rmSync(path.join(this.#folder, 'runs'), { force: true });
  }

  hangAt(command: string | undefined): void {
    if (command === undefined) rmSync(path.join(this.#folder, 'hang'), { force: true });
    else writeFileSync(path.join(this.#folder, 'hang'), command);
  }

  remove(): void {
    process.env['PATH'] = this.#before;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
