import { CreateRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  AssumeRoleWithSAMLCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, type SandboxCredentials, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf } from '../clients.ts';

const ACCOUNT_ARN = 'arn:aws:iam::111122223333:';

function asCredentials(given: Credentials | undefined): SandboxCredentials {
  return {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  };
}

describe('temporary credentials', () => {
  let sandbox: Sandbox;
  let clients: ReturnType<typeof clientsFor>;
  let now = Date.now();
  beforeAll(async () => {
    sandbox = await startSandbox({ now: () => now });
    clients = clientsFor(sandbox);
    await makeRole('Trusting', { AWS: '111122223333' });
    await makeRole('Named', { AWS: `${ACCOUNT_ARN}user/sandbox` });
    await makeRole('Service', { Service: 'mediaconnect.amazonaws.com' });
    await makeRole('Mfa', { AWS: '111122223333' }, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } });
    await makeRole('External', { AWS: '*' }, { StringEquals: { 'sts:ExternalId': 'agreed' } });
  });
  afterAll(() => sandbox.close());

  async function makeRole(RoleName: string, Principal: object, Condition?: object): Promise<void> {
    const statement = { Effect: 'Allow', Principal, Action: 'sts:AssumeRole', Condition };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statement });
    await clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  }
  const assume = (name: string, input: Partial<AssumeRoleCommandInput> = {}) =>
    clients.sts.send(
      new AssumeRoleCommand({ RoleArn: `${ACCOUNT_ARN}role/${name}`, RoleSessionName: 'me', ...input }),
    );

  it.each(['Trusting', 'Named'])('work for a role that trusts the account or the user (%s)', async (name) => {
    const { Credentials: given, AssumedRoleUser } = await assume(name);
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::111122223333:assumed-role/${name}/me`);
    const { sts } = clientsFor(sandbox, { credentials: asCredentials(given) });
    const me = await sts.send(new GetCallerIdentityCommand({}));
    expect(me.Arn).toBe(`arn:aws:sts::111122223333:assumed-role/${name}/me`);
    expect(me.UserId).toMatch(/^AROA\w{17}:me$/);
    const { Role } = await clients.iam.send(new GetRoleCommand({ RoleName: name }));
    expect(Role?.RoleLastUsed?.Region).toBe('us-west-2');
  });

  it.each(['Service', 'Nobody'])(
    'are denied for a role that does not trust the caller (%s)',
    async (name) => {
      expect(await failureOf(assume(name))).toEqual({
        name: 'AccessDenied',
        message: `User: ${ACCOUNT_ARN}user/sandbox is not authorized to perform: sts:AssumeRole on resource: ${ACCOUNT_ARN}role/${name}`,
        status: 403,
      });
    },
  );

  it('are denied for a role that trusts the account but denies the user', async () => {
    const allow = { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' };
    const deny = { ...allow, Effect: 'Deny', Principal: { AWS: `${ACCOUNT_ARN}user/sandbox` } };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [allow, deny] });
    await clients.iam.send(new CreateRoleCommand({ RoleName: 'Denying', AssumeRolePolicyDocument }));
    expect((await failureOf(assume('Denying'))).name).toBe('AccessDenied');
  });

  it.each([
    'nothing-valid-in-here',
    'arn::b:::something/test-role',
    'arn:a::::something/test-role',
    'arn:a:::something/test-role',
    'arn:a:a::aaaaaaaaaa:',
  ])('are rejected for an invalid ARN (%s) before anything else', async (RoleArn) => {
    expect(await failureOf(assume('', { RoleArn }))).toEqual({
      name: 'ValidationError',
      message: `${RoleArn} is invalid`,
      status: 400,
    });
  });

  it('are not implemented for identity providers, even in an unsigned request', async () => {
    const unsigned = new STSClient({ endpoint: sandbox.url, region: 'us-west-2', maxAttempts: 1 });
    const RoleArn = `${ACCOUNT_ARN}role/Trusting`;
    const web = { RoleArn, RoleSessionName: 'me', WebIdentityToken: 'abcd' };
    expect(await failureOf(unsigned.send(new AssumeRoleWithWebIdentityCommand(web)))).toMatchObject({
      name: 'NotImplemented',
      message: 'sts:AssumeRoleWithWebIdentity is not implemented in the sandbox.',
    });
    const saml = { RoleArn, PrincipalArn: `${ACCOUNT_ARN}saml-provider/x`, SAMLAssertion: 'abcd' };
    expect(await failureOf(unsigned.send(new AssumeRoleWithSAMLCommand(saml)))).toMatchObject({
      name: 'NotImplemented',
      message: 'sts:AssumeRoleWithSAML is not implemented in the sandbox.',
    });
  });

  it('require a device and a six-digit code for a role with an MFA condition', async () => {
    const SerialNumber = `${ACCOUNT_ARN}mfa/sandbox`;
    expect((await failureOf(assume('Mfa'))).name).toBe('AccessDenied');
    expect((await failureOf(assume('Mfa', { SerialNumber }))).message).toBe(
      'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.',
    );
    expect((await failureOf(assume('Mfa', { SerialNumber, TokenCode: '12345' }))).name).toBe(
      'ValidationError',
    );
    expect((await assume('Mfa', { SerialNumber, TokenCode: '123456' })).Credentials).toBeDefined();
  });

  it('require the external ID for a role with such a condition', async () => {
    expect((await failureOf(assume('External', { ExternalId: 'other' }))).name).toBe('AccessDenied');
    expect((await assume('External', { ExternalId: 'agreed' })).Credentials).toBeDefined();
  });

  it('last no longer than the role allows', async () => {
    expect(await failureOf(assume('Trusting', { DurationSeconds: 3601 }))).toMatchObject({
      name: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    });
  });

  it('expire', async () => {
    const { Credentials: given } = await assume('Trusting', { DurationSeconds: 900 });
    expect(given?.Expiration?.getTime()).toBe(Math.floor((now + 900_000) / 1000) * 1000);
    const { sts, secrets } = clientsFor(sandbox, { credentials: asCredentials(given) });
    now += 901_000;
    const me = sts.send(new GetCallerIdentityCommand({}));
    expect(await failureOf(me)).toMatchObject({ name: 'ExpiredToken', status: 403 });
    expect(await failureOf(secrets.send(new ListSecretsCommand({})))).toMatchObject({
      name: 'ExpiredTokenException',
      status: 400,
    });
  });

  it('from GetSessionToken keep the identity, and cannot get further ones', async () => {
    const { Credentials: given } = await clients.sts.send(
      new GetSessionTokenCommand({ DurationSeconds: 900 }),
    );
    const { sts } = clientsFor(sandbox, { credentials: asCredentials(given) });
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(`${ACCOUNT_ARN}user/sandbox`);
    expect((await failureOf(sts.send(new GetSessionTokenCommand({})))).message).toBe(
      'Cannot call GetSessionToken with session credentials',
    );
  });

  it('require their session token', async () => {
    const { Credentials: given } = await assume('Trusting');
    const { accessKeyId, secretAccessKey } = asCredentials(given);
    const { sts } = clientsFor(sandbox, { credentials: { accessKeyId, secretAccessKey } });
    expect(await failureOf(sts.send(new GetCallerIdentityCommand({})))).toMatchObject({
      name: 'InvalidClientTokenId',
    });
  });

  it('do not cover operations that the sandbox does not implement', async () => {
    const call = clients.sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }));
    expect((await failureOf(call)).message).toBe('sts:GetAccessKeyInfo is not implemented in the sandbox.');
  });
});
