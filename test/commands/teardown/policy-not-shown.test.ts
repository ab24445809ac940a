import { CreatePolicyVersionCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/sandbox/index.ts';
import { clientsFor } from '../../sandbox/clients.ts';
import { guidePolicy, policyArn, REGION, readAccount } from '../../support/account.ts';
import { setUp } from '../../support/runs/setup.ts';
import { tearDown } from '../../support/runs/teardown.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const POLICY = 'SecretsManagerForMediaConnect';
const ROLE = 'MediaConnect-ASM';
const sandbox = freshSandbox();
const goingSecret = { secretName: 'studio-a', region: [REGION] };
const other = guidePolicy(`arn:aws:secretsmanager:${REGION}:111122223333:secret:studio-b-AbCdEf`);

/** Has another run add a version while the policy is being deleted. IAM lists that version but does not return it. */
function addUnshownVersion(onAdded: () => void = () => undefined): void {
  const before = performance.now();
  const command = new CreatePolicyVersionCommand({
    PolicyArn: policyArn(POLICY),
    PolicyDocument: JSON.stringify(other),
    SetAsDefault: true,
  });
  const add = () => {
    void clientsFor(sandbox()).iam.send(command);
    const fault: Fault = { action: 'GetPolicyVersion', kind: 'stale', times: Infinity };
    const onStrike = () => {
      Object.assign(fault, { delayMs: performance.now() - before });
      onAdded();
    };
    sandbox().addFault(Object.assign(fault, { onStrike }));
  };
  sandbox().addFault({ action: 'DeletePolicy', kind: 'delay-before', delayMs: 200, onStrike: add });
}

/** Expects that the policy has the entry of the other run, and that the role has the policy. */
async function expectRestored(): Promise<void> {
  sandbox().clearFaults();
  const { roles, policies } = await readAccount(sandbox());
  expect(roles.map(({ name, attached }) => [name, attached])).toEqual([[ROLE, [POLICY]]]);
  expect(policies.map(({ document }) => document)).toEqual([other]);
}

describe('a policy whose default version IAM lists but does not return', () => {
  test('is attached again, and reported with the version that IAM does not return', async () => {
    // The first fault of this kind makes the sandbox keep earlier states.
    sandbox().addFault({ action: 'GetPolicyVersion', kind: 'stale', times: 0 });
    await setUp(sandbox(), goingSecret);
    addUnshownVersion();
    const { code, json, log } = await tearDown(sandbox(), goingSecret);
    expect(code, log).toBe(1);
    expect(json.error).toMatchObject({ code: 'iam-propagation', awsAction: 'iam:GetPolicyVersion' });
    expect(log).toContain(`IAM doesn't show the current version of the policy ${POLICY} yet.`);
    expect(log).not.toContain('(deleted)');
    await expectRestored();
  });

  test('is attached again at once if the user interrupts the wait for it', async () => {
    sandbox().addFault({ action: 'GetPolicyVersion', kind: 'stale', times: 0 });
    await setUp(sandbox(), goingSecret);
    const controller = new AbortController();
    addUnshownVersion(() => setTimeout(() => controller.abort(), 500));
    const begun = performance.now();
    const { code } = await tearDown(sandbox(), goingSecret, { interrupt: controller.signal });
    expect(code).toBe(130);
    expect(performance.now() - begun).toBeLessThan(8_000);
    await expectRestored();
  });
});
