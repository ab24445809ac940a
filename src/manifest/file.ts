import { dirname, normalize, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { EXIT, errorCode, Failure, Interrupted } from '../failure.ts';
import { openFile, ReadLimitError, readToEnd } from '../read-file.ts';
import { looksLikePartOfKey } from '../redaction.ts';
import { plain } from '../text.ts';
import { manifestMessages as messages } from './messages.ts';

/** Standard input, or what only this run has open, by one of its names: it can be read once. */
export function isReadOnce(path: string): boolean {
  return path === '-' || /^\/(dev\/(stdin|tty|fd\/.*)|proc\/[^/]+\/fd\/.*)$/.test(normalize(path));
}

/** Returns whether a path is one of the names of standard input. */
function isStandardInput(path: string): boolean {
  return path === '-' || /^\/(dev\/(stdin|fd\/0)|proc\/self\/fd\/0)$/.test(normalize(path));
}

/** Returns the name of a manifest for messages. The path that the shell's <(…) makes means nothing to a user. */
export function nameOf(path: string): string {
  if (isStandardInput(path)) return messages.standardInput;
  return isReadOnce(path) ? messages.thisManifest : plain(path);
}

/** What becomes of a manifest that does not come to an end, as from a pipe that stays open. */
export interface ManifestInput {
  interrupt?: AbortSignal;
  /** Called with the name of the manifest. */
  onWait?: (name: string) => void;
}

/** A manifest whose end has not come by then, in milliseconds, may never end. */
const WAITING_AFTER_MS = 1_000;

/** The folder that relative paths in a manifest begin at: what the shell's <(…) makes has none of its own. */
export function folderOf(path: string): string {
  return resolve(isReadOnce(path) ? '.' : dirname(path));
}

/** 10,000 keys take about one and a half. */
const MOST_MEGABYTES = 4;

/**
 * Reads a manifest as text, without the byte-order mark that some editors put there.
 * @throws Failure when there is none, or it is no text
 */
export async function readText(path: string, input: ManifestInput): Promise<string> {
  const shown = nameOf(path);
  const bytes = await readBytes(path, shown, input);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse(messages.notUtf8(shown));
  }
}

async function readBytes(path: string, shown: string, { interrupt, onWait }: ManifestInput): Promise<Buffer> {
  const waiting = onWait && setTimeout(onWait, WAITING_AFTER_MS, shown);
  try {
    const mostBytes = MOST_MEGABYTES * 1024 * 1024;
    return await readToEnd(openManifest(path, shown), { interrupt, mostBytes });
  } catch (error) {
    if (error instanceof ReadLimitError) throw refuse(messages.tooLarge(shown, MOST_MEGABYTES));
    throw error instanceof Failure || error instanceof Interrupted ? error : fileFailure(shown, error);
  } finally {
    clearTimeout(waiting);
  }
}

function openManifest(path: string, shown: string): Readable {
  if (isStandardInput(path)) {
    if (process.stdin.isTTY) throw refuse(messages.stdinIsTerminal);
    return process.stdin;
  }
  return openFile(path, (what) => {
    throw refuse(what === 'folder' ? messages.folder(shown) : messages.terminal(shown));
  }).stream;
}

function fileFailure(shown: string, error: unknown): Failure {
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'EPERM') return refuse(messages.unreadable(shown));
  // What is no file may be a key that was given by mistake, so that is not repeated.
  if (looksLikePartOfKey(shown)) return refuse(messages.absentUnnamed);
  return refuse(/^ENO(ENT|TDIR)$/.test(code) ? messages.absent(shown) : messages.failed(shown, code));
}

function refuse(message: string): Failure {
  return new Failure(message, { code: 'usage', exitCode: EXIT.usage });
}
