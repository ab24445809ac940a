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

/** What a quiet `teardown --yes` prints on standard output. */
async function inText() {
  const { answers } = readTeardownAnswers({ secretName: 'studio-a', region: both });
  return runInProcess(sandbox(), (run) => performTeardown({ ...run, answers }), {
    common: { json: false, quiet: true },
  });
}

/** The account in short: which secrets are scheduled for deletion, what the policies allow, what the roles have. */
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

test('teardown of a secret that nobody can decrypt any more takes it down all the same', async () => {
  const { kms } = clientsOf(sandbox());
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  await setUp(sandbox(), { kmsKeyId: `${KeyMetadata?.Arn}` });
  await kms.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
  const { code, json } = await tearDown(sandbox());
  expect([code, json.secrets.map(({ action }) => action)]).toEqual([0, ['scheduled']]);
  expect(json.undo).toMatch(/^mc-static-key setup --restore --secret-arn \S+$/);
});

test('teardown takes an entry out of a policy whose version is older than IAM takes', async () => {
  await setUp(sandbox());
  await setUp(sandbox(), { secretName: 'studio-b' });
  const policy = (await readAccount(sandbox())).policies.find(({ name }) => name === POLICY);
  sandbox().setPolicyDocument(policyArn(POLICY), { ...(policy?.document as object), Version: undefined });
  const { code, log } = await tearDown(sandbox(), { secretName: 'studio-b' });
  expect(code, log).toBe(0);
  expect((await summary()).policies).toEqual([`${POLICY}: studio-a`]);
});

