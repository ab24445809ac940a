import { readdirSync, readFileSync } from 'node:fs';
import { AttachRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { DeleteSecretCommand, ReplicateSecretToRegionsCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { type Row, testRows } from '../foreign/rows.ts';
import {
  ACCOUNT,
  clientsOf,
  FAR_REGION,
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  policyArn,
  REGION,
} from '../support/account.ts';
import { conflictOf, setUp, type Wishes } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';

const PASSWORD = { key: 'a-long-passphrase', keyType: 'srt-password' };
const ROLE = 'MediaConnect-ASM';
const POLICY = 'SecretsManagerForMediaConnect';

/** A name so long that a policy holds ten of them. */
const longName = (start: string) => start.padEnd(506, 'x');
const LONG = longName('live/feed');
const FULL = guidePolicy(
  ...Array.from(
    { length: 10 },
    (_, index) => `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:${longName(`old-${index}-`)}-??????`,
  ),
);

/** Creates a role with this many policies of another owner. */
async function fullRole(sandbox: Sandbox, count: number): Promise<void> {
  await makeRole(sandbox);
  for (let index = 0; index < count; index += 1) {
    const PolicyArn = await makePolicy(
      sandbox,
      `Other${index}`,
      guidePolicy('arn:aws:secretsmanager:*:*:secret:other-*'),
    );
    await clientsOf(sandbox).iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn }));
  }
}

async function replicaOfOther(sandbox: Sandbox): Promise<string> {
  const arn = await makeSecret(sandbox, { SecretString: KEYS.other });
  await clientsOf(sandbox).secrets.send(
    new ReplicateSecretToRegionsCommand({ SecretId: arn, AddReplicaRegions: [{ Region: FAR_REGION }] }),
  );
  return arn;
}

/** Conflicts with options as resolutions, by the name of their message. `testRows` runs each resolution that is printed. */
const ROWS: Record<string, Omit<Row, 'what'>> = {
  otherKeyType: {
    make: (sandbox) => setUp(sandbox, PASSWORD),
    wishes: { existingKey: 'replace' },
    outcome: { conflict: ['is tagged for the key type srt-password'], ways: ['--secret-name NAME'] },
  },
  differ: {
    make: async (sandbox) => {
      await makeSecret(sandbox);
      await makeSecret(sandbox, { region: FAR_REGION, SecretString: KEYS.other });
    },
    wishes: { region: [REGION, FAR_REGION], existingKey: 'keep' },
    outcome: {
      conflict: ['holds different keys'],
      ways: ['--existing-key replace', '--secret-name NAME'],
    },
  },
  deleted: {
    make: async (sandbox) => {
      const SecretId = await makeSecret(sandbox);
      await clientsOf(sandbox).secrets.send(new DeleteSecretCommand({ SecretId }));
    },
    outcome: { conflict: ['is scheduled for deletion'], ways: ['--restore', '--secret-name NAME'] },
  },
  replica: {
    make: replicaOfOther,
    wishes: { region: [FAR_REGION] },
    outcome: {
      conflict: ['is a replica. Its value can be changed only in the primary Region, us-west-2'],
      ways: ['--secret-name NAME'],
    },
  },
  owned: {
    make: async (sandbox) =>
      sandbox.addServiceOwnedSecret({
        region: REGION,
        name: 'studio-a',
        secretString: KEYS.other,
        owningService: 'rds',
      }),
    outcome: { conflict: ['is managed by rds'], ways: ['--secret-name NAME'] },
  },
  tooLong: {
    make: (sandbox) => makePolicy(sandbox, 'P'.repeat(128), FULL),
    wishes: { secretName: LONG, policyName: 'P'.repeat(128) },
    outcome: { conflict: ['The secrets need 1 more policy'], ways: ['--policy-name NAME'] },
  },
  overflowNamed: {
    make: async (sandbox) => {
      await makePolicy(sandbox, POLICY, FULL);
      await setUp(sandbox, { secretName: LONG });
    },
    wishes: { secretName: 'studio-b', policyName: `${POLICY}-2` },
    outcome: { conflict: [`use the policy name ${POLICY}.`], ways: ['--policy-name NAME'] },
  },
  otherBoundary: {
    make: async (sandbox) => {
      await makePolicy(sandbox, 'Boundary', guidePolicy('*'));
      await makeRole(sandbox);
    },
    wishes: { permissionsBoundary: policyArn('Boundary') },
    outcome: { conflict: ['without the permissions boundary'], ways: ['--role-name NAME'] },
  },
  trustTooLong: {
    make: async (sandbox) => {
      const trust = guideTrust('ec2.amazonaws.com');
      const Sid = (index: number) => `${'x'.repeat(112)}${index}`;
      const Statement = Array.from({ length: 9 }, (_, index) => ({ Sid: Sid(index), ...trust.Statement[0] }));
      await makeRole(sandbox, { trust: { ...trust, Statement } });
    },
    wishes: { updateTrust: true },
    outcome: { conflict: ['IAM allows 2048'], ways: ['--role-name NAME'] },
  },
  full: {
    make: (sandbox) => fullRole(sandbox, 10),
    outcome: { conflict: ['has 10 managed policies'], ways: ['--role-name NAME'] },
  },
};

