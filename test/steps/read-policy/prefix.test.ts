import { AttachRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import type { PolicyState } from '../../../src/aws/iam/policy-versions.ts';
import { sharedPrefix } from '../../../src/options/rules.ts';
import { distribute } from '../../../src/steps/read-policy/distribute.ts';
import type { SecretRef } from '../../../src/steps/types.ts';
import { clientsFor } from '../../sandbox/clients.ts';
import {
  ACCOUNT,
  FAR_REGION,
  guidePolicy,
  makePolicy,
  makeRole,
  policyArn,
  REGION,
  readAccount,
} from '../../support/account.ts';
import { chainOf } from '../../support/chain.ts';
import { setUp, setUpInVain } from '../../support/runs/setup.ts';
import { troubles, verifyIt } from '../../support/runs/verify.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const NAME = 'SecretsManagerForMediaConnect';
const sandbox = freshSandbox();
const arnOf = (name: string, region = REGION) => `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:${name}`;
const documents = async () => (await readAccount(sandbox())).policies.map(({ document }) => document);
const live = (name: string, policyPrefix = 'live/') =>
  ({ secretName: name, policyScope: 'prefix', policyPrefix }) as const;

describe('a policy with a name prefix', () => {
  test('has one entry for each Region, and further secrets need no change', async () => {
    const { code, log } = await setUp(sandbox(), { ...live('live/a'), region: [REGION, FAR_REGION] });
    expect(code, log).toBe(0);
    expect(log).toMatch(
      new RegExp(
        `\\+ create +policy +${NAME}\n +read access to every secret whose name starts with live/ in these Regions`,
      ),
    );
    const policy = guidePolicy(arnOf('live/*'), arnOf('live/*', FAR_REGION));
    expect(await documents()).toEqual([policy]);
    for (const policyScope of ['prefix', undefined]) {
      const more = policyScope ? live('live/b') : { secretName: 'live/c' };
      const next = await setUp(sandbox(), more);
      expect(next.json.policies).toMatchObject([{ action: 'kept' }]);
      // Progress is shown only for what changes.
      expect(next.log).toMatch(/Secret +live\/\S+ \(us-west-2\) +created/);
      expect(next.log).not.toMatch(/Creating|Policy +\S+ +(created|updated)|Role +\S+ +(created|updated)/);
    }
    expect(await documents()).toEqual([policy]);
    const { json } = await verifyIt(sandbox(), { secretName: 'live/b', region: [REGION] });
    expect(troubles(json.checks)).toEqual([]);
    expect(json.checks.find(({ id }) => id === 'policy-scope')?.detail).toBe(
      'covers names that start with live/',
    );
  });

  test('can be made from a policy that names secrets, whose entries stay', async () => {
    const { json } = await setUp(sandbox(), { secretName: 'live/a' });
    const { log } = await setUp(sandbox(), live('live/a'));
    expect(log).toContain(
      'adds read access to every secret whose name starts with live/ in these Regions; existing permissions are kept',
    );
    expect(await documents()).toEqual([guidePolicy(json.secrets[0]?.arn ?? '', arnOf('live/*'))]);
    expect((await setUpInVain(sandbox(), live('live/a'))).code).toBe(0);
  });

  test('gets a note about other names when the prefix does not end in a separator', async () => {
    const warning = 'also matches names such as live2';
    expect((await setUp(sandbox(), { ...live('live/a', 'live'), dryRun: true })).log).toContain(warning);
    expect((await setUp(sandbox(), { ...live('live/a'), dryRun: true })).log).not.toContain('Note');
  });

  test('has the prefixes of both runs when two runs write at the same time', async () => {
    await setUp(sandbox(), live('live/a'));
    const runs = ['test/', 'film/'].map((prefix) => setUp(sandbox(), live(`${prefix}a`, prefix)));
    expect((await Promise.all(runs)).map(({ code }) => code)).toEqual([0, 0]);
    const [document] = await documents();
    for (const prefix of ['live', 'test', 'film'])
      expect(JSON.stringify(document)).toContain(arnOf(`${prefix}/*`));
  });
});

describe('the suggestion of a prefix', () => {
  const full = (at: number) =>
    guidePolicy(
      ...Array.from({ length: 10 }, (_, n) => arnOf(`live/${`${at}-${n}-`.padEnd(501, 'x')}-AbCdEf`)),
    );
  const chain = (length: number) =>
    ['', '-2', '-3', '-4', '-5', '-6', '-7', '-8', '-9', '-10'].slice(0, length);

  const attach = (arn: string) =>
    clientsFor(sandbox()).iam.send(
      new AttachRolePolicyCommand({ RoleName: 'MediaConnect-ASM', PolicyArn: arn }),
    );

  test('is shown as soon as named secrets fill eight policies', async () => {
    for (const [at, end] of chain(6).entries()) await makePolicy(sandbox(), NAME + end, full(at));
    await makeRole(sandbox(), { attached: chain(6).map((end) => policyArn(NAME + end)) });
    const wishes = { secretName: 'live/a_1'.padEnd(506, 'x'), dryRun: true };
    expect((await setUp(sandbox(), wishes)).log).not.toContain('--policy-prefix');
    await attach(await makePolicy(sandbox(), `${NAME}-7`, full(7)));
    expect((await setUp(sandbox(), wishes)).log).toContain(
      'uses 8 policies. A role can have at most 10. With --policy-scope prefix --policy-prefix live/a_, one entry',
    );
  });

  test('has the prefix that the names share when the role has no room left', async () => {
    for (const [at, end] of chain(10).entries()) await makePolicy(sandbox(), NAME + end, full(at));
    await makeRole(sandbox(), { attached: chain(10).map((end) => policyArn(NAME + end)) });
    const secretName = 'live/feed'.padEnd(506, 'x');
    const { code, json } = await setUp(sandbox(), { secretName, dryRun: true });
    expect(code).toBe(3);
    const { hint } = json.error;
    expect(hint).toMatch(
      /^To resolve this, add one of: --policy-scope prefix --policy-prefix live\/ \(Cover all secrets/,
    );
    expect(hint).toContain('--policy-scope region|account');
  });

  test.each([
    [['live/a', 'live/b'], 'live/'],
    [['live/cam-1', 'live/cam-10'], 'live/cam-'],
    [['live/cam-1'], 'live/cam-'],
    [['a.b', 'a_b'], undefined],
    [['studio', 'studio'], undefined],
    [['live/a', 'film/b'], undefined],
    [[`${'x'.repeat(505)}/a`], undefined],
  ])('takes from %j the prefix %j', (names, prefix) => {
    expect(sharedPrefix(names)).toBe(prefix);
  });
});

test('distribute puts a thousand secrets per Region into one prefix entry, where a policy has room for it', () => {
  const refs = Array.from({ length: 2_000 }, (_, index): SecretRef => {
    const region = index % 2 ? REGION : FAR_REGION;
    const name = `live/${index}`;
    return { region, name, arn: arnOf(`${name}-AbCdEf`, region), versionId: null, action: 'created' };
  });
  const names = Array.from({ length: 80 }, (_, at) => `film/${at}`.padEnd(13, 'x'));
  const nearlyFull = (count: number) =>
    guidePolicy(...names.slice(0, count).map((name) => arnOf(`${name}-AbCdEf`)));
  const count = names.findIndex((_, at) => JSON.stringify(nearlyFull(at)).length > 6144 - 150);
  const chain = ['P', 'P-2', 'P-3'].map(
    (name): PolicyState => ({
      name,
      arn: policyArn(name),
      versionId: 'v1',
      versionIds: ['v1'],
      versionCreatedAtMs: {},
      document: JSON.stringify(nearlyFull(count)),
    }),
  );
  const options = { name: 'P', scope: { prefix: 'live/' } };
  const spread = distribute(refs, chainOf(chain), options, { partition: 'aws', account: ACCOUNT });
  if (!('work' in spread)) throw new Error('blocked');
  expect(spread.work.map(({ kind, secrets }) => [kind, secrets.length])).toEqual([
    ['update', 1_000],
    ['update', 1_000],
  ]);
});
