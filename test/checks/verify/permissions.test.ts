import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { CHECKS, type CheckSpec } from '../../../src/checks/catalog/index.ts';
import type { VerifyCheck } from '../../../src/checks/verify/result.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { ACCOUNT, clientsOf, makeSecret, REGION } from '../../support/account.ts';
import { setUp } from '../../support/runs/setup.ts';
import { saying, troubles, verifyIt, verifyText } from '../../support/runs/verify.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const forbid = (action: string) =>
  sandbox().addFault({ action, kind: 'access-denied', times: Number.POSITIVE_INFINITY });

const ALL_CHECKS = Object.entries<CheckSpec>(CHECKS);
const ACTIONS = [...new Set(ALL_CHECKS.flatMap(([, { needs = [] }]) => needs))];

describe('verify without a permission', () => {
  test.each(ACTIONS)('reports cannot-tell only for the checks that need %s', async (action) => {
    // Created by hand: a secret from setup is known to have no resource policy.
    await makeSecret(sandbox());
    await setUp(sandbox());
    forbid(action);
    const { code, json } = await verifyIt(sandbox());
    const needing = ALL_CHECKS.filter(([, { needs = [] }]) => needs.includes(action));
    expect(troubles(json.checks).sort()).toEqual(needing.map(([id]) => `cannot-tell ${id}`).sort());
    const lacking = json.checks.filter(({ verdict }) => verdict === 'cannot-tell');
    expect([...new Set(lacking.map(({ awsAction }) => awsAction))]).toEqual([action]);
    for (const check of lacking)
      expect(saying(check)).toContain(`Ask your AWS administrator to allow ${action} on `);
    const isInformational = needing.every(([, check]) => check.isInformational);
    const expected = isInformational ? [0, 'ok'] : [4, 'cannot-tell'];
    expect([code, json.verdict, json.error]).toEqual([...expected, undefined]);
  });
});

test('ends with exit code 1 if some checks fail and others cannot be made', async () => {
  await setUp(sandbox(), { key: 'f'.repeat(32) });
  forbid('iam:GetRole');
  const { code, json } = await verifyIt(sandbox(), { algorithm: 'aes256' });
  expect([code, json.verdict]).toEqual([1, 'failed']);
});

test('checks the other Regions if one is not enabled, and does not succeed', async () => {
  const other = await startSandbox({ disabledRegions: ['af-south-1'] });
  await setUp(other);
  const { code, json } = await verifyIt(other, { secretName: 'studio-a', region: [REGION, 'af-south-1'] });
  const untold = json.checks.filter(({ verdict }) => verdict !== 'ok');
  expect([code, json.verdict]).toEqual([1, 'cannot-tell']);
  for (const { detail } of untold) expect(detail).toContain('af-south-1 is not enabled for this account');
  expect(json.checks.filter(({ verdict }) => verdict === 'ok').length).toBeGreaterThan(15);
  await other.close();
});

test('ends with one error and exit code 4 if AWS does not know the credentials', async () => {
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' };
  const { code, json } = await verifyIt(sandbox(), {}, { credentials });
  expect([code, json.error.code]).toEqual([4, 'invalid-credentials']);
});

/** Returns session credentials of a role with a path, which the ARN of the session omits. */
async function sessionOf(policy: object) {
  const { iam, sts } = clientsOf(sandbox());
  const trust = { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' };
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'Engineer',
      Path: '/staff/',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    }),
  );
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'Engineer',
      PolicyName: 'Work',
      PolicyDocument: JSON.stringify(policy),
    }),
  );
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'me' }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

test('warns a caller who may not pass the role to MediaConnect, and prints the missing statement', async () => {
  await setUp(sandbox());
  const statement = { Effect: 'Allow', NotAction: 'iam:PassRole', Resource: '*' };
  const credentials = await sessionOf({ Version: '2012-10-17', Statement: [statement] });
  const { code, json } = await verifyIt(sandbox(), {}, { credentials });
  const [check] = json.checks.filter(({ verdict }) => verdict !== 'ok') as [VerifyCheck];
  expect([code, json.verdict, check.id]).toEqual([0, 'warning', 'caller-pass-role']);
  expect(check.command).toContain('"iam:PassedToService":"mediaconnect.amazonaws.com"');
});

test('prints on one line what cannot be checked without a permission, and once what to ask for', async () => {
  await setUp(sandbox());
  forbid('secretsmanager:GetSecretValue');
  const { stdout } = await verifyText(sandbox(), {}, { common: { json: false } });
  expect(stdout).toContain('\n  secretsmanager:GetSecretValue  5 checks: Secret studio-a (us-west-2)\n');
  expect(stdout).toContain(
    `\n  Print a policy with this permission:\n    mc-static-key permissions verify --secret-name studio-a --region ${REGION}\n`,
  );
  expect(stdout.match(/GetSecretValue|permissions verify/g)).toHaveLength(2);
  expect(stdout).toMatch(/^\? Not verified: 5 checks need permissions you don't have\. {2,}account \d{12}\n/);
});

test('reports cannot-tell, without a network hint, if there is no policy simulator', async () => {
  await setUp(sandbox());
  const times = Number.POSITIVE_INFINITY;
  sandbox().addFault({ action: 'SimulatePrincipalPolicy', kind: 'html', times });
  const { code, json } = await verifyIt(sandbox());
  const [check] = json.checks.filter(({ verdict }) => verdict !== 'ok');
  expect([code, check?.id, check?.verdict]).toEqual([0, 'caller-pass-role', 'cannot-tell']);
  expect(check && saying(check)).not.toMatch(/login|proxy|not AWS/);
});
