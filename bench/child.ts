import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PEAK_HOOK = new URL('peak-memory.js', import.meta.url).href;
const BARE_CALLS = fileURLToPath(new URL('bare-calls.js', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../bin/mc-static-key.js', import.meta.url));

/** A process to start. */
export interface Command {
  file: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

/** The built program, through its launcher, as users start it. */
export function program(args: string[], env: NodeJS.ProcessEnv): Command {
  return { file: process.execPath, args: [PROGRAM, ...args], env };
}

/** The script that makes the four bare calls. */
export function bareCalls(env: NodeJS.ProcessEnv): Command {
  return { file: process.execPath, args: [BARE_CALLS], env };
}

/** All tests of the project, as a contributor runs them. */
export function npmTest(env: NodeJS.ProcessEnv): Command {
  return { file: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: ['test'], env };
}

/** Whether a command can be run here, and ends well. */
export async function runs(command: Command): Promise<boolean> {
  return start(command).then(
    () => true,
    () => false,
  );
}

/** Runs a process to its end and answers what it wrote to standard output. Throws if it fails. */
export async function run(command: Command): Promise<string> {
  return (await start(command)).stdout;
}

/** How long a process takes from its start until it is gone, in milliseconds. */
export async function timed(command: Command): Promise<number> {
  const started = performance.now();
  await start(command);
  return performance.now() - started;
}

/** Starts a process and kills it after so many milliseconds, if it has not ended by then. */
export async function killedAfter(milliseconds: number, { file, args, env }: Command): Promise<void> {
  const child = spawn(file, args, { env, stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  await once(child, 'exit');
  clearTimeout(timer);
}

/** The most memory that a Node.js process had resident at a time, in KiB. */
export async function peakMemory({ file, args, env }: Command): Promise<number> {
  const { peak } = await start({ file, args: ['--import', PEAK_HOOK, ...args], env });
  return Number(peak);
}

function start({ file, args, env }: Command): Promise<{ stdout: string; peak: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    const [stdout, stderr, peak] = [1, 2, 3].map((fd) => collect(child.stdio[fd]));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve({ stdout: stdout?.() ?? '', peak: peak?.() ?? '' });
      else reject(new Error(`${file} ${args.join(' ')} ended with ${code}:\n${stderr?.()}`));
    });
  });
}

function collect(stream: unknown): () => string {
  const chunks: Buffer[] = [];
  (stream as NodeJS.ReadableStream).on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
