import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { DEFAULTS } from '../defaults.ts';
import { EXIT, Failure } from '../failure.ts';
import { createOutput, type Output } from '../report/output.ts';
import { shellWord } from '../report/shell.ts';
import { sandboxWords as words } from '../report/words/sandbox.ts';
import { conflictingVariables, type Sandbox, startSandbox } from '../sandbox/index.ts';
import { exitCodeOf, tell } from './failing.ts';
import type { CommonOptions } from './options.ts';

/**
 * Runs a command (or the user's shell) whose AWS calls go to a sandbox, and answers its exit code; with a port, serves
 * in the foreground until a signal comes. Nothing is left afterwards.
 */
export async function runSandbox(
  command: string[],
  port: number | undefined,
  common: CommonOptions,
): Promise<number> {
  const output = createOutput(common);
  let sandbox: Sandbox | undefined;
  try {
    sandbox = await open(port);
    if (port !== undefined) return await serve(sandbox, output);
    return await runInside(sandbox, command, output);
  } catch (error) {
    tell(output, error);
    return exitCodeOf(error);
  } finally {
    await sandbox?.close();
  }
}

async function open(port: number | undefined): Promise<Sandbox> {
  try {
    return await startSandbox(port === undefined ? {} : { port });
  } catch (error) {
    const code = errorCode(error);
    if (port === undefined || !/^(EADDRINUSE|EACCES)$/.test(code)) throw error;
    const sentence = code === 'EACCES' ? words.portRefused(port) : words.portTaken(port);
    throw new Failure(sentence, { code: 'usage', exitCode: EXIT.usage, cause: error });
  }
}

async function serve(sandbox: Sandbox, output: Output): Promise<number> {
  output.say(words.serving(sandbox.url));
  for (const [name, value] of Object.entries(environment(sandbox)))
    output.result(`export ${name}=${shellWord(value)}`);
  const [signal] = await Promise.race([waitFor('SIGINT'), waitFor('SIGTERM')]);
  return 128 + constants.signals[signal];
}

async function waitFor(signal: 'SIGINT' | 'SIGTERM'): Promise<['SIGINT' | 'SIGTERM']> {
  await once(process, signal);
  return [signal];
}

/** The sandbox has no Region of its own; where none is set, the guide's example stands in, as everywhere in the sandbox. */
function environment({ env }: Sandbox): Record<string, string> {
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? DEFAULTS.example.region;
  return { ...env, AWS_REGION: region, AWS_DEFAULT_REGION: region };
}

async function runInside(sandbox: Sandbox, command: string[], output: Output): Promise<number> {
  const shell = process.env.SHELL ?? (process.platform === 'win32' ? 'cmd.exe' : '/bin/sh');
  const [program = shell, ...args] = command;
  if (command.length === 0) output.say(words.shell(sandbox.url));
  const inherited = Object.entries(process.env).filter(([name]) => !conflictingVariables.includes(name));
  const child = spawn(program, args, {
    stdio: 'inherit',
    env: { ...Object.fromEntries(inherited), ...environment(sandbox) },
  });
  // Ctrl-C goes to the command as well, which decides what it means; the sandbox ends when the command does.
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  const ignore = () => undefined;
  process.on('SIGTERM', forward);
  process.on('SIGINT', ignore);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal ? constants.signals[signal] : 0);
  } catch (error) {
    throw notStarted(error);
  } finally {
    process.off('SIGTERM', forward);
    process.off('SIGINT', ignore);
  }
}

function notStarted(error: unknown): Failure {
  const code = errorCode(error);
  const sentence = code === 'ENOENT' ? words.commandNotFound : words.commandFailed(code);
  return new Failure(sentence, { code: 'usage', exitCode: EXIT.usage, cause: error });
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
