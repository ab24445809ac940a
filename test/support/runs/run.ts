import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closing } from '../closing.ts';

/** The launcher of the built program (`npm test` builds it first). */
export const program = fileURLToPath(new URL('../../../bin/mc-static-key.js', import.meta.url));

export interface RunOptions {
  /** On top of `baseEnv()`; `undefined` takes a variable away. */
  env?: NodeJS.ProcessEnv;
  /** Written to standard input; without it, standard input is empty. */
  stdin?: string | Uint8Array;
  /** After this many milliseconds the program is killed, and `signal` says so; 15 seconds if not given. */
  timeoutMs?: number;
  cwd?: string;
  /** Gets the process as soon as it is started, to signal it. */
  onStart?: (child: ChildProcess) => void;
}

export interface RunResult {
  /** `null` when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

let home: string | undefined;

/** One for the tests of a file, gone after them. */
function emptyHome(): string {
  if (home) return home;
  const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-home-'));
  closing(() => {
    rmSync(folder, { recursive: true, force: true });
    home = undefined;
  });
  home = folder;
  return folder;
}

/**
 * The whole environment that a program under test gets: no credentials, no Region, no set-up of the developer's own. The
 * home folder is empty, and gone after the tests of the file.
 */
export function baseEnv(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: emptyHome(),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

/** Runs the built program in a pipeline, as a script would, to its end. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return runCommand(process.execPath, [program, ...args], options);
}

/** The same for any command. */
export function runCommand(
  command: string,
  args: readonly string[],
  { env = {}, stdin = '', timeoutMs = 15_000, cwd, onStart }: RunOptions = {},
): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...baseEnv(), ...env }, cwd, stdio: 'pipe' });
    onStart?.(child);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout: stdout(), stderr: stderr() });
    });
    // A program may end without reading its standard input; that is its right.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
