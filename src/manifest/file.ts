import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, normalize, resolve } from 'node:path';
import { looksLikePartOfKey } from '../aws/names.ts';
import { EXIT, Failure } from '../failure.ts';
import { plain } from '../report/plain.ts';
import { manifestWords as words } from '../report/words/manifest.ts';

/** Standard input, or what only this run has open, by one of its names: it can be read once. */
export function isReadOnce(path: string): boolean {
  return path === '-' || /^\/(dev\/(stdin|tty|fd\/.*)|proc\/[^/]+\/fd\/.*)$/.test(normalize(path));
}

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
export async function readText(path: string): Promise<string> {
  const shown = plain(path);
  const bytes = await readBytes(path, shown);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse(words.notUtf8(shown));
  }
}

async function readBytes(path: string, shown: string): Promise<Buffer> {
  try {
    if ((await stat(path)).isDirectory()) throw refuse(words.folder(shown));
    const chunks: Buffer[] = [];
    let size = 0;
    // A pipe, as the shell's <(…) makes one, tells no size beforehand.
    for await (const chunk of createReadStream(path)) {
      size += chunk.length;
      if (size > MOST_MEGABYTES * 1024 * 1024) throw refuse(words.tooLarge(shown, MOST_MEGABYTES));
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw error instanceof Failure ? error : fileFailure(shown, error);
  }
}

function fileFailure(shown: string, error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  if (code === 'EACCES' || code === 'EPERM') return refuse(words.unreadable(shown));
  // What is no file may be a key that was given by mistake, so that is not repeated.
  if (looksLikePartOfKey(shown)) return refuse(words.absentUnnamed);
  return refuse(/^ENO(ENT|TDIR)$/.test(code) ? words.absent(shown) : words.failed(shown, code));
}

function refuse(message: string): Failure {
  return new Failure(message, { code: 'usage', exitCode: EXIT.usage });
}
