/** The clean-up steps for a repository, as a Markdown document. */
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

type GuideStep = readonly [heading: string, ...parts: (string | readonly string[])[]];

/** @returns Markdown: paragraphs, and code blocks for the lists of commands */
export function writeGuide(facts: CleanUpFacts, verdict: Verdict): string {
  const commands = cleanUpCommands(facts);
  const { firstCommit } = verdict;
  const steps = [
    ...stepsBeforeRewriting(facts, commands),
    ...(facts.remote === undefined ? [] : [publishStep(facts.remote, commands)]),
    followStep(commands),
    ...(facts.remote === undefined ? [] : [teamStep()]),
    cleanUpStep(commands),
  ];
  return [
    `# ${vscode.l10n.t('Remove {0} from the history', facts.masked)}`,
    ...(firstCommit === undefined
      ? []
      : [
          vscode.l10n.t(
            'The key was introduced in commit {0} on {1}, in the file {2}.',
            code(firstCommit.commit.slice(0, 8)),
            firstCommit.authorDate.slice(0, 10),
            code(firstCommit.path),
          ),
        ]),
    ...steps.map(([heading, ...parts], n) =>
      [`## ${n + 1}. ${heading}`, ...parts.map((part) => (typeof part === 'string' ? part : fenced(part, 'sh')))].join(
        '\n\n',
      ),
    ),
    '',
  ].join('\n\n');
}

type Commands = ReturnType<typeof cleanUpCommands>;

function stepsBeforeRewriting(facts: CleanUpFacts, commands: Commands): GuideStep[] {
  return [
    [
      vscode.l10n.t('Revoke the key first'),
      vscode.l10n.t(
        'Anyone who has the key can use it until it is revoked, whatever the history contains. Run **Truework: Revoke and Replace Leaked Key…** before anything else. If the old key already returns 401, rewriting the history is optional.',
      ),
    ],
    [
      vscode.l10n.t('Agree with your team'),
      facts.remote === undefined
        ? vscode.l10n.t(
            'No known remote branch contains the key, so no one else is affected. All commits since the leaked one get new IDs.',
          )
        : vscode.l10n.t(
            'All commits since the leaked one get new IDs. Ask everyone to push their work and pause until you are done. Open pull requests lose their base, protected branches must allow force pushes for the moment, and rewritten commits and tags lose their signatures.',
          ),
      vscode.l10n.t(
        'Do not commit or stash anything meanwhile. `git stash list` should be empty, because rewriting does not change stashes.',
      ),
    ],
    [
      vscode.l10n.t('Work on a copy'),
      vscode.l10n.t(
        'Install [git-filter-repo](https://github.com/newren/git-filter-repo/blob/main/INSTALL.md). The commands below are for bash, zsh, or Git Bash. They change only the copy next to your repository.',
      ),
      commands.clone,
    ],
    [
      vscode.l10n.t('List what to remove'),
      facts.plain
        ? vscode.l10n.t(
            'The list is outside the repository. It describes the key by its prefix, its length, and its last four characters, so the key itself is not written anywhere.',
          )
        : vscode.l10n.t(
            'The history contains the key in encoded form. The command waits for that text exactly as it is in the file: paste it and press Enter. It is not shown. The list is outside the repository, and only you can read it.',
          ),
      commands.replacements,
    ],
    [vscode.l10n.t('Rewrite'), commands.rewrite],
    [vscode.l10n.t('Check'), vscode.l10n.t('This reads every object of the copy and must print 0:'), commands.verify],
  ];
}

function publishStep(remote: string, commands: Commands): GuideStep {
  return [
    vscode.l10n.t('Publish'),
    vscode.l10n.t('This replaces branches and tags of the remote {0} and cannot be undone.', code(remote)),
    commands.push,
    ...(commands.pushOthers.length > 0
      ? [vscode.l10n.t('Do the same for the other remotes:'), commands.pushOthers]
      : []),
    vscode.l10n.t(
      'The host stores more than branches: pull requests, forks, caches, build logs, and artifacts. Ask its support to remove them ([GitHub](https://docs.github.com/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository)).',
    ),
  ];
}

function followStep(commands: Commands): GuideStep {
  return [
    vscode.l10n.t('Move your working copy to the new history'),
    vscode.l10n.t('Git refuses to run rather than lose uncommitted changes.'),
    commands.follow,
  ];
}

function teamStep(): GuideStep {
  return [
    vscode.l10n.t('Everyone else'),
    vscode.l10n.t(
      'The safest way is a new clone. Rebase unpublished commits with `git rebase --onto`. Do not merge or pull the old history: that brings the key back.',
    ),
  ];
}

function cleanUpStep(commands: Commands): GuideStep {
  return [
    vscode.l10n.t('Clean up'),
    vscode.l10n.t('When everything works, remove the old commits from this machine, and the copy with its list:'),
    commands.tidy,
    vscode.l10n.t('Then run **Truework: Scan Git History for Leaked Keys** again.'),
  ];
}
