// The packages whose code esbuild put into the bundles, and the notices that their licenses ask for.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Licenses that let their code be shipped in an MIT-licensed extension, given that their text comes along (SPDX). */
const ALLOWED_LICENSES = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** The files of a package that its license asks to be passed on. */
const NOTICE_FILE = /^(?:licen[cs]e|copying|notice|copyright)/i;

/** Whether an SPDX expression allows what we do. One that mixes AND with OR is left to a person, and so refused. */
export function isAllowedLicense(expression) {
  const names = (separator) =>
    expression
      .replaceAll(/[()]/g, '')
      .split(separator)
      .map((name) => name.trim());
  if (/\bAND\b/.test(expression) && /\bOR\b/.test(expression)) return false;
  return /\bOR\b/.test(expression)
    ? names(/\bOR\b/).some((name) => ALLOWED_LICENSES.has(name))
    : names(/\bAND\b/).every((name) => ALLOWED_LICENSES.has(name));
}

/**
 * The folders, relative to the root and with forward slashes, of the packages that have code in the outputs. A package
 * that was only read, and of which nothing was kept, is not among them.
 */
export function bundledPackages(metafiles) {
  const folders = new Set();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
        if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
      }
    }
  }
  return [...folders].sort();
}

/**
 * The text of THIRD-PARTY-NOTICES.txt for these packages; the same packages give the same text.
 * @throws Error when a package has a license that is not allowed, or no license text
 */
export function thirdPartyNotices(root, folders) {
  const packages = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    if (typeof license !== 'string' || !isAllowedLicense(license))
      throw new Error(
        `${name} ${version} is bundled under the license ${JSON.stringify(license)}, which is not on the list of allowed ones in test/support/third-party.mjs.`,
      );
    const files = readdirSync(path.join(root, folder))
      .filter((file) => NOTICE_FILE.test(file))
      .sort();
    if (files.length === 0)
      throw new Error(`${name} ${version} is bundled, and comes without the text of its license.`);
    const texts = files.map((file) =>
      readFileSync(path.join(root, folder, file), 'utf8')
        .replaceAll('\r\n', '\n')
        .replace(/^\uFEFF/, '')
        .trim(),
    );
    return { title: `${name} ${version} (${license})`, text: texts.join('\n\n') };
  });
  packages.sort((a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0));
  const line = '-'.repeat(80);
  return [
    'Truework for VS Code contains code of the packages below, under these licenses.\n',
    ...packages.map(({ title, text }) => `${line}\n${title}\n${line}\n\n${text}\n`),
  ].join('\n');
}
