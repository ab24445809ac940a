import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { PutResourcePolicyCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import {
  ACCOUNT,
  clientsOf,
  guideTrust,
  makePolicy,
  makeRole,
  makeSecret,
  readAccount,
} from '../support/account.ts';
import { conflictOf, setUp, setUpInVain } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const NAME = 'MediaConnect-ASM';
const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const allowIf = (Condition: object) => ({ Effect: 'Allow', Action: '*', Resource: '*', Condition });
const denyIf = (Condition: object) => ({
  Effect: 'Deny',
  Action: 'secretsmanager:*',
  Resource: '*',
  Condition,
});

/** Makes a role with an inline policy. */
async function roleWithInline(Statement: object) {
  await makeRole(sandbox(), {
    trust: document({
      ...guideTrust().Statement[0],
      Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
    }),
  });
  await clientsOf(sandbox()).iam.send(
    new PutRolePolicyCommand({
      RoleName: NAME,
      PolicyName: 'Perimeter',
      PolicyDocument: JSON.stringify(document(Statement)),
    }),
  );
}

/** Makes a secret whose resource policy limits roles, and returns its ARN. */
async function secretWithPolicy(condition: object) {
  const arn = await makeSecret(sandbox());
  const Condition = { ...condition, ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/*` } };
  await clientsOf(sandbox()).secrets.send(
    new PutResourcePolicyCommand({
      SecretId: arn,
      ResourcePolicy: JSON.stringify(document({ ...denyIf(Condition), Principal: '*' })),
    }),
  );
  return arn;
}

/** Returns the check that the role reads the secret. */
const reading = ({ json }: Awaited<ReturnType<typeof setUp>>) =>
  json.checks.find(({ id }) => id === 'role-reads-secret');

describe('setup, with a condition that only AWS can evaluate', () => {
  test.each([
    ['aws:ResourceOrgID', { StringEquals: { 'aws:ResourceOrgID': 'o-exampleorgid' } }],
    ['aws:PrincipalOrgID', { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } }],
    ['aws:ResourceTag/feed', { StringEquals: { 'aws:ResourceTag/feed': 'studio' } }],
  ])('continues when a permissions boundary depends on %s', async (key, condition) => {
    const permissionsBoundary = await makePolicy(sandbox(), 'Boundary', document(allowIf(condition)));
    const result = await setUp(sandbox(), { permissionsBoundary });
    expect(result.code).toBe(0);
    expect(result.log).toMatch(
      new RegExp(`! Can't tell whether role ${NAME} can read secret studio-a \\(us-west-2\\): .*`),
    );
    expect(result.log).toContain(`context key ${key} is not known (statement 1 of the permissions boundary)`);
    expect(reading(result)).toMatchObject({ ok: false, verdict: 'cannot-tell' });
    expect((await readAccount(sandbox())).roles[0]?.attached).toEqual(['SecretsManagerForMediaConnect']);
  });

  test('continues when an inline policy denies requests from outside a VPC', async () => {
    await roleWithInline(denyIf({ StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } }));
    const result = await setUp(sandbox());
    expect(result.code).toBe(0);
    expect(result.log).toContain('context key aws:SourceVpc is not known');
    expect(result.log).toContain('of its inline policy Perimeter');
    expect(reading(result)).toMatchObject({ ok: false, verdict: 'cannot-tell' });
  });

  test('continues when the resource policy of the secret denies other organizations', async () => {
    const arn = await secretWithPolicy({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } });
    const result = await setUp(sandbox(), { secretArn: [arn] });
    expect(result.code).toBe(0);
    expect(result.log).toContain(
      'context key aws:PrincipalOrgID is not known (statement 1 of the resource policy)',
    );
    expect(reading(result)).toMatchObject({
      ok: false,
      verdict: 'cannot-tell',
      detail:
        "can't tell whether the role can perform secretsmanager:GetResourcePolicy: context key aws:PrincipalOrgID is not known (statement 1 of the resource policy)",
    });
  });

  test('changes nothing on the second run, and says what it cannot tell', async () => {
    await roleWithInline(denyIf({ StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } }));
    await setUp(sandbox());
    const result = await setUpInVain(sandbox());
    expect(result.code).toBe(0);
    expect(result.log).toMatch(
      /\? arn:aws:secretsmanager:.*can't tell whether .*: context key aws:SourceVpc/,
    );
  });

  test('continues when the KMS key of the secret belongs to another account', async () => {
    const KmsKeyId = 'arn:aws:kms:us-west-2:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const arn = await makeSecret(sandbox(), { KmsKeyId });
    const result = await setUp(sandbox(), { secretArn: [arn] });
    expect(result.code).toBe(0);
    expect(reading(result)).toMatchObject({ ok: false, verdict: 'cannot-tell' });
    expect(result.log).toMatch(/\? arn:aws:secretsmanager:.*can't tell whether .*kms:Decrypt: /);
    expect(result.log).not.toContain('Verified');
  });

  test('continues when the trust policy depends on the organization of the flow', async () => {
    await makeRole(sandbox(), {
      trust: document({
        ...guideTrust().Statement[0],
        Condition: { StringEquals: { 'aws:SourceOrgID': 'o-exampleorgid' } },
      }),
    });
    const { code, json, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toContain('context key aws:SourceOrgID is not known (statement 1 of the trust policy)');
    expect(log).toContain('--update-trust');
    expect(json.checks.find(({ id }) => id === 'role-trust')).toMatchObject({
      ok: false,
      verdict: 'cannot-tell',
    });
    const sure = await setUp(sandbox(), { updateTrust: true });
    expect(sure.json.checks.find(({ id }) => id === 'role-trust')).toMatchObject({ verdict: 'ok' });
    expect((await setUpInVain(sandbox(), { updateTrust: true })).json.role?.action).toBe('kept');
  });
});

describe('setup, with a condition on known values', () => {
  test.each([
    ['aws:ResourceAccount', { StringEquals: { 'aws:ResourceAccount': '444455556666' } }],
    ['aws:PrincipalAccount', { StringEquals: { 'aws:PrincipalAccount': '444455556666' } }],
    ['aws:PrincipalArn', { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/Other' } }],
  ])('reports a conflict when a permissions boundary requires another %s', async (_key, condition) => {
    const permissionsBoundary = await makePolicy(sandbox(), 'Boundary', document(allowIf(condition)));
    const { message } = await conflictOf(sandbox(), { permissionsBoundary });
    expect(message).toContain('blocked by the permissions boundary');
  });

  test('reports a conflict when a statement certainly denies, whatever another one depends on', async () => {
    await roleWithInline(denyIf({ StringEquals: { 'aws:PrincipalAccount': ACCOUNT } }));
    const arn = await secretWithPolicy({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } });
    const { message } = await conflictOf(sandbox(), { secretArn: [arn] });
    expect(message).toContain('blocked by its inline policy Perimeter');
  });
});
