import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, fixesOf, key, masked, open, problems, Repository, until, untilCodes } from './workbench.ts';

const { Error: error, Warning: warning, Information: information, Hint: hint } = vscode.DiagnosticSeverity;

/** A read-only file system in memory. */
class MemoryFiles implements vscode.FileSystemProvider {
  readonly #files: ReadonlyMap<string, Buffer>;
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;

  constructor(files: Readonly<Record<string, string>>) {
    this.#files = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  }

  stat({ path }: vscode.Uri): vscode.FileStat {
    const file = this.#files.get(path);
    if (file !== undefined) return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: file.length };
    if (this.readDirectory(vscode.Uri.file(path)).length > 0)
      return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    throw vscode.FileSystemError.FileNotFound(path);
  }

  readDirectory({ path }: vscode.Uri): [string, vscode.FileType][] {
    const start = `${path.replace(/\/$/, '')}/`;
    return [...this.#files.keys()]
      .filter((each) => each.startsWith(start))
      .map((each) => {
        const [name = '', inside] = each.slice(start.length).split('/');
        return [name, inside === undefined ? vscode.FileType.File : vscode.FileType.Directory];
      });
  }

  readFile({ path }: vscode.Uri): Uint8Array {
    const file = this.#files.get(path);
    if (file === undefined) throw vscode.FileSystemError.FileNotFound(path);
    return file;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }
  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
}

describe('Leaked keys in documents', () => {
  const repositories: Repository[] = [];
  const init = () => {
    const repository = Repository.init();
    repositories.push(repository);
    return repository;
  };

  before(async () => {
    await vscode.extensions.getExtension('truework-for-vscode.truework')?.activate();
  });
  afterEach(closeAll);
  after(() => {
    for (const repository of repositories) repository.remove();
  });

  it('are underlined while typing in an untitled document of any language', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'ini', content: 'name = value\n' });
    const editor = await vscode.window.showTextDocument(document);
    for (const part of key('typed').match(/.{1,8}/g) ?? [])
      await editor.edit((edit) => {
        edit.insert(document.lineAt(1).range.end, part);
      });
    const [problem] = await untilCodes(document.uri, ['production-key-untitled']);
    assert.ok(problem);
    assert.equal(problem.severity, warning);
    assert.equal(document.getText(problem.range), key('typed'));
    assert.ok(problem.message.includes(masked(key('typed'))), problem.message);
    assert.ok(!problem.message.includes(key('typed').slice(8, 20)), 'the message contains only the masked key');
    assert.equal((problem.code as { target: vscode.Uri }).target.authority, 'www.truework.com');
  });

  it('disappear with their text, and come back with undo', async () => {
    const document = await vscode.workspace.openTextDocument({ content: `a ${key('undone', 'sandbox')} b` });
    const editor = await vscode.window.showTextDocument(document);
    const [problem] = await untilCodes(document.uri, ['sandbox-key-untitled']);
    assert.equal(problem?.severity, information);
    await editor.edit((edit) => {
      edit.delete(new vscode.Range(0, 4, 0, 20));
    });
    await untilCodes(document.uri, []);
    await vscode.commands.executeCommand('undo');
    await untilCodes(document.uri, ['sandbox-key-untitled']);
  });

  it('get a verdict from git, and another one when the repository changes', async () => {
    const repository = init();
    repository.commit('README.md', 'hello\n');
    const uri = repository.write('config.json', `{ "key": "${key('life')}" }\n`);
    await open(uri);
    await untilCodes(uri, ['production-key-untracked']);
    repository.git('add', 'config.json');
    await untilCodes(uri, ['production-key-staged']);
    repository.git('commit', '--quiet', '--message=add a key');
    const [committed] = await untilCodes(uri, ['production-key-committed']);
    assert.equal(committed?.severity, error);
    await until(
      'the commit that introduced it',
      () =>
        problems(uri)[0]?.relatedInformation?.some(
          ({ message }) => message.includes(repository.git('rev-parse', 'HEAD').slice(0, 8)) && message.includes('Ada'),
        ),
      30_000,
    );
    const remote = Repository.init();
    repositories.push(remote);
    remote.git('config', 'receive.denyCurrentBranch', 'ignore');
    repository.git('remote', 'add', 'origin', remote.folder);
    repository.git('push', '--quiet', 'origin', 'main');
    await untilCodes(uri, ['production-key-pushed']);
  }).timeout(60_000);

  it('are less severe in an ignored file, and link to the ignore pattern', async () => {
    const repository = init();
    repository.commit('.gitignore', '# secrets\n.env\n');
    const uri = repository.write('.env', `A=${key('ignored')}\nB=${key('ignored too', 'sandbox')}\n`);
    await open(uri);
    const [production, sandbox] = await untilCodes(uri, ['production-key-ignored', 'sandbox-key-ignored']);
    assert.equal(production?.severity, information);
    assert.equal(sandbox?.severity, hint);
    const line = production.relatedInformation?.find(({ location }) => location.uri.path.endsWith('.gitignore'));
    assert.equal(line?.location.range.start.line, 1);
  });

  it('link to other locations of the same key', async () => {
    const repository = init();
    repository.commit('README.md', 'hello\n');
    const one = repository.write('one.py', `KEY = "${key('twice')}"\n`);
    const other = repository.write('other.rb', `KEY = "${key('twice')}"\n`);
    await open(one);
    await open(other);
    await until('the link from one to the other', () =>
      problems(one)[0]?.relatedInformation?.some(({ location }) => location.uri.path === other.path),
    );
    await until('the link from the other to the one', () =>
      problems(other)[0]?.relatedInformation?.some(({ location }) => location.uri.path === one.path),
    );
  });

  it('are removed when a document outside the workspace is closed', async () => {
    const repository = init();
    const uri = repository.write('a.txt', key('closed'));
    await open(uri);
    await untilCodes(uri, ['production-key-untracked']);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await until('no problem', () => problems(uri).length === 0);
  });

  it('are found in a file outside git', async () => {
    const folder = new Repository();
    repositories.push(folder);
    const uri = folder.write('a.txt', key('nowhere'));
    await open(uri);
    const [problem] = await untilCodes(uri, ['production-key-no-repository']);
    assert.equal(problem?.severity, warning);
  });

  it('are found in a virtual file system without git; the fix creates a .env there', async () => {
    const files = new MemoryFiles({
      '/service/client.js': `export const key = '${key('virtual')}';\n`,
      '/service/package.json': '{}\n',
    });
    const registered = vscode.workspace.registerFileSystemProvider('vscode-vfs', files, { isCaseSensitive: true });
    try {
      const uri = vscode.Uri.parse('vscode-vfs://github/service/client.js');
      await open(uri);
      const [problem] = await untilCodes(uri, ['production-key-no-repository']);
      assert.equal(problem?.severity, warning);
      const fixes = (await fixesOf(uri, problem.range)).map(({ title }) => title);
      assert.ok(
        fixes.some((title) => title.startsWith('Move ')),
        fixes.join('\n'),
      );
      assert.ok(!fixes.some((title) => /Git|Unstage/.test(title)), fixes.join('\n'));
      await closeAll();
      await untilCodes(uri, []);
    } finally {
      registered.dispose();
    }
  });

  it('are shown once for both sides of a diff', async () => {
    const repository = init();
    const uri = repository.commit('a.txt', `${key('diff')}\n`);
    repository.write('a.txt', `${key('diff')}\nmore\n`);
    await vscode.commands.executeCommand(
      'vscode.diff',
      uri.with({ scheme: 'git', query: JSON.stringify({ path: uri.fsPath, ref: 'HEAD' }) }),
      uri,
    );
    await untilCodes(uri, ['production-key-committed']);
    const all = vscode.languages
      .getDiagnostics()
      .filter(([, found]) => found.some(({ source }) => source === 'Truework'));
    assert.deepEqual(
      all.filter(([{ path }]) => path === uri.path).map(([{ scheme }]) => scheme),
      ['file'],
    );
  });

  it('allowed by a comment are hidden until they are committed, then shown as a hint', async () => {
    const repository = init();
    repository.commit('README.md', 'hello\n');
    const uri = repository.write(
      'allowed.js',
      `const a = '${key('allowed')}'; // gitleaks:allow\nconst b = '${key('not allowed')}';\n`,
    );
    await open(uri);
    repository.git('add', 'allowed.js');
    // Both keys get their verdicts in one query.
    const [staged] = await untilCodes(uri, ['production-key-staged']);
    assert.equal(staged?.range.start.line, 1);
    repository.git('commit', '--quiet', '--message=allowed');
    const [allowed, other] = await untilCodes(uri, ['production-key-committed', 'production-key-committed']);
    assert.equal(allowed?.severity, hint);
    assert.ok(allowed.message.includes('gitleaks:allow'), allowed.message);
    assert.equal(other?.severity, error);
  });

  it('are found in the cells and the outputs of a notebook', async () => {
    const folder = new Repository();
    repositories.push(folder);
    const cell = { cell_type: 'code', execution_count: 1, metadata: {}, outputs: [] as unknown[] };
    const uri = folder.write(
      'book.ipynb',
      JSON.stringify({
        cells: [
          { ...cell, source: [`k = "${key('in a cell')}"`] },
          {
            ...cell,
            source: ['print(k)'],
            outputs: [{ output_type: 'stream', name: 'stdout', text: [`token: ${key('put out')}\n`] }],
          },
        ],
        metadata: { language_info: { name: 'python' } },
        nbformat: 4,
        nbformat_minor: 5,
      }),
    );
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    const [first, second] = notebook.getCells();
    assert.ok(first && second);
    const [inCell] = await until(
      'a problem in the cell',
      () => problems(first.document.uri).length === 1 && problems(first.document.uri),
    );
    assert.equal(first.document.getText(inCell?.range), key('in a cell'));
    const [inOutput] = await until(
      'a problem for the output',
      () => problems(second.document.uri).length === 1 && problems(second.document.uri),
    );
    assert.ok(inOutput?.message.includes('output'), inOutput?.message);
  }).timeout(60_000);
});
