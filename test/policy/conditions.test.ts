import { describe, expect, test } from 'vitest';
import { evaluateTrust, type JsonObject, parsePolicy, type Verdict } from '../../src/policy/index.ts';

const ACCOUNT = '111122223333';
const FLOW = `arn:aws:mediaconnect:us-west-2:${ACCOUNT}:flow:1-ab:news`;
const allowed = 'allowed';
const denied = 'denied';
const unknown = 'cannot-tell';

type Context = Record<string, string | string[]>;

/** Returns the verdict on a trust policy that allows MediaConnect under this condition. */
function underCondition(condition: JsonObject, context: Context, version = '2012-10-17'): Verdict {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'mediaconnect.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const policy = parsePolicy(
    JSON.stringify({ Version: version, Statement: { ...statement, Condition: condition } }),
  );
  return evaluateTrust(policy, { service: 'mediaconnect.amazonaws.com', context }).verdict;
}

describe('a condition with one value in the request', () => {
  test.each<[string, string, string, string, Verdict]>([
    ['StringEquals', 'aws:SourceAccount', ACCOUNT, ACCOUNT, allowed],
    ['StringEquals', 'aws:SourceAccount', '1111*', ACCOUNT, denied],
    ['StringEqualsIgnoreCase', 'aws:username', 'ALICE', 'alice', allowed],
    ['StringLike', 'aws:SourceAccount', '1111*', ACCOUNT, allowed],
    ['StringLike', 'aws:username', 'AL*', 'alice', denied],
    ['StringNotLike', 'aws:username', 'al?ce', 'alice', denied],
    ['ArnLike', 'aws:SourceArn', `arn:aws:mediaconnect:*:${ACCOUNT}:flow:*`, FLOW, allowed],
    ['ArnEquals', 'aws:SourceArn', `arn:aws:mediaconnect:*:${ACCOUNT}:flow:*`, FLOW, allowed],
    ['ArnLike', 'aws:SourceArn', 'arn:aws:*:news:*:*', FLOW, denied],
    ['ArnLike', 'aws:SourceArn', `arn:aws:mediaconnect:*:\${aws:SourceAccount}:*`, FLOW, allowed],
    ['ArnNotLike', 'aws:SourceArn', `arn:aws:mediaconnect:*:\${aws:SourceAccount}:*`, FLOW, denied],
    ['NumericLessThan', 'aws:MultiFactorAuthAge', '300.5', '300', allowed],
    ['NumericNotEquals', 'aws:MultiFactorAuthAge', '300', '300.0', denied],
    ['DateGreaterThan', 'aws:TokenIssueTime', '2020-01-01T00:00:01Z', '2020-01-01T01:00:01+01:00', denied],
    ['DateLessThan', 'aws:CurrentTime', '2020-02', '2020-01-31T23:59:59Z', allowed],
    ['DateEquals', 'aws:EpochTime', '2020-01-01T00:00:00Z', '1577836800', allowed],
    ['Bool', 'aws:SecureTransport', 'TRUE', 'true', allowed],
    ['BinaryEquals', 'aws:Blob', 'aGVsbG8=', 'aGVsbG8=', allowed],
    ['IpAddress', 'aws:SourceIp', '0.0.0.0/0', '203.0.113.7', allowed],
    ['IpAddress', 'aws:SourceIp', '203.0.113.7', '203.0.113.7', allowed],
    ['IpAddress', 'aws:SourceIp', '2001:db8::/32', '2001:db8:0:0::1', allowed],
    ['NotIpAddress', 'aws:SourceIp', '203.0.113.7', '2001:db8::1', allowed],
    ['Null', 'aws:SourceIp', 'false', '203.0.113.7', allowed],
  ])('%s %s %s against %s: %s', (operator, key, policyValue, requestValue, verdict) => {
    const context = { 'aws:SourceAccount': ACCOUNT, [key]: requestValue };
    expect(underCondition({ [operator]: { [key]: policyValue } }, context)).toBe(verdict);
  });

  test.each<[string, string, string]>([
    ['NumericEquals', '5', 'five'],
    ['NumericEquals', 'five', '5'],
    ['DateLessThan', '2020', '2019-01-01'],
    ['IpAddress', '203.0.113.0/33', '203.0.113.7'],
    ['IpAddress', '203.0.113.0/24', 'here'],
    ['Bool', 'yes', 'true'],
    ['ArnLike', '*', FLOW],
    ['ArnNotLike', FLOW, 'flow'],
    ['Null', 'maybe', 'x'],
    ['stringequals', 'x', 'x'],
    ['ForAllValues:Null', 'true', 'x'],
    ['NullIfExists', 'true', 'x'],
  ])('%s %s against %s cannot be decided', (operator, policyValue, requestValue) => {
    expect(underCondition({ [operator]: { 'aws:Key': policyValue } }, { 'aws:Key': requestValue })).toBe(
      unknown,
    );
  });
});

