/** Packages the extension as a .vsix: `npm run package`. The same sources give the same file, byte for byte. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from './cache.mjs';
import { endCleanly } from './processes.ts';
import { packagedFiles, unexpectedFiles, vsce } from './vsix.ts';

endCleanly();
const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { name: string; version: string };
const file = path.join(root, `${name}-${version}.vsix`);

// Chunks of earlier builds have other names and would go in too.
rmSync(path.join(root, 'dist'), { recursive: true, force: true });
const build = spawnSync(process.execPath, ['esbuild.config.mjs', '--production'], { cwd: root, stdio: 'inherit' });
if (build.status !== 0) process.exit(1);

const files = packagedFiles();
const unexpected = unexpectedFiles(files);
if (unexpected.length > 0) {
  console.error(`The package would hold files that it should not:\n  ${unexpected.join('\n  ')}\nSee .vscodeignore.`);
  process.exit(1);
}

// vsce gives the files this time; that of the last commit makes the package the same wherever it is made.
process.env['SOURCE_DATE_EPOCH'] ??= spawnSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }).stdout.trim();
vsce('package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', file);
console.log(`${path.basename(file)}: ${files.length} files, ${Math.round(statSync(file).size / 1024)} KB`);
