import { CreatePolicyVersionCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { clientsFor } from '../../sandbox/clients.ts';
import {
  FAR_REGION,
  guidePolicy,
  makePolicy,
  makeRole,
  makeSecret,
  REGION,
  readAccount,
} from '../../support/account.ts';
import { conflictOf, setUp, setUpInVain } from '../../support/runs/setup.ts';
import { troubles, verifyIt } from '../../support/runs/verify.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const keyArn = (id = KEY_ID, region = REGION) => `arn:aws:kms:${region}:111122223333:key/${id}`;
const MULTI_REGION = 'mrk-1234abcd12ab34cd56ef1234567890ab';
const statements = async () => {
  const [policy] = (await readAccount(sandbox())).policies;
  const { Statement = [] } = (policy?.document ?? {}) as Partial<ReturnType<typeof guidePolicy>>;
  return Statement;
};
const through = (region: string) => ({
  StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
});

describe('the KMS key of a secret', () => {
  test.each([
    ['its ID', KEY_ID],
    ['its ARN', keyArn()],
  ])(
    'given by %s encrypts the secret, and the role can use it only through Secrets Manager',
    async (_how, kmsKeyId) => {
      const { code, json } = await setUp(sandbox(), { kmsKeyId });
      expect(code).toBe(0);
      expect((await readAccount(sandbox())).secrets).toMatchObject([{ kmsKeyId }]);
      expect(await statements()).toEqual([
        ...guidePolicy(json.secrets[0]?.arn ?? '').Statement,
        { Effect: 'Allow', Action: 'kms:Decrypt', Resource: [keyArn()], Condition: through(REGION) },
      ]);
      expect((await setUpInVain(sandbox(), { kmsKeyId })).code).toBe(0);
    },
  );

  test('is allowed by its alias if it is given by an alias', async () => {
    const { code } = await setUp(sandbox(), { kmsKeyId: 'alias/video-keys' });
    expect(code).toBe(0);
    expect((await readAccount(sandbox())).secrets).toMatchObject([{ kmsKeyId: 'alias/video-keys' }]);
    expect((await statements())[1]).toEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: [`arn:aws:kms:${REGION}:111122223333:key/*`],
      Condition: {
        ...through(REGION),
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/video-keys'] },
      },
    });
    expect((await setUpInVain(sandbox(), { kmsKeyId: 'alias/video-keys' })).code).toBe(0);
  });

  test.each([
    ['multi-Region key', MULTI_REGION],
    ['multi-Region key by its ARN', keyArn(MULTI_REGION)],
  ])('is allowed in each Region by its ARN there if it is a %s', async (_what, kmsKeyId) => {
    const { code } = await setUp(sandbox(), { kmsKeyId, region: [REGION, FAR_REGION] });
    expect(code).toBe(0);
    expect((await statements()).slice(1)).toEqual(
      [REGION, FAR_REGION].map((region) => ({
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: [keyArn(MULTI_REGION, region)],
        Condition: through(region),
      })),
    );
  });

  test('is allowed for an existing secret too', async () => {
    const arn = await makeSecret(sandbox(), { KmsKeyId: keyArn() });
    expect((await setUp(sandbox(), { secretArn: [arn] })).code).toBe(0);
    expect((await statements())[1]).toMatchObject({ Action: 'kms:Decrypt', Resource: [keyArn()] });
  });

  test('needs no permission if it is AWS managed', async () => {
    const arn = await makeSecret(sandbox(), { KmsKeyId: 'alias/aws/secretsmanager' });
    expect((await setUp(sandbox(), { secretArn: [arn] })).code).toBe(0);
    expect(await statements()).toEqual(guidePolicy(arn).Statement);
  });

  test('is added to a policy that has no KMS key yet', async () => {
    const arn = await makeSecret(sandbox());
    await setUp(sandbox(), { secretArn: [arn] });
    const other = await makeSecret(sandbox(), { Name: 'studio-b', KmsKeyId: keyArn() });
    const { json } = await setUp(sandbox(), { secretArn: [other] });
    expect(json.policies).toMatchObject([{ action: 'updated' }]);
    expect(await statements()).toMatchObject([
      { Resource: [arn, other] },
      { Action: 'kms:Decrypt', Resource: [keyArn()] },
    ]);
  });

  test('shares a statement with keys of the same Region, but not of another Region', async () => {
    const second = '99999999-12ab-34cd-56ef-1234567890ab';
    await setUp(sandbox(), { secretName: 'one', kmsKeyId: KEY_ID });
    await setUp(sandbox(), { secretName: 'two', kmsKeyId: second });
    await setUp(sandbox(), { secretName: 'three', kmsKeyId: KEY_ID, region: [FAR_REGION] });
    expect((await statements()).slice(1).map(({ Resource }) => Resource)).toEqual([
      [keyArn(), keyArn(second)],
      [keyArn(KEY_ID, FAR_REGION)],
    ]);
  });

  test('is allowed with --policy-scope account too', async () => {
    await setUp(sandbox(), { policyScope: 'account', kmsKeyId: KEY_ID });
    expect(await statements()).toMatchObject([{ Resource: ['*'] }, { Resource: [keyArn()] }]);
  });

  test('stays and is allowed, with a warning, if --kms-key-id names another key', async () => {
    await makeSecret(sandbox(), { KmsKeyId: keyArn() });
    const { code, log } = await setUp(sandbox(), { kmsKeyId: '99999999-12ab-34cd-56ef-1234567890ab' });
    expect(code).toBe(0);
    expect(log).toContain("uses a different KMS key from --kms-key-id. It won't be changed.");
    expect((await statements())[1]).toMatchObject({ Resource: [keyArn()] });
  });

  test('is rejected for another Region than that of its ARN before any request to AWS', async () => {
    const wishes = { kmsKeyId: keyArn(), region: [REGION, FAR_REGION] };
    await expect(setUp(sandbox(), wishes)).rejects.toThrow('is a single-Region key');
    expect(sandbox().requests).toEqual([]);
  });
});

