import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';

const MAX_BYTES = 16 * 1024 * 1024;
/** Opens a pipe without waiting for a writer. Windows has neither this flag nor such files. */
const FLAGS = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/**
 * Reads a file that may come from others. Does not open a named pipe or a device in its place, which could block.
 * @throws an error of the file system, with its `code`; `EINVAL` for what is not a regular file, `EFBIG` for more than
 * `maxBytes`
 */
export async function readRegularFile(file: string, maxBytes: number = MAX_BYTES): Promise<Buffer> {
  if (!(await stat(file)).isFile()) throw refusal('EINVAL', 'is not a regular file');
  const handle = await open(file, FLAGS);
  try {
    // The file may have been replaced meanwhile.
    const status = await handle.stat();
    if (!status.isFile()) throw refusal('EINVAL', 'is not a regular file');
    if (status.size > maxBytes) throw refusal('EFBIG', 'is too large');
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function refusal(code: string, why: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`The file ${why}.`), { code });
}
