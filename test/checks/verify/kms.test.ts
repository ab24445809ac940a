import { setTimeout } from 'node:timers/promises';
import {
  CreateKeyCommand,
  DisableKeyCommand,
  GetKeyPolicyCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { ListSecretVersionIdsCommand, UpdateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, test } from 'vitest';
import { kmsKeyChecks } from '../../../src/checks/verify/check-secret.ts';
import { clientsFor } from '../../sandbox/clients.ts';
import { ACCOUNT, clientsOf, KEYS, REGION, roleArn } from '../../support/account.ts';
import { runPrinted } from '../../support/printed.ts';
import { rotate } from '../../support/runs/rotate.ts';
import { setUp } from '../../support/runs/setup.ts';
import { saying, troubles, verifyIt } from '../../support/runs/verify.ts';
import { freshSandbox } from '../../support/sandbox.ts';

let daysPassed = 0;
beforeEach(() => {
  daysPassed = 0;
});
const sandbox = freshSandbox({ now: () => Date.now() + daysPassed * 24 * 60 * 60 * 1000 });
const ROLE = roleArn('MediaConnect-ASM');

/** Returns credentials that may perform all actions except these. */
function without(...actions: string[]) {
  const Statement = [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: actions, Resource: '*' },
  ];
  return sandbox().credentialsFor(JSON.stringify({ Version: '2012-10-17', Statement }));
}

async function newKey(Policy?: object): Promise<string> {
  const { KeyMetadata } = await clientsOf(sandbox()).kms.send(
    new CreateKeyCommand(Policy ? { Policy: JSON.stringify(Policy) } : {}),
  );
  return KeyMetadata?.Arn ?? '';
}

const letsIn = (...principals: string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: principals }, Action: 'kms:*', Resource: '*' }],
});
const ADMIN = `arn:aws:iam::${ACCOUNT}:user/sandbox`;

/** Creates a secret whose current version stays under its first key because kms:Encrypt was denied for the second one. */
async function secretUnderEarlierKey(): Promise<{ first: string; second: string; arn: string }> {
  const [first, second] = [await newKey(), await newKey()];
  const { json } = await setUp(sandbox(), { kmsKeyId: first });
  const arn = json.secrets[0]?.arn ?? '';
  const { secrets } = clientsFor(sandbox(), { credentials: without('kms:Encrypt') });
  // A change at the time of the secret's creation counts as part of its creation.
  await setTimeout(150);
  await secrets.send(new UpdateSecretCommand({ SecretId: arn, KmsKeyId: second }));
  const { Versions } = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: arn }));
  expect(Versions).toMatchObject([{ KmsKeyIds: [first] }]);
  return { first, second, arn };
}

