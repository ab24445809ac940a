import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  GetPolicyCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  ListRolesCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateSecretCommand, DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from 'vitest';
import { freshSandbox } from '../../support/sandbox.ts';
import { clientsFor, failureOf, KEY, readPolicy, TRUST } from '../clients.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** IAM answers from replicas, each of which lags behind by its own time. */
describe('stale IAM', () => {
  const sandbox = freshSandbox();
  let clients: ReturnType<typeof clientsFor>;
  beforeEach(() => {
    clients = clientsFor(sandbox());
  });

  const createRole = (RoleName: string) =>
    clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
  const roleExists = async (RoleName: string) =>
    clients.iam.send(new GetRoleCommand({ RoleName })).then(
      () => true,
      (error: Error) => {
        expect(error.name).toBe('NoSuchEntityException');
        return false;
      },
    );
  const createPolicy = async (PolicyName: string) => {
    const PolicyDocument = readPolicy('*');
    const made = await clients.iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
    return made.Policy?.Arn ?? '';
  };
  const attach = (RoleName: string, PolicyArn: string) =>
    clients.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  const attachedTo = async (RoleName: string) =>
    (await clients.iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies?.length;
  const stale = (action: string, delayMs: number) => sandbox().addFault({ action, kind: 'stale', delayMs });

  it('shows the past in one read, and the present in the next', async () => {
    stale('GetRole', 60_000);
    await createRole('New');
    expect(await roleExists('New')).toBe(false);
    expect(await roleExists('New')).toBe(true);
  });

  it('shows an older state after a newer one', async () => {
    sandbox().addFault({ action: 'GetRole', kind: 'stale', delayMs: 60_000, skip: 1 });
    await createRole('New');
    expect(await roleExists('New')).toBe(true);
    expect(await roleExists('New')).toBe(false);
  });

  it('lists what existed then, including what has been deleted since', async () => {
    await createRole('Old');
    stale('ListRoles', 60_000);
    await createRole('New');
    await clients.iam.send(new DeleteRoleCommand({ RoleName: 'Old' }));
    const names = async () =>
      (await clients.iam.send(new ListRolesCommand({}))).Roles?.map((role) => role.RoleName);
    expect(await names()).toEqual(['Old']);
    expect(await names()).toEqual(['New']);
  });

  it('shows each moment between then and now', async () => {
    sandbox().addFault({ action: 'DeleteRole', kind: 'stale' });
    const arn = await createPolicy('Growing');
    const version = () =>
      clients.iam.send(
        new CreatePolicyVersionCommand({
          PolicyArn: arn,
          PolicyDocument: readPolicy('*'),
          SetAsDefault: true,
        }),
      );
    const defaultVersion = async () =>
      (await clients.iam.send(new GetPolicyCommand({ PolicyArn: arn }))).Policy?.DefaultVersionId;
    await version();
    await pause(600);
    await version();
    stale('GetPolicy', 300);
    expect(await defaultVersion()).toBe('v2');
    expect(await defaultVersion()).toBe('v3');
  });

  it('delays one write and not another', async () => {
    stale('CreateRole', 400);
    await createRole('Slow');
    await createRole('Quick');
    expect(await roleExists('Slow')).toBe(false);
    expect(await roleExists('Quick')).toBe(true);
    const arn = await createPolicy('P');
    expect((await failureOf(attach('Slow', arn))).name).toBe('NoSuchEntityException');
    expect((await failureOf(createRole('Slow'))).name).toBe('EntityAlreadyExistsException');
    await pause(410);
    expect(await roleExists('Slow')).toBe(true);
    await attach('Slow', arn);
  });

  it('shows a delayed attachment late', async () => {
    await createRole('R');
    const arn = await createPolicy('P');
    stale('AttachRolePolicy', 150);
    await pause(160);
    await attach('R', arn);
    expect(await attachedTo('R')).toBe(0);
    await pause(160);
    expect(await attachedTo('R')).toBe(1);
  });

  it('does not find a new role or policy that a write refers to', async () => {
    stale('AttachRolePolicy', 60_000);
    await createRole('R');
    const arn = await createPolicy('P');
    expect((await failureOf(attach('R', arn))).message).toBe('The role with name R cannot be found.');
    await attach('R', arn);
    expect(await attachedTo('R')).toBe(1);
  });

  it('rejects a new role as a principal until it has propagated', async () => {
    stale('CreateRole', 300);
    const Arn = (await createRole('Principal')).Role?.Arn;
    const statement = { Effect: 'Allow', Principal: { AWS: Arn }, Action: 'sts:AssumeRole' };
    const trust = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await createRole('Trusting');
    const update = () =>
      clients.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'Trusting', PolicyDocument: trust }));
    expect(await failureOf(update())).toMatchObject({
      name: 'MalformedPolicyDocumentException',
      message: `Invalid principal in policy: "AWS":"${Arn}"`,
    });
    await pause(310);
    await update();
  });

  it('does not affect other services', async () => {
    let struck = 0;
    const onStrike = () => {
      struck += 1;
    };
    sandbox().addFault({ kind: 'stale', delayMs: 60_000, times: 3, onStrike });
    await clients.secrets.send(new CreateSecretCommand({ Name: 's', SecretString: KEY }));
    await clients.secrets.send(new DescribeSecretCommand({ SecretId: 's' }));
    await clients.sts.send(new GetCallerIdentityCommand({}));
    expect(struck).toBe(3);
  });
});
