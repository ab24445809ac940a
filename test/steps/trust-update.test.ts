import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { type Limits, LIMITS as USUAL } from '../../src/defaults.ts';
import { ACCOUNT, clientsOf, guideTrust, makeRole, readAccount } from '../support/account.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { setUp } from '../support/setup.ts';
import { applySteps } from '../support/steps.ts';

const ROLE = 'MediaConnect-ASM';
const LIMITS: Limits = {
  ...USUAL,
  iamPropagationMs: 6_000,
  firstPauseMs: 50,
  longestPauseMs: 100,
  inDoubtMs: 600,
  jitterMs: 50,
};
const sandbox = freshSandbox();
const trusting = (...services: string[]) => ({
  Version: '2012-10-17',
  Statement: services.flatMap((service) => guideTrust(`${service}.amazonaws.com`).Statement),
});

/** Somebody else writes the trust policy. */
async function writeTrust(...services: string[]) {
  const PolicyDocument = JSON.stringify(trusting(...services));
  await clientsOf(sandbox()).iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: ROLE, PolicyDocument }));
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Answers one of the run's looks at the role, the first one being that of the plan, with how things were some time ago. */
const stale = (look: number, delayMs: number, times = 1) =>
  sandbox().addFault({ kind: 'stale', action: 'GetRole', skip: look - 1, times, delayMs });

const servicesTrusted = async () => {
  const [role] = (await readAccount(sandbox())).roles;
  return JSON.stringify(role?.trust).match(/\w+(?=\.amazonaws\.com)/g);
};
const updates = () => sandbox().requests.filter(({ action }) => action === 'UpdateAssumeRolePolicy').length;
const apply = (meanwhile?: () => Promise<unknown>) =>
  applySteps(sandbox(), LIMITS, meanwhile, { updateTrust: true });

describe('a statement that somebody else adds to the trust policy', () => {
  test('before the plan stays, though the look right before the change does not show it', async () => {
    await makeRole(sandbox(), { trust: trusting('ec2') });
    stale(2, 60_000);
    await writeTrust('ec2', 'lambda');
    const { code } = await setUp(sandbox(), { updateTrust: true });
    expect(code).toBe(0);
    expect(await servicesTrusted()).toEqual(['ec2', 'lambda', 'mediaconnect']);
  });

  test('after the plan stays, and the change is made once', async () => {
    await makeRole(sandbox(), { trust: trusting('ec2') });
    await apply(async () => {
      await writeTrust('ec2', 'lambda');
      sandbox().clearRequests();
    });
    expect(await servicesTrusted()).toEqual(['ec2', 'lambda', 'mediaconnect']);
    expect(updates()).toBe(1);
  });

  test('and that the change has dropped, because no look before it showed it, is put back', async () => {
    await makeRole(sandbox(), { trust: trusting('ec2') });
    // The look before the change shows the beginning, the one after it the time right before the change.
    stale(2, 60_000);
    stale(3, 300);
    await apply(async () => {
      await writeTrust('ec2', 'lambda');
      await pause(400);
    });
    expect(await servicesTrusted()).toEqual(['ec2', 'mediaconnect', 'lambda']);
  });

  test('over the change of this run stays, and the change is made again', async () => {
    await makeRole(sandbox(), { trust: trusting('ec2') });
    let theirs: Promise<void> | undefined;
    // The look after the change; what it sees is decided a little later.
    sandbox().addFault({
      kind: 'delay-before',
      action: 'GetRole',
      skip: 2,
      delayMs: 200,
      onStrike: () => {
        theirs = writeTrust('ec2', 'lambda');
      },
    });
    await apply();
    await theirs;
    expect(await servicesTrusted()).toEqual(['ec2', 'lambda', 'mediaconnect']);
  });
});

describe('a statement that somebody else takes out of the trust policy', () => {
  test('after the plan is not put back', async () => {
    await makeRole(sandbox(), { trust: trusting('ec2', 'lambda') });
    await apply(() => writeTrust('ec2'));
    expect(await servicesTrusted()).toEqual(['ec2', 'mediaconnect']);
  });

  test('is not put back when a look after the change still shows it', async () => {
    await makeRole(sandbox(), { trust: trusting('ec2', 'lambda') });
    // Begins to keep the past.
    stale(1, 0);
    sandbox().addFault({
      kind: 'delay',
      action: 'UpdateAssumeRolePolicy',
      skip: 1,
      delayMs: 1,
      onStrike: () => sandbox().addFault({ kind: 'stale', action: 'GetRole', delayMs: 60_000, times: 2 }),
    });
    await apply(() => writeTrust('ec2'));
    expect(updates()).toBe(2);
    expect(await servicesTrusted()).toEqual(['ec2', 'mediaconnect']);
  });
});

test('a trust policy that comes to hold the statement meanwhile is not written', async () => {
  await makeRole(sandbox(), { trust: trusting('ec2') });
  await apply(async () => {
    const ours = {
      ...guideTrust().Statement[0],
      Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
    };
    const PolicyDocument = JSON.stringify({
      ...trusting('ec2'),
      Statement: [...trusting('ec2').Statement, ours],
    });
    await clientsOf(sandbox()).iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: ROLE, PolicyDocument }),
    );
    sandbox().clearRequests();
  });
  expect(updates()).toBe(0);
});
