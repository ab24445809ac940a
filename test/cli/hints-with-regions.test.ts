import { describe, expect, test } from 'vitest';
import { REGION } from '../support/account.ts';
import { runHere } from '../support/runs/run-here.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const GOV = 'us-gov-west-1';
const SECRET = ['--secret-name', 'studio-a', '--region', GOV];

/** Runs a command, and returns all its output in one line. */
async function told(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout, stderr } = await runHere(args, { ...sandbox().env, AWS_REGION: REGION, ...env });
  return `${stdout}${stderr}`.replace(/(?:\s|\\\n)+/g, ' ');
}

describe('a command in a hint', () => {
  test('has the right --region to check an access key', async () => {
    const said = await told(['verify', ...SECRET], { AWS_SECRET_ACCESS_KEY: 'wrong' });
    expect(said).toContain(`aws sts get-caller-identity --region ${GOV}`);
  });

  test('has the right --region to print the permissions for creating flows', async () => {
    const said = await told(['permissions', 'setup', ...SECRET, '--account-id', '111122223333']);
    expect(said).toContain(`mc-static-key permissions create-flow --region ${GOV} --account-id 111122223333`);
    expect(
      await told(['permissions', 'create-flow', '--region', GOV, '--account-id', '111122223333']),
    ).toContain(`arn:aws-us-gov:iam:`);
  });

  test('has the right --region to set up a role for a missing secret', async () => {
    const said = await told(['verify', ...SECRET]);
    expect(said).toContain(`mc-static-key setup --region ${GOV}`);
  });

  test('has the right --region to store a key for the first time', async () => {
    const said = await told(['rotate', ...SECRET, '--generate', 'aes256', '--yes']);
    expect(said).toContain(`mc-static-key setup --secret-name studio-a --region ${GOV}`);
  });
});
