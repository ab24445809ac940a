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
  ])('of kind %s returns the error of IAM', async (kind, name, status, message) => {
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
  ])('of kind %s returns the error of Secrets Manager', async (kind, name, status) => {
    sandbox.addFault({ action: 'secretsmanager:CreateSecret', kind });
    expect(await failureOf(createSecret('faulty'))).toMatchObject({ name, status });
  });

  it('of kind access-denied names the action and the resource as AWS does', async () => {
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

  it('of kind drop-before changes nothing', async () => {
    sandbox.addFault({ kind: 'drop-before' });
    await failureOf(createRole('Before'));
    expect((await failureOf(getRole('Before'))).name).toBe('NoSuchEntityException');
    expect(sandbox.requests[0]).toMatchObject({ action: 'CreateRole', status: 0 });
  });

  it('of kind drop-after lets the retry of the SDK find that the role exists', async () => {
    sandbox.addFault({ kind: 'drop-after' });
    const { iam } = clientsFor(sandbox, { maxAttempts: 2 });
    const call = iam.send(new CreateRoleCommand({ RoleName: 'After', AssumeRolePolicyDocument: TRUST }));
    expect((await failureOf(call)).name).toBe('EntityAlreadyExistsException');
    expect((await getRole('After')).Role?.RoleName).toBe('After');
  });

  it('of kind drop-after does not affect a call with a token', async () => {
    sandbox.addFault({ kind: 'drop-after' });
    const { secrets } = clientsFor(sandbox, { maxAttempts: 2 });
    const made = await secrets.send(new CreateSecretCommand({ Name: 'after', SecretString: KEY }));
    expect(made.VersionId).toBeDefined();
  });

  it('of kind html answers like a proxy', async () => {
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

  it('of kind delay-before carries the request out late', async () => {
    sandbox.addFault({ action: 'CreateRole', kind: 'delay-before', delayMs: 150 });
    const creating = createRole('Slow');
    await expect.poll(() => sandbox.requests.length).toBe(1);
    expect((await failureOf(getRole('Slow'))).name).toBe('NoSuchEntityException');
    await creating;
    const [recorded] = sandbox.requests;
    expect(recorded).toMatchObject({ action: 'CreateRole', status: 200 });
    expect((recorded?.endedAt ?? 0) - (recorded?.startedAt ?? 0)).toBeGreaterThanOrEqual(148);
    expect((await getRole('Slow')).Role?.RoleName).toBe('Slow');
  });

  it('of kind delay-before carries the request out even if the client has disconnected', async () => {
    sandbox.addFault({ action: 'CreateRole', kind: 'delay-before', delayMs: 80 });
    const command = new CreateRoleCommand({ RoleName: 'Gone', AssumeRolePolicyDocument: TRUST });
    await failureOf(clients.iam.send(command, { abortSignal: AbortSignal.timeout(30) }));
    await expect.poll(() => sandbox.requests[0]?.status).toBe(200);
    expect((await getRole('Gone')).Role?.RoleName).toBe('Gone');
  });

  it('of kind delay-before can end in an error', async () => {
    await createRole('Twice');
    sandbox.addFault({ action: 'CreateRole', kind: 'delay-before', delayMs: 10 });
    expect((await failureOf(createRole('Twice'))).name).toBe('EntityAlreadyExistsException');
    expect(sandbox.requests[1]).toMatchObject({ status: 409, errorCode: 'EntityAlreadyExists' });
  });

  it('of kind hang-after carries the request out and never answers', async () => {
    sandbox.addFault({ action: 'CreateRole', kind: 'hang-after' });
    const command = new CreateRoleCommand({ RoleName: 'Mute', AssumeRolePolicyDocument: TRUST });
    const hanging = clients.iam.send(command, { abortSignal: AbortSignal.timeout(60) });
    expect((await failureOf(hanging)).name).toMatch(/Abort|Timeout/);
    expect((await getRole('Mute')).Role?.RoleName).toBe('Mute');
  });

  it.each<[FaultKind, RegExp]>([
    ['drop-after', /ECONNRESET|hang up/],
    ['hang-after', /abort/i],
  ])('of kind %s drops an error like a success', async (kind, message) => {
    sandbox.addFault({ action: 'GetRole', kind });
    const command = new GetRoleCommand({ RoleName: 'Absent' });
    const call = clients.iam.send(command, { abortSignal: AbortSignal.timeout(100) });
    const failure = await failureOf(call);
    expect(`${failure.name} ${failure.message}`).toMatch(message);
    expect(sandbox.requests[0]).toMatchObject({ status: 0, errorCode: 'NoSuchEntity' });
  });

  it.each<FaultKind>(['throttle', 'drop-before', 'delay-before', 'delay', 'stale'])(
    'of kind %s calls onStrike before the request is carried out',
    async (kind) => {
      const name = `Struck-${kind}`;
      const struck: string[] = [];
      const onStrike = () => struck.push(sandbox.requests.map(({ action }) => action).join());
      sandbox.addFault({ action: 'CreateRole', kind, delayMs: 1, skip: 1, onStrike });
      await createRole(`${name}-not`);
      expect(struck).toEqual([]);
      await createRole(name).catch(() => undefined);
      expect(struck).toEqual(['CreateRole,CreateRole']);
      await createRole(`${name}-after`);
      expect(struck).toHaveLength(1);
    },
  );

  it('calls onStrike before the request has any effect', async () => {
    let meanwhile: Promise<unknown> | undefined;
    const onStrike = () => {
      meanwhile = createRole('Strike');
    };
    sandbox.addFault({ action: 'CreateRole', kind: 'delay-before', delayMs: 100, onStrike });
    expect((await failureOf(createRole('Strike'))).name).toBe('EntityAlreadyExistsException');
    await meanwhile;
  });

  it('strikes the given number of times, after the given number of skipped requests', async () => {
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

  it('in one Region does not affect the others', async () => {
    sandbox.addFault({ region: 'eu-west-1', kind: 'internal-error', times: Number.POSITIVE_INFINITY });
    await createSecret('west');
    const elsewhere = clientsFor(sandbox, { region: 'eu-west-1' }).secrets;
    const call = elsewhere.send(new DescribeSecretCommand({ SecretId: 'west' }));
    expect((await failureOf(call)).name).toBe('InternalServiceError');
  });
});
