import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { REGION } from '../support/account.ts';
import { baseEnv, program, type RunOptions, type RunResult, run } from '../support/runs/run.ts';

/** Returns the environment in which `setup` reaches the sandbox and stores in one Region. */
export function reaching(sandbox: Sandbox, env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...sandbox.env, AWS_REGION: REGION, ...env };
}

/** Runs the built `setup` against the sandbox, in a pipe. */
export function setup(sandbox: Sandbox, args: string[], options: RunOptions = {}): Promise<RunResult> {
  return run(['setup', ...args], { ...options, env: reaching(sandbox, options.env) });
}

/**
 * Runs the built `setup`, and sends it a signal as soon as the sandbox gets a request for `action`. Returns how the run
 * ended.
 */
export async function signalAt(
  sandbox: Sandbox,
  action: string,
  signal: NodeJS.Signals,
  args: string[],
): Promise<RunResult> {
  const child = spawn(process.execPath, [program, 'setup', ...args], {
    env: { ...baseEnv(), ...reaching(sandbox) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    written.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    written.stderr += chunk;
  });
  const ended = new Promise<Pick<RunResult, 'code' | 'signal'>>((resolve) => {
    child.once('close', (code, by) => resolve({ code, signal: by }));
  });
  while (child.exitCode === null && !sandbox.requests.some((request) => request.action === action)) {
    await sleep(5);
  }
  child.kill(signal);
  return { ...(await ended), ...written };
}
