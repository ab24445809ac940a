import { describe, expect, test } from 'vitest';
import { kmsKeyRef } from '../../../src/aws/kms/index.ts';
import { readingChecker } from '../../../src/checks/verify/check-reading.ts';
import { checkRole } from '../../../src/checks/verify/check-role.ts';
import type { PresentRole, RoleObservation } from '../../../src/checks/verify/observe/role.ts';
import type { PresentSecret } from '../../../src/checks/verify/observe/secret.ts';
import { Failure } from '../../../src/failure.ts';
import { ACCOUNT, REGION, roleArn } from '../../support/account.ts';
import { saying, troubles } from '../../support/runs/verify.ts';
import { ARN, allow, deny, guided, policy, service, trusting } from '../access/fixtures.ts';

const identity = { account: ACCOUNT, partition: 'aws', arn: `arn:aws:iam::${ACCOUNT}:user/me` };
const KMS_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
/** What a key has that was made without a policy. */
const KEY_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
  ],
});
const GUARD = { StringEquals: { 'aws:SourceAccount': ACCOUNT } };
const name = 'MediaConnect-ASM';

function role({ trust = '', policies = [guided] }: { trust?: string; policies?: object[] }) {
  const arn = roleArn(name);
  const described = { seen: { name, arn, path: '/', trust, own: false } };
  return {
    kind: 'there',
    name,
    arn,
    described,
    policies,
    unseen: [],
    attached: { seen: [] },
  } as RoleObservation & PresentRole;
}

/** What is told of a role with these policies, and of a secret with this resource policy and perhaps a KMS key. */
function reading(
  policies: object[],
  resourcePolicy?: string,
  kmsKeyId?: string,
  kmsKey?: PresentSecret['kmsKey'],
) {
  const key = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, REGION, identity);
  const found = { region: REGION, name: 'studio-a', arn: ARN, own: true, rotates: false };
  const secret = {
    kind: 'there' as const,
    target: { region: REGION, id: ARN, keyType: 'static-key' as const },
    arn: ARN,
    described: {
      seen: { ...found, content: { kind: 'none' as const }, ...(kmsKeyId ? { kmsKeyId } : {}) },
    },
    resourcePolicy: { seen: resourcePolicy },
    ...(kmsKey ? { kmsKey } : {}),
    decryption: {
      versionKeys: { seen: [] },
      keyPolicies: key ? [{ key, policy: { seen: KEY_POLICY } }] : [],
    },
  };
  return troubles(readingChecker(role({ policies }), { policyNames: [] }, identity)(secret, ARN));
}

const allowedIf = (Condition: object) => reading([policy('Read', allow('secretsmanager:*', '*', Condition))]);
const deniedIf = (Condition: object) =>
  reading([guided], policy('Own', deny({ Principal: '*', Action: 'secretsmanager:*', Condition })).document);

describe('a policy for reading that asks', () => {
  test.each([
    ['for a tag of the secret', { StringEquals: { 'aws:ResourceTag/feed': 'studio' } }],
    [
      'the same in words of Secrets Manager',
      { StringEquals: { 'secretsmanager:ResourceTag/feed': 'studio' } },
    ],
    ['for the organization', { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } }],
    ['for a version label', { StringEquals: { 'secretsmanager:VersionStage': 'AWSCURRENT' } }],
    ['for an address', { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }],
  ])('%s cannot be told, where MediaConnect may well be able to read', (_what, condition) => {
    expect(allowedIf(condition)).toEqual(['cannot-tell role-reads-secret']);
    const [key = '', ...values] = Object.entries(condition)[0] ?? [];
    expect(deniedIf({ [key.replace(/^(String|Ip)(.*)$/, negated)]: values[0] })).toEqual([
      'cannot-tell secret-resource-policy',
    ]);
  });

  test.each([
    ['for this account', { StringEquals: { 'aws:ResourceAccount': ACCOUNT } }],
    ['for a session of a role', { StringEquals: { 'aws:PrincipalType': 'AssumedRole' } }],
    ['that no service asks in its name', { Bool: { 'aws:ViaAWSService': 'false' } }],
  ])('%s is a permission', (_what, condition) => {
    expect(allowedIf(condition)).toEqual([]);
  });
});

