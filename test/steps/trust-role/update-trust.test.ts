import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { type Limits, LIMITS as USUAL } from '../../../src/defaults.ts';
import { Interrupted } from '../../../src/failure.ts';
import { ACCOUNT, clientsOf, guideTrust, makeRole, readAccount } from '../../support/account.ts';
import { setUp } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';
import { applySteps } from '../../support/steps.ts';

const ROLE = 'MediaConnect-ASM';
const LIMITS: Limits = {
  ...USUAL,
  iamPropagationMs: 6_000,
  firstPauseMs: 50,
  longestPauseMs: 100,
  unconfirmedMs: 600,
  jitterMs: 50,
};
const HASTY: Limits = { ...LIMITS, iamPropagationMs: 1_500 };
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

/** From the next look at the role on, answers with how things were so long ago. */
const lag = (delayMs: number) =>
  sandbox().addFault({ kind: 'stale', action: 'GetRole', times: Number.POSITIVE_INFINITY, delayMs });

describe('IAM that shows a trust policy late', () => {
  test('gets its time, so that a statement of the plan stays and nothing is written twice', async () => {
    await makeRole(sandbox(), { trust: trusting('ec2') });
    stale(1, 0);
    await writeTrust('ec2', 'lambda');
    await apply(async () => lag(1_500));
    sandbox().clearFaults();
    expect(await servicesTrusted()).toEqual(['ec2', 'lambda', 'mediaconnect']);
    expect(updates()).toBe(2);
  });

  test('beyond the limit ends the run with a failure, after one write', async () => {
    await makeRole(sandbox(), { trust: trusting('ec2') });
    stale(1, 0);
    const running = applySteps(sandbox(), HASTY, async () => lag(60_000), { updateTrust: true });
    await expect(running).rejects.toMatchObject({
      message: 'IAM accepted the new trust policy of MediaConnect-ASM, but has not shown it for 1.5 s.',
      code: 'iam-propagation',
      exitCode: 1,
      step: 'trust-role',
    });
    expect(updates()).toBe(1);
  });
});

test('a statement of the plan that somebody takes out stops the run, and nothing is written', async () => {
  await makeRole(sandbox(), { trust: trusting('ec2', 'lambda') });
  const running = applySteps(sandbox(), HASTY, () => writeTrust('ec2'), { updateTrust: true });
  await expect(running).rejects.toMatchObject({
    message: expect.stringContaining('has changed since the plan'),
    code: 'conflict',
    exitCode: 3,
    details: [expect.stringContaining('lambda.amazonaws.com')],
    hint: 'Run the same command again: it continues where it stopped.',
  });
  expect(await servicesTrusted()).toEqual(['ec2']);
});

describe('a run that ends after its change has dropped the statement of somebody else', () => {
  /** Looks 2 and 3 are answered as in the test above; the one after them shows what the change has dropped. */
  const applyOver = async (interrupting?: AbortController) => {
    await makeRole(sandbox(), { trust: trusting('ec2') });
    stale(2, 60_000);
    stale(3, 300);
    const meanwhile = async () => {
      await writeTrust('ec2', 'lambda');
      await pause(400);
    };
    return applySteps(sandbox(), HASTY, meanwhile, { updateTrust: true }, interrupting);
  };

  test('because the user interrupts puts it back', async () => {
    const interrupting = new AbortController();
    const onStrike = () => interrupting.abort();
    sandbox().addFault({ kind: 'delay', action: 'GetRole', skip: 3, delayMs: 100, onStrike });
    await expect(applyOver(interrupting)).rejects.toBeInstanceOf(Interrupted);
    expect(await servicesTrusted()).toEqual(['ec2', 'mediaconnect', 'lambda']);
  });

  test('because reading fails puts it back', async () => {
    sandbox().addFault({ kind: 'access-denied', action: 'GetRole', skip: 3 });
    await expect(applyOver()).rejects.toMatchObject({ code: 'access-denied', awsAction: 'iam:GetRole' });
    expect(await servicesTrusted()).toEqual(['ec2', 'mediaconnect', 'lambda']);
  });

  test.each([
    ['the user interrupts', true],
    ['writing fails', false],
  ])('because %s names it if it cannot be put back', async (_reason, isInterrupted) => {
    const interrupting = new AbortController();
    const onStrike = () => isInterrupted && interrupting.abort();
    sandbox().addFault({ kind: 'delay', action: 'GetRole', skip: 3, delayMs: 100, onStrike });
    sandbox().addFault({ kind: 'access-denied', action: 'UpdateAssumeRolePolicy', skip: 2, times: 9 });
    await expect(applyOver(interrupting)).rejects.toMatchObject({
      message: expect.stringContaining('MediaConnect-ASM'),
      code: 'statements-lost',
      exitCode: 1,
      details: [expect.stringContaining('lambda.amazonaws.com'), expect.any(String)],
    });
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
