import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { closing } from '../support/closing.ts';

/** A match of this many characters counts as a leak; a shorter one can be chance. */
const PIECE = 12;

/** Returns a key as plain text, in Base64 (at every offset), URL-encoded, in JSON and in hexadecimal. */
function spellings(key: string): string[] {
  const base64 = ['', '-', '--'].map((before) =>
    Buffer.from(before + key)
      .toString('base64')
      .slice(4, -4),
  );
  return [
    key,
    ...base64,
    encodeURIComponent(key),
    JSON.stringify(key).slice(1, -1),
    Buffer.from(key).toString('hex'),
  ];
}

/** Returns every piece of every encoding, in lower case. */
function piecesOf(key: string): Set<string> {
  const pieces = spellings(key).flatMap((text) =>
    Array.from({ length: text.length - PIECE + 1 }, (_, index) =>
      text.slice(index, index + PIECE).toLowerCase(),
    ),
  );
  return new Set(pieces);
}

/** Returns the places whose text has a piece of one of the keys, each with that piece. Ignores letter case. */
export function leaks(places: Record<string, string>, keys: readonly string[]): string[] {
  const pieces = new Set(keys.flatMap((key) => [...piecesOf(key)]));
  return Object.entries(places).flatMap(([place, text]) => {
    const lower = text.toLowerCase();
    const found = [...pieces].find((piece) => lower.includes(piece));
    return found ? [`${place}: ${found}`] : [];
  });
}

/** The files of one run: the folders that the program might write to and, elsewhere, files that are given to it. */
export interface Home {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Writes a file that only its owner can read, outside the folders of the run, and returns its path. */
  give(name: string, text: string): string;
  /** Returns all files in the folders of the run: their names and contents. */
  files(): Record<string, string>;
}

export function newHome(): Home {
  const base = mkdtempSync(join(tmpdir(), 'mc-static-key-leaks-'));
  closing(() => rmSync(base, { recursive: true }));
  const [home, temporary, cwd, given] = ['home', 'tmp', 'cwd', 'given'].map((name) => {
    mkdirSync(join(base, name));
    return join(base, name);
  }) as [string, string, string, string];
  return {
    cwd,
    env: { HOME: home, TMPDIR: temporary, XDG_CACHE_HOME: join(home, 'cache') },
    give(name, text) {
      writeFileSync(join(given, name), text, { mode: 0o600 });
      return join(given, name);
    },
    files: () => Object.assign({}, ...[home, temporary, cwd].map(filesUnder)),
  };
}

function filesUnder(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path, `${path}\n${readFileSync(path, 'latin1')}`]));
}

const LOOKS = 5;

/** Records the arguments of every process on this machine while the tests of the file run. */
export function watchArguments(): () => string[] {
  const seen = new Set<string>();
  const looks = new Map<string, number>();
  const look = () => {
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const before = looks.get(id) ?? 0;
      // Arguments change only when a process executes another program, which it does soon after its start.
      if (before < LOOKS) seen.add(argumentsOf(id));
      looks.set(id, before + 1);
    }
  };
  let timer: NodeJS.Timeout | undefined;
  beforeAll(() => {
    timer = setInterval(look, 30);
  });
  afterAll(() => clearInterval(timer));
  return () => [...seen];
}

function argumentsOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    // The process has ended.
    return '';
  }
}
