/** The clean-up steps as a document to read, made anew each time it is opened. */
import * as vscode from 'vscode';
import { code, fenced } from '../../../ui/markdown.ts';
import { referencesContaining } from '../../../secrets/git/references.ts';
import type { Repository } from '../../../secrets/git/repository.ts';
import type { Verdict } from '../../../secrets/verdict.ts';
import type { Leak } from '../../model.ts';
import { cleanUpCommands, type CleanUpFacts } from '../../../secrets/edits/clean-up.ts';

export async function readCleanUpFacts(repository: Repository, leak: Leak, verdict: Verdict): Promise<CleanUpFacts> {
  const head = await repository.head();
  const { stdout } = await repository.run(['remote']);
  const remotes = stdout
    .toString()
    .split('\n')
    .filter((name) => name !== '');
  const commits = verdict.firstCommit === undefined ? [] : [verdict.firstCommit.commit];
  const holding = commits.length === 0 ? [] : await referencesContaining(repository, commits);
  const remote = remotes.includes('origin') ? 'origin' : remotes[0];
  const pushed = verdict.pushed === false ? undefined : remote;
  return {
    masked: leak.finding.masked,
    plain: leak.finding.encoding === 'plain',
    root: repository.folder,
    remote: pushed,
    otherRemotes: pushed === undefined ? [] : remotes.filter((name) => name !== pushed),
    branches: holding.filter((name) => name.startsWith('refs/heads/')).map((name) => name.slice('refs/heads/'.length)),
    currentBranch: head.kind === 'branch' ? head.branch : undefined,
  };
}

export function writeGuide(facts: CleanUpFacts, verdict: Verdict): string {
  const { l10n } = vscode;
  const commands = cleanUpCommands(facts);
  const pushed = facts.remote !== undefined;
  const { firstCommit } = verdict;
  const steps: (string | readonly string[])[][] = [
    [
      `## ${l10n.t('Revoke the key first')}`,
      l10n.t(
        'Whoever has the key can use it until it is revoked, whatever the history says. Run **Truework: Revoke and Replace…** before anything else. If the old key answers 401, removing it is tidiness, and you may stop here.',
      ),
    ],
    [
      `## ${l10n.t('Agree with your team')}`,
      pushed
        ? l10n.t(
            'Every commit from the one with the key on gets a new id. Have everybody push what they have and stop until you are done. Open pull requests lose their base; protected branches have to allow force pushes for the moment; signatures of rewritten commits and tags are lost.',
          )
        : l10n.t(
            'No remote branch that is known here holds the key, so nobody else is affected. Commits from the one with the key on get new ids.',
          ),
      l10n.t(
        'Commit or stash nothing meanwhile: `git stash list` should be empty, because stashes keep what they hold.',
      ),
    ],
    [
      `## ${l10n.t('Work on a copy')}`,
      l10n.t(
        'Install [git-filter-repo](https://github.com/newren/git-filter-repo/blob/main/INSTALL.md). The commands below are for bash, zsh or Git Bash; they change the copy beside your repository only.',
      ),
      commands.clone,
    ],
    [
      `## ${l10n.t('Say what to remove')}`,
      facts.plain
        ? l10n.t(
            'The list lies outside of the repository. It names the key by its prefix, its length and its last four characters, so the key itself is written nowhere.',
          )
        : l10n.t(
            'The history holds the key in an encoded form. The command waits for that text, as it stands in the file: paste it and press Enter. It is not shown, and only you can read the list, which lies outside of the repository.',
          ),
      commands.replacements,
    ],
    [`## ${l10n.t('Rewrite')}`, commands.rewrite],
    [`## ${l10n.t('Check')}`, l10n.t('Every object of the copy is read. This must print 0:'), commands.verify],
    ...(pushed
      ? [
          [
            `## ${l10n.t('Publish')}`,
            l10n.t('This replaces branches and tags of the remote {0}, and cannot be undone.', code(facts.remote)),
            commands.push,
            ...(commands.pushOthers.length > 0 ? [l10n.t('The same for the other remotes:'), commands.pushOthers] : []),
            l10n.t(
              'The host keeps more than branches: pull requests, forks, caches, build logs and artifacts. Ask its support to remove them ([GitHub](https://docs.github.com/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository)).',
            ),
          ],
        ]
      : []),
    [
      `## ${l10n.t('Bring your working copy onto the new history')}`,
      l10n.t('Nothing uncommitted is lost: git refuses rather.'),
      commands.follow,
    ],
    ...(pushed
      ? [
          [
            `## ${l10n.t('Everybody else')}`,
            l10n.t(
              'The safest is a new clone. Whoever has own commits moves them with `git rebase --onto`; nobody may merge or pull the old history, which would bring the key back.',
            ),
          ],
        ]
      : []),
    [
      `## ${l10n.t('Tidy up')}`,
      l10n.t('When all is well, remove the old commits from this machine, and the copy with its list:'),
      commands.tidy,
      l10n.t('Then run **Truework: Scan Git History for Leaked Keys…** once more.'),
    ],
  ];
  return [
    `# ${l10n.t('Remove {0} from the history', facts.masked)}`,
    ...(firstCommit === undefined
      ? []
      : [
          l10n.t(
            'It came in with commit {0} of {1}, in the file {2}.',
            code(firstCommit.commit.slice(0, 8)),
            firstCommit.authorDate.slice(0, 10),
            code(firstCommit.path),
          ),
        ]),
    ...steps.map(([heading, ...rest], n) =>
      [
        String(heading).replace('## ', `## ${n + 1}. `),
        ...rest.map((part) => (typeof part === 'string' ? part : fenced(part, 'sh'))),
      ].join('\n\n'),
    ),
    '',
  ].join('\n\n');
}
