import { AttachRolePolicyCommand, PutRolePolicyCommand, TagPolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import { PutResourcePolicyCommand, ReplicateSecretToRegionsCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { readTeardownAnswers, type TeardownOptions } from '../../../src/commands/teardown/options.ts';
import { performTeardown } from '../../../src/commands/teardown/run.ts';
import {
  clientsOf,
  FAR_REGION,
  guidePolicy,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  policyArn,
  REGION,
  readAccount,
  roleArn,
  writesTo,
} from '../../support/account.ts';
import { runInProcess } from '../../support/runs/command.ts';
import { setUp } from '../../support/runs/setup.ts';
import { tearDown } from '../../support/runs/teardown.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const both = [REGION, FAR_REGION];
const POLICY = 'SecretsManagerForMediaConnect';
const ROLE = 'MediaConnect-ASM';

async function inVain(options: TeardownOptions = {}) {
  const before = await readAccount(sandbox());
  sandbox().clearRequests();
  const result = await tearDown(sandbox(), options);
  expect(writesTo(sandbox())).toEqual([]);
  expect(await readAccount(sandbox())).toEqual(before);
  return result;
}

/** Runs `teardown --yes --quiet` with text output. */
async function inText() {
  const { answers } = readTeardownAnswers({ secretName: 'studio-a', region: both });
  return runInProcess(sandbox(), (run) => performTeardown({ ...run, answers }), {
    common: { json: false, quiet: true },
  });
}

/** Returns the account in short: deleted secrets, the secrets in each policy, and the policies of each role. */
async function summary() {
  const { secrets, policies, roles } = await readAccount(sandbox());
  return {
    secrets: secrets.map(({ region, name, deleted }) => `${name} ${region}${deleted ? ' deleted' : ''}`),
    policies: policies.map(({ name, document }) => {
      const [, ...names] = JSON.stringify(document).split(':secret:');
      return `${name}: ${names.map((rest) => rest.replace(/-.{6}".*$/, '')).join(' ')}`;
    }),
    roles: roles.map(({ name, attached }) => `${name}: ${attached.join(' ')}`),
  };
}

test('teardown removes a secret that can no longer be decrypted', async () => {
  const { kms } = clientsOf(sandbox());
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  await setUp(sandbox(), { kmsKeyId: `${KeyMetadata?.Arn}` });
  await kms.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
  const { code, json } = await tearDown(sandbox());
  expect([code, json.secrets.map(({ action }) => action)]).toEqual([0, ['scheduled']]);
  expect(json.undo).toMatch(/^mc-static-key setup --restore --secret-arn \S+$/);
});

test('teardown removes an entry from a policy without a Version element', async () => {
  await setUp(sandbox());
  await setUp(sandbox(), { secretName: 'studio-b' });
  const policy = (await readAccount(sandbox())).policies.find(({ name }) => name === POLICY);
  sandbox().setPolicyDocument(policyArn(POLICY), { ...(policy?.document as object), Version: undefined });
  const { code, log } = await tearDown(sandbox(), { secretName: 'studio-b' });
  expect(code, log).toBe(0);
  expect((await summary()).policies).toEqual([`${POLICY}: studio-a`]);
});

describe('teardown of the only secret', () => {
  test('removes everything that setup created, and prints how to restore it and until when', async () => {
    await setUp(sandbox(), { region: both });
    const { code, json, log } = await tearDown(sandbox(), { region: [] });
    expect(code, log).toBe(0);
    expect(await summary()).toEqual({
      secrets: [`studio-a ${REGION} deleted`, `studio-a ${FAR_REGION} deleted`],
      policies: [],
      roles: [],
    });
    expect(json.secrets.map(({ action }) => action)).toEqual(['scheduled', 'scheduled']);
    const days = (Date.parse(json.secrets[0]?.deletionDate ?? '') - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29);
    expect(days).toBeLessThan(31);
    expect(json.policies).toEqual([
      { name: POLICY, arn: policyArn(POLICY), versionId: null, action: 'deleted' },
    ]);
    expect(json.role).toEqual({ name: ROLE, arn: roleArn(ROLE), action: 'deleted' });
    expect(json.undo).toMatch(/^mc-static-key setup --restore --secret-arn arn:aws:secretsmanager:/);
  });

  test('can be undone with the command that it prints', async () => {
    await setUp(sandbox(), { region: both });
    const before = await readAccount(sandbox());
    const { json } = await tearDown(sandbox());
    const secretArn = json.undo.match(/arn:\S+/g) ?? [];
    expect(secretArn).toHaveLength(2);
    const { code, log } = await setUp(sandbox(), { secretArn: [...secretArn], restore: true });
    expect(code, log).toBe(0);
    expect(await readAccount(sandbox())).toEqual(before);
  });

  test('finds nothing to remove on a second run', async () => {
    await setUp(sandbox());
    await tearDown(sandbox());
    const { code, log } = await inVain();
    expect(code).toBe(0);
    expect(log).toContain('Nothing to remove.');
    expect(log).toContain('already scheduled for deletion on ');
  });

  test('prints the plan and changes nothing with --dry-run', async () => {
    await setUp(sandbox());
    const { code, json, log } = await inVain({ dryRun: true });
    expect(code).toBe(0);
    expect(json).toMatchObject({ dryRun: true, role: { action: 'deleted' } });
    expect(log).toContain('dry run');
  });

  test('shortens the recovery window with --recovery-days', async () => {
    await setUp(sandbox());
    const { json } = await tearDown(sandbox(), { recoveryDays: '7' });
    const days = (Date.parse(json.secrets[0]?.deletionDate ?? '') - Date.now()) / 86_400_000;
    expect(days).toBeLessThan(8);
  });

  test('removes only the secret in the given Region and its policy entry with --region', async () => {
    await setUp(sandbox(), { region: both });
    const { code, log } = await tearDown(sandbox(), { region: [FAR_REGION] });
    expect(code, log).toBe(0);
    expect(await summary()).toEqual({
      secrets: [`studio-a ${REGION}`, `studio-a ${FAR_REGION} deleted`],
      policies: [`${POLICY}: studio-a`],
      roles: [`${ROLE}: ${POLICY}`],
    });
  });
});

describe('teardown of one of two secrets', () => {
  test('removes its policy entry, and keeps the policy, the role and the other secret', async () => {
    await setUp(sandbox(), { secretName: 'studio-b', key: KEYS.other });
    await setUp(sandbox());
    const { code, json, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(await summary()).toEqual({
      secrets: [`studio-a ${REGION} deleted`, `studio-b ${REGION}`],
      policies: [`${POLICY}: studio-b`],
      roles: [`${ROLE}: ${POLICY}`],
    });
    expect(json.policies).toMatchObject([{ action: 'updated' }]);
    expect(json.role).toMatchObject({ action: 'kept' });
    expect(log).toContain('removes 1 entry; the other entries are kept');
  });

  test('keeps a secret whose name only starts the same', async () => {
    await setUp(sandbox(), { secretName: 'studio-a-backup', key: KEYS.other });
    await setUp(sandbox());
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect((await summary()).policies).toEqual([`${POLICY}: studio-a-backup`]);
  });

  test('keeps the permission to decrypt as long as another secret of the Region may need it', async () => {
    const kmsKeyId = 'alias/studio';
    await setUp(sandbox(), { secretName: 'studio-b', key: KEYS.other, kmsKeyId });
    await setUp(sandbox(), { region: both, kmsKeyId });
    expect((await tearDown(sandbox())).code).toBe(0);
    const { policies } = await readAccount(sandbox());
    const text = JSON.stringify(policies[0]?.document);
    expect(text).toContain(`secretsmanager.${REGION}.amazonaws.com`);
    expect(text).not.toContain(`secretsmanager.${FAR_REGION}.amazonaws.com`);
  });

  test('deletes the oldest version if the policy has five versions', async () => {
    for (const name of ['b', 'c', 'd', 'e', 'a']) await setUp(sandbox(), { secretName: `studio-${name}` });
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(log).toContain('deletes its oldest version (v1)');
    expect((await summary()).policies).toEqual([`${POLICY}: studio-b studio-c studio-d studio-e`]);
  });
});

describe('teardown of a chain of policies', () => {
  const tag = { Key: 'mc-static-key', Value: 'read-policy' };

  /** Creates what `setup` creates when `NAME` is full: `NAME-2` with this secret, attached to the same role. */
  async function overflow(Name: string, region = REGION): Promise<void> {
    const { iam } = clientsOf(sandbox());
    const secret = await makeSecret(sandbox(), { Name, region, Tags: [{ ...tag, Value: 'store-secret' }] });
    const PolicyArn = await makePolicy(sandbox(), `${POLICY}-2`, guidePolicy(secret));
    await iam.send(new TagPolicyCommand({ PolicyArn, Tags: [tag] }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn }));
  }

  test('deletes both policies and the role if they have only this secret', async () => {
    await setUp(sandbox());
    await overflow('studio-a', FAR_REGION);
    const { code, json, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(json.role).toMatchObject({ action: 'deleted' });
    expect(await summary()).toMatchObject({ policies: [], roles: [] });
  });

  test('finds the second policy even if the first one was deleted before', async () => {
    await setUp(sandbox());
    await overflow('studio-b');
    await tearDown(sandbox());
    expect((await summary()).policies).toEqual([`${POLICY}-2: studio-b`]);
    const { code, log } = await tearDown(sandbox(), { secretName: 'studio-b' });
    expect(code, log).toBe(0);
    expect(await summary()).toMatchObject({ policies: [], roles: [] });
  });
});

test('finds a role that is given in other letter case', async () => {
  await setUp(sandbox());
  const { code, log } = await tearDown(sandbox(), { roleName: ROLE.toLowerCase() });
  expect(code, log).toBe(0);
  expect(await summary()).toMatchObject({ policies: [], roles: [] });
});

describe('teardown of resources that must stay', () => {
  test('keeps a secret created by hand and its policy entry, unless --include-untagged is given', async () => {
    await makeSecret(sandbox());
    await setUp(sandbox());
    const { code, json, log } = await inVain();
    expect(code).toBe(0);
    expect(json.secrets).toMatchObject([{ action: 'kept' }]);
    expect(log).toContain('not created by mc-static-key; to remove it, add --include-untagged');
    expect((await tearDown(sandbox(), { includeUntagged: true })).code).toBe(0);
    expect(await summary()).toEqual({ secrets: [`studio-a ${REGION} deleted`], policies: [], roles: [] });
  });

  test('keeps a policy and a role created by hand, unless --include-untagged is given', async () => {
    const other = guidePolicy('arn:aws:secretsmanager:us-west-2:111122223333:secret:other-AbCdEf');
    const arn = await makePolicy(sandbox(), POLICY, other);
    await makeRole(sandbox(), { attached: [arn] });
    await setUp(sandbox());
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(log).toContain('not created by mc-static-key; to remove the secret from it');
    expect(await summary()).toEqual({
      secrets: [`studio-a ${REGION} deleted`],
      policies: [`${POLICY}: other studio-a`],
      roles: [`${ROLE}: ${POLICY}`],
    });
    await tearDown(sandbox(), { includeUntagged: true });
    expect((await summary()).policies).toEqual([`${POLICY}: other`]);
  });

  test('keeps a policy that another role uses too', async () => {
    await setUp(sandbox());
    await makeRole(sandbox(), { name: 'Backup', attached: [policyArn(POLICY)] });
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(log).toContain('still used by role Backup');
    expect(await summary()).toMatchObject({
      policies: [`${POLICY}: studio-a`],
      roles: [`Backup: ${POLICY}`, `${ROLE}: ${POLICY}`],
    });
  });

  test('keeps a role that has other policies, attached or inline', async () => {
    const { iam } = clientsOf(sandbox());
    await setUp(sandbox());
    const extra = await makePolicy(
      sandbox(),
      'Extra',
      guidePolicy('arn:aws:secretsmanager:us-west-2:111122223333:secret:x-AbCdEf'),
    );
    await iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn: extra }));
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: ROLE,
        PolicyName: 'inline',
        PolicyDocument: JSON.stringify(
          guidePolicy('arn:aws:secretsmanager:us-west-2:111122223333:secret:y-AbCdEf'),
        ),
      }),
    );
    const { code, json, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(log).toContain('still has Extra, inline');
    expect(json.role).toMatchObject({ action: 'updated' });
    expect(await summary()).toMatchObject({ roles: [`${ROLE}: Extra`] });
  });

  test('keeps a role created by hand, and removes the policy that setup attached to it', async () => {
    await makeRole(sandbox());
    await setUp(sandbox());
    const { code, json, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(json.role).toMatchObject({ action: 'updated' });
    expect(await summary()).toMatchObject({ policies: [], roles: [`${ROLE}: `] });
  });

  test('keeps a policy that allows every secret', async () => {
    await setUp(sandbox(), { policyScope: 'account' });
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(log).toMatch(/= keep +policy +SecretsManagerForMediaConnect\s+covers all secrets in a Region/);
    expect(await summary()).toMatchObject({ roles: [`${ROLE}: ${POLICY}`] });
  });

  test('keeps a policy for a prefix, even if the last secret with the prefix is removed', async () => {
    await setUp(sandbox(), { policyScope: 'prefix', policyPrefix: 'studio-' });
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(log).toMatch(
      /= keep +policy +SecretsManagerForMediaConnect\s+covers all secrets whose name starts with studio-/,
    );
    expect(log).toContain(`still has ${POLICY}`);
    expect((await inVain()).code).toBe(0);
  });

  test('keeps everything and fails if the name is mistyped', async () => {
    await setUp(sandbox());
    for (const dryRun of [false, true]) {
      const { code, json, log } = await inVain({ secretName: 'studio-z', region: [], dryRun });
      expect([code, json.error]).toEqual([
        1,
        {
          code: 'not-found',
          message: 'Secret studio-z not found in any Region or in any policy.',
          hint: 'Check the name, or add --region. To list your secrets: mc-static-key status',
        },
      ]);
      expect(json).not.toHaveProperty('undo');
      expect(log).not.toContain('plan');
    }
  });

  test('keeps everything and fails if the Region is wrong, without searching other Regions', async () => {
    await setUp(sandbox());
    const { code, json, log } = await inVain({ region: [FAR_REGION] });
    expect([code, json.error]).toMatchObject([
      1,
      {
        message: `Secret studio-a not found in ${FAR_REGION} or in any policy.`,
        hint: 'Check the name and --region. To list your secrets: mc-static-key status',
      },
    ]);
    expect(log).toContain(`Searching ${FAR_REGION} for the secret and what uses it`);
    expect(log).not.toContain('all Regions');
  });

  test('keeps a secret that the program did not create, and says so even with --quiet', async () => {
    await makeSecret(sandbox(), { Name: 'studio-a' });
    const { code, stdout } = await inText();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Nothing was changed\.\nKept:\n {2}= keep +secret +studio-a +us-west-2\n/);
    expect(stdout).toContain('--include-untagged');
    expect(stdout).not.toMatch(/Done|above|can no longer read/);
  });

  test('reports that a key was removed before', async () => {
    await setUp(sandbox());
    await tearDown(sandbox());
    const { code, stdout } = await inText();
    expect(code).toBe(0);
    expect(stdout).toContain("Already removed. MediaConnect can't read this key in us-west-2.");
    expect(stdout).toContain('mc-static-key setup --restore --secret-arn');
  });

  test('keeps a policy and a role that belong to a CloudFormation stack', async () => {
    await setUp(sandbox());
    for (const arn of [policyArn(POLICY), roleArn(ROLE)]) sandbox().addCloudFormationTags(arn, 'video');
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(await summary()).toMatchObject({
      policies: [`${POLICY}: studio-a`],
      roles: [`${ROLE}: ${POLICY}`],
    });
  });
});

