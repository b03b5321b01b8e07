/**
 * Names as git stores them. Git itself makes none that leads out of a work tree, but whoever writes the objects or the
 * index by hand can: a tree entry `..`, an index entry `/etc/passwd`.
 */

/** Whether a name that git gives, relative to a work tree, is that of a file in it, and not of git's own. */
export function isInWorkTree(name: string, platform: NodeJS.Platform = process.platform): boolean {
  return name !== '' && !name.includes('\0') && name.split('/').every((part) => isOrdinary(part, platform));
}

/**
 * A name to show and to tell files apart by. An ordinary one stays as it is; of any other, the parts that would lead
 * elsewhere are percent-encoded, so that the name leads to no file at all.
 */
export function labelOf(name: string, platform: NodeJS.Platform = process.platform): string {
  if (isInWorkTree(name, platform)) return name;
  return name
    .split('/')
    .map((part) => (isOrdinary(part, platform) ? part : encoded(part)))
    .join('/');
}

/** The folders that git keeps for itself, also as other file systems spell them; see git's `verify_path`. */
const GIT_FOLDER = /^(?:\.git|git~1)[. ]*(?::.*)?$/i;
/** Characters that a file system takes for none: `.g\u200cit` is `.git` on a Mac. */
const INVISIBLE = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

function isOrdinary(part: string, platform: NodeJS.Platform): boolean {
  if (part === '' || part === '.' || part === '..' || part.includes('\0')) return false;
  if (GIT_FOLDER.test(part.replace(INVISIBLE, ''))) return false;
  // Windows: a path within the name, a drive or a stream, and dots and spaces at the end that do not count.
  return platform !== 'win32' || !/[\\:]|[. ]$/.test(part);
}

function encoded(part: string): string {
  if (part === '') return '%';
  return part.replace(
    /[.%\\:\0]| (?= *$)|^g(?=it~)/gi,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
