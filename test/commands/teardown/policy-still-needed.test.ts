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

/** Expects that the policy and the role are for the other key only. */
async function expectOnlyTheOther(): Promise<void> {
  const { roles, policies } = await readAccount(sandbox());
  expect(roles.map(({ name, attached }) => [name, attached])).toEqual([[ROLE, [POLICY]]]);
  expect(JSON.stringify(policies[0]?.document)).toContain('studio-b-');
  expect(JSON.stringify(policies[0]?.document)).not.toContain('studio-a-');
  const { json } = await verifyIt(sandbox(), { secretName: 'studio-b', region: [REGION] });
  expect(troubles(json.checks)).toEqual([]);
}

/** Makes IAM return the policies as of a moment, for that many requests of each action. */
function showAsOf(moment: number, times: number, actions = ['ListPolicyVersions', 'GetPolicyVersion']): void {
  for (const action of actions) {
    const fault: Fault = { action, kind: 'stale', times };
    // The age of that state is known only when the request arrives.
    const onStrike = () => Object.assign(fault, { delayMs: performance.now() - moment });
    sandbox().addFault(Object.assign(fault, { onStrike }));
  }
}

/** Sets up both keys. Returns a moment after the first one and before the second. */
async function setUpBoth(): Promise<number> {
  // The first fault of this kind makes the sandbox keep earlier states.
  showAsOf(performance.now(), 0);
  await setUp(sandbox(), goingSecret);
  const between = performance.now();
  await setUp(sandbox(), { secretName: 'studio-b' });
  return between;
}

describe('a policy that another key still needs', () => {
  test('is attached to the role again if IAM shows its last entry only after it was detached', async () => {
    showAsOf(await setUpBoth(), 2);
    const { code, json, log } = await tearDown(sandbox(), goingSecret);
    expect(code, log).toBe(0);
    expect(log).toMatch(/- delete +policy +SecretsManagerForMediaConnect\b/);
    expect(json.policies).toMatchObject([{ name: POLICY, action: 'updated' }]);
    expect(json.role).toMatchObject({ action: 'kept' });
    await expectOnlyTheOther();
  });

  test('is attached again even if IAM shows the old state for a while after it was detached', async () => {
    showAsOf(await setUpBoth(), 4, ['ListPolicyVersions', 'GetPolicyVersion', 'ListEntitiesForPolicy']);
    const { code, log } = await tearDown(sandbox(), goingSecret);
    expect(code, log).toBe(0);
    await expectOnlyTheOther();
  });

  test('loses only its entry if IAM does not show it at all during the plan', async () => {
    const before = performance.now() - 1_000;
    await setUpBoth();
    // For the policy and for the next one of its chain.
    showAsOf(before, 2, ['ListPolicyVersions']);
    const { code, log } = await tearDown(sandbox(), goingSecret);
    expect(code, log).toBe(0);
    expect(log).not.toMatch(/ policy +SecretsManagerForMediaConnect\b/);
    await expectOnlyTheOther();
  });

  /** Has another run add an entry when the request arrives, before the request takes effect. */
  const meanwhile = (action: string, fault: Partial<Fault> = {}) => {
    const PolicyDocument = JSON.stringify(guidePolicy(otherArn));
    const command = { PolicyArn: policyArn(POLICY), PolicyDocument, SetAsDefault: true };
    const add = () => void clientsFor(sandbox()).iam.send(new CreatePolicyVersionCommand(command));
    sandbox().addFault({ action, kind: 'delay-before', delayMs: 200, ...fault, onStrike: add });
  };

  test('is attached to the role again if another run adds to it between detaching and deleting', async () => {
    await setUp(sandbox(), goingSecret);
    meanwhile('DeletePolicy');
    const { code, log } = await tearDown(sandbox(), goingSecret);
    expect(code, log).toBe(0);
    const { roles, policies } = await readAccount(sandbox());
    expect(roles.map(({ attached }) => attached)).toEqual([[POLICY]]);
    expect(policies.map(({ document }) => document)).toEqual([guidePolicy(otherArn)]);
  });

  test('is attached again if deleting fails, and the same command completes the teardown', async () => {
    await setUp(sandbox(), goingSecret);
    sandbox().addFault({ action: 'DeletePolicy', kind: 'access-denied' });
    const { code, json } = await tearDown(sandbox(), goingSecret);
    expect(code).toBe(4);
    expect(json.error.awsAction).toBe('iam:DeletePolicy');
    expect((await readAccount(sandbox())).roles.map(({ attached }) => attached)).toEqual([[POLICY]]);
    expect((await tearDown(sandbox(), goingSecret)).code).toBe(0);
    expect(await readAccount(sandbox())).toMatchObject({ policies: [], roles: [] });
  });

  test('is named with the command that attaches it if it cannot be attached again', async () => {
    await setUp(sandbox(), goingSecret);
    meanwhile('DeletePolicy');
    sandbox().addFault({ action: 'AttachRolePolicy', kind: 'access-denied' });
    const { code, json, log } = await tearDown(sandbox(), goingSecret);
    expect(code).toBe(4);
    expect(json.error.message).toContain(`Role ${ROLE} lost policy ${POLICY}`);
    expect(log).toContain(`aws iam attach-role-policy --role-name ${ROLE} --policy-arn ${policyArn(POLICY)}`);
  });

  test('is not attached to a role from which another process has detached it', async () => {
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

test('removes its own role even if IAM does not show it yet', async () => {
  const before = performance.now() - 1_000;
  showAsOf(before, 0);
  await setUp(sandbox(), goingSecret);
  showAsOf(before, 2, ['GetRole']);
  const { code, log } = await tearDown(sandbox(), goingSecret);
  expect(code, log).toBe(0);
  expect(await readAccount(sandbox())).toMatchObject({ policies: [], roles: [] });
});