test('a KMS key that is allowed for this secret only, by its encryption context, may be used', () => {
  const decrypt = (secret: string) =>
    policy(
      'Key',
      allow('kms:Decrypt', KMS_ARN, { StringEquals: { 'kms:EncryptionContext:SecretARN': secret } }),
    );
  expect(reading([guided, decrypt(ARN)], undefined, KMS_ARN)).toEqual([]);
  const another = decrypt(ARN.replace('studio-a', 'studio-b'));
  expect(reading([guided, another], undefined, KMS_ARN)).toEqual(['failed role-decrypts-secret']);
});

test('a KMS key that is named by its alias, and may not be described, cannot be told to be the one of the policy', () => {
  const decrypt = policy('Key', allow('kms:Decrypt', KMS_ARN));
  const unseen = new Failure('no', { code: 'access-denied', exitCode: 4, awsAction: 'kms:DescribeKey' });
  expect(reading([guided, decrypt], undefined, 'alias/video', { unseen })).toEqual([
    'cannot-tell role-decrypts-secret',
  ]);
  const any = policy('Key', allow('kms:Decrypt'));
  expect(reading([guided, any], undefined, 'alias/video', { unseen })).toEqual([]);
});

describe('a trust policy that', () => {
  const told = (...statements: object[]) => {
    const { trust } = trusting(...statements.map((each) => ({ Effect: 'Allow', ...service, ...each })));
    const checks = checkRole(
      role({ trust }),
      { regions: [REGION], policyNames: [], secrets: [{ arn: ARN, keyType: 'static-key' }] },
      identity,
    );
    return { troubles: troubles(checks), said: checks.map(saying).join('\n') };
  };

  test.each([
    ['asks for a service', { ...GUARD, Bool: { 'aws:PrincipalIsAWSService': 'true' } }, []],
    [
      'asks for a session name',
      { ...GUARD, StringLike: { 'sts:RoleSessionName': 'a*' } },
      ['cannot-tell role-trust'],
    ],
    [
      'is for flows of a Region, of whatever account',
      { ArnLike: { 'aws:SourceArn': `arn:aws:mediaconnect:${REGION}:*:flow:*` } },
      ['warning role-guard'],
    ],
    [
      'is for flows of another account only',
      { ArnLike: { 'aws:SourceArn': `arn:aws:mediaconnect:*:444455556666:flow:*` } },
      ['failed role-trust'],
    ],
    [
      'is for what is no flow',
      { ArnLike: { 'aws:SourceArn': `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:bridge:*` } },
      ['failed role-trust'],
    ],
    [
      'is for one flow of this account',
      { ArnEquals: { 'aws:SourceArn': `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:flow:1-Game:game` } },
      [],
    ],
    [
      'is for flows of this account',
      { ArnLike: { 'aws:SourceArn': `arn:aws:mediaconnect:*:${ACCOUNT}:flow:*` } },
      [],
    ],
  ])('%s', (_what, Condition, expected) => {
    expect(told({ Condition }).troubles).toEqual(expected);
  });

  test('denies what is not encrypted lets MediaConnect in', () => {
    const insecure = { Effect: 'Deny', Condition: { BoolIfExists: { 'aws:SecureTransport': 'false' } } };
    expect(told({ Condition: GUARD }, insecure).troubles).toEqual([]);
  });

  test('denies MediaConnect is not to be put right by one more statement', () => {
    const { troubles: found, said } = told({ Condition: GUARD }, { Effect: 'Deny' });
    expect(found).toEqual(['failed role-trust']);
    expect(said).toContain(`aws iam get-role --role-name ${name}`);
    expect(said).not.toContain('--update-trust');
  });
});

/** The opposite operator. */
function negated(_all: string, kind: string, rest: string): string {
  return kind === 'Ip' ? `NotIp${rest}` : `StringNot${rest}`;
}
