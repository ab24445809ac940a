import { describe, expect, test } from 'vitest';
import {
  buildReadPolicy,
  buildTrustPolicy,
  type PolicyScope,
  parsePolicy,
  type ReadableSecret,
  samePolicy,
} from '../../src/policy/index.ts';

const where = { partition: 'aws', account: '111122223333' };
const arn = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256-7g8H9i';
const west: ReadableSecret = { arn, region: 'us-west-2' };
const ireland: ReadableSecret = { arn: arn.replace('us-west-2', 'eu-west-1'), region: 'eu-west-1' };
const key = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

const GUIDE_READ_POLICY = `{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Action": [
      "secretsmanager:GetResourcePolicy", "secretsmanager:GetSecretValue",
      "secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds"
    ],
    "Resource": ["${arn}"]
  }]
}`;

const GUIDE_TRUST_POLICY = `{
  "Version": "2012-10-17",
  "Statement": [
    { "Effect": "Allow", "Principal": { "Service": "mediaconnect.amazonaws.com" }, "Action": "sts:AssumeRole" }
  ]
}`;

describe('buildReadPolicy', () => {
  test('returns the policy of the AWS guide for one secret', () => {
    const ours = parsePolicy(JSON.stringify(buildReadPolicy([west], 'secrets', where)));
    expect(samePolicy(ours, parsePolicy(GUIDE_READ_POLICY))).toBe(true);
  });

  test('names each secret once, a prefix or all secrets per Region, or everything, as the scope says', () => {
    const resources = (scope: PolicyScope) =>
      buildReadPolicy([west, ireland, west], scope, where).Statement[0]?.Resource;
    expect(resources('secrets')).toEqual([west.arn, ireland.arn]);
    expect(resources({ prefix: 'live/' })).toEqual([
      'arn:aws:secretsmanager:us-west-2:111122223333:secret:live/*',
      'arn:aws:secretsmanager:eu-west-1:111122223333:secret:live/*',
    ]);
    expect(resources('region')).toEqual([
      'arn:aws:secretsmanager:us-west-2:111122223333:secret:*',
      'arn:aws:secretsmanager:eu-west-1:111122223333:secret:*',
    ]);
    expect(resources('account')).toEqual(['*']);
  });

  test('allows decryption with only the given keys, through Secrets Manager in their Region', () => {
    const secrets: ReadableSecret[] = [
      { ...west, kmsKey: { kind: 'key', arn: key } },
      { ...west, arn: `${arn}x`, kmsKey: { kind: 'key', arn: `${key}x` } },
      { ...ireland, kmsKey: { kind: 'alias', alias: 'alias/video', account: where.account } },
    ];
    expect(buildReadPolicy(secrets, 'account', where).Statement.slice(1)).toEqual([
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: [key, `${key}x`],
        Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.us-west-2.amazonaws.com' } },
      },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: ['arn:aws:kms:eu-west-1:111122223333:key/*'],
        Condition: {
          StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' },
          'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/video'] },
        },
      },
    ]);
  });

  test('limits the aliases of each account to the keys of that account', () => {
    const aliased = (alias: string, account: string): ReadableSecret => ({
      ...west,
      kmsKey: { kind: 'alias', alias, account },
    });
    const secrets = [
      aliased('alias/video', where.account),
      aliased('alias/theirs', '444455556666'),
      aliased('alias/audio', where.account),
    ];
    const statements = buildReadPolicy(secrets, 'account', where).Statement.slice(1);
    const granted = statements.map(({ Resource, Condition }) => [Resource, Condition]);
    const through = { StringEquals: { 'kms:ViaService': 'secretsmanager.us-west-2.amazonaws.com' } };
    const named = (...aliases: string[]) => ({
      ...through,
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': aliases },
    });
    expect(granted).toEqual([
      [['arn:aws:kms:us-west-2:111122223333:key/*'], named('alias/video', 'alias/audio')],
      [['arn:aws:kms:us-west-2:444455556666:key/*'], named('alias/theirs')],
    ]);
  });

  test('uses the ARNs and the domain of the partition', () => {
    const secret: ReadableSecret = {
      arn: 'arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:x-AbCdEf',
      region: 'cn-north-1',
      kmsKey: { kind: 'alias', alias: 'alias/video', account: where.account },
    };
    const text = JSON.stringify(buildReadPolicy([secret], 'region', { ...where, partition: 'aws-cn' }));
    expect(text).toContain('"arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:*"');
    expect(text).toContain('"arn:aws-cn:kms:cn-north-1:111122223333:key/*"');
    expect(text).toContain('"secretsmanager.cn-north-1.amazonaws.com.cn"');
  });

  test('throws without any secret', () => {
    expect(() => buildReadPolicy([], 'secrets', where)).toThrow(RangeError);
  });
});

describe('buildTrustPolicy', () => {
  const options = { account: '111122223333', sourceAccount: false, sourceArns: [] };

  test('returns the policy of the AWS guide, without a Condition element, by default', () => {
    const policy = buildTrustPolicy(options);
    expect(samePolicy(parsePolicy(JSON.stringify(policy)), parsePolicy(GUIDE_TRUST_POLICY))).toBe(true);
    expect(policy.Statement[0]).not.toHaveProperty('Condition');
  });

  test('limits access to the account and to the given resources', () => {
    const sourceArns = ['arn:aws:mediaconnect:us-west-2:111122223333:flow:*'];
    expect(buildTrustPolicy({ ...options, sourceAccount: true, sourceArns }).Statement[0]?.Condition).toEqual(
      {
        StringEquals: { 'aws:SourceAccount': '111122223333' },
        ArnLike: { 'aws:SourceArn': sourceArns },
      },
    );
  });
});
