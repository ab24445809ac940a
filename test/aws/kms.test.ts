import { describe, expect, test } from 'vitest';
import { kmsKeyIdIn, kmsKeyRef, maybeSameKmsKey } from '../../src/aws/kms/index.ts';
import { ACCOUNT, FAR_REGION, REGION } from '../support/account.ts';

const where = { partition: 'aws', account: ACCOUNT };
const OTHER = '444455556666';
const ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const arn = (resource: string, account = OTHER, region = REGION) =>
  `arn:aws:kms:${region}:${account}:${resource}`;

describe('a KMS key ID', () => {
  test.each([
    ['an ID', ID, { kind: 'key', arn: arn(`key/${ID}`, ACCOUNT) }],
    ['an alias', 'alias/video', { kind: 'alias', alias: 'alias/video', account: ACCOUNT }],
    ['a key ARN of another account', arn(`key/${ID}`), { kind: 'key', arn: arn(`key/${ID}`) }],
    [
      'an alias ARN of another account',
      arn('alias/video'),
      { kind: 'alias', alias: 'alias/video', account: OTHER },
    ],
    ['a key ARN of another Region', arn(`key/${ID}`, ACCOUNT, FAR_REGION), undefined],
    ['an alias ARN of another partition', arn('alias/video').replace(':aws:', ':aws-cn:'), undefined],
    ['a multi-Region key of another partition', arn('key/mrk-1').replace(':aws:', ':aws-cn:'), undefined],
  ])('is resolved within its account, Region and partition: %s', (_what, id, ref) => {
    expect(kmsKeyRef(id, REGION, where)).toEqual(ref);
  });

  test.each(['alias/video', 'key/mrk-1234abcd12ab34cd56ef1234567890ab'])(
    'of another account becomes an ARN of that account in another Region: %s',
    (resource) => {
      const id = arn(resource);
      const ref = kmsKeyRef(id, FAR_REGION, where);
      expect(kmsKeyIdIn(id, FAR_REGION, ref)).toBe(arn(resource, OTHER, FAR_REGION));
      expect(kmsKeyIdIn(id, REGION, kmsKeyRef(id, REGION, where))).toBe(id);
    },
  );

  test.each([
    ['alias/video', arn('alias/video', ACCOUNT), true],
    ['alias/video', arn('alias/video'), false],
    ['alias/video', arn(`key/${ID}`, ACCOUNT), true],
    ['alias/video', arn(`key/${ID}`), false],
    [ID, arn(`key/${ID}`, ACCOUNT), true],
    [ID, arn(`key/${ID}`), false],
    [arn('alias/video'), arn(`key/${ID}`), true],
    [arn('alias/video'), arn('alias/audio'), false],
  ])('may mean the same key as another one: %s and %s: %j', (one, other, same) => {
    expect(maybeSameKmsKey(one, other, REGION, where)).toBe(same);
    expect(maybeSameKmsKey(other, one, REGION, where)).toBe(same);
  });
});
