import { describe, expect, test } from 'vitest';
import type { RequestDetails } from '../../src/aws/http/network-errors.ts';
import { toFailure } from '../../src/aws/to-failure.ts';
import { REGION, roleArn } from '../support/account.ts';
import { setUp } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const ME = 'arn:aws:iam::111122223333:user/me';
const ROLE = roleArn('MediaConnect-ASM');

function told(message: string, request: Partial<RequestDetails> = {}) {
  const asked = { action: 'iam:CreateRole', resource: ROLE, region: REGION, elapsedMs: 0, ...request };
  const error = Object.assign(new Error(message), { name: 'AccessDenied' });
  const { message: said, hint, details } = toFailure(error, asked, { arn: ME, homeRegion: REGION });
  return [said, ...details, hint].map(String).join('\n');
}

const denied = (by: string) =>
  `User: ${ME} is not authorized to perform: iam:CreateRole on resource: ${ROLE} ${by}`;

describe('a denied request', () => {
  const scp = 'arn:aws:organizations::444455556666:policy/o-example/service_control_policy/p-12345678';
  const own = 'arn:aws:iam::111122223333:policy/Guard';

  test.each([
    [`with an explicit deny in a service control policy: ${scp}`, scp, 'administrator of your AWS'],
    [
      'because no service control policy allows the iam:CreateRole action',
      'No service control policy',
      'AWS organization',
    ],
    [`with an explicit deny in a resource control policy: ${scp}`, scp, 'AWS organization'],
    [`with an explicit deny in a permissions boundary: ${own}`, own, 'in your permissions boundary'],
    [
      'because no permissions boundary allows the iam:CreateRole action',
      'No permissions boundary allows it',
      'in your permissions boundary',
    ],
    [
      'with an explicit deny in a session policy',
      'A session policy explicitly denies it',
      'without a session policy',
    ],
    [
      'with an explicit deny in a VPC endpoint policy',
      'A VPC endpoint policy explicitly denies it',
      'from another network',
    ],
    [`with an explicit deny in an identity-based policy: ${own}`, own, 'statement in that policy'],
    [
      'with an explicit deny in a resource-based policy',
      'A resource-based policy explicitly denies it',
      "can't override it",
    ],
  ])('is reported with the policy that denies it: %s', (by, policy, help) => {
    const said = told(denied(by));
    expect(said).toContain(policy);
    expect(said).toContain(help);
    expect(said).not.toContain('Ask your AWS administrator to allow iam:CreateRole on');
    expect(said).toContain('iam:CreateRole');
  });

  test('is reported with the options that service control policies often require', () => {
    expect(told(denied(`with an explicit deny in a service control policy: ${scp}`))).toMatch(
      /--permissions-boundary ARN.*--tag KEY=VALUE/,
    );
  });

  test('is reported with the permission to ask for if no policy allows the action', () => {
    const said = told(denied('because no identity-based policy allows the iam:CreateRole action'));
    expect(said).toContain('Ask your AWS administrator to allow iam:CreateRole on');
  });
});

test('keeps what Secrets Manager says about a KMS key in the message', () => {
  const said = told(
    'Access to KMS is not allowed. This version of secret is not encrypted with the current KMS key.',
    { action: 'secretsmanager:GetSecretValue', resource: 'studio-a' },
  );
  expect(said).toContain('This version of secret is not encrypted with the current KMS key.');
});

describe('a request denied by KMS', () => {
  const KEY = `arn:aws:kms:${REGION}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  const SECRET = `arn:aws:secretsmanager:${REGION}:111122223333:secret:studio-a-AbCdEf`;
  const reading = { action: 'secretsmanager:GetSecretValue', resource: SECRET };
  const onKey = `User: ${ME} is not authorized to perform: kms:Decrypt on resource: ${KEY}`;

  test.each([
    ['that AWS names', `Access to KMS is not allowed. ${onKey}`, {}, `on ${KEY}`],
    [
      'that AWS names without a sentence before it',
      `${onKey} because no identity-based policy allows the kms:Decrypt action`,
      {},
      `on ${KEY}`,
    ],
    ['that the secret names', 'Access to KMS is not allowed', { kmsKeyId: KEY }, `on the KMS key ${KEY}`],
    [
      'by its alias',
      'Access to KMS is not allowed',
      { kmsKeyId: 'alias/video' },
      `on the KMS key alias/video (${REGION})`,
    ],
    ['of the secret', 'Access to KMS is not allowed', {}, `on the KMS key of the secret ${SECRET}`],
    [
      'of an earlier version, which the secret no longer names',
      'Access to KMS is not allowed. This version of secret is not encrypted with the current KMS key.',
      { kmsKeyId: KEY },
      `on the KMS key of this version of the secret ${SECRET}`,
    ],
  ])('is reported with the KMS key %s', (_what, message, more, said) => {
    const text = told(message, { ...reading, ...more });
    expect(text).toContain(`kms:Decrypt ${said}`);
    expect(text).not.toContain(`kms:Decrypt on ${SECRET}`);
  });

  test('is reported as a denial by the key policy, which no other policy can override', () => {
    const text = told(
      `Access to KMS is not allowed. ${onKey} with an explicit deny in a resource-based policy`,
      reading,
    );
    expect(text).toContain(`Change the resource-based policy of ${KEY}`);
    expect(text).toContain("Other policies can't override it.");
    expect(text).not.toContain('Ask your AWS administrator');
  });
});

test('names the Region of an error when there are two Regions', async () => {
  sandbox().addFault({
    action: 'CreateSecret',
    region: 'eu-west-1',
    kind: 'access-denied',
    times: Number.POSITIVE_INFINITY,
  });
  const { json } = await setUp(sandbox(), { region: [REGION, 'eu-west-1'] });
  expect(json.error.message).toMatch(/can't perform secretsmanager:CreateSecret on .*eu-west-1/);
});
