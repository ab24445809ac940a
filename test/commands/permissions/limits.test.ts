import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  TagRoleCommand,
} from '@aws-sdk/client-iam';
import { DeleteSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf } from '../../sandbox/clients.ts';
import {
  FAR_REGION,
  guidePolicy,
  guideTrust,
  makePolicy,
  makeRole,
  makeSecret,
  policyArn,
  REGION,
} from '../../support/account.ts';
import { printedPolicy } from '../../support/runs/permissions.ts';

const BOUNDARY = policyArn('Boundary');
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
const TRUST = JSON.stringify(guideTrust());
let sandbox: Sandbox;
let clients: ReturnType<typeof clientsFor>;
let farClients: typeof clients;

/** An account with a boundary and some secrets, and clients with the printed policy for `setup` in one Region. */
beforeAll(async () => {
  sandbox = await startSandbox();
  await makePolicy(sandbox, 'Boundary', guidePolicy('*'));
  await makeRole(sandbox, { name: 'MediaConnect-ASM', boundary: BOUNDARY });
  for (const Name of ['studio-a', 'studio-a-west']) await makeSecret(sandbox, { Name });
  await makeSecret(sandbox, { region: FAR_REGION });
  const options = { secretName: 'studio-a', region: [REGION], permissionsBoundary: BOUNDARY };
  const credentials = sandbox.credentialsFor(await printedPolicy(sandbox, 'setup', options));
  clients = clientsFor(sandbox, { credentials });
  farClients = clientsFor(sandbox, { credentials, region: FAR_REGION });
});
afterAll(() => sandbox.close());

describe('the policy that permissions setup prints', () => {
  const role = {
    RoleName: 'MediaConnect-ASM',
    AssumeRolePolicyDocument: TRUST,
    PermissionsBoundary: BOUNDARY,
  };
  const tag = (Key: string) => ({ RoleName: 'MediaConnect-ASM', Tags: [{ Key, Value: 'x' }] });
  const policy = { PolicyName: 'Other', PolicyDocument: JSON.stringify(guidePolicy('*')) };

  test.each<[string, () => Promise<unknown>]>([
    [
      'attach AdministratorAccess to the role',
      () =>
        clients.iam.send(
          new AttachRolePolicyCommand({ RoleName: 'MediaConnect-ASM', PolicyArn: ADMINISTRATOR }),
        ),
    ],
    [
      'create the role without the permissions boundary',
      () => clients.iam.send(new CreateRoleCommand({ ...role, PermissionsBoundary: undefined })),
    ],
    [
      'create the role with another permissions boundary',
      () => clients.iam.send(new CreateRoleCommand({ ...role, PermissionsBoundary: ADMINISTRATOR })),
    ],
    [
      'create a role of another name',
      () => clients.iam.send(new CreateRoleCommand({ ...role, RoleName: 'Administrator' })),
    ],
    ['add another tag to the role', () => clients.iam.send(new TagRoleCommand(tag('project')))],
    ['create a policy of another name', () => clients.iam.send(new CreatePolicyCommand(policy))],
    [
      'read a secret whose name only starts the same',
      () => clients.secrets.send(new GetSecretValueCommand({ SecretId: 'studio-a-west' })),
    ],
    [
      'read the secret in another Region',
      () => farClients.secrets.send(new GetSecretValueCommand({ SecretId: 'studio-a' })),
    ],
    ['delete the secret', () => clients.secrets.send(new DeleteSecretCommand({ SecretId: 'studio-a' }))],
  ])('does not allow anyone to %s', async (_what, attempt) => {
    expect((await failureOf(attempt())).name).toMatch(/^AccessDenied/);
  });

  test('allows adding the tag of the program to the role', async () => {
    await clients.iam.send(new TagRoleCommand(tag('mc-static-key')));
  });
});
