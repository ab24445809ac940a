import {
  AttachRolePolicyCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachRolePolicyCommand,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { clientsFor } from '../../sandbox/clients.ts';
import {
  guidePolicy,
  makePolicy,
  makeRole,
  policyArn,
  REGION,
  readAccount,
  writesTo,
} from '../../support/account.ts';
import { setUpAll } from '../../support/runs/manifest.ts';
import { conflictOf, setUp, setUpInVain } from '../../support/runs/setup.ts';
import { tearDownAll } from '../../support/runs/teardown.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
/** Ten of these fill a policy. */
const longName = (start: string | number) => `${start}-`.padEnd(506, 'x');
const arnOf = (name: string) => `arn:aws:secretsmanager:${REGION}:111122223333:secret:${name}-AbCdEf`;
const full = (start: string) =>
  guidePolicy(...Array.from({ length: 10 }, (_, index) => arnOf(longName(`${start}-${index}`))));
const rolePolicies = async () =>
  Object.fromEntries((await readAccount(sandbox())).roles.map(({ name, attached }) => [name, attached]));
const iam = () => clientsFor(sandbox()).iam;

async function setUpMany(count: number, from = 0): Promise<void> {
  const keys = Array.from({ length: count }, (_, index) => ({
    secretName: longName(from + index),
    policyName: 'cams',
  }));
  const { code, log } = await setUpAll(sandbox(), { keys });
  expect(code, log).toBe(0);
}

/** Detaches a policy from the role and deletes it, as a user would by hand. */
async function removePolicy(name: string): Promise<void> {
  const PolicyArn = policyArn(name);
  await iam().send(new DetachRolePolicyCommand({ RoleName: 'MediaConnect-ASM', PolicyArn }));
  const { Versions = [] } = await iam().send(new ListPolicyVersionsCommand({ PolicyArn }));
  for (const { VersionId, IsDefaultVersion } of Versions)
    if (!IsDefaultVersion) await iam().send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
  await iam().send(new DeletePolicyCommand({ PolicyArn }));
}

describe('a numbered policy of another team', () => {
  const teamB = { policyName: 'cams-2', roleName: 'MediaConnect-B', policyScope: 'account' } as const;
  const teamA = { policyName: 'cams', roleName: 'MediaConnect-A' } as const;

  test('is not used for the role of this team, however much it allows', async () => {
    expect((await setUp(sandbox(), { ...teamA, secretName: 'a' })).code).toBe(0);
    expect((await setUp(sandbox(), { ...teamB, secretName: 'b' })).code).toBe(0);
    const { code, json } = await setUp(sandbox(), { ...teamA, secretName: 'a2' });
    expect(code).toBe(0);
    expect(json.policies).toMatchObject([{ name: 'cams', action: 'updated' }]);
    expect(await rolePolicies()).toEqual({ 'MediaConnect-A': ['cams'], 'MediaConnect-B': ['cams-2'] });
  });

  test('is skipped when the policy of this team is full, and stays unchanged', async () => {
    await makePolicy(sandbox(), 'cams', full('old'));
    await setUp(sandbox(), { ...teamB, policyScope: 'secrets', secretName: 'b' });
    const before = (await readAccount(sandbox())).policies.find(({ name }) => name === 'cams-2');
    const { code, json } = await setUp(sandbox(), { ...teamA, secretName: longName('new') });
    expect(code).toBe(0);
    expect(json.policies).toMatchObject([{ name: 'cams-3', action: 'created' }]);
    const { policies } = await readAccount(sandbox());
    expect(policies.find(({ name }) => name === 'cams-2')).toEqual(before);
    expect(policies.find(({ name }) => name === 'cams-3')?.tags).toEqual({
      'mc-static-key': 'read-policy-overflow',
    });
  });

  test('counts for what it allows if the role has it, and stays unchanged', async () => {
    await setUp(sandbox(), { ...teamB, policyScope: 'secrets', secretName: 'b' });
    await setUp(sandbox(), { ...teamA, secretName: 'a' });
    const attach = { RoleName: teamA.roleName, PolicyArn: policyArn('cams-2') };
    await iam().send(new AttachRolePolicyCommand(attach));
    const again = await setUpInVain(sandbox(), {
      ...teamA,
      secretArn: [(await readAccount(sandbox())).secrets.find(({ name }) => name === 'b')?.arn ?? ''],
    });
    expect(again.json.policies).toMatchObject([{ name: 'cams-2', action: 'kept' }]);
    const { json } = await setUp(sandbox(), { ...teamA, secretName: 'a2' });
    expect(json.policies).toMatchObject([{ name: 'cams', action: 'updated' }]);
  });

  test('cannot be given by name if it continues another policy', async () => {
    await setUpMany(11);
    const { step, message } = await conflictOf(sandbox(), { ...teamB, secretName: 'b' });
    expect(step).toBe('read-policy');
    expect(message).toBe(
      "Policy cams-2 covers the secrets that don't fit in cams. To add a secret, use the policy name cams.",
    );
  });
});

describe('a manifest in which one policy is named like the continuation of another', () => {
  const key = (secretName: string, policyName: string, roleName: string) => ({
    ...{ secretName, policyName, roleName },
    ...{ regions: [REGION], key: { generate: 'aes128' } },
  });

  test('gets a note about it, and keeps the two separate', async () => {
    const keys = [
      ...Array.from({ length: 11 }, (_, at) => key(longName(at), 'cams', 'MediaConnect-A')),
      key('b', 'cams-2', 'MediaConnect-B'),
    ];
    const { code, log } = await setUpAll(sandbox(), { keys });
    expect(code, log).toBe(0);
    expect(log).toContain('Policy cams-2 is not an overflow policy of cams');
    expect(await rolePolicies()).toEqual({
      'MediaConnect-A': ['cams', 'cams-3'],
      'MediaConnect-B': ['cams-2'],
    });
  });
});

describe('an existing policy with the requested name and a wider scope', () => {
  test('is used with a note when the role does not have it yet', async () => {
    await makePolicy(sandbox(), 'cams', guidePolicy('*'));
    const { code, log } = await setUp(sandbox(), { policyName: 'cams' });
    expect(code).toBe(0);
    expect(log).toContain('Policy cams allows more secrets than --policy-scope asks for.');
    expect((await setUp(sandbox(), { policyName: 'cams' })).log).not.toContain('more secrets than');
  });
});

describe('a chain of policies with gaps', { timeout: 120_000 }, () => {
  const names = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => longName(from + at));

  test('is removed completely, whichever of its policies go first', async () => {
    await setUpMany(25);
    const takeDown = async (secretNames: string[]) => {
      const keys = secretNames.map((secretName) => ({ secretName, policyName: 'cams' }));
      const { code, log } = await tearDownAll(sandbox(), { keys });
      expect(code, log).toBe(0);
    };
    await takeDown(names(0, 20));
    expect(await rolePolicies()).toEqual({ 'MediaConnect-ASM': ['cams-3'] });
    await takeDown(names(20, 5));
    expect(await readAccount(sandbox())).toMatchObject({ policies: [], roles: [] });
  });

  test('is found beyond a gap, and nothing is created twice', async () => {
    await setUpMany(25);
    await removePolicy('cams-2');
    const { code, json } = await setUpInVain(sandbox(), { secretName: longName(24), policyName: 'cams' });
    expect(code).toBe(0);
    expect(json.policies).toMatchObject([{ name: 'cams-3', action: 'kept' }]);
    await setUpMany(1, 10);
    expect((await readAccount(sandbox())).policies.map(({ name }) => name)).toEqual(['cams', 'cams-3']);
  });
});