describe('teardown of the only secret', () => {
  test('takes everything down that setup has made, in every Region, and says until when and how to undo it', async () => {
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

  test('once more finds nothing left to take down', async () => {
    await setUp(sandbox());
    await tearDown(sandbox());
    const { code, log } = await inVain();
    expect(code).toBe(0);
    expect(log).toContain('There is nothing left to take down');
    expect(log).toContain('is scheduled for deletion already');
  });

  test('--dry-run says what would go, and nothing goes', async () => {
    await setUp(sandbox());
    const { code, json, log } = await inVain({ dryRun: true });
    expect(code).toBe(0);
    expect(json).toMatchObject({ dryRun: true, role: { action: 'deleted' } });
    expect(log).toContain('What would be done');
  });

  test('--recovery-days shortens the time in which it can be restored', async () => {
    await setUp(sandbox());
    const { json } = await tearDown(sandbox(), { recoveryDays: '7' });
    const days = (Date.parse(json.secrets[0]?.deletionDate ?? '') - Date.now()) / 86_400_000;
    expect(days).toBeLessThan(8);
  });

  test('--region takes down the secret there, and its place in the policy; the rest stays', async () => {
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
  test('takes it out of the policy; the policy, the role and the other secret stay', async () => {
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
    expect(log).toContain('its entry taken out; the rest stays');
  });

  test('does not take one whose name only begins like it', async () => {
    await setUp(sandbox(), { secretName: 'studio-a-backup', key: KEYS.other });
    await setUp(sandbox());
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect((await summary()).policies).toEqual([`${POLICY}: studio-a-backup`]);
  });

  test('leaves the permission to decrypt as long as another secret of the Region may need it', async () => {
    const kmsKeyId = 'alias/studio';
    await setUp(sandbox(), { secretName: 'studio-b', key: KEYS.other, kmsKeyId });
    await setUp(sandbox(), { region: both, kmsKeyId });
    expect((await tearDown(sandbox())).code).toBe(0);
    const { policies } = await readAccount(sandbox());
    const text = JSON.stringify(policies[0]?.document);
    expect(text).toContain(`secretsmanager.${REGION}.amazonaws.com`);
    expect(text).not.toContain(`secretsmanager.${FAR_REGION}.amazonaws.com`);
  });

  test('makes room when the policy has five versions', async () => {
    for (const name of ['b', 'c', 'd', 'e', 'a']) await setUp(sandbox(), { secretName: `studio-${name}` });
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(log).toContain('its oldest version v1 is deleted');
    expect((await summary()).policies).toEqual([`${POLICY}: studio-b studio-c studio-d studio-e`]);
  });
});

describe('teardown where one policy was not enough', () => {
  const tag = { Key: 'mc-static-key', Value: 'read-policy' };

  /** What `setup` makes when `NAME` is full: `NAME-2`, with this secret in it, on the same role. */
  async function overflow(Name: string, region = REGION): Promise<void> {
    const { iam } = clientsOf(sandbox());
    const secret = await makeSecret(sandbox(), { Name, region, Tags: [{ ...tag, Value: 'store-secret' }] });
    const PolicyArn = await makePolicy(sandbox(), `${POLICY}-2`, guidePolicy(secret));
    await iam.send(new TagPolicyCommand({ PolicyArn, Tags: [tag] }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn }));
  }

  test('deletes both when nothing but the secret is in them, and the role', async () => {
    await setUp(sandbox());
    await overflow('studio-a', FAR_REGION);
    const { code, json, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(json.role).toMatchObject({ action: 'deleted' });
    expect(await summary()).toMatchObject({ policies: [], roles: [] });
  });

  test('finds the second one also when the first one has gone before', async () => {
    await setUp(sandbox());
    await overflow('studio-b');
    await tearDown(sandbox());
    expect((await summary()).policies).toEqual([`${POLICY}-2: studio-b`]);
    const { code, log } = await tearDown(sandbox(), { secretName: 'studio-b' });
    expect(code, log).toBe(0);
    expect(await summary()).toMatchObject({ policies: [], roles: [] });
  });
});

test('a role named in other letter case is the same role', async () => {
  await setUp(sandbox());
  const { code, log } = await tearDown(sandbox(), { roleName: ROLE.toLowerCase() });
  expect(code, log).toBe(0);
  expect(await summary()).toMatchObject({ policies: [], roles: [] });
});

describe('teardown leaves alone', () => {
  test('a secret that somebody made by hand, and its place in the policy, unless --include-untagged', async () => {
    await makeSecret(sandbox());
    await setUp(sandbox());
    const { code, json, log } = await inVain();
    expect(code).toBe(0);
    expect(json.secrets).toMatchObject([{ action: 'kept' }]);
    expect(log).toContain('was not made by this program');
    expect((await tearDown(sandbox(), { includeUntagged: true })).code).toBe(0);
    expect(await summary()).toEqual({ secrets: [`studio-a ${REGION} deleted`], policies: [], roles: [] });
  });

  test('a policy and a role that somebody made by hand, unless --include-untagged', async () => {
    const other = guidePolicy('arn:aws:secretsmanager:us-west-2:111122223333:secret:other-AbCdEf');
    const arn = await makePolicy(sandbox(), POLICY, other);
    await makeRole(sandbox(), { attached: [arn] });
    await setUp(sandbox());
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(log).toContain('names the secret and was not made by this program');
    expect(await summary()).toEqual({
      secrets: [`studio-a ${REGION} deleted`],
      policies: [`${POLICY}: other studio-a`],
      roles: [`${ROLE}: ${POLICY}`],
    });
    await tearDown(sandbox(), { includeUntagged: true });
    expect((await summary()).policies).toEqual([`${POLICY}: other`]);
  });

  test('a policy that another role uses too', async () => {
    await setUp(sandbox());
    await makeRole(sandbox(), { name: 'Backup', attached: [policyArn(POLICY)] });
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(log).toContain('is still used by the role Backup');
    expect(await summary()).toMatchObject({
      policies: [`${POLICY}: studio-a`],
      roles: [`Backup: ${POLICY}`, `${ROLE}: ${POLICY}`],
    });
  });

  test('a role that has another policy, attached or inline', async () => {
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

  test('a role made by hand; the policy that setup attached to it goes', async () => {
    await makeRole(sandbox());
    await setUp(sandbox());
    const { code, json, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(json.role).toMatchObject({ action: 'updated' });
    expect(await summary()).toMatchObject({ policies: [], roles: [`${ROLE}: `] });
  });

  test('a policy that allows every secret', async () => {
    await setUp(sandbox(), { policyScope: 'account' });
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(log).toContain(
      `= keep    policy ${POLICY}: allows every secret of a Region or of the account, so it stays`,
    );
    expect(await summary()).toMatchObject({ roles: [`${ROLE}: ${POLICY}`] });
  });

  test('a policy for a prefix, also when the last secret under it goes', async () => {
    await setUp(sandbox(), { policyScope: 'prefix', policyPrefix: 'studio-' });
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(log).toContain(
      `= keep    policy ${POLICY}: allows every secret whose name begins with studio-, so it stays`,
    );
    expect(log).toContain(`still has ${POLICY}`);
    expect((await inVain()).code).toBe(0);
  });

  test('everything, and fails, when the name is mistyped', async () => {
    await setUp(sandbox());
    for (const dryRun of [false, true]) {
      const { code, json, log } = await inVain({ secretName: 'studio-z', region: [], dryRun });
      expect([code, json.error]).toEqual([
        1,
        {
          code: 'not-found',
          message: 'There is no secret studio-z in any Region that was looked at, and no policy names it.',
          hint: 'Check the name, or name the Region (--region).',
        },
      ]);
      expect(json).not.toHaveProperty('undo');
      expect(log).not.toContain('plan');
    }
  });

  test('everything, and fails, when the Region is the wrong one; it looks in no other', async () => {
    await setUp(sandbox());
    const { code, json, log } = await inVain({ region: [FAR_REGION] });
    expect([code, json.error]).toMatchObject([
      1,
      {
        message: `There is no secret studio-a in ${FAR_REGION}, and no policy names it.`,
        hint: 'Check the name and the Region (--region).',
      },
    ]);
    expect(log).toContain(`Looking for the secret in ${FAR_REGION}, and for what uses it`);
    expect(log).not.toContain('every Region');
  });

  test('a secret that the program did not make, and says so, with --quiet too', async () => {
    await makeSecret(sandbox(), { Name: 'studio-a' });
    const { code, stdout } = await inText();
    expect(code).toBe(0);
    expect(stdout).toContain(
      'Nothing was changed.\nNot taken down:\n  = keep    secret studio-a (us-west-2): ',
    );
    expect(stdout).toContain('--include-untagged takes it too');
    expect(stdout).not.toMatch(/Done|above|can no longer read/);
  });

  test('nothing of a key that was taken down before, and says so', async () => {
    await setUp(sandbox());
    await tearDown(sandbox());
    const { code, stdout } = await inText();
    expect(code).toBe(0);
    expect(stdout).toContain('This key was taken down before. MediaConnect cannot read it in us-west-2.');
    expect(stdout).toContain('mc-static-key setup --restore --secret-arn');
  });

  test('a policy and a role that belong to a CloudFormation stack', async () => {
    await setUp(sandbox());
    for (const arn of [policyArn(POLICY), roleArn(ROLE)]) sandbox().putInStack(arn, 'video');
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(await summary()).toMatchObject({
      policies: [`${POLICY}: studio-a`],
      roles: [`${ROLE}: ${POLICY}`],
    });
  });
});

describe('teardown stops before it changes anything', () => {
  test('when the secret belongs to a CloudFormation stack', async () => {
    const { json } = await setUp(sandbox());
    sandbox().putInStack(json.secrets[0]?.arn ?? '', 'video');
    const { code, json: told } = await inVain();
    expect(code).toBe(3);
    expect(told.error.message).toContain('belongs to the CloudFormation stack video');
  });

  test.each([
    ['its ARN', 0],
    ['its ARN without the random characters', 7],
  ])('when a flow has the secret by %s', async (_how, cut) => {
    const { json } = await setUp(sandbox());
    const arn = json.secrets[0]?.arn ?? '';
    const SecretArn = arn.slice(0, arn.length - cut);
    const Decryption = { RoleArn: roleArn(ROLE), SecretArn, Algorithm: 'aes256' as const };
    const flow = sandbox().addFlow({ region: REGION, name: 'game', source: { Name: 'camera', Decryption } });
    const { code, json: told } = await inVain();
    expect(code).toBe(3);
    expect(told.error.message).toContain(`is used by the flow ${flow} (source camera)`);
  });

  test('when the secret has a replica, and says how to remove that', async () => {
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

  test('when the ARN is that of an earlier secret of the name', async () => {
    await setUp(sandbox());
    const { code, json } = await inVain({
      secretArn: ['arn:aws:secretsmanager:us-west-2:111122223333:secret:studio-a-AbCdEf'],
    });
    expect(code).toBe(3);
    expect(json.error.message).toContain('another one has its name');
  });
});

test('a teardown that failed half-way says what is not done yet, and is finished by the same command', async () => {
  await setUp(sandbox(), { region: both });
  sandbox().addFault({ action: 'DetachRolePolicy', kind: 'access-denied' });
  const { code, json, log } = await tearDown(sandbox());
  expect(code).toBe(4);
  expect(json.error.awsAction).toBe('iam:DetachRolePolicy');
  expect(json.completed.secrets.map(({ action }) => action)).toEqual(['scheduled', 'scheduled']);
  expect(log).toMatch(
    /Not taken down yet:\s+arn:aws:iam::111122223333:policy\/\S+\s+arn:aws:iam::111122223333:role/,
  );
  expect((await tearDown(sandbox())).code).toBe(0);
  expect(await summary()).toMatchObject({ policies: [], roles: [] });
});

test('a teardown that may not see in the end what is left says so, and does not call it done', async () => {
  await setUp(sandbox());
  // The first look plans, the second one makes sure.
  sandbox().addFault({ action: 'GetRole', skip: 1, kind: 'access-denied' });
  const { code, json, log } = await tearDown(sandbox());
  expect([code, json.error.awsAction]).toEqual([4, 'iam:GetRole']);
  expect(log).not.toContain('Taken down');
});

describe('what others do at the same moment stays', () => {
  test('a secret that setup adds to the policy while it is narrowed', async () => {
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

  test('a secret that setup adds to the policy right before that is deleted', async () => {
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

test('a resource policy on the secret is no matter', async () => {
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
