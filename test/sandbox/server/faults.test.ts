import { CreateRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  ListSecretsCommand,
} from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FaultKind, type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, KEY, TRUST } from '../clients.ts';

describe('a fault', () => {
  let sandbox: Sandbox;
  let clients: ReturnType<typeof clientsFor>;
  beforeAll(async () => {
    sandbox = await startSandbox();
    clients = clientsFor(sandbox);
  });
  afterEach(() => {
    sandbox.clearFaults();
    sandbox.clearRequests();
  });
  afterAll(() => sandbox.close());

  const createRole = (RoleName: string) =>
    clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
  const getRole = (RoleName: string) => clients.iam.send(new GetRoleCommand({ RoleName }));
  const createSecret = (Name: string) =>
    clients.secrets.send(new CreateSecretCommand({ Name, SecretString: KEY }));
  const USER = 'User: arn:aws:iam::111122223333:user/sandbox';

  it.each<[FaultKind, string, number, RegExp]>([
    ['throttle', 'Throttling', 400, /^Rate exceeded$/],
    ['internal-error', 'ServiceFailureException', 500, /unknown error/],
    ['expired-token', 'ExpiredToken', 403, /^The security token included in the request is expired$/],
    ['access-denied', 'AccessDenied', 403, /./],
  ])('of kind %s is IAM’s own error', async (kind, name, status, message) => {
    sandbox.addFault({ action: 'CreateRole', kind });
    const failure = await failureOf(createRole('Faulty'));
    expect(failure).toMatchObject({ name, status });
    expect(failure.message).toMatch(message);
    expect((await failureOf(getRole('Faulty'))).name).toBe('NoSuchEntityException');
  });

  it.each<[FaultKind, string, number]>([
    ['throttle', 'ThrottlingException', 400],
    ['internal-error', 'InternalServiceError', 500],
    ['expired-token', 'ExpiredTokenException', 400],
    ['access-denied', 'AccessDeniedException', 400],
  ])('of kind %s is Secrets Manager’s own error', async (kind, name, status) => {
    sandbox.addFault({ action: 'secretsmanager:CreateSecret', kind });
    expect(await failureOf(createSecret('faulty'))).toMatchObject({ name, status });
  });

  it('of access denied names the action and the resource as AWS does', async () => {
    sandbox.addFault({ kind: 'access-denied', times: Number.POSITIVE_INFINITY });
    expect((await failureOf(createRole('Denied'))).message).toBe(
      `${USER} is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::111122223333:role/Denied because no identity-based policy allows the iam:CreateRole action`,
    );
    expect((await failureOf(getRole('Denied'))).message).toBe(
      `${USER} is not authorized to perform: iam:GetRole on resource: role Denied because no identity-based policy allows the iam:GetRole action`,
    );
    expect((await failureOf(clients.secrets.send(new ListSecretsCommand({})))).message).toBe(
      `${USER} is not authorized to perform: secretsmanager:ListSecrets because no identity-based policy allows the secretsmanager:ListSecrets action`,
    );
    expect((await failureOf(createSecret('denied'))).message).toBe(
      `${USER} is not authorized to perform: secretsmanager:CreateSecret on resource: denied because no identity-based policy allows the secretsmanager:CreateSecret action`,
    );
  });

  it('that drops the connection before the change leaves nothing behind', async () => {
    sandbox.addFault({ kind: 'drop-before' });
    await failureOf(createRole('Before'));
    expect((await failureOf(getRole('Before'))).name).toBe('NoSuchEntityException');
    expect(sandbox.requests[0]).toMatchObject({ action: 'CreateRole', status: 0 });
  });

  it('that drops it after the change lets the SDK’s retry find the role made', async () => {
    sandbox.addFault({ kind: 'drop-after' });
    const { iam } = clientsFor(sandbox, { maxAttempts: 2 });
    const call = iam.send(new CreateRoleCommand({ RoleName: 'After', AssumeRolePolicyDocument: TRUST }));
    expect((await failureOf(call)).name).toBe('EntityAlreadyExistsException');
    expect((await getRole('After')).Role?.RoleName).toBe('After');
  });

  it('that drops it after the change does no harm to a call with a token', async () => {
    sandbox.addFault({ kind: 'drop-after' });
    const { secrets } = clientsFor(sandbox, { maxAttempts: 2 });
    const made = await secrets.send(new CreateSecretCommand({ Name: 'after', SecretString: KEY }));
    expect(made.VersionId).toBeDefined();
  });

  it('of kind html answers as a proxy would', async () => {
    sandbox.addFault({ kind: 'html' });
    expect((await failureOf(createSecret('html'))).status).toBe(502);
    sandbox.addFault({ kind: 'html' });
    expect((await failureOf(createRole('Html'))).status).toBe(502);
  });

  it('of kind delay answers late, and of kind hang never', async () => {
    sandbox.addFault({ action: 'CreateRole', kind: 'delay', delayMs: 80 });
    const started = performance.now();
    await createRole('Late');
    expect(performance.now() - started).toBeGreaterThanOrEqual(78);

    sandbox.addFault({ action: 'CreateRole', kind: 'hang' });
    const abortSignal = AbortSignal.timeout(60);
    const command = new CreateRoleCommand({ RoleName: 'Never', AssumeRolePolicyDocument: TRUST });
    const hanging = clients.iam.send(command, { abortSignal });
    expect((await failureOf(hanging)).name).toMatch(/Abort|Timeout/);
    expect((await failureOf(getRole('Never'))).name).toBe('NoSuchEntityException');
  });

  it('waits for its turn, and is over after it', async () => {
    sandbox.addFault({ action: 'GetCallerIdentity', skip: 1, times: 2, kind: 'throttle' });
    const call = () => clients.sts.send(new GetCallerIdentityCommand({}));
    await call();
    await createRole('Unrelated');
    expect((await failureOf(call())).name).toBe('Throttling');
    expect((await failureOf(call())).name).toBe('Throttling');
    await call();
    expect(sandbox.requests.map((request) => request.errorCode)).toEqual([
      undefined,
      undefined,
      'Throttling',
      'Throttling',
      undefined,
    ]);
  });

  it('in one Region leaves the others alone', async () => {
    sandbox.addFault({ region: 'eu-west-1', kind: 'internal-error', times: Number.POSITIVE_INFINITY });
    await createSecret('west');
    const elsewhere = clientsFor(sandbox, { region: 'eu-west-1' }).secrets;
    const call = elsewhere.send(new DescribeSecretCommand({ SecretId: 'west' }));
    expect((await failureOf(call)).name).toBe('InternalServiceError');
  });
});
