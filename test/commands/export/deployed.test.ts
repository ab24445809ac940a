import { describe, expect, test } from 'vitest';
import { buildTemplate } from '../../../src/commands/export/cloudformation/template.ts';
import type { SetupOptions } from '../../../src/options/setup-request.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import {
  ACCOUNT,
  FAR_REGION,
  KEYS,
  makePolicy,
  makeSecret,
  policyArn,
  REGION,
  readAccount,
  withoutSuffixes,
  writesTo,
} from '../../support/account.ts';
import { partOf } from '../../support/exhaustive.ts';
import { setUp, setUpInVain } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';
import { planOf, templateOf } from './exporting.ts';
import { deploy, type TemplateLike } from './stack.ts';

const sandbox = freshSandbox();
const BOTH = [REGION, FAR_REGION];
const MULTI_REGION = 'mrk-1234abcd12ab34cd56ef1234567890ab';
const PASSWORD = 'correct horse $battery';
const EVERYTHING = { Effect: 'Allow', Action: '*', Resource: '*' };

/** Deploys a template as StackSets do: the same in each Region, one after the other. */
async function deployEverywhere(template: TemplateLike, key: string, account = sandbox()) {
  const keys = Object.keys(template.Parameters).filter((name) => name !== 'HomeRegion');
  const given = Object.fromEntries(keys.map((name) => [name, key]));
  return [await deploy(account, template, REGION, given), await deploy(account, template, FAR_REGION, given)];
}

test('creates nothing in an account other than the one that the template is for', async () => {
  const plan = planOf({});
  const given = { StudioAKey: KEYS.aes256 };
  const templateFor = (account: string): TemplateLike =>
    JSON.parse(JSON.stringify(buildTemplate(plan, REGION, account).template));
  await expect(deploy(sandbox(), templateFor('444455556666'), REGION, given)).rejects.toThrow(
    'This template is for account 444455556666.',
  );
  expect(writesTo(sandbox())).toEqual([]);
  expect(await deploy(sandbox(), templateFor(ACCOUNT), REGION, given)).toHaveProperty('StudioASecretArn');
});

/** Returns an account without CloudFormation's tags and policy tags, so that a template can be compared with `setup`. */
function comparable(state: Awaited<ReturnType<typeof readAccount>>) {
  const { secrets, policies, roles } = withoutSuffixes(state);
  const own = (tags: Record<string, string>) =>
    Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('aws:')));
  return {
    secrets: secrets.map((secret) => ({ ...secret, tags: own(secret.tags) })),
    policies: policies.map(({ tags, ...policy }) => policy),
    roles,
  };
}

