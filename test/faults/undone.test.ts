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

/** Lets others do something when a policy version is about to be made, which is made only after that. */
function meanwhile(work: () => Promise<unknown>, delayMs = 800): void {
  const onStrike = () => void work();
  sandbox().addFault({ action: 'CreatePolicyVersion', kind: 'delay-before', delayMs, onStrike });
}

describe('what others change while a run writes to the same policy is as they left it', () => {
  test('what somebody put in and took out again stays out', async () => {
    await setUp(sandbox(), { secretName: 'c' });
    const [before] = (await readAccount(sandbox())).policies;
    meanwhile(async () => {
      await writePolicy(guidePolicy('*'));
      await writePolicy(before?.document);
    });
    expect((await setUp(sandbox(), { secretName: 'd' })).code).toBe(0);
    expect(await allowed()).toEqual(['c', 'd']);
  });

  test('what a teardown took out stays out, and nothing is left in the end', async () => {
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

  test('what others put in while a teardown writes stays, and the teardown writes once more', async () => {
    for (const secretName of ['a', 'b', 'c']) await setUp(sandbox(), { secretName });
    const [policy] = (await readAccount(sandbox())).policies;
    const [old = '', removed = '', kept = ''] =
      JSON.stringify(policy?.document).match(/arn:aws:sec[^"]*/g) ?? [];
    meanwhile(async () => {
      for (let at = 0; at < 5; at += 1) {
        const added = Array.from({ length: at + 1 }, (_, nth) => someSecret(`x${nth}`));
        // As a run of this program makes room: three versions are there, and five is the most.
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

  test.each([1, 2, 3])('two teardowns and a setup at once end well, and are bounded (%i)', async () => {
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
  });
});
