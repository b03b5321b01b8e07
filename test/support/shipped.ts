/** What may not be in a file that is shipped, or that is kept in the repository. Each check returns a sentence per fault. */
import path from 'node:path';
import { scanBytes } from '../../src/secrets/detector/bytes.ts';
import type { ArchivedFiles } from './archive.ts';

/** Files whose bytes are no text. */
const BINARY = new Set(['.png']);

/**
 * Characters that are not seen, or that change how others are seen: controls, zero-width and bidirectional ones, soft
 * hyphens, variation selectors, tags, fillers, spaces other than the ordinary one, private use, unassigned. Code can be
 * hidden in them, and shown other than it runs. Sources write them as escapes.
 */
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}\u{2800}\u{FFFC}]/gu;
const ORDINARY = new Set(['\t', '\n', '\r', ' ']);

export function isText(file: string): boolean {
  return !BINARY.has(path.posix.extname(file).toLowerCase());
}

/** Where a text has characters that are not seen: `line:column U+XXXX`. */
export function invisibleCharacters(text: string): string[] {
  return [...text.matchAll(INVISIBLE)]
    .filter(([character]) => !ORDINARY.has(character))
    .map(({ 0: character, index }) => {
      const before = text.slice(0, index).split('\n');
      return `${before.length}:${(before.at(-1)?.length ?? 0) + 1} U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    });
}

/** Faults of one file, whether shipped or only kept. */
export function faultsOfFile(file: string, bytes: Uint8Array): string[] {
  const faults = scanBytes(bytes).findings.map(
    ({ masked }) => `${file} holds what looks like a secret key (${masked}).`,
  );
  if (!isText(file)) return faults;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return [...faults, `${file} is not valid UTF-8.`];
  }
  return [...faults, ...invisibleCharacters(text).map((place) => `${file}:${place} is a character that is not seen.`)];
}

/**
 * Ways in for others that the extension does not offer: a web page's link, a language model, other extensions' sign-in,
 * an activation by whatever is opened.
 */
const CLOSED_CONTRIBUTIONS = [
  'authentication',
  'languageModelTools',
  'mcpServerDefinitionProviders',
  'chatParticipants',
  'terminal',
  'debuggers',
];
const CLOSED_ACTIVATIONS = /^(?:\*|onUri|onAuthenticationRequest.*|onLanguageModelTool.*)$/;

/** Faults of a manifest: other extensions that would be installed with ours, code that would be fetched or run, and ways in. */
export function faultsOfManifest(manifest: Readonly<Record<string, unknown>>): string[] {
  const unwanted = [
    'extensionDependencies',
    'extensionPack',
    'dependencies',
    'optionalDependencies',
    'bundleDependencies',
    'bundledDependencies',
    'peerDependencies',
    'enabledApiProposals',
    'bin',
  ];
  const scripts = Object.keys(manifest['scripts'] ?? {});
  const contributed = Object.keys(manifest['contributes'] ?? {});
  // npm would run these at an install; vsce and VS Code the last two, at a packaging and at an uninstall.
  const unwantedScripts = ['preinstall', 'install', 'postinstall', 'vscode:prepublish', 'vscode:uninstall'];
  const inexact = Object.entries((manifest['devDependencies'] ?? {}) as Record<string, string>).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  );
  return [
    ...unwanted.filter((name) => name in manifest).map((name) => `package.json has "${name}".`),
    ...unwantedScripts.filter((name) => scripts.includes(name)).map((name) => `package.json has the script "${name}".`),
    ...CLOSED_CONTRIBUTIONS.filter((name) => contributed.includes(name)).map(
      (name) => `package.json contributes "${name}".`,
    ),
    ...((manifest['activationEvents'] ?? []) as string[])
      .filter((event) => CLOSED_ACTIVATIONS.test(event))
      .map((event) => `package.json has the activation event "${event}".`),
    ...inexact.map(([name, version]) => `package.json asks for ${name} ${version}, not for one exact version.`),
  ];
}

export interface LockFile {
  readonly lockfileVersion: number;
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly resolved?: string;
        readonly integrity?: string;
        readonly link?: boolean;
        readonly hasInstallScript?: boolean;
      }
    >
  >;
}

/**
 * Packages with an install script, none of which has to run: esbuild's only replaces a shortcut to the program that npm
 * has brought already, vsce's fetches a tool that signs packages, and keytar is where vsce keeps publishers' tokens.
 */
const UNNEEDED_SCRIPTS = new Set(['node_modules/esbuild', 'node_modules/@vscode/vsce-sign', 'node_modules/keytar']);

/** Faults of the lock file: packages of unknown origin or content, and install scripts that nobody has looked at. */
export function faultsOfLockFile({ lockfileVersion, packages }: LockFile): string[] {
  const faults = lockfileVersion >= 2 ? [] : [`The lock file's version ${lockfileVersion} does not fix every package.`];
  for (const [folder, { resolved, integrity, link, hasInstallScript }] of Object.entries(packages)) {
    if (folder === '') continue; // The project itself.
    if (link === true) faults.push(`${folder} is a link to a folder.`);
    if (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'))
      faults.push(`${folder} comes from ${resolved}, not from the public npm registry.`);
    if (integrity === undefined || !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity))
      faults.push(`${folder} has no SHA-512 of its content.`);
    if (hasInstallScript === true && !UNNEEDED_SCRIPTS.has(folder)) faults.push(`${folder} has an install script.`);
  }
  return faults;
}

/** Faults of a packaged extension, beside files that have no business in it. */
export function faultsOfPackage(files: ArchivedFiles): string[] {
  const faults: string[] = [];
  for (const [file, bytes] of files) {
    faults.push(...faultsOfFile(file, bytes));
    if (/\.[cm]?js$/.test(file) && /^\/\/[#@] sourceMappingURL=/m.test(new TextDecoder().decode(bytes)))
      faults.push(`${file} names a source map.`);
  }
  const manifest = files.get('extension/package.json');
  faults.push(
    ...(manifest === undefined
      ? ['There is no package.json.']
      : faultsOfManifest(JSON.parse(new TextDecoder().decode(manifest)) as Record<string, unknown>)),
  );
  if (!files.has('extension/dist/THIRD-PARTY-NOTICES.txt'))
    faults.push('The licenses of the bundled packages are missing.');
  return faults;
}
