import * as vscode from 'vscode';
import { Disposable } from '../ui/disposable.ts';
import { Documents, TRUEWORK_SCHEME } from './documents.ts';

/** The read-only file system `truework:`, in which other features register documents. */
export class DocumentsFeature extends Disposable {
  readonly documents = this._register(new Documents());

  constructor() {
    super();
    const options = { isCaseSensitive: true, isReadonly: true };
    this._register(vscode.workspace.registerFileSystemProvider(TRUEWORK_SCHEME, this.documents, options));
  }
}
