import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { clientsOf, KEYS, REGION } from '../support/account.ts';
import { feeds, manifestFile, setUpAll } from '../support/manifest.ts';
import { runHere } from '../support/run-here.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const key = { key: { env: 'FEED_KEY' } };

/** Runs a command for a manifest and answers all that it shows, in one line. */
async function shows(on: Sandbox, args: string[], content: Parameters<typeof manifestFile>[0]) {
  const [command = '', ...more] = args;
  const { stdout, stderr } = await runHere([command, '--manifest', manifestFile(content), ...more], {
    ...on.env,
    FEED_KEY: KEYS.aes256,
  });
  return `${stdout}${stderr}`.replace(/\s+/g, ' ');
}

test('rotate of a secret that is scheduled for deletion says the command that restores it', async () => {
  await setUpAll(sandbox(), { keys: feeds(1) });
  const { secrets } = clientsOf(sandbox(), REGION);
  const { ARN } = await secrets.send(new DeleteSecretCommand({ SecretId: 'live/feed-1' }));
  const said = await shows(sandbox(), ['rotate', '--yes'], { keys: feeds(1, { ...key, regions: [REGION] }) });
  expect(said).toContain(`Restore it first: mc-static-key setup --secret-arn ${ARN} --restore`);
});

test.each(['status', 'verify', 'setup --yes'])(
  '%s says that a Region is not enabled, and to take another one in the manifest',
  async (command) => {
    const on = await startSandbox({ disabledRegions: ['me-central-1'] });
    try {
      const regions = [REGION, 'me-central-1'];
      const said = await shows(on, command.split(' '), { keys: feeds(1, { ...key, regions }) });
      expect(said).toContain('or take another one (regions). Session credentials');
    } finally {
      await on.close();
    }
  },
);
