import { expect, test } from 'vitest';
import type { CommandRun } from '../../../src/cli/run-command.ts';
import { performSetup } from '../../../src/commands/setup/run.ts';
import { EXIT } from '../../../src/failure.ts';
import { readAnswers } from '../../../src/options/setup-request.ts';
import { KEYS, REGION } from '../../support/account.ts';
import { runInProcess } from '../../support/runs/command.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();

/** Returns what `setup` prints at the end for a key. */
async function nextSteps(key: string, show?: string): Promise<string> {
  const { answers } = readAnswers({ secretName: 'studio-a', region: [REGION], keyEnv: 'STUDIO_KEY', show });
  const perform = async (run: CommandRun) => {
    await performSetup({ ...run, answers });
    return EXIT.done;
  };
  const options = { common: { json: false }, env: { STUDIO_KEY: key } };
  return (await runInProcess(sandbox(), perform, options)).stdout;
}

test('prints the settings for transit encryption for a key of 64 digits', async () => {
  const stdout = await nextSteps(KEYS.aes256, 'json');
  const line = stdout.split('\n').find((each) => each.includes('SECRETS_MANAGER')) ?? '{}';
  expect(JSON.parse(line)).toEqual({
    encryptionKeyType: 'SECRETS_MANAGER',
    encryptionKeyConfiguration: {
      secretsManager: {
        secretArn: expect.stringMatching(/^arn:aws:secretsmanager:us-west-2:111122223333:secret:studio-a-/),
        roleArn: 'arn:aws:iam::111122223333:role/MediaConnect-ASM',
      },
    },
  });
});

test('omits the settings for transit encryption for a shorter key, which routers do not accept', async () => {
  const stdout = await nextSteps(KEYS.aes256.slice(0, 32), 'json');
  expect(stdout).toContain('Next steps');
  expect(stdout).not.toContain('SECRETS_MANAGER');
});
