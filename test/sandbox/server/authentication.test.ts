import { CreateRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, KEY, TRUST } from '../clients.ts';

const HOUR_MS = 60 * 60 * 1000;

describe('a caller', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  const whoAmI = new GetCallerIdentityCommand({});
  const describeSecret = new DescribeSecretCommand({ SecretId: 'x' });

  it('is rejected with an unknown access key, in the format of each service', async () => {
    const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wrong' };
    const { sts, secrets, iam } = clientsFor(sandbox, { credentials });
    const message = 'The security token included in the request is invalid.';
    expect(await failureOf(sts.send(whoAmI))).toEqual({ name: 'InvalidClientTokenId', message, status: 403 });
    const role = iam.send(new GetRoleCommand({ RoleName: 'x' }));
    expect(await failureOf(role)).toEqual({ name: 'InvalidClientTokenId', message, status: 403 });
    expect(await failureOf(secrets.send(describeSecret))).toEqual({
      name: 'UnrecognizedClientException',
      message,
      status: 400,
    });
  });

  it('is rejected with a wrong secret access key', async () => {
    const credentials = { ...sandbox.credentials, secretAccessKey: 'wrong' };
    const { sts, secrets } = clientsFor(sandbox, { credentials });
    const failure = await failureOf(sts.send(whoAmI));
    expect(failure).toMatchObject({ name: 'SignatureDoesNotMatch', status: 403 });
    expect(failure.message).toMatch(/^The request signature we calculated does not match/);
    expect(await failureOf(secrets.send(describeSecret))).toMatchObject({
      name: 'InvalidSignatureException',
    });
  });

  it.each([-HOUR_MS, HOUR_MS])(
    'is rejected with a clock that is %d ms off, and accepted after its correction',
    async (offset) => {
      const sts = new STSClient({
        endpoint: sandbox.url,
        region: 'us-west-2',
        credentials: sandbox.credentials,
        systemClockOffset: offset,
        maxAttempts: 1,
      });
      const failure = await failureOf(sts.send(whoAmI));
      expect(failure.name).toBe('SignatureDoesNotMatch');
      expect(failure.message).toMatch(
        /^(Signature expired: \d{8}T\d{6}Z is now earlier than|Signature not yet current: \d{8}T\d{6}Z is still later than) /,
      );
      expect((await sts.send(whoAmI)).Account).toBe('111122223333');
    },
  );

  it('is rejected without a signature, in the protocol of the request', async () => {
    const xml = await fetch(sandbox.url, { method: 'POST', body: 'Action=ListRoles&Version=2010-05-08' });
    expect(xml.status).toBe(403);
    expect(await xml.text()).toContain('<Code>MissingAuthenticationToken</Code>');
    const json = await fetch(sandbox.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'secretsmanager.ListSecrets' },
      body: '{}',
    });
    expect(json.status).toBe(400);
    expect(await json.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });

  it('is rejected with half an Authorization header, and the error says what is missing', async () => {
    const answer = await fetch(sandbox.url, {
      method: 'POST',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/iam/aws4_request' },
      body: 'Action=ListRoles&Version=2010-05-08',
    });
    expect(await answer.text()).toMatch(/requires (?:'|&apos;)Signature(?:'|&apos;) parameter\./);
  });

  it('is rejected when the body was changed after signing', async () => {
    const signed: Record<string, string> = {};
    const secrets = new SecretsManagerClient({
      endpoint: sandbox.url,
      region: 'us-west-2',
      credentials: sandbox.credentials,
      maxAttempts: 1,
      requestHandler: {
        handle: (request: { headers: Record<string, string> }) => {
          Object.assign(signed, request.headers);
          return Promise.reject(new Error('Not sent.'));
        },
      },
    });
    await failureOf(secrets.send(describeSecret));
    const { host: _host, 'content-length': _length, ...headers } = signed;
    const send = async (body: string) => (await fetch(sandbox.url, { method: 'POST', headers, body })).json();
    expect(await send('{"SecretId":"x"}')).toMatchObject({ __type: 'ResourceNotFoundException' });
    expect(await send('{"SecretId":"y"}')).toMatchObject({ __type: 'InvalidSignatureException' });
  });

  it('belongs to the partition of the Region, unless the sandbox has only another one', async () => {
    const china = clientsFor(sandbox, { region: 'cn-north-1' });
    expect((await china.sts.send(whoAmI)).Arn).toBe('arn:aws-cn:iam::111122223333:user/sandbox');
    const fixed = await startSandbox({ partition: 'aws-us-gov', account: '999999999999' });
    const gov = clientsFor(fixed, { region: 'us-gov-west-1' });
    expect((await gov.sts.send(whoAmI)).Arn).toBe('arn:aws-us-gov:iam::999999999999:user/sandbox');
    expect(await failureOf(clientsFor(fixed).sts.send(whoAmI))).toMatchObject({
      name: 'InvalidClientTokenId',
    });
    await fixed.close();
  });

  it.each([
    ['us-gov-east-1', 'aws-us-gov'],
    ['us-iso-west-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['eu-south-2', 'aws'],
  ])('in %s belongs to the partition %s, with its own IAM and ARNs', async (region, partition) => {
    const { sts, iam, secrets } = clientsFor(sandbox, { region });
    expect((await sts.send(whoAmI)).Arn).toBe(`arn:${partition}:iam::111122223333:user/sandbox`);
    const role = { RoleName: `In-${region}`, AssumeRolePolicyDocument: TRUST };
    const { Role } = await iam.send(new CreateRoleCommand(role));
    expect(Role?.Arn).toBe(`arn:${partition}:iam::111122223333:role/In-${region}`);
    const { ARN } = await secrets.send(new CreateSecretCommand({ Name: 'x', SecretString: KEY }));
    expect(ARN).toContain(`arn:${partition}:secretsmanager:${region}:111122223333:secret:x-`);
  });

  it('is rejected in a Region that the account has not enabled', async () => {
    const other = await startSandbox({ disabledRegions: ['ap-east-1'] });
    const there = clientsFor(other, { region: 'ap-east-1' });
    const message = 'The security token included in the request is invalid.';
    expect(await failureOf(there.sts.send(whoAmI))).toEqual({
      name: 'InvalidClientTokenId',
      message,
      status: 403,
    });
    expect(await failureOf(there.secrets.send(describeSecret))).toEqual({
      name: 'UnrecognizedClientException',
      message,
      status: 400,
    });
    expect((await clientsFor(other).sts.send(whoAmI)).Account).toBe('111122223333');
    expect(() =>
      other.addServiceOwnedSecret({ region: 'ap-east-1', name: 'x', secretString: 'x', owningService: 'x' }),
    ).toThrow(RangeError);
    await other.close();
  });

  it('can use characters that signing and XML must escape', async () => {
    const { secrets, iam } = clientsFor(sandbox);
    const Description = `a+b & <c> "d" 'e' (f)* % ~ é`;
    await secrets.send(new CreateSecretCommand({ Name: 'a/b+c=d.e@f', SecretString: KEY, Description }));
    const shown = await secrets.send(new DescribeSecretCommand({ SecretId: 'a/b+c=d.e@f' }));
    expect(shown.Description).toBe(Description);
    const role = { RoleName: 'a+b=c,d.e@f-g', AssumeRolePolicyDocument: TRUST, Description };
    expect((await iam.send(new CreateRoleCommand(role))).Role?.Description).toBe(Description);
  });
});
