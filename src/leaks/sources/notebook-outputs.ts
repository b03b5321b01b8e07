import * as vscode from 'vscode';
import { Disposable } from '../../ui/disposable.ts';
import { scanBytes } from '../../secrets/detector/bytes.ts';
import { exclusionOf, hides } from '../exclusion.ts';
import type { SettingsReader } from '../settings.ts';
import type { LeakStore, LocatedFinding } from '../store.ts';

/** Scans the outputs of cells in open notebooks, which are saved with the notebook. */
export class NotebookOutputs extends Disposable {
  readonly #store: LeakStore;
  readonly #settings: SettingsReader;

  constructor(store: LeakStore, settings: SettingsReader) {
    super();
    this.#store = store;
    this.#settings = settings;
    this._register(
      vscode.workspace.onDidOpenNotebookDocument((notebook) => {
        this.#open(notebook);
      }),
    );
    this._register(
      vscode.workspace.onDidChangeNotebookDocument(({ cellChanges, contentChanges }) => {
        for (const { removedCells } of contentChanges)
          for (const { document } of removedCells) store.drop(document.uri, 'output');
        this.#scan([
          ...contentChanges.flatMap(({ addedCells }) => addedCells),
          ...cellChanges.filter(({ outputs }) => outputs !== undefined).map(({ cell }) => cell),
        ]);
      }),
    );
    this._register(
      vscode.workspace.onDidCloseNotebookDocument((notebook) => {
        for (const { document } of notebook.getCells()) store.drop(document.uri, 'output');
        store.drop(notebook.uri, 'buffer');
      }),
    );
  }

  scanAll(): void {
    for (const notebook of vscode.workspace.notebookDocuments) this.#open(notebook);
  }

  /** While a notebook is open, findings in its cells replace those in its file. */
  #open(notebook: vscode.NotebookDocument): void {
    this.#store.set(notebook.uri, 'buffer', []);
    this.#scan(notebook.getCells());
  }

  #scan(cells: readonly vscode.NotebookCell[]): void {
    for (const cell of cells) {
      const settings = this.#settings.for(cell.notebook.uri);
      const excluded = exclusionOf(cell.notebook.uri, settings);
      const found = findingsInOutputs(cell, settings.allow).filter(({ finding }) => !hides(excluded, finding.kind));
      this.#store.set(cell.document.uri, 'output', found);
    }
  }
}

/** A key in several formats of an output, such as text and HTML, is one finding. Its range is the cell's first line. */
function findingsInOutputs({ outputs, document }: vscode.NotebookCell, allow: readonly string[]): LocatedFinding[] {
  const byKey = new Map<string, LocatedFinding>();
  for (const { items } of outputs) {
    for (const { data } of items) {
      for (const finding of scanBytes(data, { allow }).findings) {
        if (!byKey.has(finding.keyHash)) byKey.set(finding.keyHash, { finding, range: document.lineAt(0).range });
      }
    }
  }
  return [...byKey.values()];
}
