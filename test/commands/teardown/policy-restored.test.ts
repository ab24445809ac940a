import { CreatePolicyVersionCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { clientsFor } from '../../sandbox/clients.ts';
import { guidePolicy, policyArn, REGION, readAccount } from '../../support/account.ts';
import { commandsIn, runPrinted } from '../../support/printed.ts';
import type { InProcessOptions } from '../../support/runs/command.ts';
import { setUpAll } from '../../support/runs/manifest.ts';
import { setUp } from '../../support/runs/setup.ts';
import { tearDown, tearDownAll } from '../../support/runs/teardown.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const POLICY = 'SecretsManagerForMediaConnect';
const ROLE = 'MediaConnect-ASM';
const sandbox = freshSandbox();
const goingSecret = { secretName: 'studio-a', region: [REGION] };

/** Two keys whose roles have the same policy. */
const twoRoles = {
  keys: ['a', 'b'].map((name) => ({
    secretName: `studio-${name}`,
    policyName: 'cams',
    roleName: `MediaConnect-${name}`,
  })),
};

const tearDownBoth = (options: InProcessOptions = {}) => tearDownAll(sandbox(), twoRoles, options);

/** Returns how many requests attached a policy. */
function requestsToAttach(): number {
  return sandbox().requests.filter(({ action }) => action === 'AttachRolePolicy').length;
}

async function attachments(): Promise<[string, (string | undefined)[]][]> {
  const { roles } = await readAccount(sandbox());
  return roles.map(({ name, attached }) => [name, attached]);
}

describe('a role whose policy was not detached', () => {
  test('does not get the policy again, and is not reported, if AWS denies detaching', async () => {
    await setUp(sandbox(), goingSecret);
    sandbox().addFault({ action: 'DetachRolePolicy', kind: 'access-denied' });
    sandbox().addFault({ action: 'AttachRolePolicy', kind: 'access-denied' });
    sandbox().clearRequests();
    const { code, json, log } = await tearDown(sandbox(), goingSecret);
    expect(code).toBe(4);
    expect(json.error.awsAction).toBe('iam:DetachRolePolicy');
    expect(log).not.toContain('lost policy');
    expect(requestsToAttach()).toBe(0);
    expect(await attachments()).toEqual([[ROLE, [POLICY]]]);
  });

  test('does not get the policy again if the run is interrupted before detaching', async () => {
    await setUpAll(sandbox(), twoRoles);
    const controller = new AbortController();
    sandbox().addFault({
      action: 'DetachRolePolicy',
      kind: 'delay',
      delayMs: 200,
      onStrike: () => controller.abort(),
    });
    sandbox().clearRequests();
    const { code } = await tearDownBoth({ interrupt: controller.signal });
    expect(code).toBe(130);
    expect(requestsToAttach()).toBe(1);
    expect(await attachments()).toEqual([
      ['MediaConnect-a', ['cams']],
      ['MediaConnect-b', ['cams']],
    ]);
  });
});

/** Returns the lines that report which role has lost which policy, and how to attach it again. */
function lossLines(role: string, policy: string): string[] {
  return [
    `Role ${role} lost policy ${policy}`,
    `aws iam attach-role-policy --role-name ${role} --policy-arn ${policyArn(policy)}`,
  ];
}

describe('a policy that several roles have lost', () => {
  test('is attached to the second role again even if that fails for the first', async () => {
    await setUpAll(sandbox(), twoRoles);
    sandbox().addFault({ action: 'DeletePolicy', kind: 'access-denied' });
    sandbox().addFault({ action: 'AttachRolePolicy', kind: 'access-denied' });
    const { code, log } = await tearDownBoth();
    expect(code).toBe(1);
    for (const line of lossLines('MediaConnect-a', 'cams')) expect(log).toContain(line);
    expect(log).not.toContain('The role MediaConnect-b has lost');
    expect(await attachments()).toEqual([
      ['MediaConnect-a', []],
      ['MediaConnect-b', ['cams']],
    ]);
  });

  test('is reported for each role, with the command that attaches it again', async () => {
    await setUpAll(sandbox(), twoRoles);
    sandbox().addFault({ action: 'DeletePolicy', kind: 'access-denied' });
    sandbox().addFault({ action: 'AttachRolePolicy', kind: 'access-denied', times: Infinity });
    const { code, log } = await tearDownBoth();
    expect(code).toBe(1);
    for (const role of ['MediaConnect-a', 'MediaConnect-b'])
      for (const line of lossLines(role, 'cams')) expect(log).toContain(line);
    const before = await attachments();
    expect(before.flatMap(([, policies]) => policies)).toEqual([]);
    sandbox().clearFaults();
    // The other command prints the permissions that were lacking.
    const attaching = commandsIn(log).filter((command) => command.includes('attach-role-policy'));
    for (const command of attaching) await runPrinted(sandbox(), command);
    expect(await attachments()).toEqual(before.map(([role]) => [role, ['cams']]));
  });
});

describe('an interrupted run that cannot attach a policy again', () => {
  test('reports it with the command, and ends as interrupted', async () => {
    await setUp(sandbox(), goingSecret);
    const controller = new AbortController();
    const onStrike = () => controller.abort();
    sandbox().addFault({ action: 'DetachRolePolicy', kind: 'delay', delayMs: 200, onStrike });
    sandbox().addFault({ action: 'AttachRolePolicy', kind: 'access-denied' });
    const { code, json, log } = await tearDown(sandbox(), goingSecret, { interrupt: controller.signal });
    expect(code).toBe(130);
    expect(json.error.code).toBe('interrupted');
    expect(json.error).toMatchObject({
      details: expect.arrayContaining([expect.stringContaining(`Role ${ROLE} lost`)]),
    });
    for (const line of lossLines(ROLE, POLICY)) expect(log).toContain(line);
  });

  test('reports it even if the interruption comes while the policy is being attached', async () => {
    await setUp(sandbox(), goingSecret);
    const controller = new AbortController();
    const PolicyDocument = JSON.stringify(
      guidePolicy(`arn:aws:secretsmanager:${REGION}:111122223333:secret:studio-b-AbCdEf`),
    );
    const command = new CreatePolicyVersionCommand({
      PolicyArn: policyArn(POLICY),
      PolicyDocument,
      SetAsDefault: true,
    });
    const add = () => void clientsFor(sandbox()).iam.send(command);
    sandbox().addFault({ action: 'DeletePolicy', kind: 'delay-before', delayMs: 200, onStrike: add });
    const onStrike = () => controller.abort();
    sandbox().addFault({ action: 'AttachRolePolicy', kind: 'access-denied', onStrike });
    const { code, log } = await tearDown(sandbox(), goingSecret, { interrupt: controller.signal });
    expect(code).toBe(130);
    for (const line of lossLines(ROLE, POLICY)) expect(log).toContain(line);
  });
});
