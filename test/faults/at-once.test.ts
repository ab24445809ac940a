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
import { closing } from '../support/closing.ts';
import { exhaustive, runs } from '../support/exhaustive.ts';
import { run } from '../support/runs/run.ts';
import { type SetupDocument, setUp, type Wishes } from '../support/runs/setup.ts';

const POLICY = 'SecretsManagerForMediaConnect';
const ROLE = 'MediaConnect-ASM';
const EIGHT = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((letter) => `studio-${letter}`);
const ALL_WELL = EIGHT.map(() => 0);
const someSecret = (name: string) => `arn:aws:secretsmanager:us-west-2:111122223333:secret:${name}-AbCdEf`;

/** An account with random latency, mostly short and sometimes long, so that runs overtake each other. */
async function unevenAccount(longestMs: number): Promise<Sandbox> {
  const account = await startSandbox({ latencyMs: () => Math.random() ** 4 * longestMs });
  closing(() => account.close());
  return account;
}

/** Runs the built program in the exhaustive run, and the same code in this process otherwise. */
const setup = exhaustive ? setUpBuilt : setUp;

async function setUpBuilt(account: Sandbox, wishes: Wishes) {
  const { secretName = 'studio-a', region = [REGION], key = KEYS.aes256, generate } = wishes;
  const flags = [...['--secret-name', secretName], ...region.flatMap((each) => ['--region', each])];
  const source = generate ? ['--generate', generate] : ['--key-env', 'STUDIO_KEY'];
  const env = { ...account.env, STUDIO_KEY: key };
  const args = ['setup', '--yes', '--json', ...flags, ...source];
  const { code, stdout } = await run(args, { env, timeoutMs: 120_000 });
  return { code, json: JSON.parse(stdout) as SetupDocument };
}

const STARTS: [string, string[]][] = [
  ['the policy has five versions', ['one', 'two', 'three', 'four', 'old']],
  ['the policy exists', ['old']],
  ['the account is empty', []],
];

/** Makes a policy whose versions allow one secret each, and returns what the last one allows. */
async function begin(account: Sandbox, names: string[]): Promise<string[]> {
  const [first, ...later] = names.map((name) => guidePolicy(someSecret(name)));
  if (!first) return [];
  await makePolicy(account, POLICY, first, ...later);
  await makeRole(account, { attached: [policyArn(POLICY)] });
  return names.slice(-1).map(someSecret);
}

/** Expects that all runs succeed, and that the policy allows the secrets of all of them and what it allowed before. */
async function expectAll(
  account: Sandbox,
  results: { code: number | null; json: SetupDocument }[],
  old: string[],
): Promise<void> {
  expect(results.map(({ code }) => code)).toEqual(ALL_WELL);
  const arns = results.map(({ json }) => json.secrets[0]?.arn ?? '');
  const { policies, roles } = await readAccount(account);
  const allowed = JSON.stringify(policies.map(({ document }) => document)).match(/arn:aws:secretsm[^"]*/g);
  expect(allowed?.sort()).toEqual([...old, ...arns].sort());
  expect(roles.map(({ name, attached }) => [name, attached])).toEqual([[ROLE, [POLICY]]]);
}

describe.concurrent('eight concurrent setups that add a secret each to one policy and one role', () => {
  test.for(exhaustive ? STARTS : STARTS.slice(0, 1))(
    'leave all eight secrets and the earlier ones allowed when %s',
    { timeout: 300_000 },
    async ([, names]) => {
      const account = await unevenAccount(exhaustive ? 1_000 : 300);
      const old = await begin(account, names);
      const one = (secretName: string) => setup(account, { secretName });
      await expectAll(account, await Promise.all(EIGHT.map(one)), old);
    },
  );

  test('leave all secrets allowed at any network latency', { timeout: 1_200_000 }, async () => {
    for (let time = 0; time < runs(1, 45); time += 1) {
      const account = await unevenAccount(exhaustive ? 500 : 300);
      const old = await begin(account, STARTS[(time + 1) % STARTS.length]?.[1] ?? []);
      const one = (secretName: string) => setUp(account, { secretName });
      await expectAll(account, await Promise.all(EIGHT.map(one)), old);
    }
  });
});

describe.concurrent('concurrent setups with the same names', { timeout: 300_000 }, () => {
  const both = { region: [REGION, FAR_REGION] };

  test('create each resource once, and all succeed, with the same key', async () => {
    const account = await unevenAccount(500);
    const results = await Promise.all(EIGHT.map(() => setup(account, both)));
    expect(results.map(({ code }) => code)).toEqual(ALL_WELL);
    const { secrets, policies, roles } = await readAccount(account);
    expect(secrets.map(({ region, versions }) => [region, versions])).toEqual([
      [REGION, 1],
      [FAR_REGION, 1],
    ]);
    expect(policies.map(({ name, versions }) => [name, Object.keys(versions)])).toEqual([[POLICY, ['v1']]]);
    expect(roles.map(({ attached }) => attached)).toEqual([[POLICY]]);
    expect(results.map(({ json }) => json.role?.arn)).toEqual(EIGHT.map(() => roleArn(ROLE)));
    // One run created it, and the others found it.
    expect(results.filter(({ json }) => json.policies[0]?.action === 'created')).toHaveLength(1);
    expect(results.filter(({ json }) => json.role?.action === 'created')).toHaveLength(1);
  });

  test('store one key in both Regions when each run would generate one', async () => {
    const account = await unevenAccount(500);
    const results = await Promise.all(EIGHT.map(() => setup(account, { ...both, generate: 'aes256' })));
    expect(results.map(({ code }) => code)).toEqual(ALL_WELL);
    const { secrets } = await readAccount(account);
    expect(new Set(secrets.map(({ values }) => values.AWSCURRENT)).size).toBe(1);
    expect(secrets.map(({ versions }) => versions)).toEqual([1, 1]);
  });

  test('store one of two different keys in both Regions; the other run ends with a conflict', async () => {
    const account = await unevenAccount(0);
    // Both runs read before either writes, and the one that is first in one Region is late in the other.
    account.setLatency(500);
    account.addFault({ action: 'CreateSecret', region: REGION, kind: 'delay-before', delayMs: 1_500 });
    const results = await Promise.all([setup(account, both), setup(account, { ...both, key: KEYS.other })]);
    expect(results.map(({ code }) => code).sort()).toEqual([0, 3]);
    const winner = results.findIndex(({ code }) => code === 0);
    const { secrets } = await readAccount(account);
    const key = [KEYS.aes256, KEYS.other][winner];
    expect(secrets.map(({ values, versions }) => [values.AWSCURRENT, versions])).toEqual([
      [key, 1],
      [key, 1],
    ]);
    const loser = results[1 - winner]?.json;
    expect(loser?.error).toMatchObject({ code: 'conflict', step: 'store-secret' });
    expect(loser?.completed).toEqual({ secrets: [], policies: [] });
  });
});
