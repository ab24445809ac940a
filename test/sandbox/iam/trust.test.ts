import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf } from '../clients.ts';

const SERVICE = { Service: 'mediaconnect.amazonaws.com' };
const ALLOW = { Effect: 'Allow', Principal: SERVICE, Action: 'sts:AssumeRole' };
const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

describe('trust policies', () => {
  let sandbox: Sandbox;
  let iam: ReturnType<typeof clientsFor>['iam'];
  beforeAll(async () => {
    sandbox = await startSandbox();
    iam = clientsFor(sandbox).iam;
    await put('Role', policy(ALLOW));
  });
  afterAll(() => sandbox.close());

  const put = (RoleName: string, AssumeRolePolicyDocument: string) =>
    iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const update = (PolicyDocument: string) =>
    iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'Role', PolicyDocument }));
  async function stored(RoleName = 'Role'): Promise<string> {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
  }

  it('are returned in the normalized form of IAM', async () => {
    await update(
      `{
        "Statement": {
          "Action": ["sts:AssumeRole"],
          "Principal": { "AWS": ["111122223333"], "Service": ["mediaconnect.amazonaws.com"] },
          "Effect": "Allow",
          "Condition": { "StringEquals": { "aws:SourceAccount": ["111122223333"] }, "Bool": { "aws:MultiFactorAuthPresent": true } }
        }
      }`,
    );
    expect(await stored()).toBe(
      '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root",' +
        '"Service":"mediaconnect.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":' +
        '{"aws:SourceAccount":"111122223333"},"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}',
    );
  });

  it('show the unique ID of a deleted role', async () => {
    await put('Gone', policy(ALLOW));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'Gone' }));
    await update(policy({ ...ALLOW, Principal: { AWS: Role?.Arn } }));
    expect(await stored()).toContain(`"AWS":"${Role?.Arn}"`);
    await iam.send(new DeleteRoleCommand({ RoleName: 'Gone' }));
    expect(await stored()).toContain(`"AWS":"${Role?.RoleId}"`);
    await put('Gone', policy(ALLOW));
    expect(await stored()).toContain(`"AWS":"${Role?.RoleId}"`);
  });

  it('hold 2,048 characters', async () => {
    const sized = (size: number) => {
      const empty = policy({ Sid: '', ...ALLOW });
      return policy({ Sid: 's'.repeat(size - empty.length), ...ALLOW });
    };
    await update(sized(2048));
    expect(await failureOf(update(sized(2049)))).toEqual({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for ACLSizePerRole: 2048',
      status: 409,
    });
  });

  it.each([
    ['a trailing comma', policy(ALLOW).replace('}]', '},]'), 'This policy contains invalid Json'],
    [
      'a duplicate key',
      policy(ALLOW).replace('{"Effect"', '{"Effect":"Deny","Effect"'),
      'This policy contains invalid Json',
    ],
    ['a leading space', ` ${policy(ALLOW)}`, 'JSON strings must not have leading spaces'],
    ['a resource', policy({ ...ALLOW, Resource: '*' }), 'Has prohibited field Resource'],
    ['an unknown element', policy({ ...ALLOW, Princpal: '*' }), 'Unknown field Princpal'],
    [
      'no principal',
      policy({ Effect: 'Allow', Action: 'sts:AssumeRole' }),
      'Missing required field Principal',
    ],
    ['no statement', '{"Version":"2012-10-17"}', 'Missing required field Statement'],
    [
      'another action',
      policy({ ...ALLOW, Action: ['sts:AssumeRole', 's3:GetObject'] }),
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
    [
      'a service that does not exist',
      policy({ ...ALLOW, Principal: { Service: 'mediaconect.amazonaws.com' } }),
      'Invalid principal in policy: "SERVICE":"mediaconect.amazonaws.com"',
    ],
    [
      'a role that does not exist',
      policy({ ...ALLOW, Principal: { AWS: 'arn:aws:iam::111122223333:role/Nobody' } }),
      'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/Nobody"',
    ],
    [
      'a principal of another partition',
      policy({ ...ALLOW, Principal: { AWS: 'arn:aws-cn:iam::111122223333:root' } }),
      'Invalid principal in policy: "AWS":"arn:aws-cn:iam::111122223333:root"',
    ],
    [
      'a session of a role as an IAM resource',
      policy({ ...ALLOW, Principal: { AWS: 'arn:aws:iam::111122223333:assumed-role/Nobody/me' } }),
      'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:assumed-role/Nobody/me"',
    ],
    [
      'an unknown operator',
      policy({ ...ALLOW, Condition: { StringEqual: { 'aws:SourceAccount': '1' } } }),
      'Invalid Condition type : StringEqual.',
    ],
    [
      'everyone as a bare string',
      policy({ ...ALLOW, Principal: '*' }),
      'AssumeRolepolicy contained an invalid principal: "STAR":"*".',
    ],
    [
      'an empty list of principals',
      policy({ ...ALLOW, Principal: { AWS: [] } }),
      /statement with no principals!$/,
    ],
    ['a duplicate Sid', policy({ Sid: 'a', ...ALLOW }, { Sid: 'a', ...ALLOW }), /must be unique\.$/],
    ['a wrong effect', policy({ ...ALLOW, Effect: 'allow' }), 'Invalid effect: allow'],
    [
      'a wrong version',
      policy(ALLOW).replace('2012', '2013'),
      'The policy must contain a valid version string',
    ],
  ])('are rejected with %s', async (_what, document, message) => {
    const failure = await failureOf(update(document));
    expect(failure).toMatchObject({ name: 'MalformedPolicyDocumentException', status: 400 });
    expect(failure.message).toMatch(message);
  });

  it.each([
    ['a regional service', { Service: 'logs.eu-west-1.amazonaws.com' }],
    ['the sandbox’s own user', { AWS: 'arn:aws:iam::111122223333:user/sandbox' }],
    ['another account', { AWS: ['999999999999', 'arn:aws:iam::999999999999:role/Theirs'] }],
    ['an identity provider', { Federated: 'arn:aws:iam::111122223333:oidc-provider/token.example.com' }],
  ])('can name %s', async (_what, Principal) => {
    await update(policy({ ...ALLOW, Principal }));
  });
});
