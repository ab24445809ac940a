import { CreatePolicyVersionCommand, DetachRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/sandbox/index.ts';
import { clientsFor } from '../../sandbox/clients.ts';
import { guidePolicy, policyArn, REGION, readAccount } from '../../support/account.ts';
import { setUp } from '../../support/runs/setup.ts';
import { tearDown } from '../../support/runs/teardown.ts';
import { troubles, verifyIt } from '../../support/runs/verify.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const POLICY = 'SecretsManagerForMediaConnect';
const ROLE = 'MediaConnect-ASM';
const sandbox = freshSandbox();
const goingSecret = { secretName: 'studio-a', region: [REGION] };
const otherArn = `arn:aws:secretsmanager:${REGION}:111122223333:secret:studio-b-AbCdEf`;

/** The policy and the role serve the other key, and that alone. */
async function expectOnlyTheOther(): Promise<void> {
  const { roles, policies } = await readAccount(sandbox());
  expect(roles.map(({ name, attached }) => [name, attached])).toEqual([[ROLE, [POLICY]]]);
  expect(JSON.stringify(policies[0]?.document)).toContain('studio-b-');
  expect(JSON.stringify(policies[0]?.document)).not.toContain('studio-a-');
  const { json } = await verifyIt(sandbox(), { secretName: 'studio-b', region: [REGION] });
  expect(troubles(json.checks)).toEqual([]);
}

/** Lets IAM show the policies as they were at a moment, for so many reads of each kind. */
function showAsOf(moment: number, times: number, actions = ['ListPolicyVersions', 'GetPolicyVersion']): void {
  for (const action of actions) {
    const fault: Fault = { action, kind: 'stale', times };
    // How old that view is shows only when the request comes.
    const onStrike = () => Object.assign(fault, { delayMs: performance.now() - moment });
    sandbox().addFault(Object.assign(fault, { onStrike }));
  }
}

/** Sets up both keys; returns a moment after the first one and before the second. */
async function setUpBoth(): Promise<number> {
  // The first fault of this kind is when the sandbox begins to keep the past.
  showAsOf(performance.now(), 0);
  await setUp(sandbox(), goingSecret);
  const between = performance.now();
  await setUp(sandbox(), { secretName: 'studio-b' });
  return between;
}

describe('a policy that another key turns out to need', () => {
  test('is given back to the role when IAM showed its last entry only after it was taken off', async () => {
    showAsOf(await setUpBoth(), 2);
    const { code, json, log } = await tearDown(sandbox(), goingSecret);
    expect(code, log).toBe(0);
    expect(log).toContain(`- delete  policy ${POLICY}`);
    expect(json.policies).toMatchObject([{ name: POLICY, action: 'updated' }]);
    expect(json.role).toMatchObject({ action: 'kept' });
    await expectOnlyTheOther();
  });

  test('is given back also when IAM showed the old state for a while after it was taken off', async () => {
    showAsOf(await setUpBoth(), 4, ['ListPolicyVersions', 'GetPolicyVersion', 'ListEntitiesForPolicy']);
    const { code, log } = await tearDown(sandbox(), goingSecret);
    expect(code, log).toBe(0);
    await expectOnlyTheOther();
  });

  test('is narrowed when IAM did not show it at all while the plan was made', async () => {
    const before = performance.now() - 1_000;
    await setUpBoth();
    // Of the policy, and of the one that would continue it.
    showAsOf(before, 2, ['ListPolicyVersions']);
    const { code, log } = await tearDown(sandbox(), goingSecret);
    expect(code, log).toBe(0);
    expect(log).not.toContain(`policy ${POLICY}:`);
    await expectOnlyTheOther();
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

test('a role that IAM does not show yet is not taken for somebody else’s', async () => {
  const before = performance.now() - 1_000;
  showAsOf(before, 0);
  await setUp(sandbox(), goingSecret);
  showAsOf(before, 2, ['GetRole']);
  const { code, log } = await tearDown(sandbox(), goingSecret);
  expect(code, log).toBe(0);
  expect(await readAccount(sandbox())).toMatchObject({ policies: [], roles: [] });
});
