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

/** A file to be written in place of standard output. */
export interface OutputFile {
  output?: string;
  /** Whether it may be written over. */
  force: boolean;
}

/** Returns where a result goes; standard output may be called `-`. */
export function outputFileOf({ output, force }: OutputFile): OutputFile {
  return output === undefined || output === '-' ? { force } : { output, force };
}

/**
 * Writes a result to its file, or else to standard output.
 * @param mode the permissions of a new file
 * @throws Failure when the file is there already and may not be written over, or cannot be written. Then it is as it was.
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
  output.say(outputFileMessages.written(plain(path)));
}

/** Returns the mode of the file: that of an existing one, and for a program execution for everyone who may read it. */
function permissions(file: Stats, mode: number): number {
  return (file.mode & 0o7777) | (mode & 0o111 ? (file.mode & 0o444) >> 2 : 0);
}

/** Makes a whole file, or none. */
async function create(path: string, text: string, mode: number): Promise<void> {
  await withWritten(dirname(path), text, mode, async (written) => {
    try {
      await link(written, path);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') throw error;
      // Some file systems have no hard links.
      await rename(written, path);
    }
  });
}

/** Replaces a file as a whole, or, where no other file can take its place, writes into it. */
async function replace(path: string, text: string, mode: number, { uid, gid }: Stats): Promise<void> {
  try {
    await withWritten(dirname(path), text, 0o600, async (written) => {
      if (uid !== process.getuid?.() || gid !== process.getgid?.()) await chown(written, uid, gid);
      await chmod(written, mode);
      await rename(written, path);
    });
  } catch (error) {
    // A folder that takes no new file, someone else's file, or a file that is mounted by itself.
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

/** Writes a temporary file in the folder, has it put to its place, and removes what is left of it. */
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

/** Messages about files that results are written to. */
const outputFileMessages = {
  written: (path: string) => `Written to ${path}.`,
  exists: (path: string) => `${path} is there already. Nothing was written.`,
  existsHint: 'Give --force to write over it, or another --output.',
  unwritable: (path: string, code: string) => `${path} could not be written (${code}).`,
};
