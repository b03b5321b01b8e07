import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { chooseHost, runSession } from '../../support/editor-host.ts';
import { sessionOf, sessions } from '../../support/sessions.ts';

describe('Choosing a host', () => {
  it('uses a named desktop VS Code', () => {
    assert.equal(chooseHost({ TRUEWORK_VSCODE: '/opt/code' }, '/usr/bin/chromium').host, 'desktop');
  });

  it('uses the newest server if Chromium is installed', () => {
    assert.equal(chooseHost({}, '/usr/bin/chromium').host, 'newest');
  });

  it('downloads a desktop VS Code if Chromium is not installed', () => {
    assert.equal(chooseHost({}, '').host, 'desktop');
  });
});

describe('A session', () => {
  it('is chosen by the first folder of a suite', () => {
    assert.equal(sessionOf('restricted/leaks/scan.test.ts').trusted, false);
    assert.equal(sessionOf('no-folder/welcome.test.ts').workspace, 'none');
    assert.equal(sessionOf('orders/restricted.test.ts'), sessions[0]);
    assert.equal(sessionOf('smoke.test.ts'), sessions[0]);
  });

  it('is passed to a desktop VS Code as arguments, and fails if that exits early', {
    skip: process.platform === 'win32',
  }, async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'truework-fake-'));
    t.after(() => {
      rmSync(folder, { recursive: true });
    });
    const executable = path.join(folder, 'code');
    writeFileSync(executable, `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder}/arguments'\n`);
    chmodSync(executable, 0o755);
    const before = process.env['TRUEWORK_VSCODE'];
    t.after(() => {
      if (before === undefined) delete process.env['TRUEWORK_VSCODE'];
      else process.env['TRUEWORK_VSCODE'] = before;
    });
    process.env['TRUEWORK_VSCODE'] = executable;
    for (const session of sessions.slice(0, 2)) {
      const { broken } = await runSession('desktop', { session, files: [], timeout: 30_000, onEvent: () => undefined });
      assert.match(broken ?? '', /ended before the suites did/);
      const given = readFileSync(path.join(folder, 'arguments'), 'utf8');
      assert.match(given, /--extensionTestsPath=.*dist-test/);
      assert.equal(given.includes('--disable-workspace-trust'), session.trusted);
    }
  });
});
