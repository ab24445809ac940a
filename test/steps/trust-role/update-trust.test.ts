import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { Interrupted } from '../../../src/failure.ts';
import { type Limits, LIMITS as USUAL } from '../../../src/limits.ts';
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

/** Writes the trust policy, as another writer. */
async function writeTrust(...services: string[]) {
  const PolicyDocument = JSON.stringify(trusting(...services));
  await clientsOf(sandbox()).iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: ROLE, PolicyDocument }));
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Answers one of the run's reads of the role with an older state. The first read is that of the plan. */
const stale = (look: number, delayMs: number, times = 1) =>
  sandbox().addFault({ kind: 'stale', action: 'GetRole', skip: look - 1, times, delayMs });

const servicesTrusted = async () => {
  const [role] = (await readAccount(sandbox())).roles;
  return JSON.stringify(role?.trust).match(/\w+(?=\.amazonaws\.com)/g);
};
const updates = () => sandbox().requests.filter(({ action }) => action === 'UpdateAssumeRolePolicy').length;
const apply = (meanwhile?: () => Promise<unknown>) =>
  applySteps(sandbox(), LIMITS, meanwhile, { updateTrust: true });

describe('a statement that another writer adds to the trust policy', () => {
  test('is kept if it was added before the plan, although the read before the change does not show it', async () => {
    await makeRole(sandbox(), { trust: trusting('ec2') });
    stale(2, 60_000);
    await writeTrust('ec2', 'lambda');
    const { code } = await setUp(sandbox(), { updateTrust: true });
    expect(code).toBe(0);
    expect(await servicesTrusted()).toEqual(['ec2', 'lambda', 'mediaconnect']);
  });

  test('is kept if it was added after the plan, and the change is made once', async () => {
    await makeRole(sandbox(), { trust: trusting('ec2') });
    await apply(async () => {
      await writeTrust('ec2', 'lambda');
      sandbox().clearRequests();
    });
    expect(await servicesTrusted()).toEqual(['ec2', 'lambda', 'mediaconnect']);
    expect(updates()).toBe(1);
  });

  test('is restored if the change has dropped it, because no read before showed it', async () => {
    await makeRole(sandbox(), { trust: trusting('ec2') });
    // The read before the change shows the first state; the read after it shows the state right before the change.
    stale(2, 60_000);
    stale(3, 300);
    await apply(async () => {
      await writeTrust('ec2', 'lambda');
      await pause(400);
    });
    expect(await servicesTrusted()).toEqual(['ec2', 'mediaconnect', 'lambda']);
  });

  test('is kept if it overwrites the change of this run, which is made again', async () => {
    await makeRole(sandbox(), { trust: trusting('ec2') });
    let theirs: Promise<void> | undefined;
    // The read after the change, which is carried out a little later.
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

/** Answers all further reads of the role with a state of this age. */
const lag = (delayMs: number) =>
  sandbox().addFault({ kind: 'stale', action: 'GetRole', times: Number.POSITIVE_INFINITY, delayMs });

describe('setup --update-trust, when IAM shows the trust policy late', () => {
  test('waits, keeps a statement of the plan, and writes nothing twice', async () => {
    await makeRole(sandbox(), { trust: trusting('ec2') });
    stale(1, 0);
    await writeTrust('ec2', 'lambda');
    await apply(async () => lag(1_500));
    sandbox().clearFaults();
    expect(await servicesTrusted()).toEqual(['ec2', 'lambda', 'mediaconnect']);
    expect(updates()).toBe(2);
  });

  test('fails beyond the limit, after one write', async () => {
    await makeRole(sandbox(), { trust: trusting('ec2') });
    stale(1, 0);
    const running = applySteps(sandbox(), HASTY, async () => lag(60_000), { updateTrust: true });
    await expect(running).rejects.toMatchObject({
      message:
        "IAM accepted the new trust policy of role MediaConnect-ASM, but still doesn't show it after 1.5 s.",
      code: 'iam-propagation',
      exitCode: 1,
      step: 'trust-role',
    });
    expect(updates()).toBe(1);
  });
});

test('setup --update-trust stops without a write if someone removes a statement of the plan', async () => {
  await makeRole(sandbox(), { trust: trusting('ec2', 'lambda') });
  const running = applySteps(sandbox(), HASTY, () => writeTrust('ec2'), { updateTrust: true });
  await expect(running).rejects.toMatchObject({
    message: expect.stringContaining('has changed since the plan'),
    code: 'conflict',
    exitCode: 3,
    details: [expect.stringContaining('lambda.amazonaws.com')],
    hint: 'Run the same command again; it continues where it stopped.',
  });
  expect(await servicesTrusted()).toEqual(['ec2']);
});

describe('a run that ends after its change has dropped a statement of another writer', () => {
  /** Reads 2 and 3 are stale as in the test above; the next read shows what the change has dropped. */
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

  test('restores the statement if the user interrupts', async () => {
    const interrupting = new AbortController();
    const onStrike = () => interrupting.abort();
    sandbox().addFault({ kind: 'delay', action: 'GetRole', skip: 3, delayMs: 100, onStrike });
    await expect(applyOver(interrupting)).rejects.toBeInstanceOf(Interrupted);
    expect(await servicesTrusted()).toEqual(['ec2', 'mediaconnect', 'lambda']);
  });

  test('restores the statement if reading fails', async () => {
    sandbox().addFault({ kind: 'access-denied', action: 'GetRole', skip: 3 });
    await expect(applyOver()).rejects.toMatchObject({ code: 'access-denied', awsAction: 'iam:GetRole' });
    expect(await servicesTrusted()).toEqual(['ec2', 'mediaconnect', 'lambda']);
  });

  test.each([
    ['the user interrupts', true],
    ['writing fails', false],
  ])('names the statement if %s and it cannot be restored', async (_reason, isInterrupted) => {
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

test('setup --update-trust does not write if someone adds the statement meanwhile', async () => {
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
