import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

interface Setting {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly scope?: string;
}

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly extensionDependencies?: unknown;
  readonly extensionPack?: unknown;
  readonly enabledApiProposals?: unknown;
  readonly dependencies?: unknown;
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: unknown; readonly restrictedConfigurations?: unknown };
    readonly virtualWorkspaces?: unknown;
  };
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly commands: readonly { readonly command: string }[];
    readonly viewsWelcome: readonly { readonly contents: string }[];
  };
}

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
const { contributes, capabilities } = manifest;
const texts = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;

/**
 * Who may set what. A workspace has a say (`window`, `resource`) only in what is safe to be told by a stranger: none of these
 * settings leads a request anywhere, and in Restricted Mode `leaks/settings.ts` does not believe a workspace.
 */
const SCOPES = {
  'truework.orders.type': 'window',
  'truework.orders.permissiblePurpose': 'window',
  'truework.orders.useCase': 'window',
  'truework.orders.notifyWhenFinished': 'window',
  'truework.transport': 'application',
  'truework.leaks.enabled': 'window',
  'truework.leaks.sandboxInIgnoredFile': 'resource',
  'truework.leaks.scanHistory': 'window',
  'truework.leaks.allow': 'resource',
  'truework.leaks.exclude': 'resource',
  'truework.leaks.warnBeforeCommit': 'window',
  'truework.leaks.scan.useFilesExclude': 'resource',
  'truework.leaks.scan.packages': 'resource',
};

describe('The settings', () => {
  const settings = Object.entries(contributes.configuration.properties);

  it('have the scope that is written down here, each of them', () => {
    assert.deepEqual(Object.fromEntries(settings.map(([name, { scope }]) => [name, scope])), SCOPES);
  });

  it('hold no free text: nothing that could become a host, a path or a command', () => {
    const free = settings.filter(
      ([, { type, enum: values }]) => type !== 'boolean' && type !== 'array' && values === undefined,
    );
    assert.deepEqual(
      free.map(([name]) => name),
      [],
    );
    const lists = settings.filter(([, { type }]) => type === 'array').map(([name]) => name);
    assert.deepEqual(
      lists,
      ['truework.leaks.allow', 'truework.leaks.exclude'],
      'hashes, and patterns of paths that are not looked at',
    );
  });

  it('are read by name, so that none is read that is not in this list', () => {
    const sources = globSync('src/**/*.ts', { cwd: root }).map(
      (file) => [file.replaceAll('\\', '/'), readFileSync(path.join(root, file), 'utf8')] as const,
    );
    const readers = sources
      .filter(([, text]) => text.includes('getConfiguration('))
      .map(([file]) => file)
      .sort();
    assert.deepEqual(
      readers.filter((file) => /^src\/(truework|sandbox|leaks\/(detector|rule|git|scan|cli|formats))\//.test(file)),
      [],
      'pure modules know of no settings',
    );
    const asked = sources.flatMap(([, text]) =>
      [...text.matchAll(/getConfiguration\(([^)]*)/g)].map(([, section = '']) => section.split(',')[0]?.trim()),
    );
    assert.deepEqual(
      [...new Set(asked)].sort(),
      ["'files'", "'http'", "'truework'", "'truework.leaks'", "'truework.orders'", 'SECTION'].sort(),
    );
  });
});

describe('The manifest', () => {
  it('works in Restricted Mode with less, and says so', () => {
    assert.equal(capabilities.untrustedWorkspaces.supported, 'limited');
    assert.equal(
      capabilities.untrustedWorkspaces.restrictedConfigurations,
      undefined,
      'leaks/settings.ts reads each setting by where it comes from',
    );
  });

  it('brings no other extension along, and none brings it', () => {
    for (const name of ['extensionDependencies', 'extensionPack', 'enabledApiProposals', 'dependencies'] as const)
      assert.equal(manifest[name], undefined, name);
  });

  it('starts at no event that a link or another extension causes', () => {
    assert.deepEqual(manifest.activationEvents, ['onStartupFinished', 'onFileSystem:truework']);
    assert.equal(
      'uriHandler' in contributes || 'authentication' in contributes || 'languageModelTools' in contributes,
      false,
    );
  });

  it('links only to own commands and to pages of Truework and VS Code', () => {
    const own = new Set(contributes.commands.map(({ command }) => command));
    const shown = [...Object.values(texts), ...contributes.viewsWelcome.map(({ contents }) => contents)].join('\n');
    const links = [...shown.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
    assert.ok(links.length > 0);
    for (const link of links) {
      const command = /^command:([\w.]+)/.exec(link)?.[1];
      const good =
        command === undefined
          ? /^https:\/\/(www\.truework\.com|app\.truework\.com|code\.visualstudio\.com)\//.test(`${link}/`)
          : own.has(command) || command.startsWith('workbench.');
      assert.ok(good, link);
    }
  });
});
