import { dirname, normalize, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { EXIT, errorCode, Failure, isExpected } from '../failure.ts';
import { looksLikePartOfKey } from '../key-detection.ts';
import { openFile, ReadLimitError, readToEnd } from '../read-file.ts';
import { clean } from '../text.ts';
import { manifestMessages as messages } from './messages.ts';

/** Returns true if the manifest can be read only once: standard input, or a file descriptor of this process. */
export function isReadOnce(path: string): boolean {
  return path === '-' || /^\/(dev\/(stdin|tty|fd\/.*)|proc\/[^/]+\/fd\/.*)$/.test(normalize(path));
}

/** Returns true if a path is a name of standard input. */
function isStandardInput(path: string): boolean {
  return path === '-' || /^\/(dev\/(stdin|fd\/0)|proc\/self\/fd\/0)$/.test(normalize(path));
}

/** Returns the name of a manifest for messages. The path of a pipe that the shell opens for <(…) means nothing to the user. */
export function displayNameOf(path: string): string {
  if (isStandardInput(path)) return messages.standardInput;
  return isReadOnce(path) ? messages.thisManifest : clean(path);
}

/** How to handle input that doesn't end, such as a pipe that stays open. */
export interface ManifestInput {
  interrupt?: AbortSignal;
  /** Called with the manifest's name if the read takes long. */
  onWait?: (name: string) => void;
}

/** Returns the base folder for relative paths in a manifest: its own folder, or the current one if it can be read only once. */
export function folderOf(path: string): string {
  return resolve(isReadOnce(path) ? '.' : dirname(path));
}

/** A manifest with 10,000 keys takes about 1.5 MB. */
const MOST_MEGABYTES = 4;

/**
 * Reads a manifest as text and removes a byte order mark.
 * @throws Failure if the file can't be read or isn't UTF-8
 */
export async function readManifestText(path: string, input: ManifestInput): Promise<string> {
  const shown = displayNameOf(path);
  const bytes = await readBytes(path, shown, input);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw usageFailure(messages.notUtf8(shown));
  }
}

async function readBytes(path: string, shown: string, { interrupt, onWait }: ManifestInput): Promise<Buffer> {
  const mostBytes = MOST_MEGABYTES * 1024 * 1024;
  const limits = { interrupt, mostBytes, onWait: onWait && (() => onWait(shown)) };
  try {
    return await readToEnd(openManifest(path, shown), limits);
  } catch (error) {
    if (error instanceof ReadLimitError) throw usageFailure(messages.tooLarge(shown, MOST_MEGABYTES));
    throw isExpected(error) ? error : fileFailure(shown, error);
  }
}

function openManifest(path: string, shown: string): Readable {
  if (isStandardInput(path)) {
    if (process.stdin.isTTY) throw usageFailure(messages.stdinIsTerminal);
    return process.stdin;
  }
  return openFile(path, (what) => {
    throw usageFailure(what === 'folder' ? messages.folder(shown) : messages.terminal(shown));
  }).stream;
}

function fileFailure(shown: string, error: unknown): Failure {
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'EPERM') return usageFailure(messages.unreadable(shown));
  // The argument may be a key passed by mistake, so don't repeat it.
  if (looksLikePartOfKey(shown)) return usageFailure(messages.absentUnnamed);
  return usageFailure(/^ENO(ENT|TDIR)$/.test(code) ? messages.absent(shown) : messages.failed(shown, code));
}

function usageFailure(message: string): Failure {
  return new Failure(message, { code: 'usage', exitCode: EXIT.usage });
}