describe('a secret whose current version is under an earlier KMS key', () => {
  test('gets a warning with a command that encrypts it with the current key', async () => {
    const { first } = await secretUnderEarlierKey();
    const { json } = await verifyIt(sandbox());
    expect(troubles(json.checks)).toEqual(['warning secret-kms-key']);
    const [check] = json.checks.filter(({ verdict }) => verdict !== 'ok');
    expect(check && saying(check)).toContain(`still encrypted with ${first}`);
    await runPrinted(sandbox(), check?.command);
    const again = await verifyIt(sandbox());
    // The role has no permission for the second key.
    expect(troubles(again.json.checks)).toEqual(['failed role-decrypts-secret']);
    expect((await setUp(sandbox(), { secretArn: [(await secretArn()) ?? ''] })).code).toBe(0);
    expect(troubles((await verifyIt(sandbox())).json.checks)).toEqual([]);
  });

  test('cannot be read by a role that may use only the later key', async () => {
    const { first, arn } = await secretUnderEarlierKey();
    await clientsOf(sandbox()).kms.send(
      new PutKeyPolicyCommand({
        KeyId: first,
        PolicyName: 'default',
        Policy: JSON.stringify(letsIn(ADMIN)),
      }),
    );
    const { json } = await verifyIt(sandbox());
    expect(troubles(json.checks)).toEqual(['warning secret-kms-key', 'failed role-decrypts-secret']);
    // setup makes the same checks, and cannot fix this with any change.
    const { code, json: set } = await setUp(sandbox(), { secretArn: [arn] });
    expect(code).toBe(1);
    expect(set.error.message).toContain(
      'kms:Decrypt: the key policy allows neither the role nor its account',
    );
  });

  test('fails if that key is disabled, with a command that enables it', async () => {
    const { first } = await secretUnderEarlierKey();
    await clientsOf(sandbox()).kms.send(new DisableKeyCommand({ KeyId: first }));
    const { json } = await verifyIt(sandbox());
    const check = json.checks.find(({ id }) => id === 'secret-kms-key');
    expect(check).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining(`an earlier KMS key, ${first}, which can't be used (Disabled)`),
    });
    await runPrinted(sandbox(), check?.command);
    expect(troubles((await verifyIt(sandbox())).json.checks)).toEqual(['warning secret-kms-key']);
  });

  test.each([
    [
      'Unavailable',
      /^Connect its custom key store/,
      /^aws kms connect-custom-key-store .* cks-1234567890abcdef0$/,
    ],
    ['PendingImport', /^Import the same key material into the KMS key again/, undefined],
    ['Creating', /^AWS is still creating the KMS key/, undefined],
  ] as const)(
    'fails if that key is %s, without a command that would replace the value',
    async (state, remedy, command) => {
      const { first } = await secretUnderEarlierKey();
      sandbox().setKmsKeyState(first, { state, customKeyStoreId: 'cks-1234567890abcdef0' });
      const { json } = await verifyIt(sandbox());
      const check = json.checks.find(({ id }) => id === 'secret-kms-key');
      expect(check).toMatchObject({ verdict: 'failed', remedy: expect.stringMatching(remedy) });
      if (command) expect(check?.command).toMatch(command);
      else expect(check?.command).toBeUndefined();
    },
  );

  test('gets only a warning while that key is Updating, because it can still be used', async () => {
    const { first } = await secretUnderEarlierKey();
    sandbox().setKmsKeyState(first, { state: 'Updating' });
    expect(troubles((await verifyIt(sandbox())).json.checks)).toEqual(['warning secret-kms-key']);
  });

  test('gets rotate as its fix if that key is deleted', async () => {
    const { first } = await secretUnderEarlierKey();
    await clientsOf(sandbox()).kms.send(
      new ScheduleKeyDeletionCommand({ KeyId: first, PendingWindowInDays: 7 }),
    );
    daysPassed = 8;
    const { json } = await verifyIt(sandbox());
    expect(json.checks.find(({ id }) => id === 'secret-kms-key')).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining("which can't be used (not found)"),
      command: expect.stringMatching(/^mc-static-key rotate /),
    });
  });

  test('gets a new, readable value from rotate if the caller may not use that key', async () => {
    const { first, arn } = await secretUnderEarlierKey();
    await clientsOf(sandbox()).kms.send(
      new PutKeyPolicyCommand({ KeyId: first, PolicyName: 'default', Policy: JSON.stringify(letsIn(ROLE)) }),
    );
    const refused = await setUp(sandbox(), { secretArn: [arn] });
    expect([refused.code, refused.log]).toEqual([
      4,
      expect.stringContaining('This version of secret is not encrypted with the current KMS key.'),
    ]);
    const back = await rotate(sandbox(), { rollback: true });
    expect(back.code).toBe(4);
    const { log } = await rotate(sandbox(), { key: KEYS.other });
    expect(log).toContain("can't be decrypted, so it isn't compared");
    expect((await setUp(sandbox(), { secretArn: [arn] })).code).toBe(0);
    expect(troubles((await verifyIt(sandbox())).json.checks)).toEqual([]);
  });

  test('is reported as cannot-tell if its versions may not be listed', async () => {
    await secretUnderEarlierKey();
    const credentials = without('secretsmanager:ListSecretVersionIds');
    const { json } = await verifyIt(sandbox(), {}, { credentials });
    expect(json.checks.find(({ id }) => id === 'role-decrypts-secret')).toMatchObject({
      verdict: 'cannot-tell',
      awsAction: 'secretsmanager:ListSecretVersionIds',
    });
    expect(json.verdict).toBe('cannot-tell');
    const { secrets } = clientsOf(sandbox());
    const { Versions } = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: 'studio-a' }));
    expect(Versions).toHaveLength(1);
    const setup = await setUp(sandbox(), { secretArn: [(await secretArn()) ?? ''] }, credentials);
    expect([setup.code, setup.json.checks.map(({ verdict }) => verdict)]).toEqual([
      0,
      ['ok', 'ok', 'cannot-tell'],
    ]);
    expect(setup.log).toContain('no permission for secretsmanager:ListSecretVersionIds');
  });
});

