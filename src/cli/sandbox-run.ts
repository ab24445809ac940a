import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { DEFAULTS } from '../defaults.ts';
import { EXIT, Failure } from '../failure.ts';
import { createOutput, type Output } from '../report/output.ts';
import { shellWord } from '../report/shell.ts';
import { sandboxWords as words } from '../report/words/sandbox.ts';
import { type Sandbox, startSandbox } from '../sandbox/index.ts';
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
  const region = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || DEFAULTS.example.region;
  return { ...env, AWS_REGION: region, AWS_DEFAULT_REGION: region };
}

/** What a child keeps of the user's AWS variables. Any other could lead it, or who it is, elsewhere. */
const KEPT = new Set(['AWS_PAGER', 'AWS_DEFAULT_OUTPUT', 'AWS_CLI_AUTO_PROMPT', 'AWS_MAX_ATTEMPTS']);
const LEADS_AWAY = /^(AWS_|MC_STATIC_KEY_(PROFILE|ENDPOINT_URL|ACCOUNT_ID)$)/;
/** Puts a mark before the prompt of bash, whatever its start files make of the prompt. */
const MARKED_PROMPT = 'case "$PS1" in "(sandbox) "*) ;; *) PS1="(sandbox) $PS1" ;; esac';

async function runInside(sandbox: Sandbox, command: string[], output: Output): Promise<number> {
  const shell = process.env.SHELL ?? (process.platform === 'win32' ? 'cmd.exe' : '/bin/sh');
  const [program = shell, ...args] = command;
  const folder = await mkdtemp(join(tmpdir(), 'mc-static-key-sandbox-'));
  try {
    const env = await environmentOfChild(sandbox, folder);
    await demandFollowing(program, env);
    if (command.length > 0) return await runChild(program, args, env);
    output.say(words.shell(sandbox.url));
    return await runChild(program, args, {
      PS1: '(sandbox) $ ',
      ...env,
      PROMPT_COMMAND: MARKED_PROMPT,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The environment of a child, with AWS configuration files of its own: in the user's files an endpoint or a profile could lead it to
 * AWS.
 */
async function environmentOfChild(sandbox: Sandbox, folder: string): Promise<NodeJS.ProcessEnv> {
  const own = environment(sandbox);
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const [config, credentials] = [join(folder, 'config'), join(folder, 'credentials')];
  await writeFile(config, `[default]\nregion = ${own.AWS_REGION}\nendpoint_url = ${sandbox.url}\n`);
  await writeFile(
    credentials,
    `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    { mode: 0o600 },
  );
  const inherited = Object.entries(process.env).filter(([name]) => !LEADS_AWAY.test(name) || KEPT.has(name));
  return {
    ...Object.fromEntries(inherited),
    ...own,
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
  };
}

/**
 * Refuses an AWS CLI that does not look at `AWS_ENDPOINT_URL`, so that its calls would go to AWS. Versions 1.29 and 2.13 were the first
 * that do (AWS CLI changelogs, July 2023).
 */
async function demandFollowing(program: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (!/^aws(\.exe)?$/i.test(basename(program))) return;
  const { stdout } = await promisify(execFile)(program, ['--version'], { env }).catch(() => ({ stdout: '' }));
  const [version, major, minor] = /^aws-cli\/(\d+)\.(\d+)\.\d+/.exec(stdout) ?? [];
  if (version === undefined) return;
  if (Number(minor) >= (major === '1' ? 29 : 13) || Number(major) > 2) return;
  throw new Failure(words.cannotFollow(version.replace('aws-cli/', '')), {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: words.cannotFollowHint,
  });
}

async function runChild(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', env });
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
