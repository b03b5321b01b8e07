import assert from 'node:assert/strict';
import { rmSync, truncateSync } from 'node:fs';
import * as vscode from 'vscode';
import { closeAll, codeOf, key, open, problems, Repository, run, until, untilCodes } from './workbench.ts';

/** Scans of the workspace folder, without open documents. */
describe('Leaked keys in the workspace', () => {
  let workspace: Repository;

  before(async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    workspace = new Repository(folder.uri.fsPath);
    await vscode.extensions.getExtension('truework-for-vscode.truework')?.activate();
  });
  afterEach(closeAll);

  it('are found by a scan in files of every class and encoding', async () => {
    const tracked = workspace.commit('src/tracked.ts', `const k = '${key('scan tracked')}';\n`);
    workspace.write('.gitignore', '.env\nbuild/\nnode_modules/\n');
    const ignored = workspace.write('.env', `KEY=${key('scan ignored')}\n`);
    const wide = workspace.write('wide.txt', Buffer.from(`\ufeffkey: ${key('scan wide')}\r\n`, 'utf16le'));
    const binary = workspace.write(
      'data.bin',
      Buffer.concat([Buffer.from([0, 1, 2, 0xff, 0]), Buffer.from(key('scan binary')), Buffer.from([0, 0])]),
    );
    const inPackage = workspace.write('node_modules/x/index.js', `k='${key('scan package')}'`);
    await run('truework.scanWorkspaceForLeakedKeys');
    await untilCodes(tracked, ['production-key-committed']);
    await untilCodes(ignored, ['production-key-ignored']);
    const [problem] = await untilCodes(wide, ['production-key-untracked']);
    assert.equal(problem?.range.start.character, 'key: '.length);
    await untilCodes(binary, ['production-key-untracked']);
    assert.deepEqual(problems(inPackage), []);
    await open(inPackage);
    const [inside] = await untilCodes(inPackage, ['production-key-ignored']);
    assert.equal(inside?.severity, vscode.DiagnosticSeverity.Warning);
  }).timeout(60_000);

  it('are updated in closed files after a scan', async () => {
    const uri = workspace.write('later.py', 'nothing yet\n');
    workspace.write('later.py', `KEY = "${key('later')}"\n`);
    await untilCodes(uri, ['production-key-untracked']);
    workspace.write('later.py', 'gone\n');
    await untilCodes(uri, []);
    workspace.write('later.py', `KEY = "${key('later')}"\n`);
    await untilCodes(uri, ['production-key-untracked']);
    const renamed = uri.with({ path: uri.path.replace('later', 'renamed') });
    await vscode.workspace.fs.rename(uri, renamed);
    await untilCodes(uri, []);
    await untilCodes(renamed, ['production-key-untracked']);
    await vscode.workspace.fs.delete(renamed);
    await untilCodes(renamed, []);
  }).timeout(60_000);

  it('are found immediately in a small file while a huge one changes', async () => {
    const image = workspace.write('huge.img', '').fsPath;
    truncateSync(image, 256 * 1024 ** 3);
    const uri = workspace.write('small.py', `KEY = "${key('small')}"\n`);
    await untilCodes(uri, ['production-key-untracked']);
    rmSync(image);
    await vscode.workspace.fs.delete(uri);
    await untilCodes(uri, []);
  });

  it('are those of an open document rather than its file', async () => {
    const uri = workspace.write('both.txt', `${key('both')}\n`);
    await untilCodes(uri, ['production-key-untracked']);
    await open(uri);
    const editor = await until(
      'the editor',
      () => vscode.window.activeTextEditor?.document.uri.path === uri.path && vscode.window.activeTextEditor,
    );
    await editor.edit((edit) => {
      edit.delete(new vscode.Range(0, 0, 1, 0));
    });
    await untilCodes(uri, []);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await untilCodes(uri, ['production-key-untracked']);
  });

  it('are found in the history alone, and in the index alone', async () => {
    const uri = workspace.commit('past.txt', `${key('past')}\n`);
    workspace.commit('past.txt', 'nothing\n');
    await run('truework.scanHistoryForLeakedKeys');
    assert.deepEqual(problems(uri).map(codeOf), []);
    await open(workspace.write('again.txt', `${key('past')}\n`));
    const [again] = await untilCodes(uri.with({ path: uri.path.replace('past.txt', 'again.txt') }), [
      'production-key-committed',
    ]);
    assert.ok(
      again?.relatedInformation?.some(
        ({ location }) => location.uri.scheme === 'git' && location.uri.path.endsWith('/past.txt'),
      ),
      'the file in the history is linked',
    );
  }).timeout(60_000);

  it('are hidden by hash and path, and shown again without the settings', async () => {
    await run('truework.scanWorkspaceForLeakedKeys');
    const uri = workspace.write('fixtures/a.txt', `${key('by path')}\n`);
    const other = workspace.write('hash.txt', `${key('by hash', 'sandbox')}\n`);
    await untilCodes(uri, ['production-key-untracked']);
    await untilCodes(other, ['sandbox-key-untracked']);
    const settings = vscode.workspace.getConfiguration('truework.leaks');
    const { createHash } = await import('node:crypto');
    await settings.update('exclude', ['fixtures/**'], vscode.ConfigurationTarget.Workspace);
    await settings.update(
      'allow',
      [createHash('sha256').update(key('by hash', 'sandbox')).digest('hex')],
      vscode.ConfigurationTarget.Workspace,
    );
    await untilCodes(uri, []);
    await untilCodes(other, []);
    await settings.update('exclude', undefined, vscode.ConfigurationTarget.Workspace);
    await settings.update('allow', undefined, vscode.ConfigurationTarget.Workspace);
    await untilCodes(uri, ['production-key-untracked']);
    await untilCodes(other, ['sandbox-key-untracked']);
  }).timeout(60_000);

  it('are hidden in cells and outputs of a notebook that is excluded', async () => {
    const uri = workspace.write(
      'books/book.ipynb',
      JSON.stringify({
        cells: [
          {
            cell_type: 'code',
            execution_count: 1,
            metadata: {},
            source: [`k = "${key('in an excluded cell')}"`],
            outputs: [{ output_type: 'stream', name: 'stdout', text: [`${key('in an excluded output')}\n`] }],
          },
        ],
        metadata: { language_info: { name: 'python' } },
        nbformat: 4,
        nbformat_minor: 5,
      }),
    );
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    const cell = notebook.cellAt(0).document.uri;
    const both = ['production-key-untracked', 'production-key-untracked'];
    await untilCodes(cell, both);
    const settings = vscode.workspace.getConfiguration('truework.leaks');
    await settings.update('exclude', ['books/*.ipynb'], vscode.ConfigurationTarget.Workspace);
    await untilCodes(cell, []);
    await settings.update('exclude', undefined, vscode.ConfigurationTarget.Workspace);
    await untilCodes(cell, both);
  }).timeout(60_000);

  it('are not detected when detection is turned off', async () => {
    const uri = workspace.write('off.txt', `${key('off')}\n`);
    await open(uri);
    await untilCodes(uri, ['production-key-untracked']);
    const settings = vscode.workspace.getConfiguration('truework.leaks');
    await settings.update('enabled', false, vscode.ConfigurationTarget.Workspace);
    await untilCodes(uri, []);
    await settings.update('enabled', undefined, vscode.ConfigurationTarget.Workspace);
    await untilCodes(uri, ['production-key-untracked']);
  }).timeout(60_000);
});
