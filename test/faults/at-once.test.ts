import { describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import {
  FAR_REGION,
  guidePolicy,
  KEYS,
  makePolicy,
  makeRole,
  policyArn,
  REGION,
  readAccount,
  roleArn,
} from '../support/account.ts';
import { exhaustive, runs } from '../support/exhaustive.ts';
import { type RunResult, run } from '../support/run.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { type SetupDocument, setUp } from '../support/setup.ts';

const POLICY = 'SecretsManagerForMediaConnect';
const ROLE = 'MediaConnect-ASM';
const EIGHT = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((letter) => `studio-${letter}`);
const someSecret = (name: string) => `arn:aws:secretsmanager:us-west-2:111122223333:secret:${name}-AbCdEf`;
/** Most answers come soon and some late, so that runs overtake each other between reading and writing. */
const uneven = (longestMs: number) => () => Math.random() ** 4 * longestMs;
const sandbox = freshSandbox({ latencyMs: uneven(2_000) });

/** The built program; all eight of them have two cores to share. */
async function setup(...flags: string[]): Promise<RunResult & { json: SetupDocument }> {
  const args = ['setup', '--yes', '--json', ...flags];
  const key = flags.includes('--generate') ? [] : ['--key-env', 'STUDIO_KEY'];
  const env = { ...sandbox().env, STUDIO_KEY: KEYS.aes256, OTHER_KEY: KEYS.other };
  const result = await run([...args, ...(flags.includes('--key-env') ? [] : key)], {
    env,
    timeoutMs: 90_000,
  });
  return { ...result, json: JSON.parse(result.stdout) };
}

async function attached(account: Sandbox): Promise<string[]> {
  const { roles } = await readAccount(account);
  expect(roles.map(({ name }) => name)).toEqual([ROLE]);
  return roles.flatMap((role) => role.attached.map(String));
}

/** What the policy allows to be read in the end, when eight runs have added a secret each. */
async function expectAll(
  account: Sandbox,
  results: { code: number | null; json: SetupDocument }[],
  old: string[],
) {
  expect(results.map(({ code }) => code)).toEqual(EIGHT.map(() => 0));
  const arns = results.map(({ json }) => json.secrets[0]?.arn ?? '');
  const { policies } = await readAccount(account);
  const allowed = JSON.stringify(policies.map(({ document }) => document)).match(/arn:aws:secretsm[^"]*/g);
  expect(allowed?.sort()).toEqual([...old, ...arns].sort());
  expect(await attached(account)).toEqual([POLICY]);
}

const STARTS: [string, string[]][] = [
  ['there is nothing yet', []],
  ['there is a policy to extend', ['old']],
  ['the policy has five versions', ['one', 'two', 'three', 'four', 'old']],
];

/** Makes a policy whose versions allow one secret each, and answers what the last one allows. */
async function begin(account: Sandbox, names: string[]): Promise<string[]> {
  const [first, ...later] = names.map((name) => guidePolicy(someSecret(name)));
  if (!first) return [];
  await makePolicy(account, POLICY, first, ...later);
  await makeRole(account, { attached: [policyArn(POLICY)] });
  return names.slice(-1).map(someSecret);
}

describe('eight runs at once that add a secret each to one policy and one role', () => {
  test.each(exhaustive ? STARTS : STARTS.slice(-1))(
    'leave all eight allowed, and what was before, when %s',
    async (_when, names) => {
      const old = await begin(sandbox(), names);
      const results = await Promise.all(
        EIGHT.map((name) => setup('--secret-name', name, '--region', REGION)),
      );
      await expectAll(sandbox(), results, old);
    },
    120_000,
  );

  test('do so at every pace of the network', async () => {
    for (let time = 0; time < runs(1, 45); time += 1) {
      const account = await startSandbox({ latencyMs: uneven(500) });
      const old = await begin(account, STARTS[(time + 1) % STARTS.length]?.[1] ?? []);
      const results = await Promise.all(EIGHT.map((secretName) => setUp(account, { secretName })));
      await expectAll(account, results, old);
      await account.close();
    }
  }, 600_000);
});

describe('eight runs at once with the same names', () => {
  const both = ['--secret-name', 'studio-a', '--region', REGION, '--region', FAR_REGION];

  test('and the same key have one result, and all succeed', async () => {
    const results = await Promise.all(EIGHT.map(() => setup(...both)));
    expect(results.map(({ code }) => code)).toEqual(EIGHT.map(() => 0));
    const { secrets, policies, roles } = await readAccount(sandbox());
    expect(secrets.map(({ region, versions }) => [region, versions])).toEqual([
      [REGION, 1],
      [FAR_REGION, 1],
    ]);
    expect(policies.map(({ name, versions }) => [name, Object.keys(versions)])).toEqual([[POLICY, ['v1']]]);
    expect(roles.map(({ attached: policiesOfRole }) => policiesOfRole)).toEqual([[POLICY]]);
    const said = results.map(({ json }) => json.role?.arn);
    expect(new Set(said)).toEqual(new Set([roleArn(ROLE)]));
    // What one of them made, the others found.
    expect(results.filter(({ json }) => json.policies[0]?.action === 'created')).toHaveLength(1);
  }, 300_000);

  test('and a key that each would generate end with one key in both Regions', async () => {
    const results = await Promise.all(EIGHT.map(() => setup(...both, '--generate', 'aes256')));
    expect(results.map(({ code, stderr }) => `${code}${code ? stderr : ''}`)).toEqual(EIGHT.map(() => '0'));
    const { secrets } = await readAccount(sandbox());
    expect(new Set(secrets.map(({ values }) => values.AWSCURRENT)).size).toBe(1);
    expect(secrets.map(({ versions }) => versions)).toEqual([1, 1]);
  }, 300_000);

  test('but two different keys: one key is in both Regions, and the run with the other gets a conflict', async () => {
    // Both have read before either writes, and whoever comes first to one Region comes late to the other.
    sandbox().setLatency(500);
    sandbox().addFault({ action: 'CreateSecret', region: REGION, kind: 'delay-before', delayMs: 1_500 });
    const results = await Promise.all([setup(...both), setup(...both, '--key-env', 'OTHER_KEY')]);
    expect(results.map(({ code }) => code).sort()).toEqual([0, 3]);
    const winner = results.findIndex(({ code }) => code === 0);
    const { secrets } = await readAccount(sandbox());
    const key = [KEYS.aes256, KEYS.other][winner];
    expect(secrets.map(({ values, versions }) => [values.AWSCURRENT, versions])).toEqual([
      [key, 1],
      [key, 1],
    ]);
    const loser = results[1 - winner]?.json;
    expect(loser?.error).toMatchObject({ code: 'conflict', step: 'store-secret' });
    expect(loser?.completed).toEqual({ secrets: [], policies: [] });
  }, 300_000);
});
