import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EXIT, errorCode, Failure } from '../../failure.ts';
import { clean } from '../../text.ts';
import type { Output } from '../../ui/output.ts';

/** Where a result goes. */
export interface OutputFile {
  /** The path of a file; undefined for standard output. */
  output?: string;
  /** True to overwrite an existing file. */
  force: boolean;
}

/** Replaces `-`, which stands for standard output. */
export function outputFileOf({ output, force }: OutputFile): OutputFile {
  return { output: output === '-' ? undefined : output, force };
}

/**
 * Writes a result to its file or to standard output.
 * @param mode the permissions of a new file
 * @throws Failure if the file exists and `force` is false, or if it can't be written. The file is then unchanged.
 */
export async function writeResult(
  output: Output,
  text: string,
  { output: path, force }: OutputFile,
  mode = 0o666,
): Promise<void> {
  if (path === undefined) return output.result(text.replace(/\n$/, ''));
  try {
    // A symbolic link whose target doesn't exist counts as an existing file.
    const target = (await fs.stat(path).catch(ifAbsent)) ?? (await fs.lstat(path).catch(ifAbsent));
    if (target === undefined) await create(path, text, mode);
    else if (target.isFile() && force)
      await replace(await fs.realpath(path), text, modeToKeep(target, mode), target);
    else if (force || target.isCharacterDevice() || target.isFIFO()) await fs.writeFile(path, text, { mode });
    else throw Object.assign(new Error('the file already exists'), { code: 'EEXIST' });
  } catch (error) {
    throw writeFailure(clean(path), error);
  }
  output.info(messages.written(clean(path)));
}

/**
 * Returns an existing file's mode. If the new file would be executable, adds execute permission for everyone who has read
 * permission.
 */
function modeToKeep(file: Stats, mode: number): number {
  return (file.mode & 0o7777) | (mode & 0o111 ? (file.mode & 0o444) >> 2 : 0);
}

/** Creates the complete file, or none if writing fails. */
async function create(path: string, text: string, mode: number): Promise<void> {
  await withTemporaryFile(dirname(path), text, mode, async (temporary) => {
    try {
      await fs.link(temporary, path);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') throw error;
      // Some file systems don't support hard links.
      await fs.rename(temporary, path);
    }
  });
}

/** Replaces a file atomically, or writes into it if it can't be replaced. */
async function replace(path: string, text: string, mode: number, { uid, gid }: Stats): Promise<void> {
  try {
    await withTemporaryFile(dirname(path), text, 0o600, async (temporary) => {
      if (uid !== process.getuid?.() || gid !== process.getgid?.()) await fs.chown(temporary, uid, gid);
      await fs.chmod(temporary, mode);
      await fs.rename(temporary, path);
    });
  } catch (error) {
    // The folder is read-only, the file belongs to someone else, or the file is a mount point.
    if (!/^(EACCES|EPERM|EROFS|EBUSY|EXDEV)$/.test(errorCode(error))) throw error;
    await overwrite(path, text);
  }
}

/** Overwrites the content of a file. On failure, writes the earlier content back. */
async function overwrite(path: string, text: string): Promise<void> {
  const earlierContent = await fs.readFile(path);
  try {
    await fs.writeFile(path, text, { flag: 'r+' });
    await fs.truncate(path, Buffer.byteLength(text));
  } catch (error) {
    await fs.writeFile(path, earlierContent).catch(() => undefined);
    throw error;
  }
}

/** Writes a temporary file in the folder, calls `move` to move it to its path, and removes it if it remains. */
async function withTemporaryFile(
  folder: string,
  text: string,
  mode: number,
  move: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = join(folder, `.mc-static-key-${randomUUID()}.tmp`);
  try {
    await fs.writeFile(temporary, text, { flag: 'wx', mode, flush: true });
    await move(temporary);
  } finally {
    await fs.rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Handles an error: returns undefined if the file doesn't exist, and throws any other error. */
function ifAbsent(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
}

function writeFailure(path: string, error: unknown): Failure {
  const code = errorCode(error);
  if (code === 'EEXIST') {
    const hint = messages.existsHint;
    return new Failure(messages.exists(path), { code: 'file-exists', exitCode: EXIT.conflict, hint });
  }
  return new Failure(messages.unwritable(path, code), { code: 'file', exitCode: EXIT.failed, cause: error });
}

const messages = {
  written: (path: string) => `Written to ${path}.`,
  exists: (path: string) => `${path} already exists. Nothing was written.`,
  existsHint: 'Use --force to overwrite it, or choose another --output.',
  unwritable: (path: string, code: string) => `${path} couldn't be written (${code}).`,
};
