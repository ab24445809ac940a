import { PutResourcePolicyCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import {
  ACCOUNT,
  clientsOf,
  guidePolicy,
  makePolicy,
  makeRole,
  makeSecret,
  roleArn,
} from '../support/account.ts';
import { conflictOf, setUp } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const elsewhere = guidePolicy(`arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:other-??????`);
const told = async (wishes: Parameters<typeof conflictOf>[1]) => {
  const { message, details, hint } = await conflictOf(sandbox(), wishes);
  return [message, ...(details ?? []), hint ?? ''].join('\n');
};

/** Sets a resource policy that denies reading to a principal. */
async function deny(principal: string): Promise<void> {
  const Statement = [
    {
      Effect: 'Deny',
      Principal: principal === '*' ? '*' : { AWS: principal },
      Action: 'secretsmanager:ListSecretVersionIds',
      Resource: '*',
      // The caller of this test is a user, not a role.
      Condition: { ArnLike: { 'aws:PrincipalArn': roleArn('*') } },
    },
  ];
  const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement });
  await clientsOf(sandbox()).secrets.send(
    new PutResourcePolicyCommand({ SecretId: 'studio-a', ResourcePolicy }),
  );
}

describe('setup, when the role cannot read the secret', () => {
  test('suggests another --permissions-boundary or none, which both work', async () => {
    const permissionsBoundary = await makePolicy(sandbox(), 'Stricter', elsewhere);
    const said = await told({ permissionsBoundary });
    expect(said).toContain('Set --permissions-boundary to a policy that allows secretsmanager:');
    expect(said).toContain('or omit it');
    expect(said).not.toContain('--role-name');
    // Another role, an earlier suggestion, does not help.
    await told({ permissionsBoundary, roleName: 'MediaConnect-Other' });
    const wider = await makePolicy(sandbox(), 'Wider', guidePolicy('*'));
    expect((await setUp(sandbox(), { permissionsBoundary: wider })).code).toBe(0);
    expect((await setUp(sandbox(), { secretName: 'studio-b', roleName: 'MediaConnect-B' })).code).toBe(0);
  });

  test('suggests another role for the boundary of an existing role, which works', async () => {
    const boundary = await makePolicy(sandbox(), 'Stricter', elsewhere);
    await makeRole(sandbox(), { boundary });
    expect(await told({})).toContain('--role-name');
    expect((await setUp(sandbox(), { roleName: 'MediaConnect-Other' })).code).toBe(0);
  });

  test('suggests another role for a resource policy that denies one role, which works', async () => {
    await makeSecret(sandbox());
    await makeRole(sandbox());
    await deny(roleArn('MediaConnect-ASM'));
    expect(await told({})).toContain('--role-name');
    expect((await setUp(sandbox(), { roleName: 'MediaConnect-Other' })).code).toBe(0);
  });

  test('suggests no other role for a resource policy that denies every role; another secret works', async () => {
    await makeSecret(sandbox());
    await deny('*');
    const said = await told({});
    expect(said).toContain("Change the secret's resource policy");
    expect(said).not.toContain('--role-name');
    expect((await setUp(sandbox(), { secretName: 'studio-b' })).code).toBe(0);
  });
});
