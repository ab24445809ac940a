import { describe, expect, test } from 'vitest';
import type { RoleState } from '../../../src/aws/iam/roles.ts';
import type { SecretState } from '../../../src/aws/secrets/index.ts';
import { mayPassLater } from '../../../src/checks/setup/checks.ts';
import { ACCOUNT, KEYS, REGION, roleArn } from '../../support/account.ts';
import {
  ARN,
  allow,
  type Breakage,
  checksOf,
  deny,
  failureOf,
  guided,
  policy,
  service,
  text,
  trusting,
} from './fixtures.ts';

describe('a correct setup', () => {
  test('passes every check, each with its subject and a sentence', () => {
    expect(checksOf()).toEqual([
      {
        id: 'secret-value',
        ok: true,
        verdict: 'ok',
        subject: ARN,
        detail: 'plaintext, as MediaConnect needs it',
      },
      {
        id: 'role-trust',
        ok: true,
        verdict: 'ok',
        subject: roleArn('MediaConnect-ASM'),
        detail: 'MediaConnect can assume it',
      },
      {
        id: 'role-reads-secret',
        ok: true,
        verdict: 'ok',
        subject: ARN,
        detail: 'the role can read the secret',
      },
    ]);
  });

  test.each<[string, Breakage]>([
    [
      'a resource policy that denies others',
      {
        secret: {
          resourcePolicy: policy('r', deny({ Principal: { AWS: '444455556666' }, Action: '*' })).document,
        },
      },
    ],
    [
      'a boundary that allows it',
      { role: { boundary: { arn: 'b', document: policy('b', allow('*')).document } } },
    ],
    [
      'a policy with wildcards for the six random characters',
      { role: { policies: [policy('p', allow('secretsmanager:*', `${ARN.slice(0, -6)}??????`))] } },
    ],
    ['a wider policy', { role: { policies: [policy('p', allow('*'))] } }],
    [
      'a trust policy for this account',
      {
        role: trusting({
          Effect: 'Allow',
          ...service,
          Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
        }),
      },
    ],
    [
      'an inline policy that denies other things',
      { role: { policies: [guided, policy('d', deny({ Action: 's3:*' }))] } },
    ],
    [
      'an SRT password',
      { secret: { content: text('Correct horse') }, expected: { keyType: 'srt-password' } },
    ],
  ])('passes every check with %s', (_what, breakage) => {
    expect(checksOf(breakage).every(({ ok }) => ok)).toBe(true);
  });
});

describe('a secret', () => {
  test.each<[string, Partial<SecretState> | 'absent', string]>([
    ['does not exist', 'absent', 'the secret was not found'],
    ['is scheduled for deletion', { deletedAt: new Date(0) }, 'scheduled for deletion'],
    ['holds bytes', { content: { kind: 'binary' } }, 'stores binary data (SecretBinary)'],
    ['has no current version', { content: { kind: 'none' } }, 'has no current value'],
    ['holds JSON', { content: text(JSON.stringify({ key: KEYS.aes256 })) }, 'JSON'],
    ['ends in a newline', { content: text(`${KEYS.aes256}\n`) }, 'line break'],
    ['has spaces in it', { content: text(KEYS.aes256.replace('89', '8 9')) }, 'contains spaces or tabs'],
    ['begins with 0x', { content: text(`0x${KEYS.aes256}`) }, '0x'],
    ['has quotes around it', { content: text(`"${KEYS.aes256}"`) }, 'quotation marks'],
    ['has the wrong length', { content: text('ab'.repeat(20)) }, 'has the wrong length'],
    ['is not hexadecimal', { content: text('g'.repeat(64)) }, 'other than 0–9 and a–f'],
    ['is empty', { content: text('') }, 'empty'],
  ])('fails at once, without waiting, if it %s', (_what, secret, detail) => {
    const failed = failureOf({ secret });
    expect(failed).toMatchObject({ id: 'secret-value', subject: ARN });
    expect(failed?.detail).toContain(detail);
    expect(failed && mayPassLater(failed)).toBe(false);
    expect(failed?.detail).not.toContain(KEYS.aes256);
  });

  test('fails if its length does not match the algorithm', () => {
    const failed = failureOf({ expected: { algorithm: 'aes128' } });
    expect(failed?.detail).toContain('An AES-128 key has 32 hexadecimal digits');
  });

  test('fails if it is too short for an SRT password', () => {
    const failed = failureOf({ secret: { content: text('short') }, expected: { keyType: 'srt-password' } });
    expect(failed?.detail).toContain('An SRT password has 10–80 characters');
  });
});

describe('a role that MediaConnect may not assume', () => {
  const other = { StringEquals: { 'aws:SourceAccount': '444455556666' } };
  test.each<[string, Partial<RoleState>, string]>([
    [
      'trusts another service',
      trusting({ Effect: 'Allow', ...service, Principal: { Service: 'ec2.amazonaws.com' } }),
      "can't assume",
    ],
    [
      'trusts MediaConnect for another account only',
      trusting({ Effect: 'Allow', ...service, Condition: other }),
      "can't assume",
    ],
    [
      'denies MediaConnect',
      trusting({ Effect: 'Allow', ...service }, { Effect: 'Deny', ...service }),
      "can't assume",
    ],
    [
      'allows MediaConnect another action only',
      trusting({ Effect: 'Allow', ...service, Action: 'sts:TagSession' }),
      "can't assume",
    ],
    ['has an invalid trust policy', { trust: '{"Statement":' }, "can't be parsed as an IAM policy"],
  ])('fails the trust check if it %s', (_what, role, detail) => {
    const failed = failureOf({ role });
    expect(failed).toMatchObject({ id: 'role-trust', subject: roleArn('MediaConnect-ASM') });
    expect(failed?.detail).toContain(detail);
    expect(failed && mayPassLater(failed)).toBe(true);
  });

  test.each([
    ['requires an organization', { StringEquals: { 'aws:SourceOrgID': 'o-example' } }, 'aws:SourceOrgID'],
    ['has an unknown operator', { StringSounds: { 'aws:SourceAccount': ACCOUNT } }, 'StringSounds'],
  ])('is reported as cannot-tell if its condition %s', (_what, Condition, named) => {
    const check = failureOf({ role: trusting({ Effect: 'Allow', ...service, Condition }) });
    expect(check).toMatchObject({ id: 'role-trust', ok: false, verdict: 'cannot-tell' });
    expect(check?.detail).toContain(named);
    expect(check && mayPassLater(check)).toBe(false);
  });

  test('is named if it does not exist, for the trust and for each secret', () => {
    const failed = checksOf({ role: 'absent' }).filter(({ ok }) => !ok);
    expect(failed).toMatchObject([
      { id: 'role-trust', subject: 'MediaConnect-ASM', detail: 'the role was not found' },
      { id: 'role-reads-secret', subject: ARN, detail: 'the role was not found (MediaConnect-ASM)' },
    ]);
  });

  test('fails the trust check if it trusts other flows only', () => {
    const flows = (name: string) => `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:flow:*:${name}`;
    const Condition = { ArnLike: { 'aws:SourceArn': flows('studio-b') } };
    const role = trusting({ Effect: 'Allow', ...service, Condition });
    expect(
      failureOf({ role, expected: { flows: { sourceArns: [flows('studio-a')], regions: [REGION] } } })?.id,
    ).toBe('role-trust');
    const same = { flows: { sourceArns: [flows('studio-b')], regions: [REGION] } };
    expect(checksOf({ role, expected: same }).every(({ ok }) => ok)).toBe(true);
  });
});
