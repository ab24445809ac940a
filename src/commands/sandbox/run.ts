import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { exitCodeOf, reportFailure } from '../../cli/failure-output.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { EXIT, errorCode, Failure } from '../../failure.ts';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { createOutput, type Output } from '../../ui/output.ts';
import { checkAwsCli } from './aws-cli.ts';
import {
  createSandboxEnvironment,
  environmentCommands,
  type SandboxEnvironment,
  withSandbox,
} from './environment.ts';
import { sandboxMessages as messages } from './messages.ts';
import { type ChildCommand, sandboxShell } from './shell.ts';

/** A run of the command. */
interface SandboxRun {
  sandbox: Sandbox;
  environment: SandboxEnvironment;
  output: Output;
  signals: SignalWatch;
}

/**
 * Runs a command (or the user's shell) whose AWS calls go to a sandbox, and returns its exit code. With a port, serves in the
 * foreground until a signal arrives. Nothing is left afterwards.
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
    return port === undefined ? await runInside(command, run) : await serve(run);
  } catch (error) {
    reportFailure(output, error);
    return exitCodeOf(error);
  } finally {
    await environment?.remove();
    await sandbox?.close();
    signals.stop();
  }
}

/** Signals that request termination. */
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Signals to forward if the command has the same terminal, which sends SIGINT to both. */
const FORWARDED_IN_TERMINAL = ['SIGTERM', 'SIGHUP'] as const;

interface SignalWatch {
  /** Resolves with the first signal. */
  first: Promise<NodeJS.Signals>;
  /** Returns the first signal, if any was received. */
  received(): NodeJS.Signals | undefined;
  stop(): void;
}

/** Watches for signals. None of them ends the process immediately, because there are files to delete. */
function watchSignals(): SignalWatch {
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
    return await startSandbox(port === undefined ? {} : { port });
  } catch (error) {
    const code = errorCode(error);
    if (port === undefined || !/^(EADDRINUSE|EACCES)$/.test(code)) throw error;
    const sentence = code === 'EACCES' ? messages.portRefused(port) : messages.portTaken(port);
    throw new Failure(sentence, { code: 'usage', exitCode: EXIT.usage, cause: error });
  }
}

async function serve({ sandbox, environment, output, signals }: SandboxRun): Promise<number> {
  output.info(messages.serving(sandbox.url));
  for (const line of environmentCommands(environment)) output.result(line);
  return exitCodeOfSignal(await signals.first);
}

function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

async function runInside(
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
  if (program === undefined) output.info(messages.shell(sandbox.url));
  return runChild(child, program === undefined ? messages.yourShell : messages.yourCommand);
}

/**
 * Runs a command to its end.
 * @param title the command's name in a message
 */
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
    throw startFailure(error, title);
  } finally {
    for (const name of forwarded) process.off(name, forward);
  }
}

/** Returns true if Ctrl-C in the terminal reaches the command directly. It would get a forwarded signal twice. */
function sharesTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
}

function startFailure(error: unknown, title: string): Failure {
  const code = errorCode(error);
  const sentence = code === 'ENOENT' ? messages.notFound(title) : messages.notStarted(title, code);
  return new Failure(sentence, { code: 'usage', exitCode: EXIT.usage, cause: error });
}
