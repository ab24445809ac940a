import { describe, expect, test } from 'vitest';
import type { DeniedBy } from '../../src/policy/finding.ts';
import {
  type EvaluationInput,
  evaluateAccess,
  evaluateTrust,
  type JsonObject,
  parsePolicy,
  type Verdict,
} from '../../src/policy/index.ts';

const ACCOUNT = '111122223333';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/media/MediaConnect-ASM`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/MediaConnect-ASM`;
const SECRET = `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:aes256-7g8H9i`;
const KEY = `arn:aws:kms:us-west-2:${ACCOUNT}:key/1234abcd`;
const READ = 'secretsmanager:GetSecretValue';

const policy = (...statements: JsonObject[]) =>
  parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
const allowAll = { Effect: 'Allow', Action: '*', Resource: '*' };
const denyAll = { ...allowAll, Effect: 'Deny' };
const allowOther = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const to = (Principal: JsonObject | string, statement: JsonObject = allowAll) =>
  policy({ ...statement, Principal });

function access(
  input: Partial<EvaluationInput>,
  action = READ,
  resource = SECRET,
  sessionName: string | undefined = 's1',
) {
  const principal = { roleArn: ROLE, ...(sessionName === undefined ? {} : { sessionName }) };
  return evaluateAccess({
    identityPolicies: [],
    ...input,
    request: { principal, action, resource, context: {} },
  });
}

describe('what a role may do with a secret in its own account', () => {
  const allow = policy(allowAll);

  test.each<[string, Partial<EvaluationInput>, Verdict, string, DeniedBy?]>([
    ['nothing says so', {}, 'denied', 'no statement allows it'],
    [
      'its second policy allows it',
      { identityPolicies: [policy(allowOther), allow] },
      'allowed',
      'statement 1 of policy 2 allows it',
    ],
    [
      'one policy denies it',
      { identityPolicies: [allow, policy(allowOther, denyAll)] },
      'denied',
      'statement 2 of policy 2 denies it',
      'statement',
    ],
    [
      'the boundary does not allow it',
      { identityPolicies: [allow], permissionsBoundary: policy(allowOther) },
      'denied',
      'the permissions boundary does not allow it',
      'boundary',
    ],
    ['only the boundary allows it', { permissionsBoundary: allow }, 'denied', 'no statement allows it'],
    [
      'the boundary denies it',
      { identityPolicies: [allow], permissionsBoundary: policy(allowAll, denyAll) },
      'denied',
      'statement 2 of the permissions boundary denies it',
      'statement',
    ],
    [
      'the resource policy denies it',
      { identityPolicies: [allow], resourcePolicy: to('*', denyAll) },
      'denied',
      'statement 1 of the resource policy denies it',
      'statement',
    ],
  ])('%s', (_, input, verdict, because, deniedBy) => {
    expect(access(input)).toEqual({ verdict, because, ...(deniedBy ? { deniedBy } : {}) });
  });

  test('a secret of another account is left open, because other rules hold there', () => {
    const elsewhere = SECRET.replace(ACCOUNT, '444455556666');
    expect(access({ identityPolicies: [allow] }, READ, elsewhere).verdict).toBe('cannot-tell');
    expect(access({}, READ, elsewhere).verdict).toBe('denied');
  });
});

describe('what a resource policy gives to a role without other permissions, and within an empty boundary', () => {
  test.each<[string, JsonObject | string, Verdict, Verdict]>([
    ['everyone', '*', 'allowed', 'allowed'],
    ['every AWS principal', { AWS: '*' }, 'allowed', 'allowed'],
    ['this session', { AWS: `${SESSION}/s1` }, 'allowed', 'allowed'],
    ['another session', { AWS: `${SESSION}/s2` }, 'denied', 'denied'],
    ['the role', { AWS: ROLE }, 'allowed', 'denied'],
    ['another role', { AWS: `arn:aws:iam::${ACCOUNT}:role/Other` }, 'denied', 'denied'],
    ['the account, by ID', { AWS: ACCOUNT }, 'denied', 'denied'],
    ['the account, by ARN', { AWS: `arn:aws:iam::${ACCOUNT}:root` }, 'denied', 'denied'],
    ['another account', { AWS: '444455556666' }, 'denied', 'denied'],
    ['a user', { AWS: `arn:aws:iam::${ACCOUNT}:user/alice` }, 'denied', 'denied'],
    ['a service', { Service: 'mediaconnect.amazonaws.com' }, 'denied', 'denied'],
    ['an identity provider', { Federated: 'accounts.google.com' }, 'denied', 'denied'],
    ['a deleted principal', { AWS: 'AROAEXAMPLEEXAMPLE' }, 'cannot-tell', 'cannot-tell'],
    ['a canonical user', { CanonicalUser: '79a59df900b949e5' }, 'cannot-tell', 'cannot-tell'],
  ])('%s', (_, principal, alone, bounded) => {
    const resourcePolicy = to(principal);
    expect(access({ resourcePolicy }).verdict).toBe(alone);
    expect(access({ resourcePolicy, permissionsBoundary: policy(allowOther) }).verdict).toBe(bounded);
  });

  test('a session is not taken for this one as long as its name is not known', () => {
    const principal = { roleArn: ROLE };
    const request = { principal, action: READ, resource: SECRET, context: {} };
    const evaluation = evaluateAccess({
      identityPolicies: [],
      resourcePolicy: to({ AWS: `${SESSION}/s1` }),
      request,
    });
    expect(evaluation).toEqual({
      verdict: 'cannot-tell',
      because: 'the name of the session is not known (statement 1 of the resource policy)',
    });
  });

  test('a Deny for all but the role counts for others, and is left open where the account is not listed too', () => {
    const denyBut = (AWS: string[]) => policy({ ...denyAll, NotPrincipal: { AWS } });
    const withAllow = (AWS: string[]) =>
      access({ identityPolicies: [policy(allowAll)], resourcePolicy: denyBut(AWS) }).verdict;
    expect(withAllow([ROLE, `${SESSION}/s1`, ACCOUNT])).toBe('allowed');
    expect(withAllow([ROLE])).toBe('cannot-tell');
    expect(withAllow(['444455556666'])).toBe('denied');
  });
});