/** The options of `setup`. `npm test` uses every third row. */
const WISHES: [what: string, wishes: SetupOptions, key?: string][] = [
  [
    'custom names, tags, boundary and trust policy',
    {
      secretName: '2018-12-01_baseball/game=yes@on.no+1',
      policyName: 'Studio.Policy+1',
      roleName: 'MediaConnect-Studio',
      roleDescription: `Reads $KEYS of "Studio A": \`all\` of \${them}`,
      sourceAccount: false,
      sourceArn: [
        `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:flow:*`,
        `arn:aws:mediaconnect:*:${ACCOUNT}:flow:1-*`,
      ],
      permissionsBoundary: policyArn('Boundary'),
      tag: ['team=playout', 'since=2018-12-01', 'none=', 'sign=='],
    },
  ],
  ['a key in one Region', {}],
  ['a key in two Regions, encrypted with a multi-Region KMS key', { region: BOTH, kmsKeyId: MULTI_REGION }],
  ['a KMS key named by an alias', { region: BOTH, kmsKeyId: 'alias/video-keys' }],
  [
    'a multi-Region KMS key named by its ARN',
    { region: BOTH, kmsKeyId: `arn:aws:kms:${REGION}:${ACCOUNT}:key/${MULTI_REGION}` },
  ],
  [
    'a KMS key named by the ARN of an alias',
    { region: BOTH, kmsKeyId: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/video-keys` },
  ],
  ['a policy for whole Regions', { region: BOTH, policyScope: 'region' }],
  [
    'a policy for a prefix',
    { secretName: 'live/a', region: BOTH, policyScope: 'prefix', policyPrefix: 'live/' },
  ],
  ['a key of a given length', { algorithm: 'aes128' }, KEYS.aes128],
  ['an SRT password', { keyType: 'srt-password' }, PASSWORD],
];

describe('a deployed template', () => {
  test.each(partOf(WISHES, 3))('creates the same as setup: %s', async (_what, wishes, key = KEYS.aes256) => {
    const other = await startSandbox();
    try {
      for (const each of [sandbox(), other])
        await makePolicy(each, 'Boundary', { Version: '2012-10-17', Statement: [EVERYTHING] });
      await deployEverywhere(templateOf(wishes), key);
      expect((await setUp(other, { ...wishes, key })).code).toBe(0);
      const [byTemplate, bySetup] = [await readAccount(sandbox()), await readAccount(other)];
      // The template names secrets by pattern, as it cannot know the ARNs in other Regions.
      expect(comparable(byTemplate)).toEqual(comparable(bySetup));
      expect((await setUpInVain(sandbox(), { ...wishes, key })).code).toBe(0);
    } finally {
      await other.close();
    }
  });

  test('outputs the ARNs of the secrets, and those of the policy and the role in the home Region only', async () => {
    const [home = {}, far = {}] = await deployEverywhere(templateOf({ region: BOTH }), KEYS.aes256);
    const { json } = await setUpInVain(sandbox(), { region: BOTH });
    expect(home).toEqual({
      StudioASecretArn: json.secrets[0]?.arn,
      SecretsManagerForMediaConnectPolicyArn: policyArn('SecretsManagerForMediaConnect'),
      MediaConnectASMRoleArn: json.role?.arn,
    });
    expect(far).toEqual({ StudioASecretArn: json.secrets[1]?.arn });
  });

  test('creates nothing in a Region without a key', async () => {
    expect((await deployEverywhere(templateOf({}), KEYS.aes256))[1]).toEqual({});
  });

  test('has Secrets Manager generate a key that is in one Region only', async () => {
    const template = templateOf({ generate: 'aes192' });
    expect(Object.keys(template.Parameters)).toEqual(['HomeRegion']);
    await deployEverywhere(template, '');
    const [secret] = (await readAccount(sandbox())).secrets;
    expect(secret?.values.AWSCURRENT).toMatch(/^[0-9a-f]{48}$/);
    expect((await setUpInVain(sandbox(), { generate: 'aes192' })).code).toBe(0);
    const everywhere = templateOf({ generate: 'aes192', region: BOTH });
    expect(Object.keys(everywhere.Parameters)).toEqual(['HomeRegion', 'StudioAKey']);
  });

  test('leaves existing secrets unchanged, and lets the role read them', async () => {
    const arn = await makeSecret(sandbox(), { Name: 'old' });
    await makeSecret(sandbox(), { Name: 'older' });
    const template = templateOf({ secretArn: [arn] }, { secretName: 'older', existing: true });
    expect(Object.values(template.Resources).map(({ Type }) => Type)).toEqual([
      'AWS::IAM::ManagedPolicy',
      'AWS::IAM::Role',
    ]);
    await deployEverywhere(template, '');
    expect((await setUpInVain(sandbox(), { secretArn: [arn] })).code).toBe(0);
    expect((await setUpInVain(sandbox(), { secretName: 'older' })).code).toBe(0);
  });

  test('creates several keys that share a policy', async () => {
    const keys = [
      { secretName: 'studio-a', region: BOTH },
      { secretName: 'studio_a', region: [FAR_REGION] },
      { secretName: 'studio-b', roleName: 'MediaConnect-B' },
    ];
    await deployEverywhere(templateOf(...keys), KEYS.aes256);
    const { policies, roles, secrets } = await readAccount(sandbox());
    expect(secrets.map(({ name, region }) => `${name} ${region}`).sort()).toEqual([
      `studio-a ${FAR_REGION}`,
      `studio-a ${REGION}`,
      `studio-b ${REGION}`,
      `studio_a ${FAR_REGION}`,
    ]);
    expect(policies).toHaveLength(1);
    expect(roles.map(({ name, attached }) => [name, attached])).toEqual([
      ['MediaConnect-ASM', ['SecretsManagerForMediaConnect']],
      ['MediaConnect-B', ['SecretsManagerForMediaConnect']],
    ]);
    for (const key of keys) expect((await setUpInVain(sandbox(), key)).code).toBe(0);
  });

  test('refuses an invalid key before it creates anything', async () => {
    const template = templateOf({});
    for (const wrong of [`${KEYS.aes256}\n`, KEYS.aes256.slice(1), `0x${KEYS.aes192}`])
      await expect(deployEverywhere(template, wrong)).rejects.toThrow(
        'StudioAKey failed to satisfy constraint',
      );
    expect((await readAccount(sandbox())).secrets).toEqual([]);
  });
});
