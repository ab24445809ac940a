import { describe, expect, test } from 'vitest';
import { mayPassLater } from '../../../src/checks/setup/checks.ts';
import { ACCOUNT, guidePolicy, REGION } from '../../support/account.ts';
import { ARN, allow, type Breakage, checksOf, deny, failureOf, guided, policy } from './fixtures.ts';

const KMS_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

describe('a role that may not read the secret', () => {
  const [read] = guidePolicy(ARN).Statement;
  const get = 'secretsmanager:GetSecretValue';
  test.each<[string, Breakage, string]>([
    ['has no policy', { role: { policies: [] } }, 'secretsmanager:GetResourcePolicy'],
    [
      'may read only another secret',
      { role: { policies: [policy('p', allow('secretsmanager:*', ARN.replace('studio-a', 'studio-b')))] } },
      'GetResourcePolicy',
    ],
    [
      'lacks one action',
      { role: { policies: [policy('p', { ...read, Action: read?.Action.slice(0, 3) })] } },
      'secretsmanager:ListSecretVersionIds',
    ],
    [
      'is denied by an inline policy',
      { role: { policies: [guided, policy('i', deny({ Action: get }))] } },
      get,
    ],
    [
      'has a boundary that does not allow it',
      { role: { boundary: { arn: 'b', document: policy('b', allow('s3:*')).document } } },
      'GetResourcePolicy',
    ],
    [
      'is denied by the secret’s resource policy',
      { secret: { resourcePolicy: policy('r', deny({ Principal: '*', Action: get })).document } },
      get,
    ],
    [
      'may read only under a condition that is not met',
      { role: { policies: [policy('p', allow('*', '*', { Bool: { 'aws:SecureTransport': 'false' } }))] } },
      'GetResourcePolicy',
    ],
    [
      'may read only in another Region',
      {
        role: {
          policies: [policy('p', allow('*', '*', { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }))],
        },
      },
      'GetResourcePolicy',
    ],
    [
      'is denied with NotAction',
      { role: { policies: [guided, policy('i', deny({ NotAction: 's3:*' }))] } },
      'GetResourcePolicy',
    ],
  ])('fails with the missing action if it %s', (_what, breakage, action) => {
    const failed = failureOf(breakage);
    expect(failed).toMatchObject({ id: 'role-reads-secret', subject: ARN });
    expect(failed?.detail).toContain(
      `role can't perform ${action}`.replace('perform Get', 'perform secretsmanager:Get'),
    );
    expect(failed && mayPassLater(failed)).toBe(true);
  });

  test.each<[string, Breakage, string]>([
    ['a policy', { role: { policies: [{ name: 'Broken', document: '{}' }] } }, 'Broken'],
    ['the boundary', { role: { boundary: { arn: 'arn:b', document: '[' } } }, 'arn:b'],
    ['a boundary that no longer exists', { role: { boundary: { arn: 'arn:gone' } } }, 'arn:gone'],
  ])(
    'is reported as cannot-tell, with the policy name, because of an unreadable document: %s',
    (_what, breakage, name) => {
      expect(failureOf(breakage)).toMatchObject({
        verdict: 'cannot-tell',
        detail: `can't tell whether the role can read the secret: policy ${name} can't be parsed as an IAM policy`,
      });
    },
  );

  describe('when the resource policy of the secret cannot be parsed', () => {
    const secret = { resourcePolicy: 'x' };

    test('is reported as cannot-tell', () => {
      for (const policies of [[guided], []])
        expect(failureOf({ secret, role: { policies } })).toMatchObject({
          verdict: 'cannot-tell',
          detail: expect.stringContaining("the resource policy of the secret isn't a valid"),
        });
    });

    test('fails if another policy denies reading', () => {
      const policies = [guided, policy('i', deny({ Action: get }))];
      expect(failureOf({ secret, role: { policies } })).toMatchObject({ verdict: 'failed' });
    });
  });

  test.each<[string, Breakage, string]>([
    [
      'an unknown operator',
      {
        role: {
          policies: [policy('p', allow('*', '*', { StringSounds: { 'aws:RequestedRegion': REGION } }))],
        },
      },
      'condition operator StringSounds is not known (statement 1 of p)',
    ],
    [
      'a tag of the secret',
      {
        role: {
          policies: [
            guided,
            policy('d', deny({ Action: '*', Condition: { Null: { 'aws:ResourceTag/a': 'true' } } })),
          ],
        },
      },
      'context key aws:ResourceTag/a is not known (statement 1 of d)',
    ],
  ])('is reported as cannot-tell because of %s', (_what, breakage, because) => {
    const check = failureOf(breakage);
    expect(check).toMatchObject({ id: 'role-reads-secret', ok: false, verdict: 'cannot-tell' });
    expect(check?.detail).toContain(because);
    expect(check && mayPassLater(check)).toBe(false);
  });

  test('fails if one action is certainly denied, even if another cannot be determined', () => {
    const open = deny({
      Action: 'secretsmanager:GetResourcePolicy',
      Condition: { Null: { 'aws:SourceVpc': 'true' } },
    });
    const sure = deny({ Action: 'secretsmanager:GetSecretValue' });
    const check = failureOf({ role: { policies: [guided, policy('d', open, sure)] } });
    expect(check).toMatchObject({ verdict: 'failed' });
    expect(check?.detail).toContain('secretsmanager:GetSecretValue: statement 2 of d denies it');
  });

  test('fails if it may not decrypt with the KMS key', () => {
    const secrets = [
      { arn: ARN, name: 'studio-a', region: REGION, kmsKey: { kind: 'key' as const, arn: KMS_ARN } },
    ];
    expect(failureOf({ expected: { secrets } })?.detail).toContain('kms:Decrypt');
    const via = { StringEquals: { 'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com` } };
    const decrypt = policy('k', allow('kms:Decrypt', KMS_ARN, via));
    const right = { role: { policies: [guided, decrypt] }, expected: { secrets } };
    expect(checksOf(right).every(({ ok }) => ok)).toBe(true);
    const elsewhere = { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } };
    const wrong = { role: { policies: [guided, policy('k', allow('kms:Decrypt', KMS_ARN, elsewhere))] } };
    expect(failureOf({ ...wrong, expected: { secrets } })?.detail).toContain('kms:Decrypt');
  });

  test('fails for one of two secrets, and passes for the other', () => {
    const other = ARN.replace('studio-a', 'studio-b');
    const secrets = [ARN, other].map((arn) => ({ arn, name: 'x', region: REGION }));
    const failed = checksOf({ expected: { secrets } }).filter(({ ok }) => !ok);
    expect(failed.map(({ id, subject }) => [id, subject])).toEqual([
      ['secret-value', other],
      ['role-reads-secret', other],
    ]);
  });
});