test.each([
  ['Updating', []],
  ['Unavailable', ['failed secret-kms-key']],
] as const)(
  'fails only for a KMS key in a state that does not allow its use: %s',
  async (state, expected) => {
    const kmsKeyId = await newKey();
    await setUp(sandbox(), { kmsKeyId });
    sandbox().setKmsKeyState(kmsKeyId, { state });
    const { json } = await verifyIt(sandbox());
    expect(troubles(json.checks.filter(({ id }) => id === 'secret-kms-key'))).toEqual(expected);
  },
);

describe('the policy of a KMS key', () => {
  test('is reported by setup and verify if it does not allow the role, with a command that fixes it', async () => {
    const key = await newKey(letsIn(ADMIN));
    const { code, json } = await setUp(sandbox(), { kmsKeyId: key });
    expect([code, json.error.message]).toEqual([
      1,
      expect.stringContaining('kms:Decrypt: the key policy allows neither the role nor its account'),
    ]);
    const { json: verified } = await verifyIt(sandbox());
    expect(troubles(verified.checks)).toEqual(['failed role-decrypts-secret']);
    await runPrinted(sandbox(), verified.checks.find(({ verdict }) => verdict === 'failed')?.command);
    const { Policy } = await clientsOf(sandbox()).kms.send(new GetKeyPolicyCommand({ KeyId: key }));
    expect(JSON.parse(Policy ?? '').Statement).toHaveLength(2);
    expect(troubles((await verifyIt(sandbox())).json.checks)).toEqual([]);
    expect((await setUp(sandbox(), { kmsKeyId: key })).code).toBe(0);
  });

  test('is reported if it denies the role by name', async () => {
    const policy = letsIn(`arn:aws:iam::${ACCOUNT}:root`);
    const deny = { Effect: 'Deny', Principal: { AWS: ROLE }, Action: 'kms:Decrypt', Resource: '*' };
    await setUp(sandbox(), {
      kmsKeyId: await newKey({ ...policy, Statement: [...policy.Statement, deny] }),
    });
    const { json } = await verifyIt(sandbox());
    expect(json.checks.find(({ id }) => id === 'role-decrypts-secret')).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('statement 2 of the key policy denies it'),
    });
  });

  test('is sufficient if it allows the role, without a policy on the role', async () => {
    await setUp(sandbox());
    const key = await newKey(letsIn(ADMIN, ROLE));
    await clientsOf(sandbox()).secrets.send(new UpdateSecretCommand({ SecretId: 'studio-a', KmsKeyId: key }));
    expect(troubles((await verifyIt(sandbox())).json.checks)).toEqual([]);
  });

  test('is reported as cannot-tell by setup and verify if it may not be read', async () => {
    const key = await newKey();
    const credentials = without('kms:GetKeyPolicy');
    const { code, json, log } = await setUp(sandbox(), { kmsKeyId: key }, credentials);
    expect([code, json.checks.map(({ verdict }) => verdict)]).toEqual([0, ['ok', 'ok', 'cannot-tell']]);
    expect(log).toContain(
      `the policy of the KMS key ${key} couldn't be read (no permission for kms:GetKeyPolicy)`,
    );
    const { json: verified } = await verifyIt(sandbox(), {}, { credentials });
    expect(troubles(verified.checks)).toContain('cannot-tell role-decrypts-secret');
  });
});

