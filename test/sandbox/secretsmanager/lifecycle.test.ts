import {
  CreateSecretCommand,
  DeleteSecretCommand,
  type DeleteSecretCommandInput,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, KEY } from '../clients.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const START = Date.parse('2026-03-01T12:00:00Z');

describe('DeleteSecret', () => {
  let sandbox: Sandbox;
  let secrets: ReturnType<typeof clientsFor>['secrets'];
  let now = START;
  beforeAll(async () => {
    sandbox = await startSandbox({ now: () => now });
    secrets = clientsFor(sandbox).secrets;
  });
  afterAll(() => sandbox.close());

  const create = (Name: string) => secrets.send(new CreateSecretCommand({ Name, SecretString: KEY }));
  const remove = (input: DeleteSecretCommandInput) => secrets.send(new DeleteSecretCommand(input));
  const names = async (IncludePlannedDeletion: boolean) => {
    const { SecretList = [] } = await secrets.send(new ListSecretsCommand({ IncludePlannedDeletion }));
    return SecretList.map((entry) => entry.Name);
  };

  it('schedules the deletion, keeps the name, and hides the value until the recovery window ends', async () => {
    await create('gone');
    const { DeletionDate } = await remove({ SecretId: 'gone', RecoveryWindowInDays: 7 });
    expect(DeletionDate?.getTime()).toBe(now + 7 * DAY_MS);

    const marked = "You can't perform this operation on the secret because it was marked for deletion.";
    const read = secrets.send(new GetSecretValueCommand({ SecretId: 'gone' }));
    expect(await failureOf(read)).toEqual({ name: 'InvalidRequestException', message: marked, status: 400 });
    const write = secrets.send(new PutSecretValueCommand({ SecretId: 'gone', SecretString: 'x' }));
    expect((await failureOf(write)).message).toBe(marked);
    expect(await failureOf(create('gone'))).toMatchObject({
      name: 'InvalidRequestException',
      message:
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
    });
    const shown = await secrets.send(new DescribeSecretCommand({ SecretId: 'gone' }));
    expect(shown.DeletedDate?.getTime()).toBe(START + 7 * DAY_MS);
    expect(await names(false)).not.toContain('gone');
    expect(await names(true)).toContain('gone');

    now += 7 * DAY_MS + 1;
    expect(await failureOf(secrets.send(new DescribeSecretCommand({ SecretId: 'gone' })))).toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await create('gone');
  });

  it('has a recovery window of 30 days by default', async () => {
    await create('default');
    const { DeletionDate } = await remove({ SecretId: 'default' });
    expect(DeletionDate?.getTime()).toBe(now + 30 * DAY_MS);
  });

  it('can be undone with RestoreSecret', async () => {
    await create('restored');
    await remove({ SecretId: 'restored' });
    await secrets.send(new RestoreSecretCommand({ SecretId: 'restored' }));
    const value = await secrets.send(new GetSecretValueCommand({ SecretId: 'restored' }));
    expect(value.SecretString).toBe(KEY);
  });

  it('with ForceDeleteWithoutRecovery frees the name at once, and succeeds without a secret', async () => {
    await create('forced');
    await remove({ SecretId: 'forced', ForceDeleteWithoutRecovery: true });
    await create('forced');
    await remove({ SecretId: 'never-was', ForceDeleteWithoutRecovery: true });
  });

  it.each([
    [
      { RecoveryWindowInDays: 6 },
      'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
    ],
    [
      { RecoveryWindowInDays: 31 },
      'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
    ],
    [
      { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true },
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    ],
  ])('rejects %j', async (options, message) => {
    const failure = await failureOf(remove({ SecretId: 'forced', ...options }));
    expect(failure).toMatchObject({ name: 'InvalidParameterException', message });
  });
});
