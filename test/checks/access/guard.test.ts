import { describe, expect, test } from 'vitest';
import { checkGuard } from '../../../src/checks/access/confused-deputy.ts';
import { ACCOUNT, REGION } from '../../support/account.ts';
import { service, trusting } from './fixtures.ts';

const OTHER = '444455556666';
const identity = { account: ACCOUNT, partition: 'aws', arn: `arn:aws:iam::${ACCOUNT}:user/me` };
const flows = (account: string, region = REGION) => `arn:aws:mediaconnect:${region}:${account}:flow:*`;
const guardOf = (...statements: object[]) =>
  checkGuard(
    trusting(...statements.map((rest) => ({ Effect: 'Allow', ...service, ...rest }))).trust,
    identity,
  );
const guardIf = (Condition: object) => guardOf({ Condition });

describe('a trust policy that keeps out other accounts', () => {
  test.each<[string, object]>([
    ['this account', { StringEquals: { 'aws:SourceAccount': ACCOUNT } }],
    ['flows of this account', { ArnLike: { 'aws:SourceArn': flows(ACCOUNT) } }],
    [
      'a pattern that another condition narrows to this account',
      {
        StringLike: { 'aws:SourceAccount': '1111*' },
        ArnLike: { 'aws:SourceArn': flows(ACCOUNT) },
      },
    ],
  ])('is recognized if it requires %s', (_what, condition) => {
    expect(guardIf(condition)).toEqual({ verdict: 'kept-out' });
  });

  test('is recognized if a second statement denies the other account in the first one', () => {
    const named = { Condition: { StringEquals: { 'aws:SourceAccount': [ACCOUNT, OTHER] } } };
    const denied = { Effect: 'Deny', Condition: { StringEquals: { 'aws:SourceAccount': OTHER } } };
    expect(guardOf(named, denied)).toEqual({ verdict: 'kept-out' });
  });
});

describe('a trust policy that names another account', () => {
  test.each<[string, object]>([
    ['in a list', { StringEquals: { 'aws:SourceAccount': [ACCOUNT, OTHER] } }],
    ['in a list of patterns', { StringLike: { 'aws:SourceAccount': [ACCOUNT, OTHER] } }],
    ['with IfExists', { StringEqualsIfExists: { 'aws:SourceAccount': [ACCOUNT, OTHER] } }],
    ['with ForAnyValue', { 'ForAnyValue:StringEquals': { 'AWS:sourceaccount': [OTHER, ACCOUNT] } }],
    ['in an ARN', { ArnLike: { 'aws:SourceArn': [flows(ACCOUNT), flows(OTHER)] } }],
    ['in an ARN of another Region', { ArnEquals: { 'aws:SourceArn': flows(OTHER, 'eu-west-1') } }],
    ['in a text pattern', { StringLike: { 'aws:SourceArn': `arn:aws:mediaconnect:eu-*:${OTHER}:*` } }],
    [
      'in a short text pattern',
      { StringLike: { 'aws:SourceArn': `arn:aws:mediaconnect:eu-west-1:${OTHER}*` } },
    ],
  ])('lets that account in if it is named %s', (_what, condition) => {
    expect(guardIf(condition)).toEqual({ verdict: 'let-in', accounts: [OTHER] });
  });

  test.each<[string, object]>([
    ['several accounts', { StringLike: { 'aws:SourceAccount': '4444*' } }],
    ['one open digit', { StringLike: { 'aws:SourceAccount': '11112222333?' } }],
    ['accounts in an ARN', { ArnLike: { 'aws:SourceArn': flows('4444????6666') } }],
  ])('lets in the other accounts of a pattern: %s', (_what, condition) => {
    const guard = guardIf(condition);
    expect(guard).toMatchObject({ verdict: 'let-in' });
    expect('accounts' in guard && guard.accounts.length > 0 && !guard.accounts.includes(ACCOUNT)).toBe(true);
  });
});

describe('a trust policy that does not name other accounts', () => {
  test.each<[string, object]>([
    ['without a condition', {}],
    ['with flows of any account', { ArnLike: { 'aws:SourceArn': flows('*') } }],
    ['with any resource in some Regions', { StringLike: { 'aws:SourceArn': 'arn:aws:mediaconnect:eu-*' } }],
    ['with all accounts but one', { StringNotEquals: { 'aws:SourceAccount': '999999999999' } }],
    [
      'with all accounts but four',
      {
        StringNotEquals: {
          'aws:SourceAccount': ['999999999999', '000000000000', '888888888888', '777777777777'],
        },
      },
    ],
    ['with all accounts but some', { StringNotLike: { 'aws:SourceAccount': ['9*', '0*'] } }],
  ])('lets them in %s', (_what, condition) => {
    expect(guardIf(condition)).toEqual({ verdict: 'let-in', accounts: [] });
  });
});

test('cannot tell whether an organization includes other accounts', () => {
  expect(guardIf({ StringEquals: { 'aws:SourceOrgID': 'o-exampleorgid' } })).toEqual({
    verdict: 'cannot-tell',
    because: 'context key aws:SourceOrgID is not known (statement 1 of the trust policy)',
  });
});

test('cannot tell whether an account matches the patterns of two conditions', () => {
  const condition = {
    StringLike: { 'aws:SourceAccount': '1234*' },
    ArnLike: { 'aws:SourceArn': flows('*12') },
  };
  expect(guardIf(condition)).toEqual({
    verdict: 'cannot-tell',
    because: 'aws:SourceAccount and aws:SourceArn both have patterns for accounts',
  });
});

test.each([
  ['444455556666', ['444455556666']],
  ['4444*', ['4444*']],
  ['44445555666?', ['44445555666?']],
  ['????????????', []],
])('reports the accounts of the pattern %s as written', (written, accounts) => {
  const condition = { StringLike: { 'aws:SourceAccount': written } };
  expect(guardIf(condition)).toEqual({ verdict: 'let-in', accounts });
});