describe('a value that the caller may not decrypt', () => {
  const denying = (condition: object) => ({
    Version: '2012-10-17',
    Statement: [
      ...letsIn(`arn:aws:iam::${ACCOUNT}:root`).Statement,
      { Effect: 'Deny', Principal: { AWS: '*' }, Action: 'kms:Decrypt', Resource: '*', ...condition },
    ],
  });
  const OTHER_SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:other-AbCdEf`;

  /** Creates a secret under a key, gives the key this policy, and returns what verify reports about the value. */
  async function unreadable(policy: object, credentials?: ReturnType<typeof without>) {
    const key = await newKey();
    const { json } = await setUp(sandbox(), { kmsKeyId: key });
    const arn = json.secrets[0]?.arn ?? '';
    await clientsOf(sandbox()).kms.send(
      new PutKeyPolicyCommand({ KeyId: key, PolicyName: 'default', Policy: JSON.stringify(policy) }),
    );
    const { json: verified } = await verifyIt(
      sandbox(),
      { secretArn: [arn] },
      credentials ? { credentials } : {},
    );
    const check = verified.checks.find(({ id }) => id === 'secret-version');
    expect(check?.verdict).toBe('cannot-tell');
    const said = check ? saying(check) : '';
    expect(said).toContain('no permission for kms:Decrypt');
    expect(said).not.toContain(`kms:Decrypt on ${arn}`);
    return { said, key, arn };
  }

  test.each([
    [
      'all secrets but one',
      { Condition: { StringNotEquals: { 'kms:EncryptionContext:SecretARN': OTHER_SECRET } } },
    ],
    ['everybody', {}],
    ['the user', { Principal: { AWS: ADMIN } }],
  ])('is reported with the statement of the key policy that denies %s', async (_what, condition) => {
    const { said, key } = await unreadable(denying(condition));
    expect(said).toContain(`statement 2 of the key policy of ${key} denies it`);
    expect(said).toContain("can't override it");
    expect(said).not.toContain('Ask your AWS administrator');
  });

  test('is reported with the key if its policy may not be read', async () => {
    const { said, key } = await unreadable(denying({}), without('kms:GetKeyPolicy'));
    expect(said).toContain(`Ask your AWS administrator to allow kms:Decrypt on the KMS key ${key}`);
    expect(said).toContain('If its key policy denies it');
  });

  test('is reported with the key if the policies of the caller do not allow it', async () => {
    const policy = letsIn(`arn:aws:iam::${ACCOUNT}:root`);
    const { said, key } = await unreadable(policy, without('kms:Decrypt'));
    expect(said).toContain(`Ask your AWS administrator to allow kms:Decrypt on the KMS key ${key}`);
  });

  test('is reported with the secret if the key is unknown', async () => {
    const { said, arn } = await unreadable(denying({}), without('secretsmanager:DescribeSecret'));
    expect(said).toContain(`kms:Decrypt on the KMS key of the secret ${arn}`);
  });

  test('is reported by setup with the key', async () => {
    const { key, arn } = await unreadable(denying({}));
    const { json } = await setUp(sandbox(), { secretArn: [arn] });
    const text = JSON.stringify(json.error);
    expect(text).toContain(`can't perform kms:Decrypt on the KMS key ${key}`);
    expect(text).not.toContain(`kms:Decrypt on ${arn}`);
  });
});

test('makes no extra requests for a new secret with the AWS managed key', async () => {
  await setUp(sandbox());
  sandbox().clearRequests();
  await verifyIt(sandbox());
  const actions = sandbox().requests.map(({ action }) => action);
  expect(actions).not.toContain('ListSecretVersionIds');
  expect(sandbox().requests.filter(({ region }) => region !== REGION && region !== 'us-east-1')).toEqual([]);
  expect(actions).not.toContain('GetKeyPolicy');
});

async function secretArn(): Promise<string | undefined> {
  const { secrets } = clientsOf(sandbox());
  return (await secrets.send(new ListSecretVersionIdsCommand({ SecretId: 'studio-a' }))).ARN;
}

test('reports cannot-tell for a KMS key with a missing or unknown state or usage', () => {
  const arn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  const secret = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:studio-a-AbCdEf`;
  const found = {
    region: REGION,
    name: 'studio-a',
    arn: secret,
    hasToolTag: true,
    rotationEnabled: false,
    kmsKeyId: arn,
  };
  const checks = [
    { state: 'Enabled', usage: '' },
    { state: '', usage: 'ENCRYPT_DECRYPT' },
    { state: 'Hibernating', usage: 'ENCRYPT_DECRYPT' },
  ].flatMap((told) =>
    kmsKeyChecks(
      {
        kind: 'present',
        target: { region: REGION, id: secret, keyType: 'static-key' },
        arn: secret,
        described: { seen: { ...found, content: { kind: 'none' } } },
        kmsKey: { seen: { arn, managedByAws: false, ...told } },
      },
      secret,
      { account: ACCOUNT, partition: 'aws', arn: ADMIN },
    ),
  );
  expect(troubles(checks)).toEqual(Array(3).fill('cannot-tell secret-kms-key'));
});
