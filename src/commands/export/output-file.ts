import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import {
  chmod,
  chown,
  link,
  lstat,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EXIT, errorCode, Failure } from '../../failure.ts';
import { plain } from '../../text.ts';
import type { Output } from '../../ui/output.ts';

/** The file to write instead of standard output. */
export interface OutputFile {
  output?: string;
  /** True if an existing file may be overwritten. */
  force: boolean;
}

/** Returns the output of a command. `-` stands for standard output. */
export function outputFileOf({ output, force }: OutputFile): OutputFile {
  return { output: output === '-' ? undefined : output, force };
}

/**
 * Writes a result to its file or to standard output.
 * @param mode the permissions of a new file
 * @throws Failure if the file exists and may not be overwritten, or if it can't be written. The file is then unchanged.
 */
export async function deliver(
  output: Output,
  text: string,
  { output: path, force }: OutputFile,
  mode = 0o666,
): Promise<void> {
  if (path === undefined) return output.result(text.replace(/\n$/, ''));
  try {
    const target = (await stat(path).catch(ifAbsent)) ?? (await lstat(path).catch(ifAbsent));
    if (target === undefined) await create(path, text, mode);
    else if (target.isFile() && force)
      await replace(await realpath(path), text, modeToKeep(target, mode), target);
    else if (force || target.isCharacterDevice() || target.isFIFO()) await writeFile(path, text, { mode });
    else throw alreadyThere();
  } catch (error) {
    throw writeFailure(plain(path), error);
  }
  output.info(outputFileMessages.written(plain(path)));
}

/**
 * Returns an existing file's mode. If the new file would be executable, adds execute permission for everyone who has read
 * permission.
 */
function modeToKeep(file: Stats, mode: number): number {
  return (file.mode & 0o7777) | (mode & 0o111 ? (file.mode & 0o444) >> 2 : 0);
}

/** Creates the complete file or, if that fails, no file. */
async function create(path: string, text: string, mode: number): Promise<void> {
  await withTemporaryFile(dirname(path), text, mode, async (temporary) => {
    try {
      await link(temporary, path);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') throw error;
      // Some file systems don't support hard links.
      await rename(temporary, path);
    }
  });
}

/** Replaces a file atomically, or writes into it if it can't be replaced. */
async function replace(path: string, text: string, mode: number, { uid, gid }: Stats): Promise<void> {
  try {
    await withTemporaryFile(dirname(path), text, 0o600, async (temporary) => {
      if (uid !== process.getuid?.() || gid !== process.getgid?.()) await chown(temporary, uid, gid);
      await chmod(temporary, mode);
      await rename(temporary, path);
    });
  } catch (error) {
    // The folder is read-only, the file belongs to someone else, or the file is a mount point.
    if (!/^(EACCES|EPERM|EROFS|EBUSY|EXDEV)$/.test(errorCode(error))) throw error;
    await overwrite(path, text);
  }
}

/** Overwrites the content of a file. On failure, writes the earlier content back. */
async function overwrite(path: string, text: string): Promise<void> {
  const earlierContent = await readFile(path);
  try {
    await writeFile(path, text, { flag: 'r+' });
    await truncate(path, Buffer.byteLength(text));
  } catch (error) {
    await writeFile(path, earlierContent).catch(() => undefined);
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
    await writeFile(temporary, text, { flag: 'wx', mode, flush: true });
    await move(temporary);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

function alreadyThere(): Error {
  return Object.assign(new Error('the file is there already'), { code: 'EEXIST' });
}

/** Returns undefined for the error that a file doesn't exist, and throws any other error. */
function ifAbsent(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
}

function writeFailure(path: string, error: unknown): Failure {
  const code = errorCode(error);
  return code === 'EEXIST'
    ? new Failure(outputFileMessages.exists(path), {
        code: 'file-exists',
        exitCode: EXIT.conflict,
        hint: outputFileMessages.existsHint,
      })
    : new Failure(outputFileMessages.unwritable(path, code), {
        code: 'file',
        exitCode: EXIT.failed,
        cause: error,
      });
}

/** Messages about output files. */
const outputFileMessages = {
  written: (path: string) => `Written to ${path}.`,
  exists: (path: string) => `${path} is there already. Nothing was written.`,
  existsHint: 'Give --force to write over it, or another --output.',
  unwritable: (path: string, code: string) => `${path} could not be written (${code}).`,
};
