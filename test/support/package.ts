/**
 * Packages the extension as a .vsix and prints its SHA-256: `npm run package`. The same sources and lock file give the
 * same file, byte for byte, in any folder and on any machine.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readArchive, sha256, writeArchive } from './archive.ts';
import { root } from './cache.mjs';
import { endCleanly, temporaryFolder } from './processes.ts';
import { faultsOfLockFile, faultsOfPackage, type LockFile } from './shipped.ts';
import { faultsOfSize, largestEntries, packagedFiles, unexpectedFiles, vsce, vsixFile } from './vsix.ts';

endCleanly();
const file = vsixFile();

const build = spawnSync(process.execPath, ['esbuild.config.mjs', '--production'], { cwd: root, stdio: 'inherit' });
if (build.status !== 0) process.exit(1);

const files = packagedFiles();
refuse('The package would hold files that it should not (see .vscodeignore):', unexpectedFiles(files));

const packed = path.join(temporaryFolder('package'), 'packed.vsix');
vsce('package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', packed);
const content = readArchive(readFileSync(packed));
refuse('The package is not fit to be shipped:', [
  ...faultsOfPackage(content),
  ...faultsOfLockFile(JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as LockFile),
]);

const bytes = writeArchive(content);
console.log(`The largest files, packed:\n${largestEntries(content).join('\n')}\n`);
refuse('The package is too large:', faultsOfSize(bytes.length));
writeFileSync(file, bytes);
console.log(
  `${path.basename(file)}: ${files.length} files, ${Math.round(bytes.length / 1024)} KB\nSHA-256 ${sha256(bytes)}`,
);

function refuse(reason: string, faults: readonly string[]): void {
  if (faults.length === 0) return;
  console.error(`${reason}\n  ${faults.join('\n  ')}`);
  process.exit(1);
}
