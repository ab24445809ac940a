import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { closing } from '../support/closing.ts';

/** So many characters in a row give a key away; fewer may come about by chance. */
const PIECE = 12;

/** A key as it is and as it looks inside Base64 (whatever stands before it), in a URL, in JSON and in hexadecimal. */
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

/** Every piece of every spelling. Letter case is left out of account, on both sides. */
function piecesOf(key: string): Set<string> {
  const pieces = spellings(key).flatMap((text) =>
    Array.from({ length: text.length - PIECE + 1 }, (_, at) => text.slice(at, at + PIECE).toLowerCase()),
  );
  return new Set(pieces);
}

/** The places whose text gives one of the keys away, with the piece that does. */
export function leaks(places: Record<string, string>, keys: readonly string[]): string[] {
  const pieces = new Set(keys.flatMap((key) => [...piecesOf(key)]));
  return Object.entries(places).flatMap(([place, text]) => {
    const lower = text.toLowerCase();
    const found = [...pieces].find((piece) => lower.includes(piece));
    return found ? [`${place}: ${found}`] : [];
  });
}

/** The world of one run: the folders into which a program might write, and, elsewhere, files that are given to it. */
export interface Home {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Writes a file that only its owner can read, outside the folders of the run, and answers its path. */
  give(name: string, text: string): string;
  /** All files that are in the folders of the run now: their names and what they hold. */
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

/** Watches the arguments of every process of this machine while the tests of the file run. */
export function watchArguments(): () => string[] {
  const seen = new Set<string>();
  const looks = new Map<string, number>();
  const look = () => {
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const before = looks.get(id) ?? 0;
      // Arguments change only when a process becomes another program, soon after it was started.
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
    // It has ended meanwhile.
    return '';
  }
}
