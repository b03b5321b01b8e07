import { HASH_ON_OWN_LINE, type Language } from './language.ts';
import { replaceInShell } from './shell.ts';
import { replaceKeyOnly, replaceWithin, type Replacement, type Site } from './site.ts';

export const dockerfile: Language = {
  ids: ['dockerfile'],
  paths: [/(?:^|\/)(?:dockerfile|containerfile)(?:[.-][^/]*)?$|\.dockerfile$/i],
  comment: HASH_ON_OWN_LINE,
  replace: replaceInInstruction,
};

/**
 * A key in an `ENV` or `ARG` would stay in the image: an `ENV` takes its value when the container starts, and `RUN`
 * gets it as a build secret (https://docs.docker.com/build/building/secrets/).
 */
function replaceInInstruction(site: Site): Replacement | undefined {
  const { text, start, end, variable } = site;
  const instructionStart = startOfInstruction(text, start);
  const instruction = text.slice(instructionStart, start);
  const name = /^\s*([A-Za-z]+)\b/.exec(instruction)?.[1]?.toUpperCase();
  if (name === undefined) return replaceKeyOnly(site, `$${variable}`);
  if (name === 'ARG') {
    const assignment = /=["']?$/.exec(instruction);
    if (assignment === null) return replaceKeyOnly(site, `\${${variable}}`);
    const from = instructionStart + assignment.index;
    const quote = assignment[0].slice(1);
    return {
      changes: [{ start: from, end: end + (quote !== '' && text.startsWith(quote, end) ? 1 : 0), text: '' }],
      read: 'ARG',
      variable,
    };
  }
  if (['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK'].includes(name)) {
    // The exec form starts no shell that expands variables.
    if (/^\s*[A-Za-z]+\s+(?:--\S+\s+)*(?:CMD\s+)?\[/.test(instruction)) return undefined;
    const replaced = replaceWithin(site, instructionStart, undefined, replaceInShell);
    return name === 'RUN' && replaced !== undefined ? withSecret(replaced, text, instructionStart) : replaced;
  }
  return replaceKeyOnly(site, `\${${variable}}`);
}

function withSecret(replaced: Replacement, text: string, instructionStart: number): Replacement {
  const { variable } = replaced;
  const mount = `--mount=type=secret,id=${variable},env=${variable}`;
  const run = /^\s*RUN\b/i.exec(text.slice(instructionStart));
  if (run === null || text.slice(instructionStart).startsWith(`${run[0]} ${mount}`)) return replaced;
  const at = instructionStart + run[0].length;
  return { ...replaced, changes: [{ start: at, end: at, text: ` ${mount}` }, ...replaced.changes] };
}

/** The start of the instruction that contains an offset, across lines that end with a backslash. */
function startOfInstruction(text: string, at: number): number {
  let start = text.lastIndexOf('\n', at - 1) + 1;
  while (start > 0) {
    const previous = text.lastIndexOf('\n', start - 2) + 1;
    const line = text.slice(previous, start).trim();
    if (!line.endsWith('\\') && !(line.startsWith('#') && text.slice(0, previous).trimEnd().endsWith('\\'))) break;
    start = previous;
  }
  return start;
}
