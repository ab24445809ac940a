import { CreatePolicyVersionCommand, DetachRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/index.ts';
import { clientsFor } from '../sandbox/clients.ts';
import { guidePolicy, policyArn, REGION, readAccount } from '../support/account.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { setUp } from '../support/setup.ts';
import { tearDown } from '../support/teardown.ts';
import { troubles, verifyIt } from '../support/verify.ts';

const POLICY = 'SecretsManagerForMediaConnect';
const ROLE = 'MediaConnect-ASM';
const sandbox = freshSandbox();
const goingSecret = { secretName: 'studio-a', region: [REGION] };
const otherArn = `arn:aws:secretsmanager:${REGION}:111122223333:secret:studio-b-AbCdEf`;

async function expectOtherKeyWorks(): Promise<void> {
  const { json } = await verifyIt(sandbox(), { secretName: 'studio-b', region: [REGION] });
  expect(troubles(json.checks)).toEqual([]);
}

/** Lets IAM show the policy as it was so many milliseconds ago, for the next reads of it. */
function showOldVersions(delayMs: number, times: number): void {
  for (const action of ['ListPolicyVersions', 'GetPolicyVersion'])
    sandbox().addFault({ action, kind: 'stale', delayMs, times });
}

describe('a policy that another key turns out to need', () => {
  test('is given back to the role when IAM showed its last entry only after it was taken off', async () => {
    // The first fault of this kind is when the sandbox begins to keep the past.
    showOldVersions(0, 1);
    await setUp(sandbox(), goingSecret);
    const between = performance.now();
    await setUp(sandbox(), { secretName: 'studio-b' });
    const { policies } = await readAccount(sandbox());
    showOldVersions(performance.now() - between + 100, 3);
    const { code, json, log } = await tearDown(sandbox(), goingSecret);
    expect(code, log).toBe(0);
    expect(log).toContain(`- delete  policy ${POLICY}`);
    expect(json.policies).toMatchObject([{ name: POLICY, action: 'updated' }]);
    expect(json.role).toMatchObject({ action: 'kept' });
    const { roles, policies: after } = await readAccount(sandbox());
    expect(roles.map(({ name, attached }) => [name, attached])).toEqual([[ROLE, [POLICY]]]);
    expect(JSON.stringify(after[0]?.document)).toContain('studio-b-');
    expect(JSON.stringify(after[0]?.document)).not.toContain('studio-a-');
    expect(policies).toHaveLength(1);
    await expectOtherKeyWorks();
  });

  /** Another run adds an entry when the request comes, which is carried out only after that. */
  const meanwhile = (action: string, fault: Partial<Fault> = {}) => {
    const PolicyDocument = JSON.stringify(guidePolicy(otherArn));
    const command = { PolicyArn: policyArn(POLICY), PolicyDocument, SetAsDefault: true };
    const add = () => void clientsFor(sandbox()).iam.send(new CreatePolicyVersionCommand(command));
    sandbox().addFault({ action, kind: 'delay-before', delayMs: 200, ...fault, onStrike: add });
  };

  test('is given back to the role when another run added to it between taking off and deleting', async () => {
    await setUp(sandbox(), goingSecret);
    meanwhile('DeletePolicy');
    const { code, log } = await tearDown(sandbox(), goingSecret);
    expect(code, log).toBe(0);
    const { roles, policies } = await readAccount(sandbox());
    expect(roles.map(({ attached }) => attached)).toEqual([[POLICY]]);
    expect(policies.map(({ document }) => document)).toEqual([guidePolicy(otherArn)]);
  });

  test('is given back also when the deletion fails, and the same command finishes', async () => {
    await setUp(sandbox(), goingSecret);
    sandbox().addFault({ action: 'DeletePolicy', kind: 'access-denied' });
    const { code, json } = await tearDown(sandbox(), goingSecret);
    expect(code).toBe(4);
    expect(json.error.awsAction).toBe('iam:DeletePolicy');
    expect((await readAccount(sandbox())).roles.map(({ attached }) => attached)).toEqual([[POLICY]]);
    expect((await tearDown(sandbox(), goingSecret)).code).toBe(0);
    expect(await readAccount(sandbox())).toMatchObject({ policies: [], roles: [] });
  });

  test('that cannot be given back is named, with the command that does it', async () => {
    await setUp(sandbox(), goingSecret);
    meanwhile('DeletePolicy');
    sandbox().addFault({ action: 'AttachRolePolicy', kind: 'access-denied' });
    const { code, json, log } = await tearDown(sandbox(), goingSecret);
    expect(code).toBe(4);
    expect(json.error.message).toContain(`The role ${ROLE} has lost the policy ${POLICY}`);
    expect(log).toContain(`aws iam attach-role-policy --role-name ${ROLE} --policy-arn ${policyArn(POLICY)}`);
  });

  test('is not given to a role from which somebody else has taken it', async () => {
    await setUp(sandbox(), goingSecret);
    const { iam } = clientsFor(sandbox());
    const detach = new DetachRolePolicyCommand({ RoleName: ROLE, PolicyArn: policyArn(POLICY) });
    sandbox().addFault({
      action: 'DetachRolePolicy',
      kind: 'delay-before',
      delayMs: 200,
      onStrike: () => void iam.send(detach),
    });
    meanwhile('DeletePolicy');
    const { code } = await tearDown(sandbox(), goingSecret);
    expect(code).toBe(0);
    const { roles, policies } = await readAccount(sandbox());
    expect(roles.flatMap(({ attached }) => attached)).toEqual([]);
    expect(policies).toHaveLength(1);
  });
});
