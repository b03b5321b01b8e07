/**
 * Names as git stores them. Git itself writes none that leads out of a work tree, but objects or an index written by
 * hand can contain one: a tree entry `..`, an index entry `/etc/passwd`.
 */

/** Whether a name from git, relative to a work tree, is that of a file in it, and not in git's own folder. */
export function isInWorkTree(name: string, platform: NodeJS.Platform = process.platform): boolean {
  return name !== '' && !name.includes('\0') && name.split('/').every((part) => isOrdinary(part, platform));
}

/**
 * A name for display and comparison. An ordinary one is unchanged; in any other, the parts that lead elsewhere are
 * percent-encoded, so that it is the path of no file.
 */
export function labelOf(name: string, platform: NodeJS.Platform = process.platform): string {
  if (isInWorkTree(name, platform)) return name;
  return name
    .split('/')
    .map((part) => (isOrdinary(part, platform) ? part : encoded(part)))
    .join('/');
}

/** The spellings of git's own folder on all file systems; see git's `verify_path`. */
const GIT_FOLDER = /^(?:\.git|git~1)[. ]*(?::.*)?$/i;
/** Characters that a file system ignores: `.g\u200cit` is `.git` on macOS. */
const INVISIBLE = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

function isOrdinary(part: string, platform: NodeJS.Platform): boolean {
  if (part === '' || part === '.' || part === '..' || part.includes('\0')) return false;
  if (GIT_FOLDER.test(part.replace(INVISIBLE, ''))) return false;
  // Windows: a path within the name, a drive or a stream, and ignored dots and spaces at the end.
  return platform !== 'win32' || !/[\\:]|[. ]$/.test(part);
}

function encoded(part: string): string {
  if (part === '') return '%';
  return part.replace(
    /[.%\\:\0]| (?= *$)|^g(?=it~)/gi,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
