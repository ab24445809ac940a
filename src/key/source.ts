import { accessSync, constants, existsSync } from 'node:fs';
import { basename, normalize, parse, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { EXIT, errorCode, Failure, isExpected } from '../failure.ts';
import { openFile, ReadLimitError, readToEnd } from '../read-file.ts';
import { clean, shellWord } from '../text.ts';
import { type Algorithm, KEY_BYTE_LENGTHS } from './key-material.ts';
import { keyMessages as messages } from './messages.ts';

/** The source of a key, as specified by the flags. */
export type KeySource =
  /** `shown` is the path as the user wrote it, if it is not relative to the current folder. */
  | { kind: 'file'; path: string; shown?: string }
  | { kind: 'stdin' }
  | { kind: 'env'; name: string }
  | { kind: 'generate'; algorithm: Algorithm };

/** The text of a key, not checked yet, and warnings about its source. */
export interface KeyText {
  text: string;
  warnings: string[];
}

/** A key file contains a key and perhaps a newline. Anything larger is the wrong file. */
const MOST_BYTES = 65_536;

/** The process streams and environment that keys are read from. */
export interface KeyInput {
  stdin: Readable & { isTTY?: boolean };
  env: NodeJS.ProcessEnv;
  /** Ends the wait for a pipe that sends nothing. */
  interrupt?: AbortSignal;
  /** Called with the name of the source if the read takes long. */
  onWait?: (source: string) => void;
}

/** Returns true if the variable is set, or the file exists and is readable. Returns false for other sources. */
export function canReadKey(source: KeySource, env: NodeJS.ProcessEnv): boolean {
  if (source.kind === 'env') return Object.hasOwn(env, source.name);
  return source.kind === 'file' && isReadable(source.path);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads the text of a key. Pass it directly to `checkKey`, which wraps it.
 * @throws Failure with one sentence that names the flag
 */
export async function readKeyText(
  source: Exclude<KeySource, { kind: 'generate' }>,
  input: KeyInput,
): Promise<KeyText> {
  if (source.kind === 'file') return readKeyFile(source, input);
  if (source.kind === 'env') return { text: takeVariable(source.name, input.env), warnings: [] };
  if (input.stdin.isTTY) throw keyFailure(messages.stdinIsTerminal);
  return { text: decode(await readStdin(input), '--key-file -'), warnings: [] };
}

async function readKeyFile(
  { path, shown: written = path }: { path: string; shown?: string },
  input: KeyInput,
): Promise<KeyText> {
  const shown = clean(written);
  try {
    const { stream, stats } = openFile(path, (what) => {
      throw keyFailure(what === 'folder' ? messages.fileIsFolder(shown) : messages.fileIsTerminal(shown));
    });
    const bytes = await readAll(stream, shown, messages.fileTooLarge(shown, MOST_BYTES), input);
    const isExposed = stats.isFile() && process.platform !== 'win32' && (stats.mode & 0o077) !== 0;
    const warnings = isExposed ? [messages.fileExposed(shown, shellWord(clean(path)))] : [];
    return { text: decode(bytes, `--key-file ${shown}`), warnings };
  } catch (error) {
    throw isExpected(error) ? error : fileFailure(path, shown, error);
  }
}

function fileFailure(path: string, shown: string, error: unknown): Failure {
  const code = errorCode(error);
  const isAbsent = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'].includes(code);
  if (isAbsent) {
    if (isInFolder(path, shown)) return keyFailure(messages.fileMissing(clean(path)));
    const folder = baseFolder(path, shown);
    return keyFailure(folder === undefined ? messages.fileAbsent : messages.fileAbsentIn(folder));
  }
  if (code === 'EACCES' || code === 'EPERM') return keyFailure(messages.fileUnreadable(shown));
  // Error codes of Linux and macOS for a socket. In a child process, /dev/stdin is often a socket.
  if (code === 'ENXIO' || code === 'EOPNOTSUPP') return keyFailure(messages.fileIsSocket(shown));
  return keyFailure(messages.fileFailed(shown, code));
}

/**
 * Returns true if a missing file's path is clearly a path: its folder exists, and its name doesn't look like a key. Anything else
 * may be the key itself, given by mistake, and must not be repeated.
 */
function isInFolder(path: string, shown: string): boolean {
  if ([path, shown].some((each) => mayHoldKey(basename(each)))) return false;
  const separators = [path, shown].map((each) => Math.max(each.lastIndexOf('/'), each.lastIndexOf(sep)));
  const folder = resolve(path.slice(0, Math.max(separators[0] ?? 0, 0)));
  return separators.every((offset) => offset > 0) && folder !== parse(folder).root && existsSync(folder);
}

/** Returns the base folder of a relative path that the user wrote. It can't contain the key. */
function baseFolder(path: string, shown: string): string | undefined {
  const written = normalize(shown);
  if (shown === path || !path.endsWith(sep + written)) return undefined;
  return clean(path.slice(0, -written.length - 1) || sep);
}

/** Matches half a key in one piece, or 24 hexadecimal digits in groups, which are more than a date with a time has. */
function mayHoldKey(name: string): boolean {
  return /[0-9a-f]{16}/i.test(name) || /[0-9a-f]{24}/i.test(name.replace(/[ :._-]/g, ''));
}

async function readStdin(input: KeyInput): Promise<Buffer> {
  try {
    return await readAll(input.stdin, messages.stdin, messages.stdinTooLarge(MOST_BYTES), input);
  } catch (error) {
    throw isExpected(error) ? error : keyFailure(messages.stdinFailed(errorCode(error)));
  }
}

async function readAll(
  stream: Readable,
  source: string,
  tooLarge: string,
  { interrupt, onWait }: KeyInput,
): Promise<Buffer> {
  const limits = { interrupt, mostBytes: MOST_BYTES, onWait: onWait && (() => onWait(source)) };
  try {
    return await readToEnd(stream, limits);
  } catch (error) {
    throw error instanceof ReadLimitError ? keyFailure(tooLarge) : error;
  }
}

function decode(bytes: Buffer, source: string): string {
  if (bytes.length === 0) throw keyFailure(messages.sourceEmpty(source));
  try {
    // Keep the byte order mark so that the check can report it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    if (['fffe', 'feff'].includes(bytes.toString('hex', 0, 2))) throw keyFailure(messages.utf16);
    if (KEY_BYTE_LENGTHS.includes(bytes.length)) throw keyFailure(messages.rawBytes(source, bytes.length));
    throw keyFailure(messages.notUtf8(source));
  }
}

/**
 * Removes all variables that contain keys from the environment, so that no child process inherits a key. Returns them as an
 * environment to read the keys from.
 */
export function takeKeyVariables(sources: readonly KeySource[], env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const keyVariables: NodeJS.ProcessEnv = {};
  for (const source of sources) {
    if (source.kind !== 'env' || !Object.hasOwn(env, source.name)) continue;
    keyVariables[source.name] = env[source.name];
    delete env[source.name];
  }
  return keyVariables;
}

/** Returns the key in a variable, and removes the variable from the environment, so that no child process inherits it. */
function takeVariable(name: string, env: NodeJS.ProcessEnv): string {
  const text = Object.hasOwn(env, name) ? env[name] : undefined;
  // The name of an unset variable may be the key itself, given by mistake, so it isn't repeated.
  if (text === undefined) throw keyFailure(messages.envUnset);
  delete env[name];
  if (text === '') throw keyFailure(messages.sourceEmpty(`--key-env ${clean(name)}`));
  return text;
}

function keyFailure(message: string): Failure {
  return new Failure(message, { code: 'bad-key', exitCode: EXIT.usage });
}
