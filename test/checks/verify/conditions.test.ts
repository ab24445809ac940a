import { describe, expect, test } from 'vitest';
import { kmsKeyRef } from '../../../src/aws/kms/index.ts';
import { readAccessChecker } from '../../../src/checks/verify/check-reading.ts';
import { checkRole } from '../../../src/checks/verify/check-role.ts';
import type { PresentRole, RoleObservation } from '../../../src/checks/verify/observe/role.ts';
import type { PresentSecret } from '../../../src/checks/verify/observe/secret.ts';
import { Failure } from '../../../src/failure.ts';
import { ACCOUNT, REGION, roleArn } from '../../support/account.ts';
import { saying, troubles } from '../../support/runs/verify.ts';
import { ARN, allow, deny, guided, policy, service, trusting } from '../access/fixtures.ts';

const identity = { account: ACCOUNT, partition: 'aws', arn: `arn:aws:iam::${ACCOUNT}:user/me` };
const KMS_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
/** The policy of a key that was created without one. */
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
  const described = { seen: { name, arn, path: '/', trust, hasToolTag: false } };
  return {
    kind: 'present',
    name,
    arn,
    described,
    policies,
    unseen: [],
    attached: { seen: [] },
  } as RoleObservation & PresentRole;
}

/** Returns the checks that do not pass for a role with these policies, a resource policy and an optional KMS key. */
function reading(
  policies: object[],
  resourcePolicy?: string,
  kmsKeyId?: string,
  kmsKey?: PresentSecret['kmsKey'],
) {
  const key = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, REGION, identity);
  const found = { region: REGION, name: 'studio-a', arn: ARN, hasToolTag: true, rotationEnabled: false };
  const secret = {
    kind: 'present' as const,
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
  return troubles(readAccessChecker(role({ policies }), { policyNames: [] }, identity)(secret, ARN));
}

const allowedIf = (Condition: object) => reading([policy('Read', allow('secretsmanager:*', '*', Condition))]);
const deniedIf = (Condition: object) =>
  reading([guided], policy('Own', deny({ Principal: '*', Action: 'secretsmanager:*', Condition })).document);

describe('a read policy with a condition', () => {
  test.each([
    ['a tag of the secret', { StringEquals: { 'aws:ResourceTag/feed': 'studio' } }],
    [
      'a tag of the secret, by the key of Secrets Manager',
      { StringEquals: { 'secretsmanager:ResourceTag/feed': 'studio' } },
    ],
    ['the organization', { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } }],
    ['a version label', { StringEquals: { 'secretsmanager:VersionStage': 'AWSCURRENT' } }],
    ['a source address', { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }],
  ])('is reported as cannot-tell if it requires %s', (_what, condition) => {
    expect(allowedIf(condition)).toEqual(['cannot-tell role-reads-secret']);
    const [key = '', ...values] = Object.entries(condition)[0] ?? [];
    expect(deniedIf({ [key.replace(/^(String|Ip)(.*)$/, negated)]: values[0] })).toEqual([
      'cannot-tell secret-resource-policy',
    ]);
  });

  test.each([
    ['this account', { StringEquals: { 'aws:ResourceAccount': ACCOUNT } }],
    ['a role session', { StringEquals: { 'aws:PrincipalType': 'AssumedRole' } }],
    ['a request without an AWS service in between', { Bool: { 'aws:ViaAWSService': 'false' } }],
  ])('allows reading if it requires %s', (_what, condition) => {
    expect(allowedIf(condition)).toEqual([]);
  });
});

test('accepts a KMS key that is allowed only for the encryption context of this secret', () => {
  const decrypt = (secret: string) =>
    policy(
      'Key',
      allow('kms:Decrypt', KMS_ARN, { StringEquals: { 'kms:EncryptionContext:SecretARN': secret } }),
    );
  expect(reading([guided, decrypt(ARN)], undefined, KMS_ARN)).toEqual([]);
  const another = decrypt(ARN.replace('studio-a', 'studio-b'));
  expect(reading([guided, another], undefined, KMS_ARN)).toEqual(['failed role-decrypts-secret']);
});

test('cannot tell whether a policy allows a KMS key whose alias may not be resolved', () => {
  const decrypt = policy('Key', allow('kms:Decrypt', KMS_ARN));
  const unseen = new Failure('no', { code: 'access-denied', exitCode: 4, awsAction: 'kms:DescribeKey' });
  expect(reading([guided, decrypt], undefined, 'alias/video', { unseen })).toEqual([
    'cannot-tell role-decrypts-secret',
  ]);
  const any = policy('Key', allow('kms:Decrypt'));
  expect(reading([guided, any], undefined, 'alias/video', { unseen })).toEqual([]);
});

describe('a trust policy', () => {
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
    ['requires an AWS service', { ...GUARD, Bool: { 'aws:PrincipalIsAWSService': 'true' } }, []],
    [
      'requires a session name',
      { ...GUARD, StringLike: { 'sts:RoleSessionName': 'a*' } },
      ['cannot-tell role-trust'],
    ],
    [
      'is for flows of a Region in any account',
      { ArnLike: { 'aws:SourceArn': `arn:aws:mediaconnect:${REGION}:*:flow:*` } },
      ['warning role-guard'],
    ],
    [
      'is for flows of another account only',
      { ArnLike: { 'aws:SourceArn': `arn:aws:mediaconnect:*:444455556666:flow:*` } },
      ['failed role-trust'],
    ],
    [
      'is not for flows',
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
  ])('is evaluated if it %s', (_what, Condition, expected) => {
    expect(told({ Condition }).troubles).toEqual(expected);
  });

  test('lets MediaConnect in if it denies only unencrypted requests', () => {
    const insecure = { Effect: 'Deny', Condition: { BoolIfExists: { 'aws:SecureTransport': 'false' } } };
    expect(told({ Condition: GUARD }, insecure).troubles).toEqual([]);
  });

  test('gets no fix with --update-trust if it denies MediaConnect', () => {
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
