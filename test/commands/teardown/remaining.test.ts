import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/sandbox/index.ts';
import { clientsFor } from '../../sandbox/clients.ts';
import { REGION, readAccount, writesTo } from '../../support/account.ts';
import { setUp } from '../../support/runs/setup.ts';
import { tearDown } from '../../support/runs/teardown.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const ROLE = 'MediaConnect-ASM';
const sandbox = freshSandbox();
const goingSecret = { secretName: 'studio-a', region: [REGION] };

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'mediaconnect.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});
const inline = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }],
});

describe('a resource that teardown finds only after its plan', () => {
  test('is not deleted again if another run has created it again', async () => {
    await setUp(sandbox(), goingSecret);
    const { iam } = clientsFor(sandbox());
    const create = new CreateRoleCommand({
      RoleName: ROLE,
      AssumeRolePolicyDocument: trust,
      Tags: [{ Key: 'mc-static-key', Value: 'trust-role' }],
    });
    // The other run attaches the policy some time after it has created the role.
    const give = new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: 'p', PolicyDocument: inline });
    const onStrike = () => {
      setTimeout(() => void iam.send(create), 100);
      setTimeout(() => void iam.send(give), 6_000);
    };
    sandbox().addFault({ action: 'DeleteRole', kind: 'delay', delayMs: 300, onStrike });
    sandbox().clearRequests();
    const { code, log } = await tearDown(sandbox(), goingSecret);
    expect(code, log).toBe(0);
    expect(writesTo(sandbox()).filter((write) => write.includes('DeleteRole'))).toHaveLength(1);
    expect((await readAccount(sandbox())).roles.map(({ name }) => name)).toEqual([ROLE]);
  });

  test('ends the run at once with the reason if AWS denies changing it', async () => {
    // The first fault of this kind makes the sandbox keep earlier states.
    sandbox().addFault({ action: 'ListPolicyVersions', kind: 'stale', times: 0 });
    const before = performance.now() - 1_000;
    await setUp(sandbox(), goingSecret);
    await setUp(sandbox(), { secretName: 'studio-b' });
    // Neither the policy nor the next one of its chain shows during the plan.
    const fault: Fault = { action: 'ListPolicyVersions', kind: 'stale', times: 2 };
    const onStrike = () => Object.assign(fault, { delayMs: performance.now() - before });
    sandbox().addFault(Object.assign(fault, { onStrike }));
    sandbox().addFault({ action: 'CreatePolicyVersion', kind: 'access-denied', times: Infinity });
    const begun = performance.now();
    const { code, json } = await tearDown(sandbox(), goingSecret);
    expect(code).toBe(4);
    expect(json.error).toMatchObject({ code: 'access-denied', awsAction: 'iam:CreatePolicyVersion' });
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});