describe('what a role may do with a KMS key', () => {
  const identityPolicies = [policy(allowAll)];
  const decrypt = (input: Partial<EvaluationInput>) => access(input, 'kms:Decrypt', KEY).verdict;

  test('its policies count as far as the key policy lets the account in', () => {
    expect(decrypt({ identityPolicies, resourcePolicy: to({ AWS: ACCOUNT }) })).toBe('allowed');
    expect(
      decrypt({ identityPolicies, resourcePolicy: to({ AWS: `arn:aws:iam::${ACCOUNT}:user/alice` }) }),
    ).toBe('denied');
    expect(decrypt({ resourcePolicy: to({ AWS: ROLE }) })).toBe('allowed');
  });

  test('without the key policy, what its policies say is judged', () => {
    expect(decrypt({ identityPolicies })).toBe('allowed');
    expect(decrypt({})).toBe('denied');
  });
});

describe('what a Resource stands for', () => {
  test.each<[string, Verdict]>([
    [SECRET, 'allowed'],
    [SECRET.toUpperCase(), 'denied'],
    [`arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:aes256-??????`, 'allowed'],
    [`arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:aes256-?????`, 'denied'],
    ['arn:aws:secretsmanager:us-west-2:*', 'allowed'],
    ['arn:aws:secretsmanager:us-west-2', 'cannot-tell'],
    ['arn:aws:secretsmanager:eu-west-1', 'denied'],
    ['arn:aws:secretsmanager:*:secret:aes256-7g8H9i', 'cannot-tell'],
    [`arn:aws:secretsmanager:us-west-2:\${aws:PrincipalAccount}:secret:*`, 'cannot-tell'],
  ])('%s: %s', (Resource, verdict) => {
    expect(access({ identityPolicies: [policy({ ...allowAll, Resource })] }).verdict).toBe(verdict);
  });
});

describe('what an Action stands for', () => {
  test.each<[string, Verdict]>([
    ['SecretsManager:GETSECRETVALUE', 'allowed'],
    ['secretsmanager:*Secret*', 'allowed'],
    ['secretsmanager:Get?', 'denied'],
    ['secrets*:GetSecretValue', 'cannot-tell'],
  ])('%s: %s', (Action, verdict) => {
    expect(access({ identityPolicies: [policy({ ...allowAll, Action })] }).verdict).toBe(verdict);
  });
});

describe('statements where they do not belong', () => {
  test('with a Principal in the policy of a role, or without one or a Resource', () => {
    expect(access({ identityPolicies: [to('*')] }).because).toContain('element Principal is out of place');
    expect(access({ resourcePolicy: policy(allowAll) }).because).toContain('element Principal is missing');
    expect(access({ identityPolicies: [policy({ Effect: 'Allow', Action: '*' })] }).because).toContain(
      'element Resource is missing',
    );
  });
});

describe('which service may assume a role', () => {
  const trust = (Principal: JsonObject | string) =>
    evaluateTrust(policy({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }), {
      service: 'mediaconnect.amazonaws.com',
      context: {},
    }).verdict;

  test.each<[string, JsonObject | string, Verdict]>([
    ['this service', { Service: ['ec2.amazonaws.com', 'mediaconnect.amazonaws.com'] }, 'allowed'],
    ['another service', { Service: 'ec2.amazonaws.com' }, 'denied'],
    ['everyone', '*', 'allowed'],
    ['every AWS principal', { AWS: '*' }, 'cannot-tell'],
    ['an account', { AWS: ACCOUNT }, 'denied'],
    ['a pattern', { Service: '*.amazonaws.com' }, 'cannot-tell'],
  ])('%s', (_, principal, verdict) => {
    expect(trust(principal)).toBe(verdict);
  });
});
