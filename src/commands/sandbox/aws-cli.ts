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
