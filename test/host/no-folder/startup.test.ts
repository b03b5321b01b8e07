import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';

/** What is loaded late, by the comments that the bundler leaves above each module. */
const HEAVY = {
  undici: /^\/\/ node_modules\/undici\//m,
  secretlint: /^\/\/ node_modules\/@secretlint\//m,
  sandbox: /^\/\/ src\/sandbox\//m,
};

type Heavy = keyof typeof HEAVY;

/** Asks V8 itself which of the extension's chunks were compiled in this process. */
async function loaded(): Promise<readonly string[]> {
  const dist = vscode.Uri.joinPath(extension().extensionUri, 'dist').toString();
  const urls: string[] = [];
  const session = new Session();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params: { url } }) => { if (url.startsWith(dist)) urls.push(url); });
  await session.post('Debugger.enable');
  await session.post('Debugger.disable');
  session.disconnect();
  return urls;
}

async function heavy(): Promise<readonly Heavy[]> {
  const texts = (await loaded()).map((url) => readFileSync(fileURLToPath(url), 'utf8'));
  return (Object.keys(HEAVY) as Heavy[]).filter((name) => texts.some((text) => HEAVY[name].test(text)));
}

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension<unknown>('truework-for-vscode.truework');
  assert.ok(found);
  return found;
}

async function until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await new Promise((resolve) => { setTimeout(resolve, 100); })) {
    if (await condition()) return;
  }
  assert.fail(`Waited in vain: ${what}.`);
}

const wasLoaded = async (module: string): Promise<boolean> =>
  (await loaded()).some((url) => readFileSync(fileURLToPath(url), 'utf8').includes(`\n// ${module}\n`));

describe('A window that opens', () => {
  it('loads neither undici nor secretlint nor the sandbox, not even when a document without a key is open', async () => {
    await extension().activate();
    await vscode.workspace.openTextDocument({ content: 'const key = process.env.TRUEWORK_SECRET_KEY;\n', language: 'javascript' });
    await until(() => wasLoaded('src/leaks/engine.ts'), 'the search for leaked keys to begin');
    await until(() => wasLoaded('src/connections/room.ts'), 'the connections to be read');
    assert.deepEqual(await heavy(), []);
  });

  it('loads nothing of the orders before they are shown', async () => {
    assert.equal(await wasLoaded('src/orders/room.ts'), false);
  });

  it('loads secretlint for the first document that may hold a key', async () => {
    const begin = ['tw', 'sk', 'test', ''].join('_');
    await vscode.workspace.openTextDocument({ content: `const key = '${begin}';\n`, language: 'javascript' });
    await until(async () => (await heavy()).includes('secretlint'), 'secretlint to be loaded');
    assert.deepEqual(await heavy(), ['secretlint']);
  });

  it('loads the sandbox when it is started, and undici when there is something to ask it', async () => {
    await vscode.commands.executeCommand('truework.startLocalSandbox');
    assert.deepEqual(await heavy(), ['secretlint', 'sandbox']);
    await vscode.commands.executeCommand('truework.refreshOrders');
    assert.deepEqual(await heavy(), ['undici', 'secretlint', 'sandbox']);
    await vscode.commands.executeCommand('truework.stopLocalSandbox');
  });
});
