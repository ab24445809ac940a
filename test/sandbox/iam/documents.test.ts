import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, TRUST } from '../clients.ts';

const ALLOW = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' };
const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
type Refused = [what: string, document: string, message: string | RegExp];

const SYNTAX = 'Syntax errors in policy.';
const VERSION = 'Policy document must be version 2012-10-17 or greater.';
const LEGACY = 'The policy failed legacy parsing';
const ONE_COLON = 'Actions/Condition can contain only one colon.';
const IAM_PATH =
  'IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.';
const VENDOR = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';

describe('IAM in the sandbox, with the document of a managed policy', () => {
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

  it.each<Refused>([
    ['a trailing comma', policy(ALLOW).replace('}]', '},]'), SYNTAX],
    ['a comment', policy(ALLOW).replace('{', '{/* */'), SYNTAX],
    ['a duplicate key', policy(ALLOW).replace('{"Effect"', '{"Effect":"Deny","Effect"'), SYNTAX],
    ['a list at the top', `[${policy(ALLOW)}]`, SYNTAX],
    ['an unknown element', policy({ ...ALLOW, Ressource: '*' }), SYNTAX],
    ['an unknown element at the top', policy(ALLOW).replace('{', '{"Comment":"x",'), SYNTAX],
    ['a wrong effect', policy({ ...ALLOW, Effect: 'Permit' }), SYNTAX],
    ['an effect in the wrong case', policy({ ...ALLOW, Effect: 'denY' }), LEGACY],
    ['no statement', policy(), SYNTAX],
    ['Action and NotAction', policy({ ...ALLOW, NotAction: 'iam:*' }), SYNTAX],
    ['a number for an action', policy({ ...ALLOW, Action: 1 }), SYNTAX],
    ['a wrong version', policy(ALLOW).replace('2012', '2013'), SYNTAX],
    ['no version', JSON.stringify({ Statement: [ALLOW] }), VERSION],
    ['version 2008-10-17', policy(ALLOW).replace('2012', '2008'), VERSION],
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
      'an invalid service',
      policy({ ...ALLOW, Action: 'secrets manager:Get' }),
      'Vendor secrets manager is not valid',
    ],
    [
      'two colons in an action',
      policy({ ...ALLOW, NotAction: 's3:Get:Object', Action: undefined }),
      ONE_COLON,
    ],
    [
      'a resource that is not an ARN',
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
    ['an unknown operator', policy({ ...ALLOW, Condition: { StringMatches: { 'aws:x': 'y' } } }), SYNTAX],
    ['an object for a value', policy({ ...ALLOW, Condition: { StringLike: { 'aws:x': {} } } }), SYNTAX],
    ['a list for a condition', policy({ ...ALLOW, Condition: [] }), SYNTAX],
    ['a list for an operator', policy({ ...ALLOW, Condition: { StringLike: [] } }), SYNTAX],
    ...['sdfdsf', '234-13', '2016-12-13t2:00:00.593194+1', '9223372036854775808'].map(
      (date): Refused => [
        `the date ${date}`,
        policy({ ...ALLOW, Condition: { DateLessThan: { a: date } } }),
        LEGACY,
      ],
    ),
    ['an ARN of five parts', policy({ ...ALLOW, Resource: 'arn:aws:s3::bucket' }), LEGACY],
    ['an ARN without a service', policy({ ...ALLOW, Resource: 'arn:aws::::bucket' }), LEGACY],
    [
      'an ARN that ends with the partition',
      policy({ ...ALLOW, Resource: 'arn:aws' }),
      'Resource vendor must be fully qualified and cannot contain regexes.',
    ],
    [
      'a resource of two parts',
      policy({ ...ALLOW, Resource: 'a:b' }),
      'Partition "b" is not valid for resource "arn:b:*:*:*:*".',
    ],
    [
      'an ARN without its first part',
      policy({ ...ALLOW, Resource: 'aws:s3:::bucket' }),
      'Partition "s3" is not valid for resource "arn:s3:::bucket:*".',
    ],
    ['an unknown kind of IAM resource', policy({ ...ALLOW, Resource: 'arn:aws:iam:::x' }), IAM_PATH],
    [
      '"roles" in place of "role"',
      policy({ ...ALLOW, Resource: 'arn:aws:iam::111122223333:roles/x' }),
      IAM_PATH,
    ],
    [
      'a Region in an ARN of IAM',
      policy({ ...ALLOW, NotResource: ['arn:aws:iam:us-east-1::user/x'], Resource: undefined }),
      'IAM resource arn:aws:iam:us-east-1::user/x cannot contain region information.',
    ],
    [
      'a Region in the ARN of a bucket',
      policy({ ...ALLOW, Resource: 'arn:aws:s3:us-east-1::bucket' }),
      'Resource arn:aws:s3:us-east-1::bucket can not contain region information.',
    ],
    ['no version, and a wrong date', JSON.stringify({ Statement: { ...ALLOW, Effect: 'denY' } }), VERSION],
    [
      'no action, and a duplicate Sid',
      policy({ Sid: 'a', ...ALLOW }, { Sid: 'a', Effect: 'Allow' }),
      'Statement IDs (SID) in a single policy must be unique.',
    ],
    ['no action, and an ARN of five parts', policy({ Effect: 'Allow', Resource: 'arn:aws:s3::b' }), LEGACY],
    ['no resource, and an action without a service', policy({ Effect: 'Allow', Action: 'Get' }), VENDOR],
    [
      'wrong actions, and a resource that is not an ARN',
      policy({ ...ALLOW, Action: 's:3:Get', Resource: 'game' }),
      'Resource game must be in ARN format or "*".',
    ],
    [
      'a duplicate Sid',
      policy({ Sid: 'a', ...ALLOW }, { Sid: 'a', ...ALLOW }),
      'Statement IDs (SID) in a single policy must be unique.',
    ],
    [
      'a Sid with a space',
      policy({ Sid: 'a b', ...ALLOW }),
      /^Statement IDs \(SID\) must be alpha-numeric\./,
    ],
  ])('rejects %s', async (_what, document, message) => {
    const failure = await failureOf(create(document));
    expect(failure).toMatchObject({ name: 'MalformedPolicyDocumentException', status: 400 });
    if (typeof message === 'string') {
      expect(failure.message).toBe(message);
    } else {
      expect(failure.message).toMatch(message);
    }
  });

  it.each<[what: string, document: string]>([
    ['one statement that is not in a list', JSON.stringify({ Version: '2012-10-17', Statement: ALLOW })],
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
    [
      'a condition key without a service',
      policy({ ...ALLOW, Condition: { StringEqualsIfExists: { a: 'x' } } }),
    ],
    ['an empty condition', policy({ ...ALLOW, Condition: {} })],
    ['conditions without keys', policy({ ...ALLOW, Condition: { x: {}, DateGreaterThan: {} } })],
    ['a condition without values', policy({ ...ALLOW, Condition: { DateGreaterThan: { a: [] } } })],
    ['a boolean', policy({ ...ALLOW, Condition: { Bool: { 'aws:SecureTransport': true } } })],
    ...['01T', '2019-07-01T13:20:15Z', '2016-12-13t2:00:00.593194+23', '-292275054', '1546300800'].map(
      (date): [string, string] => [
        `the date ${date}`,
        policy({ ...ALLOW, Condition: { DateLessThanEqualsIfExists: { a: [date] } } }),
      ],
    ),
    ['a hyphen in an action', policy({ ...ALLOW, Action: 'service-prefix:action-name' })],
    ['spaces in an action', policy({ ...ALLOW, Action: 'iam: as df ' })],
    ['a dot in a service', policy({ ...ALLOW, Action: 's3.s:ListBucket' })],
    ['an ARN of three parts', policy({ ...ALLOW, Resource: 'arn:aws:fdsasf' })],
    ['a user of any account', policy({ ...ALLOW, Resource: 'arn:aws:iam:::user/x' })],
    ['all of IAM', policy({ ...ALLOW, Resource: 'arn:aws:iam::*:*' })],
    [
      'an access point, which is in a Region',
      policy({ ...ALLOW, Resource: 'arn:aws:s3:us-west-2:111122223333:accesspoint/mine' }),
    ],
  ])('accepts %s', async (_what, document) => {
    expect((await create(document)).Policy?.DefaultVersionId).toBe('v1');
  });

  it('requires Version in a new policy version too, but not in an inline policy', async () => {
    const old = JSON.stringify({ Statement: [ALLOW] });
    const PolicyArn = (await create(policy(ALLOW))).Policy?.Arn;
    const version = iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: old }));
    expect(await failureOf(version)).toMatchObject({ message: VERSION, status: 400 });
    await iam.send(new CreateRoleCommand({ RoleName: 'Inline', AssumeRolePolicyDocument: TRUST }));
    const inline = { RoleName: 'Inline', PolicyName: 'Own', PolicyDocument: old };
    const answer = await iam.send(new PutRolePolicyCommand(inline));
    expect(answer.$metadata.httpStatusCode).toBe(200);
  });
});