describe('teardown of a secret that cannot be removed', () => {
  test('changes nothing if the secret belongs to a CloudFormation stack', async () => {
    const { json } = await setUp(sandbox());
    sandbox().addCloudFormationTags(json.secrets[0]?.arn ?? '', 'video');
    const { code, json: told } = await inVain();
    expect(code).toBe(3);
    expect(told.error.message).toContain('belongs to the CloudFormation stack video');
  });

  test.each([
    ['its ARN', 0],
    ['its ARN without the random characters', 7],
  ])('changes nothing if a flow names the secret by %s', async (_how, cut) => {
    const { json } = await setUp(sandbox());
    const arn = json.secrets[0]?.arn ?? '';
    const SecretArn = arn.slice(0, arn.length - cut);
    const Decryption = { RoleArn: roleArn(ROLE), SecretArn, Algorithm: 'aes256' as const };
    const flow = sandbox().addFlow({ region: REGION, name: 'game', source: { Name: 'camera', Decryption } });
    const { code, json: told } = await inVain();
    expect(code).toBe(3);
    expect(told.error.message).toContain(`is used by the flow ${flow} (source camera)`);
  });

  test('changes nothing if the secret has a replica, and prints how to remove the replica', async () => {
    const { json } = await setUp(sandbox());
    const SecretId = json.secrets[0]?.arn;
    const AddReplicaRegions = [{ Region: FAR_REGION }];
    await clientsOf(sandbox()).secrets.send(
      new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions }),
    );
    const { code, json: told } = await inVain();
    expect(code).toBe(3);
    expect([told.error.message, ...(told.error.details ?? [])].join('\n')).toContain(
      'remove-regions-from-replication',
    );
  });

  test('changes nothing if the given ARN is that of an earlier secret of the same name', async () => {
    await setUp(sandbox());
    const { code, json } = await inVain({
      secretArn: ['arn:aws:secretsmanager:us-west-2:111122223333:secret:studio-a-AbCdEf'],
    });
    expect(code).toBe(3);
    expect(json.error.message).toContain('Another secret has its name');
  });
});

