import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure } from '../../src/failure.ts';
import type { Manifest } from '../../src/manifest/fields.ts';
import { readManifest } from '../../src/manifest/index.ts';
import { messageText } from '../../src/ui/plan.ts';
import { closing } from '../support/closing.ts';

let folder: string | undefined;

/** Returns a folder for the files of a test file, which is removed after it. */
export function manifestFolder(): string {
  if (folder) return folder;
  const made = mkdtempSync(join(tmpdir(), 'mc-static-key-manifest-'));
  closing(() => {
    rmSync(made, { recursive: true, force: true });
    folder = undefined;
  });
  folder = made;
  return made;
}

/** Writes a file there that only its owner can read, and returns its path. */
export function fileOf(content: string | Uint8Array, name = 'keys.yaml'): string {
  const path = join(manifestFolder(), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

export function read(content: string | Uint8Array): Promise<Manifest> {
  return readManifest(fileOf(content));
}

/** Returns a manifest with these entries, each given as the lines of its members. */
export function entries(...texts: string[]): string {
  return `version: 1\nkeys:\n${texts.map((text) => `  - ${text.replaceAll('\n', '\n    ')}\n`).join('')}`;
}

/** The required members of an entry. */
export const STUDIO = 'secretName: studio-a\nregions: [us-west-2]\nkey: { generate: aes256 }';

/** Returns the message and the details of a failure, with the path of the file reduced to its name. */
export async function told(doing: Promise<unknown>): Promise<string[]> {
  const error = await doing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error('nothing was refused', { cause: error });
  const lines = [error.message, ...error.details.map(messageText)];
  return lines.map((line) => line.replaceAll(`${manifestFolder()}/`, ''));
}

/** Returns the mistakes in a manifest, as `line:column: sentence`. */
export async function mistakesIn(content: string | Uint8Array): Promise<string[]> {
  const [first = '', ...rest] = await told(read(content));
  const mistakes = rest.length > 0 ? rest : [first];
  return mistakes.map((line) => line.replace(/^keys\.yaml:/, ''));
}
