import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  compareSituations,
  isCommitted,
  severityOf,
  situationOf,
  uncertaintyOf,
  type SeverityOptions,
  type Situation,
  type Surface,
} from '../../../src/secrets/situation.ts';
import { isWatched, surfaceOf } from '../../../src/secrets/surface.ts';
import type { Finding } from '../../../src/secrets/detector/finding.ts';
import type { GitLocation, UnknownVerdict, Verdict } from '../../../src/secrets/verdict.ts';

function verdict(place: GitLocation, more: Partial<Verdict> = {}): Verdict {
  return { location: place, locations: [place], pushed: false, alsoIn: [], ...more };
}

const options: SeverityOptions = { sandboxInIgnoredFile: 'hint', restricted: false, suppressedByUser: false };
const comment: Finding['suppressedBy'] = {
  by: 'comment',
  scanner: 'gitleaks',
  text: 'gitleaks:allow',
  start: 0,
  end: 1,
};

function severities(
  given: Parameters<typeof situationOf>[0],
  surface: Surface = 'file',
  more: Partial<SeverityOptions> = {},
) {
  const situation = situationOf(given, surface);
  return (['production', 'sandbox'] as const).map((kind) => severityOf({ kind }, situation, { ...options, ...more }));
}

describe('The severity of a leaked key', () => {
  it('depends on the verdict of git', () => {
    assert.deepEqual(severities(verdict('head', { pushed: true })), ['error', 'warning']);
    assert.deepEqual(severities(verdict('head')), ['error', 'warning']);
    assert.deepEqual(severities(verdict('history')), ['error', 'warning']);
    assert.deepEqual(severities(verdict('staged')), ['error', 'warning']);
    assert.deepEqual(severities(verdict('working-tree')), ['error', 'warning']);
    assert.deepEqual(severities(verdict('untracked')), ['error', 'warning']);
    assert.deepEqual(severities(verdict('ignored')), ['information', 'hint']);
    assert.deepEqual(severities({ location: 'unknown', reason: 'no-repository' }), ['warning', 'information']);
    assert.deepEqual(severities({ location: 'unknown', reason: 'restricted' }), ['error', 'warning']);
    assert.deepEqual(severities(undefined), ['error', 'warning']);
  });

  it('depends on the kind of document', () => {
    assert.deepEqual(severities(undefined, 'untitled'), ['warning', 'information']);
    assert.deepEqual(severities(undefined, 'virtual'), ['warning', 'information']);
    assert.deepEqual(severities(undefined, 'commit-message'), ['error', 'warning']);
    assert.deepEqual(severities(undefined, 'user-settings'), ['error', 'warning']);
    assert.deepEqual(severities(verdict('ignored'), 'dependency'), ['warning', 'information']);
  });

  it('accounts for Settings Sync in user settings, unless git has them', () => {
    const kindOf = (verdictOrNone: Verdict | UnknownVerdict | undefined) =>
      situationOf(verdictOrNone, 'user-settings').kind;
    for (const none of [
      undefined,
      verdict('ignored'),
      verdict('untracked'),
      { location: 'unknown', reason: 'no-repository' } as const,
    ])
      assert.equal(kindOf(none), 'user-settings');
    assert.deepEqual(
      [kindOf(verdict('head')), kindOf(verdict('staged')), kindOf(verdict('head', { pushed: true }))],
      ['committed', 'staged', 'pushed'],
    );
  });

  it('can exclude sandbox keys in ignored files, and only those', () => {
    assert.deepEqual(severities(verdict('ignored'), 'file', { sandboxInIgnoredFile: 'off' }), [
      'information',
      undefined,
    ]);
    assert.deepEqual(severities(verdict('untracked'), 'file', { sandboxInIgnoredFile: 'off' }), ['error', 'warning']);
  });

  it('is undefined for a suppressed key, but a hint for a committed production key', () => {
    const suppressed = (kind: Finding['kind'], place: GitLocation) =>
      severityOf({ kind, suppressedBy: comment }, situationOf(verdict(place), 'file'), options);
    assert.equal(suppressed('production', 'untracked'), undefined);
    assert.equal(suppressed('production', 'head'), 'hint');
    assert.equal(suppressed('sandbox', 'head'), undefined);
  });

  it('is not lowered by an untrusted workspace', () => {
    const restricted = situationOf({ location: 'unknown', reason: 'restricted' }, 'file');
    const inRestricted = (kind: Finding['kind'], suppressedByUser: boolean) =>
      severityOf({ kind, suppressedBy: comment }, restricted, { ...options, restricted: true, suppressedByUser });
    assert.equal(inRestricted('production', false), 'error');
    assert.equal(inRestricted('production', true), undefined);
    assert.equal(inRestricted('sandbox', false), undefined);
  });
});

