import { CreatePolicyVersionCommand, DeletePolicyVersionCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { clientsFor } from '../sandbox/clients.ts';
import { guidePolicy, policyArn, REGION, readAccount, writesTo } from '../support/account.ts';
import { setUp } from '../support/runs/setup.ts';
import { tearDown } from '../support/runs/teardown.ts';
import { freshSandbox } from '../support/sandbox.ts';

const POLICY = 'SecretsManagerForMediaConnect';
const sandbox = freshSandbox();
const takeDown = (secretName: string) => tearDown(sandbox(), { secretName, region: [REGION] });
const iam = () => clientsFor(sandbox()).iam;
const someSecret = (name: string) => `arn:aws:secretsmanager:${REGION}:111122223333:secret:${name}-AbCdEf`;

async function writePolicy(document: unknown): Promise<void> {
  const command = {
    PolicyArn: policyArn(POLICY),
    PolicyDocument: JSON.stringify(document),
    SetAsDefault: true,
  };
  await iam().send(new CreatePolicyVersionCommand(command));
}

/** The names of the secrets that the policy allows, in alphabetical order. */
async function allowed(): Promise<string[]> {
  const { policies } = await readAccount(sandbox());
  const entries = JSON.stringify(policies[0]?.document).match(/secret:[^"]*|"\*"/g) ?? [];
  return entries.map((entry) => entry.replace(/^secret:|-.{6}$/g, '')).sort();
}

/** Runs `work` when CreatePolicyVersion arrives, which is carried out afterwards. */
function meanwhile(work: () => Promise<unknown>, delayMs = 800): void {
  const onStrike = () => void work();
  sandbox().addFault({ action: 'CreatePolicyVersion', kind: 'delay-before', delayMs, onStrike });
}

describe('concurrent writes to one policy', () => {
  test('setup does not restore an entry that someone adds and removes during the run', async () => {
    await setUp(sandbox(), { secretName: 'c' });
    const [before] = (await readAccount(sandbox())).policies;
    meanwhile(async () => {
      await writePolicy(guidePolicy('*'));
      await writePolicy(before?.document);
    });
    expect((await setUp(sandbox(), { secretName: 'd' })).code).toBe(0);
    expect(await allowed()).toEqual(['c', 'd']);
  });

  test('setup does not restore what a teardown removes, and later teardowns leave nothing behind', async () => {
    for (const secretName of ['a', 'c']) await setUp(sandbox(), { secretName });
    let other: ReturnType<typeof takeDown> | undefined;
    meanwhile(async () => {
      other = takeDown('a');
    }, 3_000);
    expect((await setUp(sandbox(), { secretName: 'd' })).code).toBe(0);
    expect((await other)?.code).toBe(0);
    expect(await allowed()).toEqual(['c', 'd']);
    for (const secretName of ['c', 'd']) expect((await takeDown(secretName)).code).toBe(0);
    expect(await readAccount(sandbox())).toMatchObject({ policies: [], roles: [] });
  });

  test('teardown keeps what others add during the run, and creates at most two versions', async () => {
    for (const secretName of ['a', 'b', 'c']) await setUp(sandbox(), { secretName });
    const [policy] = (await readAccount(sandbox())).policies;
    const [old = '', removed = '', kept = ''] =
      JSON.stringify(policy?.document).match(/arn:aws:sec[^"]*/g) ?? [];
    meanwhile(async () => {
      for (let at = 0; at < 5; at += 1) {
        const added = Array.from({ length: at + 1 }, (_, nth) => someSecret(`x${nth}`));
        // Makes room as this program does: three versions exist, and IAM keeps five.
        if (at >= 2) {
          const version = { PolicyArn: policyArn(POLICY), VersionId: `v${at - 1}` };
          await iam().send(new DeletePolicyVersionCommand(version));
        }
        await writePolicy(guidePolicy(old, removed, kept, ...added));
      }
    }, 1_500);
    sandbox().clearRequests();
    const { code, log } = await takeDown('b');
    expect(code, log).toBe(0);
    expect(await allowed()).toEqual(['a', 'c', 'x0', 'x1', 'x2', 'x3', 'x4']);
    const own = writesTo(sandbox()).filter((name) => name === 'iam:CreatePolicyVersion');
    expect(own.length - 5).toBeLessThanOrEqual(2);
  });

  test.each([1, 2, 3])(
    'two teardowns and a setup at the same time succeed with at most nine versions (%i)',
    async () => {
      for (const secretName of ['a', 'b', 'c']) await setUp(sandbox(), { secretName });
      sandbox().setLatency(() => Math.random() ** 3 * 100);
      sandbox().clearRequests();
      const runs = [takeDown('a'), takeDown('b'), setUp(sandbox(), { secretName: 'd' })];
      const results = await Promise.all(runs);
      const logs = results.map(({ log }) => log).join('\n\n');
      expect(
        results.map(({ code }) => code),
        logs,
      ).toEqual([0, 0, 0]);
      expect(await allowed()).toEqual(['c', 'd']);
      const versions = writesTo(sandbox()).filter((name) => name === 'iam:CreatePolicyVersion');
      expect(versions.length).toBeLessThanOrEqual(9);
    },
  );
});
