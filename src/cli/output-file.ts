import { chmod, stat, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Reader } from '../answers/reading.ts';
import { looksLikePartOfKey, type Rule } from '../aws/names.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Output } from '../report/output.ts';
import { plain } from '../report/plain.ts';
import { exportHelp as help } from '../report/words/export-help.ts';
import { inputWords } from '../report/words/input.ts';
import { outputFileWords as words } from '../report/words/output-file.ts';
import { addOption } from './options.ts';

/** The options that say where a result goes, as the parser answers them. */
export interface OutputFileOptions {
  output?: string;
  force?: boolean;
}

/** A file to be written in place of standard output. */
export interface OutputFile {
  output?: string;
  /** Whether it may be written over. */
  force: boolean;
}

/** Adds the options that send a result to a file. */
export function addOutputOptions(command: Command): void {
  addOption(command, '--output <path>', help.output);
  addOption(command, '--force', help.force);
}

/** Messages name the file, so it must not be a key. */
const filePath: Rule = (value, what) => {
  if (value === '') return words.empty(what);
  return looksLikePartOfKey(value) ? inputWords.looksLikeKey(what) : undefined;
};

export function readOutputOptions({ output, force }: OutputFileOptions, read: Reader): OutputFile {
  const path = output === '-' ? undefined : output;
  return { ...read.text('output', path, filePath, '--output'), force: force ?? false };
}

/**
 * Writes a result to its file, or else to standard output.
 * @param mode the permissions of a new file
 * @throws Failure when the file is there already and may not be written over, or cannot be written
 */
export async function deliver(
  output: Output,
  text: string,
  { output: path, force }: OutputFile,
  mode = 0o666,
): Promise<void> {
  if (path === undefined) return output.result(text.replace(/\n$/, ''));
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx', mode });
    if (force && mode & 0o111) await makeRunnable(path);
  } catch (error) {
    throw unwritten(plain(path), error);
  }
  output.say(words.written(plain(path)));
}

/** A file that was there keeps its permissions, but whoever may read it may run it. */
async function makeRunnable(path: string): Promise<void> {
  const file = await stat(path);
  const mode = file.mode | ((file.mode & 0o444) >> 2);
  if (file.isFile() && mode !== file.mode) await chmod(path, mode);
}

function unwritten(path: string, error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return code === 'EEXIST'
    ? new Failure(words.exists(path), {
        code: 'file-exists',
        exitCode: EXIT.conflict,
        hint: words.existsHint,
      })
    : new Failure(words.unwritable(path, code), { code: 'file', exitCode: EXIT.failed, cause: error });
}
