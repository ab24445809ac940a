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
  const principal = { principalArn: ROLE, ...(sessionName === undefined ? {} : { sessionName }) };
  return evaluateAccess({
    identityPolicies: [],
    ...input,
    request: { principal, action, resource, context: {} },
  });
}

describe('evaluateAccess to a secret in the account of the role', () => {
  const allow = policy(allowAll);

  test.each<[string, Partial<EvaluationInput>, Verdict, string, DeniedBy?]>([
    ['no policy allows it', {}, 'denied', 'no statement allows it'],
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
  ])('decides when %s', (_, input, verdict, because, deniedBy) => {
    expect(access(input)).toEqual({ verdict, because, ...(deniedBy ? { deniedBy } : {}) });
  });

  test('cannot decide about a secret of another account, where other rules apply', () => {
    const elsewhere = SECRET.replace(ACCOUNT, '444455556666');
    expect(access({ identityPolicies: [allow] }, READ, elsewhere).verdict).toBe('cannot-tell');
    expect(access({}, READ, elsewhere).verdict).toBe('denied');
  });
});

describe('evaluateAccess with a resource policy, without other permissions and within an empty boundary', () => {
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
  ])('decides when the principal is %s', (_, principal, alone, bounded) => {
    const resourcePolicy = to(principal);
    expect(access({ resourcePolicy }).verdict).toBe(alone);
    expect(access({ resourcePolicy, permissionsBoundary: policy(allowOther) }).verdict).toBe(bounded);
  });

  test('cannot decide about a session as the principal when the session name is unknown', () => {
    const principal = { principalArn: ROLE };
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

  test('applies a Deny with NotPrincipal to others, and cannot decide if it does not list the account', () => {
    const denyBut = (AWS: string[]) => policy({ ...denyAll, NotPrincipal: { AWS } });
    const withAllow = (AWS: string[]) =>
      access({ identityPolicies: [policy(allowAll)], resourcePolicy: denyBut(AWS) }).verdict;
    expect(withAllow([ROLE, `${SESSION}/s1`, ACCOUNT])).toBe('allowed');
    expect(withAllow([ROLE])).toBe('cannot-tell');
    expect(withAllow(['444455556666'])).toBe('denied');
  });
});

describe('evaluateAccess to a KMS key', () => {
  const identityPolicies = [policy(allowAll)];
  const decrypt = (input: Partial<EvaluationInput>) => access(input, 'kms:Decrypt', KEY).verdict;

  test('applies the policies of the role if the key policy allows the account', () => {
    expect(decrypt({ identityPolicies, resourcePolicy: to({ AWS: ACCOUNT }) })).toBe('allowed');
    expect(
      decrypt({ identityPolicies, resourcePolicy: to({ AWS: `arn:aws:iam::${ACCOUNT}:user/alice` }) }),
    ).toBe('denied');
    expect(decrypt({ resourcePolicy: to({ AWS: ROLE }) })).toBe('allowed');
  });

  test('applies the policies of the role if the key policy is not given', () => {
    expect(decrypt({ identityPolicies })).toBe('allowed');
    expect(decrypt({})).toBe('denied');
  });
});

describe('evaluateAccess with a Resource', () => {
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

describe('evaluateAccess with an Action', () => {
  test.each<[string, Verdict]>([
    ['SecretsManager:GETSECRETVALUE', 'allowed'],
    ['secretsmanager:*Secret*', 'allowed'],
    ['secretsmanager:Get?', 'denied'],
    ['secrets*:GetSecretValue', 'cannot-tell'],
  ])('%s: %s', (Action, verdict) => {
    expect(access({ identityPolicies: [policy({ ...allowAll, Action })] }).verdict).toBe(verdict);
  });
});

describe('evaluateAccess with an invalid statement', () => {
  test('names a Principal in the policy of a role, a missing Principal and a missing Resource', () => {
    expect(access({ identityPolicies: [to('*')] }).because).toContain('element Principal is out of place');
    expect(access({ resourcePolicy: policy(allowAll) }).because).toContain('element Principal is missing');
    expect(access({ identityPolicies: [policy({ Effect: 'Allow', Action: '*' })] }).because).toContain(
      'element Resource is missing',
    );
  });
});

describe('evaluateTrust', () => {
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
  ])('decides when the principal is %s', (_, principal, verdict) => {
    expect(trust(principal)).toBe(verdict);
  });
});
