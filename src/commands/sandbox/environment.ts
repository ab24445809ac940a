import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULTS } from '../../defaults.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { shellWord } from '../../text.ts';

/** What connects AWS clients to a sandbox: environment variables, and the AWS configuration files that two of them name. */
export interface SandboxEnvironment {
  variables: Record<string, string>;
  /** The folder of the files. */
  folder: string;
  /** Deletes the folder with the files. */
  remove(): Promise<void>;
}

// JavaScript and `sed -E` both use the following patterns.
/** Matches variables that may change a client's endpoint or identity. They are only set to the sandbox's own values. */
const AWS_VARIABLES = '(AWS_[A-Za-z0-9_]*|MC_STATIC_KEY_(PROFILE|ENDPOINT_URL|ACCOUNT_ID|SANDBOX))';
/** Matches exceptions from `AWS_VARIABLES`: variables that only affect how a client works. */
const HARMLESS_VARIABLES = '(AWS_PAGER|AWS_DEFAULT_OUTPUT|AWS_CLI_AUTO_PROMPT|AWS_MAX_ATTEMPTS)';

/**
 * Writes AWS configuration files for a sandbox, and returns the environment with them. In the user's own files, an endpoint or a
 * profile could direct clients to AWS.
 */
export async function createSandboxEnvironment(sandbox: Sandbox): Promise<SandboxEnvironment> {
  // The sandbox has no Region of its own. Without a configured Region, the guide's example is used, as elsewhere in the sandbox.
  const region = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || DEFAULTS.example.region;
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const folder = await mkdtemp(join(tmpdir(), 'mc-static-key-sandbox-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const [config, credentials] = [join(folder, 'config'), join(folder, 'credentials')];
  try {
    await writeFile(config, `[default]\nregion = ${region}\nendpoint_url = ${sandbox.url}\n`);
    await writeFile(
      credentials,
      `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
      { mode: 0o600 },
    );
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    variables: {
      ...sandbox.env,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_CONFIG_FILE: config,
      AWS_SHARED_CREDENTIALS_FILE: credentials,
    },
    folder,
    remove,
  };
}

/** Returns the environment for a child process of the sandbox. */
export function withSandbox(env: NodeJS.ProcessEnv, { variables }: SandboxEnvironment): NodeJS.ProcessEnv {
  const awsVariables = new RegExp(`^${AWS_VARIABLES}$`);
  const harmless = new RegExp(`^${HARMLESS_VARIABLES}$`);
  const inherited = Object.entries(env).filter(([name]) => !awsVariables.test(name) || harmless.test(name));
  return { ...Object.fromEntries(inherited), ...variables };
}

/** Returns the commands that change the environment of a POSIX shell as `withSandbox` changes that of a child process. */
export function environmentCommands({ variables }: SandboxEnvironment): string[] {
  const listAwsVariables = `env | sed -nE '/^${HARMLESS_VARIABLES}=/d; s/^${AWS_VARIABLES}=.*/\\1/p'`;
  return [
    // One name is always present, because zsh's `unset` requires an argument.
    `unset AWS_PROFILE $(${listAwsVariables})`,
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`),
  ];
}

import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { EXIT, Failure } from '../../failure.ts';
import { sandboxMessages as messages } from './messages.ts';

/**
 * Checks that the AWS CLI supports `AWS_ENDPOINT_URL`. The calls of an older version would go to AWS.
 * @param program the program to run; undefined for the user's shell
 * @returns a warning if the program is not the AWS CLI itself but might call the one in `PATH`, which is too old
 * @throws Failure if the program is an AWS CLI that is too old
 */
export async function checkAwsCli(
  program: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const isAwsCli = program !== undefined && /^aws(\.exe)?$/i.test(basename(program));
  const version = await versionIgnoringEndpoint(isAwsCli ? program : 'aws', env);
  if (version === undefined) return undefined;
  if (!isAwsCli) return messages.awsCliInPathTooOld(version);
  const hint = messages.awsCliTooOldHint;
  throw new Failure(messages.awsCliTooOld(version), { code: 'usage', exitCode: EXIT.usage, hint });
}

/** Ample: the AWS CLI prints its version within a second or two. */
const AWS_VERSION_LIMIT_MS = 10_000;

/**
 * Returns the version of an AWS CLI if it ignores `AWS_ENDPOINT_URL`. Versions 1.29 and 2.13 were the first to support it (AWS
 * CLI changelogs, July 2023).
 */
async function versionIgnoringEndpoint(aws: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const versionCall = promisify(execFile)(aws, ['--version'], { env, timeout: AWS_VERSION_LIMIT_MS });
  const { stdout } = await versionCall.catch(() => ({ stdout: '' }));
  const [, version, major, minor] = /^aws-cli\/((\d+)\.(\d+)\.\d+)/.exec(stdout) ?? [];
  const supportsEndpoint = Number(minor) >= (major === '1' ? 29 : 13) || Number(major) > 2;
  return supportsEndpoint ? undefined : version;
}
