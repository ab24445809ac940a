import { execFileSync } from 'node:child_process';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import * as mediaconnect from '@aws-sdk/client-mediaconnect';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { hasAwsCli } from '../../bench/aws-cli.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { clientsOf, KEYS, REGION } from './account.ts';
import { exhaustive } from './exhaustive.ts';
import { baseEnv, runCommand } from './runs/run.ts';
import { runHere } from './runs/run-here.ts';

/** What a person has at the terminal when the command is typed. */
export interface Typing {
  /** What stands for KEY-FILE in it. */
  keyFile?: string;
  /** Flags for what the command asks for in a terminal. */
  asked?: string[];
}

const MODULES: Record<string, Record<string, unknown>> = { iam, kms, mediaconnect, secretsmanager };

/**
 * Runs a command that the program has printed, as a shell would: commands of the program itself in this process, those of the AWS CLI
 * as the requests that they make. With FAULTS=all it is the AWS CLI itself that runs them, where there is one.
 */
export async function runPrinted(
  sandbox: Sandbox,
  printed: string | undefined,
  { keyFile = 'KEY-FILE', asked = [] }: Typing = {},
): Promise<void> {
  expect(printed).toBeDefined();
  for (const command of (printed ?? '').split(' && ')) {
    const [program, ...words] = wordsOf(command.replaceAll('KEY-FILE', keyFile));
    if (program !== 'aws') await runOwn(sandbox, program, [...words, ...asked]);
    else if (await cliIsHere()) await runAwsCli(sandbox, words);
    else await runAws(sandbox, words);
  }
}

let cli: Promise<boolean> | undefined;

function cliIsHere(): Promise<boolean> {
  cli ??= exhaustive ? hasAwsCli(baseEnv()) : Promise.resolve(false);
  return cli;
}

async function runAwsCli(sandbox: Sandbox, words: string[]): Promise<void> {
  // Version 1 of the AWS CLI reads the second one only.
  const env = { ...sandbox.env, AWS_REGION: REGION, AWS_DEFAULT_REGION: REGION };
  const { code, stderr } = await runCommand('aws', words, { env, timeoutMs: 60_000 });
  expect(code, stderr).toBe(0);
}

/** The commands in what was shown, each of which begins on a line of its own. */
export function commandsIn(shown: string): string[] {
  const lines = shown
    .replaceAll(/ \\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim());
  return lines.filter((line) => /^(aws|mc-static-key) /.test(line));
}

/** The words of a command as a shell splits them. */
export function wordsOf(command: string): string[] {
  return execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

async function runOwn(sandbox: Sandbox, program: string | undefined, words: string[]): Promise<void> {
  expect(program).toBe('mc-static-key');
  const yes = ['setup', 'rotate', 'teardown'].includes(words[0] ?? '') ? ['--yes'] : [];
  const { credentials } = sandbox;
  const { code, stderr } = await runHere([...words, ...yes], {
    AWS_ENDPOINT_URL: sandbox.url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: REGION,
    ...(credentials.sessionToken ? { AWS_SESSION_TOKEN: credentials.sessionToken } : {}),
    FEED_KEY: KEYS.aes256,
  });
  expect(code, stderr).toBe(0);
}

/** Options of the AWS CLI about what it shows. */
const SHOWING = ['--query', '--output'];

/** `aws kms enable-key --region R --key-id ID` is the request EnableKey with KeyId. */
async function runAws(sandbox: Sandbox, [service = '', operation = '', ...options]: string[]): Promise<void> {
  const input: Record<string, unknown> = {};
  let region = REGION;
  for (let at = 0; at < options.length; ) {
    const name = options[at] ?? '';
    const end = options.findIndex((word, place) => place > at && word.startsWith('--'));
    const values = options.slice(at + 1, end === -1 ? undefined : end);
    at += 1 + values.length;
    if (name === '--region') region = values[0] ?? '';
    else if (!SHOWING.includes(name))
      input[pascal(name.slice(2))] = /regions$/.test(name)
        ? values.map(structure)
        : inputOf(service, onlyOne(values));
  }
  const Command = MODULES[service]?.[`${pascal(operation)}Command`];
  if (typeof Command !== 'function') throw new Error(`${service} has no ${operation}`);
  const { iam, kms, mediaConnect, secrets } = clientsOf(sandbox, region);
  const client = { iam, kms, mediaconnect: mediaConnect, secretsmanager: secrets }[service];
  if (!client) throw new Error(`there is no client for ${service}`);
  await Reflect.apply(client.send, client, [Reflect.construct(Command, [input])]);
}

/** The documents of IAM and KMS are texts; MediaConnect takes structures. */
function inputOf(service: string, value: unknown): unknown {
  return service === 'mediaconnect' && typeof value === 'string' && /^[[{]/.test(value)
    ? JSON.parse(value)
    : value;
}

/** `Region=eu-west-1` is a structure in the shorthand of the AWS CLI. */
function structure(value: string): unknown {
  return value.includes('=') ? Object.fromEntries(value.split(',').map((pair) => pair.split('='))) : value;
}

function onlyOne(values: string[]): unknown {
  expect(values.length).toBeLessThanOrEqual(1);
  return values[0] ?? true;
}

function pascal(kebab: string): string {
  return kebab.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
