import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  RemoveRegionsFromReplicationCommand,
  ReplicateSecretToRegionsCommand,
  RotateSecretCommand,
  StopReplicationToReplicaCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, KEY } from '../clients.ts';

describe('a secret', () => {
  let sandbox: Sandbox;
  let secrets: ReturnType<typeof clientsFor>['secrets'];
  let elsewhere: ReturnType<typeof clientsFor>['secrets'];
  beforeAll(async () => {
    sandbox = await startSandbox();
    secrets = clientsFor(sandbox).secrets;
    elsewhere = clientsFor(sandbox, { region: 'eu-west-1' }).secrets;
  });
  afterAll(() => sandbox.close());

  const create = (Name: string) => secrets.send(new CreateSecretCommand({ Name, SecretString: KEY }));
  const shown = (SecretId: string) => secrets.send(new DescribeSecretCommand({ SecretId }));

  it('keeps a resource policy until it is deleted', async () => {
    await create('guarded');
    const ResourcePolicy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: { AWS: 'arn:aws:iam::111122223333:root' },
          Action: 'secretsmanager:DeleteSecret',
          Resource: '*',
        },
      ],
    });
    await secrets.send(new PutResourcePolicyCommand({ SecretId: 'guarded', ResourcePolicy }));
    const kept = await secrets.send(new GetResourcePolicyCommand({ SecretId: 'guarded' }));
    expect(kept.ResourcePolicy).toBe(ResourcePolicy);
    await secrets.send(new DeleteResourcePolicyCommand({ SecretId: 'guarded' }));
    const gone = await secrets.send(new GetResourcePolicyCommand({ SecretId: 'guarded' }));
    expect(gone.ResourcePolicy).toBeUndefined();
  });

  it.each([
    ['no JSON', '{', /syntax error/],
    [
      'no principal',
      '{"Statement":{"Effect":"Allow","Action":"secretsmanager:*","Resource":"*"}}',
      /syntax error/,
    ],
    [
      'an unknown principal',
      '{"Statement":{"Effect":"Allow","Principal":{"AWS":"bob"},"Action":"secretsmanager:*","Resource":"*"}}',
      /unsupported principal/,
    ],
  ])('rejects a resource policy with %s', async (_what, ResourcePolicy, message) => {
    await create(`bad-policy-${_what.replace(/ /g, '-')}`);
    const SecretId = `bad-policy-${_what.replace(/ /g, '-')}`;
    const failure = await failureOf(secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy })));
    expect(failure.name).toBe('MalformedPolicyDocumentException');
    expect(failure.message).toMatch(message);
  });

  it('rejects a public policy with BlockPublicPolicy', async () => {
    await create('public');
    const ResourcePolicy =
      '{"Statement":{"Effect":"Allow","Principal":"*","Action":"secretsmanager:GetSecretValue","Resource":"*"}}';
    const put = new PutResourcePolicyCommand({ SecretId: 'public', ResourcePolicy, BlockPublicPolicy: true });
    expect(await failureOf(secrets.send(put))).toMatchObject({ name: 'PublicPolicyException' });
  });

  it('shows rotation after it was turned on, and after it was turned off', async () => {
    await create('rotating');
    expect((await shown('rotating')).RotationEnabled).toBeUndefined();
    const RotationLambdaARN = 'arn:aws:lambda:us-west-2:111122223333:function:rotate';
    sandbox.addRotationFunction(RotationLambdaARN);
    const RotationRules = { AutomaticallyAfterDays: 30 };
    const rotate = (settings = {}) =>
      secrets.send(new RotateSecretCommand({ SecretId: 'rotating', ...settings }));
    await rotate({ RotationLambdaARN, RotationRules, RotateImmediately: false });
    const waiting = await shown('rotating');
    expect(waiting).toMatchObject({ RotationEnabled: true, RotationLambdaARN, RotationRules });
    expect(waiting.LastRotatedDate).toBeUndefined();
    const [first = ''] = Object.keys(waiting.VersionIdsToStages ?? {});

    const { VersionId = '' } = await rotate();
    const rotated = await shown('rotating');
    expect(rotated.VersionIdsToStages).toEqual({ [first]: ['AWSPREVIOUS'], [VersionId]: ['AWSCURRENT'] });
    const days = (Number(rotated.NextRotationDate) - Number(rotated.LastRotatedDate)) / 86_400_000;
    expect(days).toBe(30);

    await secrets.send(new CancelRotateSecretCommand({ SecretId: 'rotating' }));
    const stopped = await shown('rotating');
    expect(stopped.RotationEnabled).toBe(false);
    expect(stopped.NextRotationDate).toBeUndefined();
  });

  it('does not rotate with a function that cannot be invoked', async () => {
    await create('uninvocable');
    const RotationLambdaARN = 'arn:aws:lambda:us-west-2:111122223333:function:none';
    const rotate = new RotateSecretCommand({ SecretId: 'uninvocable', RotationLambdaARN });
    expect(await failureOf(secrets.send(rotate))).toMatchObject({
      name: 'AccessDeniedException',
      message:
        'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
      status: 400,
    });
    expect((await shown('uninvocable')).RotationEnabled).toBeUndefined();
  });

  it('does not rotate while a rotation is unfinished', async () => {
    await create('unfinished');
    const pending = { SecretId: 'unfinished', SecretString: 'next', VersionStages: ['AWSPENDING'] };
    await secrets.send(new PutSecretValueCommand(pending));
    const RotationLambdaARN = 'arn:aws:lambda:us-west-2:111122223333:function:rotate';
    const rotate = new RotateSecretCommand({ SecretId: 'unfinished', RotationLambdaARN });
    expect(await failureOf(secrets.send(rotate))).toMatchObject({
      name: 'InvalidRequestException',
      message: "A previous rotation isn't complete. That rotation will be reattempted.",
    });
  });

  it('shows an empty list of tags after the last tag was removed', async () => {
    await create('tagged');
    expect((await shown('tagged')).Tags).toBeUndefined();
    await secrets.send(new TagResourceCommand({ SecretId: 'tagged', Tags: [{ Key: 'a', Value: 'b' }] }));
    await secrets.send(new UntagResourceCommand({ SecretId: 'tagged', TagKeys: ['a'] }));
    expect((await shown('tagged')).Tags).toEqual([]);
  });

  it('needs a function to rotate', async () => {
    await create('not-rotating');
    expect(
      await failureOf(secrets.send(new RotateSecretCommand({ SecretId: 'not-rotating' }))),
    ).toMatchObject({
      name: 'InvalidRequestException',
      message: 'No Lambda rotation function ARN is associated with this secret.',
    });
  });

  it('has replicas that only the primary can change and that prevent its deletion', async () => {
    const { ARN = '' } = await create('copied');
    await secrets.send(
      new ReplicateSecretToRegionsCommand({
        SecretId: 'copied',
        AddReplicaRegions: [{ Region: 'eu-west-1' }],
      }),
    );
    expect(await shown('copied')).toMatchObject({
      PrimaryRegion: 'us-west-2',
      ReplicationStatus: [{ Region: 'eu-west-1', Status: 'InSync' }],
    });
    const replica = await elsewhere.send(new DescribeSecretCommand({ SecretId: 'copied' }));
    expect(replica).toMatchObject({ PrimaryRegion: 'us-west-2', ARN: ARN.replace('us-west-2', 'eu-west-1') });

    await secrets.send(new PutSecretValueCommand({ SecretId: 'copied', SecretString: 'second' }));
    const value = await elsewhere.send(new GetSecretValueCommand({ SecretId: 'copied' }));
    expect(value.SecretString).toBe('second');
    const Tags = [{ Key: 'team', Value: 'video' }];
    await secrets.send(new TagResourceCommand({ SecretId: 'copied', Tags }));
    expect((await elsewhere.send(new DescribeSecretCommand({ SecretId: 'copied' }))).Tags).toEqual(Tags);
    const write = elsewhere.send(new PutSecretValueCommand({ SecretId: 'copied', SecretString: 'third' }));
    expect(await failureOf(write)).toMatchObject({
      name: 'InvalidParameterException',
      message: "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
    });
    const removal = secrets.send(new DeleteSecretCommand({ SecretId: 'copied' }));
    expect((await failureOf(removal)).message).toBe(
      "You can't delete secret copied that still has replica regions [eu-west-1]",
    );
    const byArn = secrets.send(new DeleteSecretCommand({ SecretId: ARN }));
    expect((await failureOf(byArn)).message).toContain(`You can't delete secret ${ARN} that still has`);

    await secrets.send(
      new RemoveRegionsFromReplicationCommand({ SecretId: 'copied', RemoveReplicaRegions: ['eu-west-1'] }),
    );
    const absent = elsewhere.send(new DescribeSecretCommand({ SecretId: 'copied' }));
    expect(await failureOf(absent)).toMatchObject({ name: 'ResourceNotFoundException' });
    await secrets.send(new DeleteSecretCommand({ SecretId: 'copied' }));
  });

  it('reports a replica that could not be created', async () => {
    await create('clash');
    await elsewhere.send(new CreateSecretCommand({ Name: 'clash', SecretString: 'theirs' }));
    const { ReplicationStatus } = await secrets.send(
      new ReplicateSecretToRegionsCommand({
        SecretId: 'clash',
        AddReplicaRegions: [{ Region: 'eu-west-1' }],
      }),
    );
    expect(ReplicationStatus?.[0]).toMatchObject({ Region: 'eu-west-1', Status: 'Failed' });
  });

  it('can be promoted from a replica to a secret of its own', async () => {
    await create('promoted');
    await secrets.send(
      new ReplicateSecretToRegionsCommand({
        SecretId: 'promoted',
        AddReplicaRegions: [{ Region: 'eu-west-1' }],
      }),
    );
    await elsewhere.send(new StopReplicationToReplicaCommand({ SecretId: 'promoted' }));
    await elsewhere.send(new PutSecretValueCommand({ SecretId: 'promoted', SecretString: 'own' }));
    expect((await secrets.send(new GetSecretValueCommand({ SecretId: 'promoted' }))).SecretString).toBe(KEY);
    expect((await shown('promoted')).ReplicationStatus).toBeUndefined();
  });

  it('reports an operation that the sandbox does not implement', async () => {
    expect(await failureOf(secrets.send(new GetRandomPasswordCommand({})))).toMatchObject({
      name: 'NotImplemented',
      message: 'secretsmanager:GetRandomPassword is not implemented in the sandbox.',
    });
  });
});
