import { expect, test } from 'vitest';
import { run } from '../../support/runs/run.ts';

test('prints only the policy on standard output, and reads the same variables as setup', async () => {
  const { code, stdout, stderr } = await run(['permissions', 'setup', '--account-id', '111122223333'], {
    env: {
      MC_STATIC_KEY_SECRET_NAME: 'studio-a',
      MC_STATIC_KEY_UPDATE_TRUST: 'no',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    },
  });
  expect(code).toBe(0);
  const { Statement } = JSON.parse(stdout);
  expect(Statement[0].Resource).toEqual([
    'arn:aws:secretsmanager:eu-west-1:111122223333:secret:studio-a-??????',
  ]);
  expect(stdout).not.toContain('iam:UpdateAssumeRolePolicy');
  expect(stderr).toContain('Minimum IAM policy for mc-static-key setup (');
});

test('uses the partition of the configured Region where the policy is for every Region', async () => {
  const args = ['permissions', 'teardown', '--secret-name', 'studio-a', '--account-id', '111122223333'];
  const { stdout } = await run(args, { env: { AWS_REGION: 'cn-north-1' } });
  expect(stdout).toContain('arn:aws-cn:secretsmanager:*:111122223333:secret:studio-a-??????');
  expect(stdout).not.toContain('arn:aws:');
});

test('refuses an unknown command in one sentence', async () => {
  const { code, stdout, stderr } = await run(['permissions', 'export']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('Unknown command.');
});
