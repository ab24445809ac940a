import { accessSync, constants, existsSync } from 'node:fs';
import { basename, normalize, parse, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { EXIT, errorCode, Failure, Interrupted } from '../failure.ts';
import { openFile, ReadLimitError, readToEnd } from '../read-file.ts';
import { plain, shellWord } from '../text.ts';
import { type Algorithm, KEY_BYTES } from './key-material.ts';
import { keyMessages as messages } from './messages.ts';

/** Where a key comes from, as the flags say it. */
export type KeySource =
  /** `shown` is how the user wrote the path, where that is not from the current folder. */
  | { kind: 'file'; path: string; shown?: string }
  | { kind: 'stdin' }
  | { kind: 'env'; name: string }
  | { kind: 'generate'; algorithm: Algorithm };

/** The text that was read, not checked yet, and what the user should be warned of. */
export interface KeyText {
  text: string;
  warnings: string[];
}

/** A key file holds a key and perhaps a newline; whatever is larger is the wrong file. */
const MOST_BYTES = 65_536;

/** The outside world that keys are read from. */
export interface KeyInput {
  stdin: Readable & { isTTY?: boolean };
  env: NodeJS.ProcessEnv;
  /** Ends the waiting for a pipe whose other end is silent. */
  interrupt?: AbortSignal;
  /** Called with the name of a source whose end does not come, as of a pipe that stays open. */
  onWait?: (source: string) => void;
}

/** A pipe whose end has not come by then, in milliseconds, may never end. */
const WAITING_AFTER_MS = 1_000;

/** Whether a source holds a key that can be read here: a variable that is set, or a file that is there and may be read. */
export function holdsKey(source: KeySource, env: NodeJS.ProcessEnv): boolean {
  if (source.kind === 'env') return Object.hasOwn(env, source.name);
  return source.kind === 'file' && mayBeRead(source.path);
}

function mayBeRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads the text of a key. It should go straight on to `checkKey`, which wraps it.
 * @throws Failure with one sentence that names the flag
 */
export async function readKeyText(
  source: Exclude<KeySource, { kind: 'generate' }>,
  input: KeyInput,
): Promise<KeyText> {
  if (source.kind === 'file') return readFile(source, input);
  if (source.kind === 'env') return { text: takeVariable(source.name, input.env), warnings: [] };
  if (input.stdin.isTTY) throw refuse(messages.stdinIsTerminal);
  return { text: decode(await readStdin(input), '--key-file -'), warnings: [] };
}

async function readFile(
  { path, shown: written = path }: { path: string; shown?: string },
  input: KeyInput,
): Promise<KeyText> {
  const shown = plain(written);
  try {
    const { stream, stats } = openFile(path, (what) => {
      throw refuse(what === 'folder' ? messages.fileIsFolder(shown) : messages.fileIsTerminal(shown));
    });
    const bytes = await readAll(stream, shown, messages.fileTooLarge(shown, MOST_BYTES), input);
    const exposed = stats.isFile() && process.platform !== 'win32' && (stats.mode & 0o077) !== 0;
    const warnings = exposed ? [messages.fileOpen(shown, shellWord(plain(path)))] : [];
    return { text: decode(bytes, `--key-file ${shown}`), warnings };
  } catch (error) {
    throw isOwn(error) ? error : fileFailure(path, shown, error);
  }
}

function fileFailure(path: string, shown: string, error: unknown): Failure {
  const code = errorCode(error);
  const absent = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'].includes(code);
  if (absent) {
    if (isInFolder(path, shown)) return refuse(messages.fileMissing(plain(path)));
    const folder = folderTried(path, shown);
    return refuse(folder === undefined ? messages.fileAbsent : messages.fileAbsentIn(folder));
  }
  if (code === 'EACCES' || code === 'EPERM') return refuse(messages.fileUnreadable(shown));
  // Linux and macOS answer so for a socket, which is what /dev/stdin often is in a program started by another one.
  if (code === 'ENXIO' || code === 'EOPNOTSUPP') return refuse(messages.fileIsSocket(shown));
  return refuse(messages.fileFailed(shown, code));
}

/**
 * Whether a path that leads nowhere is a path at all: what begins with the name of a folder that exists is one, unless the
 * rest looks like a key. Anything else may be the key itself, given by mistake, and must not be repeated.
 */
function isInFolder(path: string, shown: string): boolean {
  if ([path, shown].some((each) => mayHoldKey(basename(each)))) return false;
  const ends = [path, shown].map((each) => Math.max(each.lastIndexOf('/'), each.lastIndexOf(sep)));
  const folder = resolve(path.slice(0, Math.max(ends[0] ?? 0, 0)));
  return ends.every((end) => end > 0) && folder !== parse(folder).root && existsSync(folder);
}

/** The folder in which a path was looked for that the user wrote from there; it is no part of what may be a key. */
function folderTried(path: string, shown: string): string | undefined {
  const written = normalize(shown);
  if (shown === path || !path.endsWith(sep + written)) return undefined;
  return plain(path.slice(0, -written.length - 1) || sep);
}

/** Hexadecimal digits, in one piece or in groups: more than a date and a time have, and half a key. */
function mayHoldKey(name: string): boolean {
  return /[0-9a-f]{16}/i.test(name) || /[0-9a-f]{24}/i.test(name.replace(/[ :._-]/g, ''));
}

async function readStdin(input: KeyInput): Promise<Buffer> {
  try {
    return await readAll(input.stdin, messages.stdin, messages.stdinTooLarge(MOST_BYTES), input);
  } catch (error) {
    throw isOwn(error) ? error : refuse(messages.stdinFailed(errorCode(error)));
  }
}

async function readAll(
  stream: Readable,
  source: string,
  tooLarge: string,
  { interrupt, onWait }: KeyInput,
): Promise<Buffer> {
  const waiting = onWait && setTimeout(onWait, WAITING_AFTER_MS, source);
  try {
    return await readToEnd(stream, { interrupt, mostBytes: MOST_BYTES });
  } catch (error) {
    throw error instanceof ReadLimitError ? refuse(tooLarge) : error;
  } finally {
    clearTimeout(waiting);
  }
}

/** Whether an error is one of the program's own, which says already what it has to say. */
function isOwn(error: unknown): boolean {
  return error instanceof Failure || error instanceof Interrupted;
}

function decode(bytes: Buffer, source: string): string {
  if (bytes.length === 0) throw refuse(messages.sourceEmpty(source));
  try {
    // The byte-order mark stays, so that the check can name it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    if (['fffe', 'feff'].includes(bytes.toString('hex', 0, 2))) throw refuse(messages.utf16);
    if (KEY_BYTES.includes(bytes.length)) throw refuse(messages.rawBytes(source, bytes.length));
    throw refuse(messages.notUtf8(source));
  }
}

/**
 * Takes all variables out of the environment that hold keys, so that no child process inherits one. Returns them, as an
 * environment to read the keys from.
 */
export function takeVariables(sources: readonly KeySource[], env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const taken: NodeJS.ProcessEnv = {};
  for (const source of sources) {
    if (source.kind !== 'env' || !Object.hasOwn(env, source.name)) continue;
    taken[source.name] = env[source.name];
    delete env[source.name];
  }
  return taken;
}

/** Takes the variable out of the environment, so that no child process inherits it. */
function takeVariable(name: string, env: NodeJS.ProcessEnv): string {
  const text = Object.hasOwn(env, name) ? env[name] : undefined;
  // What is no variable may be the key itself, given by mistake, so it is not repeated.
  if (text === undefined) throw refuse(messages.envUnset);
  delete env[name];
  if (text === '') throw refuse(messages.sourceEmpty(`--key-env ${plain(name)}`));
  return text;
}

function refuse(message: string): Failure {
  return new Failure(message, { code: 'bad-key', exitCode: EXIT.usage });
}
