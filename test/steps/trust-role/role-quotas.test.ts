import { describe, expect, test } from 'vitest';
import {
  ACCOUNT,
  guidePolicy,
  guideTrust,
  makePolicy,
  makeRole,
  makeSecret,
  readAccount,
} from '../../support/account.ts';
import { conflictOf, setUp, setUpInVain } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const forever = Number.POSITIVE_INFINITY;
/** Names so long that a policy holds few of them. */
const longName = (index: number) => `${String(index).padStart(3, '0')}-${'x'.repeat(480)}`;
const flow = (index: number) =>
  `arn:aws:mediaconnect:us-west-2:${ACCOUNT}:flow:1-${String(index).padStart(16, '0')}-0123456789ab:studio`;
const sourceArn = Array.from({ length: 25 }, (_, index) => flow(index));

/** Creates a role with policies of another owner. */
async function roleWith(sandbox: ReturnType<ReturnType<typeof freshSandbox>>, count: number) {
  const attached: string[] = [];
  for (let index = 0; index < count; index += 1)
    attached.push(
      await makePolicy(sandbox, `Other${index}`, guidePolicy('arn:aws:secretsmanager:*:*:secret:other-*')),
    );
  await makeRole(sandbox, { attached });
}

/** Makes secrets with long names, and returns their ARNs. */
async function secretsOf(sandbox: ReturnType<ReturnType<typeof freshSandbox>>, count: number) {
  const arns: string[] = [];
  for (let index = 0; index < count; index += 1)
    arns.push(await makeSecret(sandbox, { Name: longName(index) }));
  return arns;
}

const askedFor = (sandbox: ReturnType<ReturnType<typeof freshSandbox>>) =>
  sandbox.requests.filter(({ action }) => action === 'GetAccountSummary').length;

describe('a raised quota of policies per role', () => {
  const sandbox = freshSandbox({ iamQuotas: { attachedPoliciesPerRole: 12 } });

  test('allows policies beyond the default quota, after one request', async () => {
    await roleWith(sandbox(), 8);
    const secretArn = await secretsOf(sandbox(), 25);
    const { code } = await setUp(sandbox(), { secretArn });
    expect(code).toBe(0);
    expect((await readAccount(sandbox())).roles[0]?.attached).toHaveLength(11);
    expect(askedFor(sandbox())).toBe(1);
  });

  test('is read for a role that does not exist yet', async () => {
    const secretArn = await secretsOf(sandbox(), 115);
    const { code, json } = await setUp(sandbox(), { secretArn });
    expect(code).toBe(0);
    expect(json.policies.length).toBeGreaterThan(10);
    expect(askedFor(sandbox())).toBe(1);
  });

  test('is not read if the default quota is enough', async () => {
    await roleWith(sandbox(), 8);
    expect((await setUp(sandbox())).code).toBe(0);
    expect(askedFor(sandbox())).toBe(0);
  });

  test.each(['access-denied', 'internal-error'] as const)(
    'counts as the default if it cannot be read (%s), and the conflict says so',
    async (kind) => {
      await roleWith(sandbox(), 8);
      const secretArn = await secretsOf(sandbox(), 25);
      sandbox().addFault({ action: 'GetAccountSummary', kind, times: forever });
      const { message } = await conflictOf(sandbox(), { secretArn });
      expect(message).toContain('has 8 managed policies and needs 3 more');
      expect(message).toContain('10 by default');
      expect(message).toContain('iam:GetAccountSummary');
    },
  );
});

describe('a lowered quota of policies per role', () => {
  const sandbox = freshSandbox({ iamQuotas: { attachedPoliciesPerRole: 9 } });

  test('applies once it was read', async () => {
    await roleWith(sandbox(), 8);
    const secretArn = await secretsOf(sandbox(), 11);
    const { message } = await conflictOf(sandbox(), { secretArn });
    expect(message).toContain('its quota is 9');
  });
});

describe('a trust policy over 2,048 characters', () => {
  describe('in an account with the default quota', () => {
    const sandbox = freshSandbox();

    test('is a conflict in a dry run and in a run, before any change', async () => {
      for (const dryRun of [true, false]) {
        const { message, step } = await conflictOf(sandbox(), { sourceArn, dryRun });
        expect(step).toBe('trust-role');
        expect(message).toMatch(
          /The trust policy of role MediaConnect-ASM would have \d+ characters; IAM allows 2048/,
        );
        expect(message).toContain('--source-arn');
      }
    });

    test('is a conflict too when a statement is added to an existing role', async () => {
      await makeRole(sandbox(), { trust: guideTrust('ec2.amazonaws.com') });
      const { message } = await conflictOf(sandbox(), { sourceArn, updateTrust: true });
      expect(message).toMatch(/would have \d+ characters; IAM allows 2048/);
    });

    test('is a conflict that says if the quota could not be read', async () => {
      sandbox().addFault({ action: 'GetAccountSummary', kind: 'access-denied', times: forever });
      const { message } = await conflictOf(sandbox(), { sourceArn });
      expect(message).toContain('2048 by default');
    });
  });

  describe('in an account with a raised quota', () => {
    const sandbox = freshSandbox({ iamQuotas: { trustPolicySize: 4096 } });

    test('is created, and kept by the next run', async () => {
      expect((await setUp(sandbox(), { sourceArn })).code).toBe(0);
      expect(askedFor(sandbox())).toBe(1);
      expect((await setUpInVain(sandbox(), { sourceArn })).code).toBe(0);
    });

    test('is written to an existing role', async () => {
      await makeRole(sandbox(), { trust: guideTrust('ec2.amazonaws.com') });
      expect((await setUp(sandbox(), { sourceArn, updateTrust: true })).code).toBe(0);
    });
  });
});
