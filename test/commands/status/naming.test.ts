import { describe, expect, test } from 'vitest';
import { targetsIn } from '../../../src/inventory/named-secrets.ts';
import { parsePolicy } from '../../../src/policy/index.ts';
import { matchesArn } from '../../../src/policy/match.ts';
import { ACCOUNT, REGION } from '../../support/account.ts';

const arn = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}`;
const policyOf = (...statements: object[]) =>
  parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
const allow = (rest: object) => ({ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', ...rest });

describe('the secrets that a policy names', () => {
  test.each([
    [arn('studio-a-AbCdEf'), 'one'],
    [arn('studio-a-??????'), 'one'],
    [arn('studio-*'), 'one'],
    [arn('*'), 'all'],
    [`arn:aws:secretsmanager:*:${ACCOUNT}:secret:*`, 'all'],
    ['arn:aws:secretsmanager:*:*:*', 'all'],
    ['*', 'all'],
  ])('include %s, which stands for %s', (resource, kind) => {
    const named = targetsIn(policyOf(allow({ Resource: resource })));
    expect(named).toEqual(
      kind === 'one' ? { names: [resource], scopes: [] } : { names: [], scopes: [resource] },
    );
    expect(matchesArn(resource, arn('studio-a-AbCdEf'))).toBe(true);
  });

  test.each([
    ['resources of a Deny statement', { ...allow({ Resource: arn('a-AbCdEf') }), Effect: 'Deny' }],
    [
      'resources that it allows only to write',
      { ...allow({ Resource: '*' }), Action: 'secretsmanager:PutSecretValue' },
    ],
    ['KMS keys', allow({ Resource: `arn:aws:kms:${REGION}:${ACCOUNT}:key/*` })],
  ])('do not include %s', (_what, statement) => {
    expect(targetsIn(policyOf(statement))).toEqual({ names: [], scopes: [] });
  });

  test('are treated as all secrets if the policy uses NotResource', () => {
    expect(targetsIn(policyOf(allow({ NotResource: arn('a-AbCdEf') })))).toEqual({
      names: [],
      scopes: ['*'],
    });
  });
});

describe('a resource pattern', () => {
  test.each([
    [arn('studio-a-??????'), arn('studio-ab-AbCdEf')],
    [arn('studio-a-AbCdEf'), arn('studio-a-AbCdEg')],
    [arn('studio-*').replace(REGION, 'eu-west-1'), arn('studio-a-AbCdEf')],
  ])('does not match another secret: %s, %s', (named, other) => {
    expect(matchesArn(named, other)).toBe(false);
  });
});
