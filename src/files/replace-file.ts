import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/**
 * Replaces a file as a whole, readable by this user only: a reader, or a crash, sees the old text or the new one, never
 * a part. Follows no link of that name. Only for files in a place that the user or the editor chose: where a repository
 * may have put a link in the way, the target is checked first (write-target.ts).
 * @throws an error of the file system, with its `code`; then the file is as it was
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}.new`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
