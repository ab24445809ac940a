import { describe, expect, test } from 'vitest';
import { itemLines, itemsOf, permissionLines, titleOf } from '../../../../src/checks/verify/report/items.ts';
import type { VerifyCheck } from '../../../../src/checks/verify/result.ts';
import { createOutput, type Output, wrap } from '../../../../src/ui/output.ts';
import { ACCOUNT, FAR_REGION, policyArn, REGION, roleArn } from '../../../support/account.ts';

const ROLE = roleArn('MediaConnect-ASM');
const secretArn = (name: string, region = REGION) =>
  `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:${name}-AbCdEf`;

const otherKey = (name: string, region?: string): VerifyCheck => ({
  id: 'secret-key',
  verdict: 'failed',
  subject: secretArn(name, region),
  detail: "doesn't match the key you provided",
  remedy: 'Store the keys in the manifest:',
  command: 'mc-static-key rotate --manifest keys.yaml',
});

const terminal = (columns: number): Output => ({
  ...createOutput({ json: false, quiet: false, debug: false, color: false }),
  resultWidth: columns,
  prose: (text, hanging) => wrap(text, columns, hanging),
});

describe('the problems in the report of verify', () => {
  test('are one for a secret in several Regions, and for several secrets with the same fix', () => {
    const regions = itemsOf([otherKey('a'), otherKey('a', FAR_REGION)]);
    expect(regions.map(titleOf)).toEqual([`Secret a (${REGION}, ${FAR_REGION})`]);
    const names = itemsOf([otherKey('a'), otherKey('b')]);
    expect(names.map(titleOf)).toEqual([`Secrets a (${REGION}), b (${REGION})`]);
  });

  test('name at most 12 secrets, and count the others', () => {
    const checks = Array.from({ length: 300 }, (_, index) => otherKey(`feed-${index}`));
    const [item, ...others] = itemsOf(checks);
    expect([item && titleOf(item), others]).toEqual([expect.stringMatching(/, 288 more$/), []]);
  });

  test('of one secret with the same fix are one problem', () => {
    const lineBreak: VerifyCheck = {
      ...otherKey('a'),
      id: 'secret-form',
      detail: 'The value has a line break.',
    };
    expect(itemLines(terminal(200), itemsOf([lineBreak, otherKey('a')]))).toEqual([
      `✖ 1  Secret a (${REGION})`,
      "     The value has a line break. Doesn't match the key you provided. Store the keys in the manifest:",
      '       mc-static-key rotate --manifest keys.yaml',
    ]);
  });

  test('come before what is unknown and before the warnings, which are numbered too', () => {
    const scope: VerifyCheck = {
      id: 'policy-scope',
      verdict: 'warning',
      subject: policyArn('Read'),
      role: ROLE,
      detail: 'grants read access to every secret',
    };
    const reading: VerifyCheck = {
      id: 'role-reads-secret',
      verdict: 'cannot-tell',
      subject: secretArn('a'),
      role: ROLE,
      detail: "can't tell whether the role can read the secret: it depends on a tag",
    };
    expect(itemLines(terminal(200), itemsOf([scope, reading, otherKey('b')]))).toEqual([
      `✖ 1  Secret b (${REGION})`,
      "     Doesn't match the key you provided. Store the keys in the manifest:",
      '       mc-static-key rotate --manifest keys.yaml',
      `? 2  Secret a (${REGION})`,
      "     Can't tell whether role MediaConnect-ASM can read the secret: it depends on a tag.",
      '! 3  Policy Read on role MediaConnect-ASM',
      '     Grants read access to every secret.',
    ]);
  });

  test.each([40, 80])('fit %i columns', (columns) => {
    const lines = itemLines(terminal(columns), itemsOf([otherKey('a'), otherKey('b')]));
    const wrapped = lines.join('\n').split('\n');
    expect(wrapped.filter((line) => line.length > columns && !line.includes('mc-static-key'))).toEqual([]);
    expect(wrapped.slice(1).every((line) => line.startsWith('     '))).toBe(true);
  });
});

test.each([
  [80, ['  secretsmanager:GetSecretValue  2 checks: Secret a (us-west-2)']],
  [40, ['  secretsmanager:GetSecretValue', '    2 checks: Secret a (us-west-2)']],
])('a missing permission has one line for all its checks in %i columns', (columns, expected) => {
  const check = (id: 'secret-form' | 'secret-length'): VerifyCheck => ({
    id,
    verdict: 'cannot-tell',
    subject: secretArn('a'),
    detail: `can't tell ${id}: no permission`,
    awsAction: 'secretsmanager:GetSecretValue',
    remedy: 'Ask your AWS administrator to allow secretsmanager:GetSecretValue on it.',
  });
  const checks = [check('secret-form'), check('secret-length')];
  const command = () => 'mc-static-key permissions verify';
  expect(itemsOf(checks)).toEqual([]);
  expect(permissionLines(terminal(columns), checks, { command, isInTitle: true })).toEqual([
    ...expected,
    '',
    '  Print a policy with this permission:',
    '    mc-static-key permissions verify',
  ]);
});
