import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';
import { key, until } from '../leaks/workbench.ts';

/** What is loaded late, by the comments that the bundler leaves above each module. */
const HEAVY = {
  undici: /^\/\/ node_modules\/undici\//m,
  sandbox: /^\/\/ src\/sandbox\//m,
};

type Heavy = keyof typeof HEAVY;

/** The extension's chunks that were compiled in this process, according to V8. */
async function loaded(): Promise<readonly string[]> {
  const dist = vscode.Uri.joinPath(extension().extensionUri, 'dist').toString();
  const urls: string[] = [];
  const session = new Session();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params: { url } }) => {
    if (url.startsWith(dist)) urls.push(url);
  });
  await session.post('Debugger.enable');
  await session.post('Debugger.disable');
  session.disconnect();
  return urls.map((url) => readFileSync(fileURLToPath(url), 'utf8'));
}

async function heavy(): Promise<readonly Heavy[]> {
  const texts = await loaded();
  return (Object.keys(HEAVY) as Heavy[]).filter((name) => texts.some((text) => HEAVY[name].test(text)));
}

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension<unknown>('truework-for-vscode.truework');
  assert.ok(found);
  return found;
}

async function wasLoaded(module: string): Promise<boolean> {
  const holdsModule = (text: string) => text.includes(`\n// ${module}\n`);
  const dist = path.join(extension().extensionPath, 'dist');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
  assert.ok(
    files.some((file) => holdsModule(readFileSync(path.join(dist, file), 'utf8'))),
    `${module} is part of what was built.`,
  );
  return (await loaded()).some(holdsModule);
}

describe('A window that opens', () => {
  it('loads neither undici nor the sandbox, not even when a document without a key is open', async () => {
    await extension().activate();
    await vscode.workspace.openTextDocument({
      content: 'const key = process.env.TRUEWORK_SECRET_KEY;\n',
      language: 'javascript',
    });
    await until('the search for leaked keys to begin', () => wasLoaded('src/leaks/engine.ts'));
    assert.deepEqual(await heavy(), []);
  });

  it('loads neither the HTTP client nor a command before it is used', async () => {
    for (const module of ['src/truework/client.ts', 'src/orders/create/wizard.ts', 'src/orders/commands/open-order.ts'])
      assert.equal(await wasLoaded(module), false, module);
  });

  it('finds the key of a document without loading more', async () => {
    const { uri } = await vscode.workspace.openTextDocument({
      content: `const key = '${key('startup')}';\n`,
      language: 'javascript',
    });
    await until('the key to be found', () => vscode.languages.getDiagnostics(uri).length === 1);
    assert.deepEqual(await heavy(), []);
  });

  it('loads the sandbox when it is started, and undici with the first request', async () => {
    await vscode.commands.executeCommand('truework.startLocalSandbox');
    assert.deepEqual(await heavy(), ['sandbox']);
    await vscode.commands.executeCommand('truework.refreshOrders');
    assert.deepEqual(await heavy(), ['undici', 'sandbox']);
    await vscode.commands.executeCommand('truework.stopLocalSandbox');
  });
});