test('lists what is not removed yet after a failure, and is completed by the same command', async () => {
  await setUp(sandbox(), { region: both });
  sandbox().addFault({ action: 'DetachRolePolicy', kind: 'access-denied' });
  const { code, json, log } = await tearDown(sandbox());
  expect(code).toBe(4);
  expect(json.error.awsAction).toBe('iam:DetachRolePolicy');
  expect(json.completed.secrets.map(({ action }) => action)).toEqual(['scheduled', 'scheduled']);
  expect(log).toMatch(
    /Not removed yet:\s+arn:aws:iam::111122223333:policy\/\S+\s+arn:aws:iam::111122223333:role/,
  );
  expect((await tearDown(sandbox())).code).toBe(0);
  expect(await summary()).toMatchObject({ policies: [], roles: [] });
});

test('does not report success if it may not read what is left at the end', async () => {
  await setUp(sandbox());
  // The first read is for the plan, the second one for the final check.
  sandbox().addFault({ action: 'GetRole', skip: 1, kind: 'access-denied' });
  const { code, json, log } = await tearDown(sandbox());
  expect([code, json.error.awsAction]).toEqual([4, 'iam:GetRole']);
  expect(log).not.toContain('Verified');
});

describe('teardown during a change by another run', () => {
  test('keeps a secret that setup adds to the policy while an entry is removed', async () => {
    for (const name of ['studio-b', 'studio-a']) await setUp(sandbox(), { secretName: name });
    sandbox().addFault({
      action: 'CreatePolicyVersion',
      kind: 'delay-before',
      delayMs: 500,
      onStrike: () => void setUp(sandbox(), { secretName: 'studio-c' }),
    });
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect((await summary()).policies).toEqual([`${POLICY}: studio-b studio-c`]);
  });

  test('keeps a secret that setup adds to the policy right before the policy is deleted', async () => {
    await setUp(sandbox());
    sandbox().addFault({
      action: 'DeletePolicy',
      kind: 'delay-before',
      delayMs: 1_200,
      onStrike: () => void setUp(sandbox(), { secretName: 'studio-c' }),
    });
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(await summary()).toMatchObject({
      policies: [`${POLICY}: studio-c`],
      roles: [`${ROLE}: ${POLICY}`],
    });
  });
});

test('removes a secret that has a resource policy', async () => {
  const { json } = await setUp(sandbox());
  const ResourcePolicy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `${roleArn(ROLE)}` },
        Action: 'secretsmanager:GetSecretValue',
        Resource: '*',
      },
    ],
  });
  await clientsOf(sandbox()).secrets.send(
    new PutResourcePolicyCommand({ SecretId: json.secrets[0]?.arn, ResourcePolicy }),
  );
  expect((await tearDown(sandbox())).code).toBe(0);
});