describe('a condition on a key that the request does not have', () => {
  test.each<[string, Verdict]>([
    ['StringEquals', denied],
    ['StringNotEquals', allowed],
    ['StringEqualsIfExists', allowed],
    ['StringNotEqualsIfExists', allowed],
    ['NotIpAddress', allowed],
    ['ForAllValues:StringEquals', allowed],
    ['ForAnyValue:StringEquals', denied],
    ['ForAnyValue:StringNotEquals', denied],
    ['ForAllValues:StringEqualsIfExists', allowed],
    ['ForAnyValue:StringEqualsIfExists', unknown],
  ])('%s: %s', (operator, verdict) => {
    expect(underCondition({ [operator]: { 'aws:Key': '203.0.113.7' } }, {})).toBe(verdict);
    expect(underCondition({ [operator]: { 'aws:Key': '203.0.113.7' } }, { 'aws:Key': [] })).toBe(verdict);
  });

  test('is met or not as Null says', () => {
    expect(underCondition({ Null: { 'aws:Key': true } }, {})).toBe(allowed);
    expect(underCondition({ Null: { 'aws:Key': 'false' } }, {})).toBe(denied);
    expect(underCondition({ Null: { 'aws:Key': 'true' } }, { 'aws:Key': [] })).toBe(allowed);
  });
});

describe('a condition on a key with several values', () => {
  test.each<[string, string[], string[], Verdict]>([
    ['ForAllValues:StringEquals', ['a', 'b', 'c'], ['a', 'b'], allowed],
    ['ForAllValues:StringEquals', ['a'], ['a', 'b'], denied],
    ['ForAnyValue:StringEquals', ['a'], ['a', 'b'], allowed],
    ['ForAnyValue:StringEquals', ['c'], ['a', 'b'], denied],
    ['ForAllValues:StringNotEquals', ['a'], ['a', 'b'], denied],
    ['ForAnyValue:StringNotEquals', ['a'], ['a', 'b'], allowed],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'b'], denied],
    ['ForAllValues:StringEquals', ['a'], [''], allowed],
    ['ForAnyValue:StringEquals', ['a', ''], [''], denied],
    ['StringEquals', [''], [''], allowed],
    ['StringEquals', ['a'], ['a', 'b'], unknown],
    ['StringEquals', ['c'], ['a', 'b'], denied],
    ['StringNotEquals', ['c'], ['a', 'b'], unknown],
  ])('%s %j against %j: %s', (operator, policyValues, requestValues, verdict) => {
    expect(
      underCondition({ [operator]: { 'aws:TagKeys': policyValues } }, { 'aws:TagKeys': requestValues }),
    ).toBe(verdict);
  });
});

describe('several conditions', () => {
  test('must all be met, and no value of a negated operator may match', () => {
    const context = { 'aws:SourceAccount': ACCOUNT, 'aws:username': 'alice' };
    const both = { StringEquals: { 'aws:SourceAccount': ACCOUNT, 'AWS:UserName': 'alice' } };
    expect(underCondition(both, context)).toBe(allowed);
    expect(underCondition({ ...both, StringNotEquals: { 'aws:username': ['bob', 'alice'] } }, context)).toBe(
      denied,
    );
  });
});

describe('a policy variable', () => {
  test.each<[string, string, Context, Verdict]>([
    ['StringEquals', `\${aws:username}`, { 'aws:username': 'alice' }, allowed],
    ['StringEquals', `\${AWS:UserName}`, { 'aws:username': 'alice' }, allowed],
    ['StringLike', `a\${*}ice`, {}, denied],
    ['StringLike', `\${aws:star}\${?}`, { 'aws:star': 'alic' }, denied],
    ['StringEquals', `\${aws:nobody, 'alice'}`, {}, allowed],
    ['StringEquals', `\${aws:nobody}`, {}, denied],
    ['StringNotEquals', `\${aws:nobody}`, {}, unknown],
    ['StringLike', `\${aws:nobody}`, { 'aws:nobody': 'a*' }, unknown],
    ['StringEquals', `\${aws:nobody}`, { 'aws:nobody': ['alice', 'bob'] }, unknown],
    ['StringEquals', `\${aws nobody}`, {}, unknown],
  ])('%s %s', (operator, value, context, verdict) => {
    expect(underCondition({ [operator]: { 'aws:Name': value } }, { 'aws:Name': 'alice', ...context })).toBe(
      verdict,
    );
  });

  test('can escape a wildcard character', () => {
    for (const operator of ['StringEquals', 'StringEqualsIgnoreCase', 'StringLike']) {
      expect(underCondition({ [operator]: { 'aws:Name': `a\${*}\${?}\${$}` } }, { 'aws:Name': 'a*?$' })).toBe(
        allowed,
      );
      expect(underCondition({ [operator]: { 'aws:Name': `a\${*}\${?}\${$}` } }, { 'aws:Name': 'abc$' })).toBe(
        denied,
      );
    }
  });

  test('is plain text before version 2012-10-17', () => {
    const condition = { StringEquals: { 'aws:Name': `\${aws:username}` } };
    expect(underCondition(condition, { 'aws:Name': 'alice', 'aws:username': 'alice' }, '2008-10-17')).toBe(
      denied,
    );
    expect(underCondition(condition, { 'aws:Name': `\${aws:username}` }, '2008-10-17')).toBe(allowed);
  });

  test('without a value makes the result unknown where another value matches', () => {
    const condition = { StringEquals: { 'aws:Name': [`\${aws:nobody}`, 'alice'] } };
    expect(underCondition(condition, { 'aws:Name': 'alice' })).toBe(unknown);
    expect(underCondition(condition, { 'aws:Name': 'bob' })).toBe(denied);
  });
});
