/** Everything that reads a repository, run in sequence, for suites with obstacles. */
import { GitError } from '../../../../src/secrets/git/error.ts';
import { scanHistory } from '../../../../src/secrets/git/history.ts';
import { ignoredBy } from '../../../../src/secrets/git/ignored.ts';
import { digestOfReferences, readReferences, referencesContaining } from '../../../../src/secrets/git/references.ts';
import { discoverRepository, type DiscoverOptions, type Repository } from '../../../../src/secrets/git/repository.ts';
import { removeFromIndex, stagedFiles, stagedFindings, unstage } from '../../../../src/secrets/git/staging.ts';
import { verdictsOf } from '../../../../src/secrets/git/verdict.ts';
import { readSetupFacts } from '../../../../src/secrets/setup/read.ts';
import { hashOf, listed, recordingSpawn, scan } from './repositories.ts';

/** The result of an entry point as text, or the code of the GitError. */
export type Outcomes = Readonly<Record<string, string>>;

/** Reads only; `changing` does more. */
const READING: Readonly<
  Record<string, (repository: Repository, relativePath: string, keyText: string) => Promise<string>>
> = {
  'list files': async (repository) => (await listed(repository)).map(({ path: name }) => name).join(),
  'ask what is ignored': async (repository, name) => [...(await ignoredBy(repository, [name])).keys()].join(),
  'ask for HEAD': async (repository) => (await repository.head()).kind,
  'read the commit': async (repository, name) => (await repository.committed('HEAD', name))?.type ?? 'none',
  'read the index': async (repository, name) => String((await repository.indexed(name)).length),
  'read what is staged': async (repository) =>
    (await stagedFindings(repository, { scan })).map(({ path: name }) => name).join(),
  'list what is staged': async (repository) => (await stagedFiles(repository)).map(({ path: name }) => name).join(),
  'read references': async (repository) => String((await readReferences(repository)).all.length),
  'digest references': async (repository) => (await digestOfReferences(repository)).slice(0, 0),
  'ask which references hold HEAD': async (repository) => {
    const head = await repository.headCommit();
    return head === undefined ? '' : (await referencesContaining(repository, [head.oid])).join();
  },
  check: async (repository, name, keyText) => {
    const verdict = (await verdictsOf(repository, name, [hashOf(keyText)], { scan })).get(hashOf(keyText));
    return verdict?.location === 'unknown' ? verdict.reason : String(verdict?.location);
  },
  'scan the history': async (repository, _name, keyText) => {
    const first = await scanHistory(repository, { scan });
    const { hits, incompleteBecause } = await scanHistory(repository, { scan, cache: first.cache });
    return `${hits.has(hashOf(keyText)) ? 'found' : 'not found'}, ${incompleteBecause ?? 'complete'}`;
  },
  'check with a history': async (repository, name, keyText) => {
    const verdict = (
      await verdictsOf(repository, name, [hashOf(keyText)], { scan, history: await scanHistory(repository, { scan }) })
    ).get(hashOf(keyText));
    return verdict?.location === 'unknown' ? verdict.reason : String(verdict?.location);
  },
  'plan a leak check': async (repository) =>
    (
      await readSetupFacts(repository, repository.root ?? repository.gitFolder, import.meta.dirname).catch(
        (error: unknown) => {
          // The programs of the extension are not built.
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { ci: 'planned' };
          throw error;
        },
      )
    ).ci,
};

const CHANGING: Readonly<Record<string, (repository: Repository, relativePath: string) => Promise<void>>> = {
  'unstage a file': (repository, name) => unstage(repository, name),
  'take a file out of the index': (repository, name) => removeFromIndex(repository, name),
};

/**
 * Runs all of it on a file. Everything ends with an answer or with a GitError; anything else is thrown.
 * @param file absolute
 */
export async function runEverything(
  file: string,
  keyText: string,
  options: DiscoverOptions & { readonly changing?: boolean } = {},
): Promise<Outcomes> {
  const outcomes: Record<string, string> = {};
  const ask = async (name: string, question: () => Promise<string>) => {
    try {
      outcomes[name] = await question();
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      outcomes[name] = error.code;
    }
    return outcomes[name];
  };
  const discovering = discoverRepository(file, { spawn: recordingSpawn, ...options });
  if (
    (await ask('discover', async () => {
      await discovering;
      return 'found';
    })) !== 'found'
  )
    return outcomes;
  const { repository, relativePath } = await discovering;
  using open = repository;
  for (const [name, read] of Object.entries(READING)) await ask(name, () => read(open, relativePath, keyText));
  if (options.changing !== true) return outcomes;
  for (const [name, change] of Object.entries(CHANGING))
    await ask(name, async () => {
      await change(open, relativePath);
      return 'done';
    });
  return outcomes;
}
