import { CreatePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf } from '../clients.ts';

const ALLOW = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' };
const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const SYNTAX = 'Syntax errors in policy.';
const VENDOR = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';

describe('the documents of managed policies', () => {
  let sandbox: Sandbox;
  let iam: ReturnType<typeof clientsFor>['iam'];
  let count = 0;
  beforeAll(async () => {
    sandbox = await startSandbox();
    iam = clientsFor(sandbox).iam;
  });
  afterAll(() => sandbox.close());

  const create = (PolicyDocument: string) => {
    count += 1;
    return iam.send(new CreatePolicyCommand({ PolicyName: `Policy${count}`, PolicyDocument }));
  };

  it.each([
    ['a trailing comma', policy(ALLOW).replace('}]', '},]'), SYNTAX],
    ['a comment', policy(ALLOW).replace('{', '{/* */'), SYNTAX],
    ['a key twice', policy(ALLOW).replace('{"Effect"', '{"Effect":"Deny","Effect"'), SYNTAX],
    ['a list at the top', `[${policy(ALLOW)}]`, SYNTAX],
    ['an unknown element', policy({ ...ALLOW, Ressource: '*' }), SYNTAX],
    ['an unknown element at the top', policy(ALLOW).replace('{', '{"Comment":"x",'), SYNTAX],
    ['a wrong effect', policy({ ...ALLOW, Effect: 'allow' }), SYNTAX],
    ['no statement', policy(), SYNTAX],
    ['Action and NotAction', policy({ ...ALLOW, NotAction: 'iam:*' }), SYNTAX],
    ['a number for an action', policy({ ...ALLOW, Action: 1 }), SYNTAX],
    [
      'a wrong version',
      policy(ALLOW).replace('2012', '2013'),
      'The policy must contain a valid version string',
    ],
    ['a leading newline', `\n${policy(ALLOW)}`, 'JSON strings must not have leading spaces'],
    ['a principal', policy({ ...ALLOW, Principal: '*' }), 'Policy document should not specify a principal.'],
    ['no action', policy({ Effect: 'Allow', Resource: '*' }), 'Policy statement must contain actions.'],
    [
      'no resource',
      policy({ Effect: 'Allow', Action: 'iam:Get*' }),
      'Policy statement must contain resources.',
    ],
    [
      'an empty list of resources',
      policy({ ...ALLOW, Resource: [] }),
      'Policy statement must contain resources.',
    ],
    ['an action without a service', policy({ ...ALLOW, Action: 'GetSecretValue' }), VENDOR],
    [
      'a condition key without a service',
      policy({ ...ALLOW, Condition: { StringEquals: { account: 'x' } } }),
      VENDOR,
    ],
    [
      'a strange service',
      policy({ ...ALLOW, Action: 'secrets manager:Get' }),
      'Vendor secrets manager is not valid',
    ],
    ['a strange action', policy({ ...ALLOW, Action: 'iam:Get Role' }), 'The policy failed legacy parsing'],
    [
      'a resource that is no ARN',
      policy({ ...ALLOW, Resource: 'game' }),
      'Resource game must be in ARN format or "*".',
    ],
    [
      'another partition',
      policy({ ...ALLOW, Resource: 'arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:x' }),
      'Partition "aws-cn" is not valid for resource "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:x".',
    ],
    [
      'a wildcard for the service',
      policy({ ...ALLOW, Resource: 'arn:aws:*:::x' }),
      'Resource vendor must be fully qualified and cannot contain regexes.',
    ],
    [
      'an unknown operator',
      policy({ ...ALLOW, Condition: { StringMatches: { 'aws:x': 'y' } } }),
      'Invalid Condition type : StringMatches.',
    ],
    [
      'a Sid twice',
      policy({ Sid: 'a', ...ALLOW }, { Sid: 'a', ...ALLOW }),
      'Statement IDs (SID) in a single policy must be unique.',
    ],
    [
      'a Sid with a space',
      policy({ Sid: 'a b', ...ALLOW }),
      /^Statement IDs \(SID\) must be alpha-numeric\./,
    ],
  ])('with %s are refused', async (_what, document, message) => {
    const failure = await failureOf(create(document));
    expect(failure).toMatchObject({ name: 'MalformedPolicyDocumentException', status: 400 });
    if (typeof message === 'string') {
      expect(failure.message).toBe(message);
    } else {
      expect(failure.message).toMatch(message);
    }
  });

  it.each([
    ['one statement that is not in a list', JSON.stringify({ Version: '2012-10-17', Statement: ALLOW })],
    ['no version', JSON.stringify({ Statement: [ALLOW] })],
    ['the same key in two statements and a key as a value', policy({ Sid: 'Effect', ...ALLOW }, ALLOW)],
    [
      'operators with a set prefix and IfExists',
      policy({ ...ALLOW, Condition: { 'ForAnyValue:StringLikeIfExists': { 'aws:TagKeys': ['a', 'b'] } } }),
    ],
    [
      'NotAction and NotResource',
      policy({ Effect: 'Deny', NotAction: '*', NotResource: ['arn:aws:s3:::*'] }),
    ],
    ['an escaped quote', policy({ ...ALLOW, Resource: 'arn:aws:s3:::a"b\\' })],
  ])('with %s are taken', async (_what, document) => {
    expect((await create(document)).Policy?.DefaultVersionId).toBe('v1');
  });
});