test('setup rejects a KMS key of another partition before any request to AWS', async () => {
  const wishes = { kmsKeyId: 'arn:aws-cn:kms:cn-north-1:111122223333:alias/video' };
  await expect(setUp(sandbox(), wishes)).rejects.toThrow('is in a different AWS partition');
  expect(sandbox().requests).toEqual([]);
});

describe('a KMS key of another account', () => {
  const OTHER = `arn:aws:kms:${REGION}:444455556666:`;
  const named = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/video'] } };
  const granting = (resource: string, more = {}) => ({
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: [resource],
    Condition: { ...through(REGION), ...more },
  });
  const inPlace = async (KmsKeyId: string, grant: object, resource = (arn: string) => arn) => {
    const arn = await makeSecret(sandbox(), { KmsKeyId });
    const { Version, Statement } = guidePolicy(resource(arn));
    const policy = await makePolicy(sandbox(), 'SecretsManagerForMediaConnect', {
      Version,
      Statement: [...Statement, grant],
    });
    await makeRole(sandbox(), { attached: [policy] });
    return arn;
  };

  test.each([
    ['its ARN', `${OTHER}key/${KEY_ID}`, granting(`${OTHER}key/${KEY_ID}`)],
    ['its alias', `${OTHER}alias/video`, granting(`${OTHER}key/*`, named)],
  ])(
    'is not allowed again if the policy allows it by %s, whatever its key policy says',
    async (_how, id, grant) => {
      const arn = await inPlace(id, grant);
      await setUpInVain(sandbox(), { secretArn: [arn] });
    },
  );

  test('is not allowed again with --policy-scope region', async () => {
    const id = `${OTHER}key/${KEY_ID}`;
    const every = () => `arn:aws:secretsmanager:${REGION}:111122223333:secret:*`;
    const arn = await inPlace(id, granting(id), every);
    await setUpInVain(sandbox(), { secretArn: [arn], policyScope: 'region' });
  });

  test('is not allowed by the same alias in this account', async () => {
    const grant = granting(`arn:aws:kms:${REGION}:111122223333:key/*`, named);
    const arn = await inPlace(`${OTHER}alias/video`, grant);
    const { json } = await setUp(sandbox(), { secretArn: [arn], dryRun: true });
    expect(json.policies).toMatchObject([{ action: 'updated' }]);
    const checks = await verifyIt(sandbox());
    expect(troubles(checks.json.checks)).toContain('cannot-tell secret-kms-key');
    expect(troubles(checks.json.checks)).toContain('cannot-tell role-decrypts-secret');
  });

  test('is cannot-tell for verify if the policy allows it by its alias', async () => {
    await inPlace(`${OTHER}alias/video`, granting(`${OTHER}key/*`, named));
    const { json } = await verifyIt(sandbox());
    expect(troubles(json.checks)).toContain('cannot-tell secret-kms-key');
    expect(troubles(json.checks)).toContain('cannot-tell role-decrypts-secret');
  });
});

describe('a policy for secrets with KMS keys', () => {
  test('is a conflict if kms:Decrypt is not limited to Secrets Manager', async () => {
    await setUp(sandbox(), { kmsKeyId: KEY_ID });
    const [read] = await statements();
    const open = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' };
    await clientsFor(sandbox()).iam.send(
      new CreatePolicyVersionCommand({
        PolicyArn: 'arn:aws:iam::111122223333:policy/SecretsManagerForMediaConnect',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [read, open] }),
        SetAsDefault: true,
      }),
    );
    const { step, details } = await conflictOf(sandbox(), { secretName: 'studio-b' });
    expect(step).toBe('read-policy');
    expect(details?.join('\n')).toContain('kms:Decrypt');
  });
});
