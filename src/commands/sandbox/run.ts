import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { exitCodeOf, reportFailure } from '../../cli/failure-output.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { EXIT, errorCode, Failure } from '../../failure.ts';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { createOutput, type Output } from '../../ui/output.ts';
import {
  checkAwsCli,
  createSandboxEnvironment,
  environmentCommands,
  type SandboxEnvironment,
  withSandbox,
} from './environment.ts';
import { sandboxMessages as messages } from './messages.ts';
import { type ChildCommand, sandboxShell } from './shell.ts';

interface SandboxRun {
  sandbox: Sandbox;
  environment: SandboxEnvironment;
  output: Output;
  signals: ReturnType<typeof watchSignals>;
}

/**
 * Runs a command, or the user's shell, whose AWS calls go to a sandbox, and returns the command's exit code. With a port, serves in
 * the foreground until a signal arrives. The sandbox and its files are gone afterwards.
 */
export async function runSandbox(
  command: string[],
  port: number | undefined,
  common: CommonOptions,
): Promise<number> {
  const output = createOutput(common);
  const signals = watchSignals();
  let sandbox: Sandbox | undefined;
  let environment: SandboxEnvironment | undefined;
  try {
    sandbox = await startOn(port);
    environment = await createSandboxEnvironment(sandbox);
    const run = { sandbox, environment, output, signals };
    return port === undefined ? await runInSandbox(command, run) : await serve(run);
  } catch (error) {
    reportFailure(output, error);
    return exitCodeOf(error);
  } finally {
    await environment?.remove();
    await sandbox?.close();
    signals.stop();
  }
}

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The signals to forward to a command in the same terminal. The terminal sends SIGINT to both processes. */
const FORWARDED_IN_TERMINAL = ['SIGTERM', 'SIGHUP'] as const;

/**
 * Watches for signals: `first` resolves with the first one, and `received` returns it if there was one so far. No signal ends the
 * process immediately, because there are files to delete.
 */
function watchSignals() {
  let received: NodeJS.Signals | undefined;
  let onSignal = (_signal: NodeJS.Signals): void => undefined;
  const first = new Promise<NodeJS.Signals>((resolve) => {
    onSignal = (signal) => {
      received ??= signal;
      resolve(received);
    };
  });
  for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);
  return {
    first,
    received: () => received,
    stop() {
      for (const signal of ENDING_SIGNALS) process.off(signal, onSignal);
    },
  };
}

/** Starts a sandbox, on a free port if none is given. */
async function startOn(port: number | undefined): Promise<Sandbox> {
  try {
    return await startSandbox({ port });
  } catch (error) {
    const code = errorCode(error);
    if (port === undefined || !/^(EADDRINUSE|EACCES)$/.test(code)) throw error;
    throw usageError(code === 'EACCES' ? messages.portRefused(port) : messages.portTaken(port), error);
  }
}

async function serve({ sandbox, environment, output, signals }: SandboxRun): Promise<number> {
  output.info(messages.serving(sandbox.url));
  for (const line of environmentCommands(environment)) output.result(line);
  return exitCodeOfSignal(await signals.first);
}

/** Returns the exit code that shells report for a process that was ended by a signal. */
function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

async function runInSandbox(
  command: string[],
  { sandbox, environment, output, signals }: SandboxRun,
): Promise<number> {
  const env = withSandbox(process.env, environment);
  const [program, ...args] = command;
  const warning = await checkAwsCli(program, env);
  if (warning !== undefined) output.warn(warning);
  const child = program === undefined ? await sandboxShell(env, environment) : { program, args, env };
  const signal = signals.received();
  if (signal) return exitCodeOfSignal(signal);
  if (program === undefined) for (const line of messages.shell(sandbox.url)) output.info(line);
  return runChild(child, program === undefined ? messages.yourShell : messages.yourCommand);
}

/** @param title what messages call the command */
async function runChild({ program, args, env }: ChildCommand, title: string): Promise<number> {
  // The command decides what a signal means. The sandbox ends when the command does.
  const forwarded = sharesTerminal() ? FORWARDED_IN_TERMINAL : ENDING_SIGNALS;
  let forward = (_signal: NodeJS.Signals): void => undefined;
  try {
    const child = spawn(program, args, { stdio: 'inherit', env });
    forward = (signal) => void child.kill(signal);
    for (const name of forwarded) process.on(name, forward);
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return code ?? (signal ? exitCodeOfSignal(signal) : 128);
  } catch (error) {
    const code = errorCode(error);
    throw usageError(code === 'ENOENT' ? messages.notFound(title) : messages.notStarted(title, code), error);
  } finally {
    for (const name of forwarded) process.off(name, forward);
  }
}

/** Returns true if Ctrl-C in the terminal reaches the command directly. With forwarding, the command would get SIGINT twice. */
function sharesTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
}

function usageError(sentence: string, cause: unknown): Failure {
  return new Failure(sentence, { code: 'usage', exitCode: EXIT.usage, cause });
}