/** Conflicts of the table above with other resolutions in other cases. */
const FURTHER: Row[] = [
  {
    what: 'a role that has its own full policy and those of others',
    make: async (sandbox) => {
      await fullRole(sandbox, 9);
      const PolicyArn = await makePolicy(sandbox, POLICY, FULL);
      await clientsOf(sandbox).iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn }));
    },
    wishes: { secretName: LONG },
    outcome: {
      conflict: ['has 10 managed policies'],
      ways: [
        '--policy-scope prefix --policy-prefix live/',
        '--policy-scope region|account',
        '--role-name NAME',
      ],
    },
  },
  {
    what: 'a secret that is scheduled for deletion, with --existing-key keep',
    make: async (sandbox) => {
      const SecretId = await makeSecret(sandbox);
      await clientsOf(sandbox).secrets.send(new DeleteSecretCommand({ SecretId }));
    },
    wishes: { existingKey: 'keep' },
    outcome: { conflict: ['is scheduled for deletion'], ways: ['--restore'] },
  },
];

describe('setup prints resolutions that work, for the conflict', () =>
  testRows([...Object.entries(ROWS).map(([what, row]) => ({ what, ...row })), ...FURTHER], 1));

describe('setup, when no option resolves the conflict', () => {
  const sandbox = freshSandbox();
  const told = async (wishes: Wishes) => {
    const { message, details, hint } = await conflictOf(sandbox(), wishes);
    return [message, ...(details ?? []), hint ?? ''].join('\n');
  };

  test('suggests using a replica unchanged, which works', async () => {
    const arn = await replicaOfOther(sandbox());
    expect(await told({ region: [FAR_REGION] })).toContain('Use it as is with --secret-arn');
    expect((await setUp(sandbox(), { secretArn: [arn.replace(REGION, FAR_REGION)] })).code).toBe(0);
  });

  test('suggests running the command for the primary of a replica first, which works', async () => {
    await replicaOfOther(sandbox());
    const both: Wishes = { region: [FAR_REGION, REGION], existingKey: 'replace' };
    const [, region = ''] = /\(--region (\S+)\)/.exec(await told(both)) ?? [];
    expect((await setUp(sandbox(), { ...both, region: [region] })).code).toBe(0);
    const again = await setUp(sandbox(), both);
    expect(again.code, again.log).toBe(0);
  });

  test('prints a pattern to add when --source-arn excludes a Region, which works', async () => {
    const sourceArn = [`arn:aws:mediaconnect:${FAR_REGION}:${ACCOUNT}:flow:*`];
    const [, pattern = ''] = /such as (\S+)\.$/m.exec(await told({ sourceArn })) ?? [];
    expect((await setUp(sandbox(), { sourceArn: [...sourceArn, pattern] })).code).toBe(0);
  });

  test('suggests patterns that match several flows when there are too many, which works', async () => {
    const flows = Array.from(
      { length: 25 },
      (_, index) =>
        `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:flow:1-${String(index).padStart(60, '0')}:game`,
    );
    expect(await told({ sourceArn: flows })).toContain('patterns that each match several flows');
    const wide = [`arn:aws:mediaconnect:${REGION}:${ACCOUNT}:flow:*`];
    expect((await setUp(sandbox(), { sourceArn: wide })).code).toBe(0);
  });

  test('suggests one run per Region or an alias for a KMS key of another Region, which both work', async () => {
    const far = await clientsOf(sandbox(), FAR_REGION).kms.send(new CreateKeyCommand({}));
    const kmsKeyId = far.KeyMetadata?.Arn ?? '';
    expect(await told({ kmsKeyId, region: [REGION] }).catch(String)).toContain(
      'or set up each Region separately',
    );
    expect((await setUp(sandbox(), { kmsKeyId, region: [FAR_REGION] })).code).toBe(0);
    expect((await setUp(sandbox(), { kmsKeyId: 'alias/video', region: [REGION, FAR_REGION] })).code).toBe(0);
  });

  test('suggests copying the whole ARN of a missing secret, which works', async () => {
    const arn = await makeSecret(sandbox());
    expect(await told({ secretArn: [arn.replace(/-\w{6}$/, '-AbCdEf')] })).toContain('Copy the full ARN');
    expect((await setUp(sandbox(), { secretArn: [arn] })).code).toBe(0);
  });
});

/** Conflicts of `setup` that other tests run, or that print nothing to run. */
const ELSEWHERE: Record<string, string> = {
  absentArn: 'above, by hand',
  absentNamed: 'nothing is printed but what is missing',
  cannotRead: 'test/steps/ways-out.test.ts',
  deletedPrincipals: 'test/foreign/roles.ts',
  foreignArn: 'nothing is printed but whose secret it is',
  kmsWrongRegion: 'above, by hand',
  nameTaken: 'test/foreign/policies.ts, test/foreign/roles.ts',
  newTrustTooLong: 'above, by hand',
  noSuchBoundary: 'test/foreign/roles.ts',
  notStaticKey: 'test/checks/verify/key-type.test.ts',
  notTrusted: 'test/foreign/roles.ts',
  ofStack: 'test/foreign/stacks.ts',
  otherArn: 'test/checks/verify/fixes.ts',
  otherShape: 'test/foreign/policies.ts',
  serviceLinked: 'test/foreign/roles.ts',
  shutsOut: 'above, by hand',
  taken: 'test/foreign/policies.ts',
  trustDenied: 'test/foreign/roles.ts',
  unreadable: 'IAM takes no such trust policy, and neither does the sandbox',
};

test('every conflict of setup has a test that runs its resolutions', () => {
  const folder = new URL('../../src/steps/', import.meta.url);
  const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  const made = [...source.matchAll(/\b(?:conflict\w*\(\s*|found = )(?:messages|secretMessages)\.(\w+)/g)];
  const words = new Set(made.flatMap(([, word]) => word ?? []));
  expect([...new Set([...Object.keys(ROWS), ...Object.keys(ELSEWHERE)])].sort()).toEqual([...words].sort());
});