describe('The situation of a key', () => {
  it('is pushed if a remote has it, whatever the state of the file', () => {
    assert.equal(
      situationOf(verdict('ignored', { locations: ['history', 'ignored'], pushed: true }), 'file').kind,
      'pushed',
    );
  });

  it('includes the commit that introduced it', () => {
    const firstCommit = {
      commit: 'a'.repeat(40),
      blob: 'b'.repeat(40),
      path: 'old/name.js',
      authorDate: '2024-03-01T10:00:00+02:00',
      authorName: 'Ada',
      commitTime: 1,
    };
    assert.deepEqual(situationOf(verdict('head', { firstCommit, pushed: 'unknown' }), 'file'), {
      kind: 'committed',
      pushed: 'unknown',
      commit: { id: firstCommit.commit, date: firstCommit.authorDate },
    });
  });

  it('is a stash or an abandoned commit if nothing else contains it', () => {
    assert.equal(situationOf(verdict('untracked', { alsoIn: ['stash'] }), 'file').kind, 'stashed');
    assert.equal(situationOf(verdict('untracked', { alsoIn: ['stash'] }), 'past').kind, 'stashed');
    assert.equal(situationOf(verdict('untracked', { alsoIn: ['reflog'] }), 'past').kind, 'reflog');
    assert.equal(situationOf(verdict('untracked', { alsoIn: ['reflog'] }), 'file').kind, 'untracked');
  });

  it('is uncertain if a part of the history is missing, unless the key is known to be pushed', () => {
    const shallow = { incompleteBecause: 'shallow' } as const;
    assert.equal(uncertaintyOf(verdict('untracked', shallow)), 'shallow');
    assert.equal(uncertaintyOf(verdict('head', { ...shallow, pushed: true })), undefined);
    assert.equal(uncertaintyOf(verdict('head', { incompleteBecause: 'history-not-scanned' })), undefined);
    assert.equal(uncertaintyOf(undefined), undefined);
  });

  it('sorts pushed keys first and ignored ones last', () => {
    const kinds: Situation[] = [
      { kind: 'ignored', dependency: false },
      { kind: 'untracked' },
      { kind: 'pushed' },
      { kind: 'staged' },
      { kind: 'committed', pushed: false },
    ];
    assert.deepEqual(
      kinds.sort(compareSituations).map(({ kind }) => kind),
      ['pushed', 'committed', 'staged', 'untracked', 'ignored'],
    );
    assert.deepEqual(kinds.map(isCommitted), [true, true, false, false, false]);
  });
});

describe('Documents', () => {
  it('are scanned depending on their scheme', () => {
    for (const scheme of [
      'file',
      'untitled',
      'vscode-remote',
      'vscode-notebook-cell',
      'vscode-userdata',
      'vscode-vfs',
      'vscode-scm',
    ])
      assert.equal(isWatched(scheme), true, scheme);
    for (const scheme of [
      'output',
      'git',
      'search-editor',
      'walkThrough',
      'walkThroughSnippet',
      'debug',
      'truework',
      'vscode-chat-code-block',
    ])
      assert.equal(isWatched(scheme), false, scheme);
  });

  it('are classified by kind', () => {
    assert.equal(surfaceOf({ scheme: 'vscode-scm', path: '/git/scm0/input' }), 'commit-message');
    assert.equal(surfaceOf({ scheme: 'vscode-userdata', path: '/User/settings.json' }), 'user-settings');
    for (const path of [
      '/home/ada/.config/Code/User/settings.json',
      '/c:/Users/ada/AppData/Roaming/Code/User/profiles/-1a2b/settings.json',
    ])
      assert.equal(surfaceOf({ scheme: 'file', path }), 'user-settings', path);
    for (const path of [
      '/service/.vscode/settings.json',
      '/service/User/settings.json.ts',
      '/service/user/settings.json',
    ])
      assert.equal(surfaceOf({ scheme: 'file', path }), 'file', path);
    assert.equal(surfaceOf({ scheme: 'file', path: '/a/node_modules/b/c.js' }), 'dependency');
    assert.equal(surfaceOf({ scheme: 'file', path: '/a/my_node_modules/c.js' }), 'file');
  });
});
