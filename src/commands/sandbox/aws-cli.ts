import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { EXIT, Failure } from '../../failure.ts';
import { sandboxMessages as messages } from './messages.ts';

/**
 * Refuses to run an AWS CLI whose calls would go to AWS. For any other program, returns a warning if the AWS CLI that it would
 * find is such a one.
 * @param program undefined for the user's shell
 * @returns the warning, if any
 * @throws Failure if the program is such an AWS CLI
 */
export async function checkAwsCli(
  program: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const isAwsCli = program !== undefined && /^aws(\.exe)?$/i.test(basename(program));
  const version = await strayingVersion(isAwsCli ? program : 'aws', env);
  if (version === undefined) return undefined;
  if (!isAwsCli) return messages.mayStray(version);
  throw new Failure(messages.cannotFollow(version), {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: messages.cannotFollowHint,
  });
}

/** The AWS CLI prints its version within a second or two. */
const AWS_VERSION_LIMIT_MS = 10_000;

/**
 * Returns the version of an AWS CLI if it ignores `AWS_ENDPOINT_URL`. Versions 1.29 and 2.13 were the first to support it (AWS
 * CLI changelogs, July 2023).
 */
async function strayingVersion(aws: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const asking = promisify(execFile)(aws, ['--version'], { env, timeout: AWS_VERSION_LIMIT_MS });
  const { stdout } = await asking.catch(() => ({ stdout: '' }));
  const [, version, major, minor] = /^aws-cli\/((\d+)\.(\d+)\.\d+)/.exec(stdout) ?? [];
  const follows = Number(minor) >= (major === '1' ? 29 : 13) || Number(major) > 2;
  return follows ? undefined : version;
}
