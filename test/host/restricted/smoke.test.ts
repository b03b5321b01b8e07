import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('In Restricted Mode', () => {
  it('the workspace is not trusted', () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });
});
