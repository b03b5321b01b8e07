import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { readHistoryCache, writeHistoryCache, type HistoryCache } from '../../../../src/secrets/git/history-cache.ts';
import { temporaryFolder } from '../../../support/processes.ts';

const reach = { tips: [], commits: [] };
const empty: HistoryCache = {
  version: 2,
  objectFormat: 'sha1',
  rules: '',
  boundary: '',
  tips: [],
  blobs: {},
  keys: {},
  introductions: [],
  reach: { all: reach, branches: reach, remotes: reach, tags: reach },
  commits: 0,
  tooLarge: 0,
  unreadable: 0,
};

describe('The cache of a history', () => {
  it('is readable by this user only, and replaced as a whole', {
    skip: process.platform === 'win32' && 'Windows has no file modes',
  }, async () => {
    const folder = temporaryFolder('cache');
    const file = path.join(folder, 'history.json');
    await writeHistoryCache(file, empty);
    const { mode, ino } = statSync(file);
    assert.equal(mode & 0o777, 0o600);
    await writeHistoryCache(file, { ...empty, commits: 1 });
    assert.notEqual(statSync(file).ino, ino);
    assert.deepEqual(readdirSync(folder), ['history.json']);
  });

  it('is rejected if it contains anything but IDs and hashes where those belong', async () => {
    const file = path.join(temporaryFolder('cache'), 'history.json');
    for (const wrong of [
      { ...empty, tips: ['--output=/tmp/x'] },
      { ...empty, tips: ['HEAD'] },
      { ...empty, blobs: { '-x': [] } },
      {
        ...empty,
        introductions: [{ commit: '--all', blob: 'x', path: '', authorDate: '', authorName: '', commitTime: 0 }],
      },
    ]) {
      writeFileSync(file, JSON.stringify(wrong));
      assert.equal(await readHistoryCache(file), undefined);
    }
    writeFileSync(file, JSON.stringify(empty));
    assert.deepEqual(await readHistoryCache(file), empty);
  });
});
