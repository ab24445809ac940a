import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, KEY, TOKEN } from '../clients.ts';
import { JSON_1_1, sendSigned } from '../wire.ts';

describe('the value of a secret', () => {
  let sandbox: Sandbox;
  let secrets: ReturnType<typeof clientsFor>['secrets'];
  beforeAll(async () => {
    sandbox = await startSandbox();
    secrets = clientsFor(sandbox).secrets;
  });
  afterAll(() => sandbox.close());

  /** Creates a secret with one version, and returns the ID of that version. */
  async function make(name: string): Promise<string> {
    const made = await secrets.send(new CreateSecretCommand({ Name: name, SecretString: 'first' }));
    return made.VersionId ?? '';
  }
  const put = (
    SecretId: string,
    SecretString: string,
    ClientRequestToken?: string,
    VersionStages?: string[],
  ) => secrets.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken, VersionStages }));
  const get = (input: GetSecretValueCommandInput) => secrets.send(new GetSecretValueCommand(input));
  const stages = async (SecretId: string) =>
    (await secrets.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages;

  it('becomes AWSPREVIOUS when it is replaced, and the one before loses its label', async () => {
    const first = await make('replaced');
    const second = (await put('replaced', 'second')).VersionId ?? '';
    expect(await stages('replaced')).toEqual({ [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT'] });
    const third = (await put('replaced', 'third')).VersionId ?? '';
    expect(await stages('replaced')).toEqual({ [second]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] });
    expect((await get({ SecretId: 'replaced' })).SecretString).toBe('third');
    expect((await get({ SecretId: 'replaced', VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('second');
    expect((await get({ SecretId: 'replaced', VersionId: first })).SecretString).toBe('first');

    const listed = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: 'replaced' }));
    expect(listed.Versions).toHaveLength(2);
    const all = await secrets.send(
      new ListSecretVersionIdsCommand({ SecretId: 'replaced', IncludeDeprecated: true }),
    );
    expect(all.Versions).toHaveLength(3);
  });

  it('keeps only AWSPREVIOUS when it is replaced after a rotation', async () => {
    const first = await make('rotated');
    const second = (await put('rotated', 'second', undefined, ['AWSPENDING'])).VersionId ?? '';
    const move = { SecretId: 'rotated', VersionStage: 'AWSCURRENT', MoveToVersionId: second };
    await secrets.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: first }));
    expect((await stages('rotated'))?.[second]?.sort()).toEqual(['AWSCURRENT', 'AWSPENDING']);
    const third = (await put('rotated', 'third')).VersionId ?? '';
    expect(await stages('rotated')).toEqual({ [second]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] });
  });

  it('can be replaced during a rotation without affecting it', async () => {
    const first = await make('rotating');
    const pending = (await put('rotating', 'next', undefined, ['AWSPENDING'])).VersionId ?? '';
    const update = new UpdateSecretCommand({ SecretId: 'rotating', SecretString: 'second' });
    const second = (await secrets.send(update)).VersionId ?? '';
    expect(await stages('rotating')).toEqual({
      [first]: ['AWSPREVIOUS'],
      [pending]: ['AWSPENDING'],
      [second]: ['AWSCURRENT'],
    });
  });

  it.each([
    ['CreateSecret', 'InvalidRequestException'],
    ['PutSecretValue', 'InvalidRequestException'],
    ['UpdateSecret', 'InvalidRequestException'],
    ['RotateSecret', 'InvalidParameterException'],
  ])('is rejected in a %s request without the token that SDKs add', async (action, code) => {
    const answer = await sendSigned(sandbox, {
      service: 'secretsmanager',
      headers: { ...JSON_1_1, 'x-amz-target': `secretsmanager.${action}` },
      body: JSON.stringify({ Name: 'no-token', SecretId: 'no-token', SecretString: KEY }),
    });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      400,
      {
        __type: code,
        Message: 'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
      },
    ]);
  });

  it('has one version when it is put twice with the same token', async () => {
    await make('token');
    await put('token', 'second', TOKEN);
    expect((await put('token', 'second', TOKEN)).VersionId).toBe(TOKEN);
    expect(await failureOf(put('token', 'third', TOKEN))).toMatchObject({ name: 'ResourceExistsException' });
    const listed = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: 'token' }));
    expect(listed.Versions).toHaveLength(2);
  });

  it('leaves AWSCURRENT alone when it is put with another label', async () => {
    const first = await make('label');
    await put('label', 'next', TOKEN, ['NEXT']);
    expect(await stages('label')).toEqual({ [first]: ['AWSCURRENT'], [TOKEN]: ['NEXT'] });
  });

  it('can be updated together with the description', async () => {
    await make('update');
    await secrets.send(
      new UpdateSecretCommand({ SecretId: 'update', SecretString: 'new', Description: 'Better' }),
    );
    expect((await get({ SecretId: 'update' })).SecretString).toBe('new');
    const shown = await secrets.send(new DescribeSecretCommand({ SecretId: 'update' }));
    expect(shown.Description).toBe('Better');
  });

  it('is rolled back when AWSCURRENT is moved', async () => {
    const first = await make('back');
    const second = (await put('back', 'second')).VersionId;
    const move = { SecretId: 'back', VersionStage: 'AWSCURRENT', MoveToVersionId: first };
    const failure = await failureOf(secrets.send(new UpdateSecretVersionStageCommand(move)));
    expect(failure.name).toBe('InvalidParameterException');
    expect(failure.message).toContain(`is currently attached to version ${second}`);
    await secrets.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: second }));
    expect((await get({ SecretId: 'back' })).SecretString).toBe('first');
    expect((await get({ SecretId: 'back', VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('second');
  });

  it('cannot be read for a version or label that does not exist', async () => {
    const first = await make('absent');
    await put('absent', 'second', TOKEN);
    expect((await failureOf(get({ SecretId: 'absent', VersionStage: 'NOPE' }))).message).toBe(
      "Secrets Manager can't find the specified secret value for staging label: NOPE",
    );
    const other = 'b'.repeat(32);
    expect((await failureOf(get({ SecretId: 'absent', VersionId: other }))).message).toBe(
      `Secrets Manager can't find the specified secret value for VersionId: ${other}`,
    );
    const mixed = { SecretId: 'absent', VersionId: first, VersionStage: 'AWSCURRENT' };
    expect(await failureOf(get(mixed))).toMatchObject({ name: 'InvalidRequestException' });
  });

  it('is required by PutSecretValue', async () => {
    await make('nothing');
    const failure = await failureOf(secrets.send(new PutSecretValueCommand({ SecretId: 'nothing' })));
    expect(failure).toMatchObject({
      name: 'InvalidRequestException',
      message: 'You must provide either SecretString or SecretBinary.',
    });
  });

  it('shows the day of the last access after it was read', async () => {
    await make('read');
    expect(
      (await secrets.send(new DescribeSecretCommand({ SecretId: 'read' }))).LastAccessedDate,
    ).toBeUndefined();
    await get({ SecretId: 'read' });
    const { LastAccessedDate } = await secrets.send(new DescribeSecretCommand({ SecretId: 'read' }));
    expect(LastAccessedDate?.toISOString()).toMatch(/T00:00:00\.000Z$/);
  });

  it('can be read but not replaced if a service owns the secret', async () => {
    const ARN = sandbox.addServiceOwnedSecret({
      region: 'us-west-2',
      name: 'rds!db-1',
      secretString: KEY,
      owningService: 'rds',
    });
    const shown = await secrets.send(new DescribeSecretCommand({ SecretId: ARN }));
    expect(shown.OwningService).toBe('rds');
    expect((await get({ SecretId: ARN })).SecretString).toBe(KEY);
    expect(await failureOf(put(ARN, 'mine'))).toMatchObject({ name: 'InvalidRequestException' });
  });
});
