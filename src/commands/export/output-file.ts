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
      await replace(await realpath(path), text, permissions(target, mode), target);
    else if (force || target.isCharacterDevice() || target.isFIFO()) await writeFile(path, text, { mode });
    else throw alreadyThere();
  } catch (error) {
    throw unwritten(plain(path), error);
  }
  output.info(outputFileMessages.written(plain(path)));
}

/** Returns an existing file's mode. For a program, adds execute permission for everyone who has read permission. */
function permissions(file: Stats, mode: number): number {
  return (file.mode & 0o7777) | (mode & 0o111 ? (file.mode & 0o444) >> 2 : 0);
}

/** Creates the complete file, or none. */
async function create(path: string, text: string, mode: number): Promise<void> {
  await withWritten(dirname(path), text, mode, async (written) => {
    try {
      await link(written, path);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') throw error;
      // Some file systems don't support hard links.
      await rename(written, path);
    }
  });
}

/** Replaces a file atomically, or writes into it if it can't be replaced. */
async function replace(path: string, text: string, mode: number, { uid, gid }: Stats): Promise<void> {
  try {
    await withWritten(dirname(path), text, 0o600, async (written) => {
      if (uid !== process.getuid?.() || gid !== process.getgid?.()) await chown(written, uid, gid);
      await chmod(written, mode);
      await rename(written, path);
    });
  } catch (error) {
    // The folder is read-only, the file belongs to someone else, or the file is a mount point.
    if (!/^(EACCES|EPERM|EROFS|EBUSY|EXDEV)$/.test(errorCode(error))) throw error;
    await writeInto(path, text);
  }
}

async function writeInto(path: string, text: string): Promise<void> {
  const before = await readFile(path);
  try {
    await writeFile(path, text, { flag: 'r+' });
    await truncate(path, Buffer.byteLength(text));
  } catch (error) {
    await writeFile(path, before).catch(() => undefined);
    throw error;
  }
}

/** Writes a temporary file in the folder, runs `place` to move it, and removes it if it remains. */
async function withWritten(
  folder: string,
  text: string,
  mode: number,
  place: (written: string) => Promise<void>,
): Promise<void> {
  const written = join(folder, `.mc-static-key-${randomUUID()}.tmp`);
  try {
    await writeFile(written, text, { flag: 'wx', mode, flush: true });
    await place(written);
  } finally {
    await rm(written, { force: true }).catch(() => undefined);
  }
}

function alreadyThere(): Error {
  return Object.assign(new Error('the file is there already'), { code: 'EEXIST' });
}

function ifAbsent(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
}

function unwritten(path: string, error: unknown): Failure {
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