describe('setup, before the first change', () => {
  test('reports a conflict for a policy name without room for a number', async () => {
    const policyName = 'P'.repeat(127);
    await makePolicy(sandbox(), policyName, full('old'));
    const { step, message } = await conflictOf(sandbox(), { secretName: longName('new'), policyName });
    expect(step).toBe('read-policy');
    expect(message).toContain('IAM allows 128.');
  });

  test('skips the name that is taken when two new policies are needed', async () => {
    await makePolicy(sandbox(), 'cams-2', guidePolicy(arnOf('theirs')));
    await makeRole(sandbox());
    const region = ['us-west-2', 'eu-west-1', 'us-east-1', 'us-east-2', 'eu-north-1', 'sa-east-1'];
    const more = ['eu-central-1', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2', 'ca-central-1'];
    const wishes = { secretName: longName('new'), policyName: 'cams', region: [...region, ...more] };
    const { code, json } = await setUp(sandbox(), wishes);
    expect(code).toBe(0);
    expect(json.policies.map(({ name }) => name)).toEqual(['cams', 'cams-3']);
  });
});

describe('setup with slow IAM propagation', () => {
  const slow = freshSandbox({ iamPropagationMs: 1_500 });

  test('creates a numbered policy once, although it does not show yet', async () => {
    await makePolicy(slow(), 'cams', guidePolicy(...(full('old').Statement[0]?.Resource.slice(0, 9) ?? [])));
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    const keys = Array.from({ length: 3 }, (_, at) => ({
      ...{ secretName: longName(at), policyName: 'cams', regions: [REGION], key: { generate: 'aes128' } },
    }));
    slow().clearRequests();
    const { code, log } = await setUpAll(slow(), { keys });
    expect(code, log).toBe(0);
    expect(writesTo(slow()).filter((name) => /CreatePolicy/.test(name))).toEqual([
      'iam:CreatePolicyVersion',
      'iam:CreatePolicy',
    ]);
  });
});

describe('setup without permission to read the tags of policies', { timeout: 60_000 }, () => {
  test('adds further secrets to a numbered policy that the role has', async () => {
    sandbox().addFault({ action: 'GetPolicy', kind: 'access-denied', times: Number.POSITIVE_INFINITY });
    await setUpMany(13);
    sandbox().clearFaults();
    expect(await rolePolicies()).toEqual({ 'MediaConnect-ASM': ['cams', 'cams-2'] });
  });
});

describe('an existing policy with the requested name and wildcards', () => {
  const prefixed = (policyPrefix: string) => ({ policyScope: 'prefix', policyPrefix }) as const;

  test('is used with a note when its prefix allows more than the requested one', async () => {
    const teamA = { policyName: 'cams', roleName: 'MediaConnect-A' };
    await setUp(sandbox(), { ...teamA, secretName: 'live/a', ...prefixed('l') });
    const teamB = { policyName: 'cams', roleName: 'MediaConnect-B' };
    const { log } = await setUp(sandbox(), {
      ...teamB,
      secretName: 'live/news/b',
      ...prefixed('live/news/'),
    });
    expect(log).toContain('Policy cams allows more secrets than --policy-scope asks for.');
  });

  test('is used without a note when a wider prefix is requested', async () => {
    const teamA = { policyName: 'cams', roleName: 'MediaConnect-A' };
    await setUp(sandbox(), { ...teamA, secretName: 'live/news/a', ...prefixed('live/news/') });
    const teamB = { policyName: 'cams', roleName: 'MediaConnect-B' };
    const { log } = await setUp(sandbox(), { ...teamB, secretName: 'live/b', ...prefixed('live/') });
    expect(log).not.toContain('more secrets than');
  });

  test('keeps its numbered policy when a manifest names that one for another key', async () => {
    await setUpMany(11);
    const existing = { regions: [REGION], key: { existing: true } };
    const keys = [
      { secretName: longName(10), policyName: 'cams', ...existing },
      ...[{ secretName: longName(0), policyName: 'cams-2', roleName: 'MediaConnect-B', ...existing }],
    ];
    sandbox().clearRequests();
    const { json } = await setUpAll(sandbox(), { keys });
    expect(json.failed.map(({ error }) => error.code)).toEqual(['conflict']);
    expect(writesTo(sandbox())).toEqual([]);
  });
});
