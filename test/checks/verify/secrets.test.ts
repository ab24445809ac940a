import { CreateAliasCommand, CreateKeyCommand, DescribeKeyCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VerifyCheck } from '../../../src/checks/verify/result.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import {
  clientsOf,
  FAR_REGION,
  guidePolicy,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  REGION,
} from '../../support/account.ts';
import { saying, troubles, type VerifyDocument, verifyIt } from '../../support/runs/verify.ts';
import { type BrokenSecret, STATES, VALUES } from './secrets.ts';

/** One account for all: each secret has its own checks, so that one run of `verify` tells about all of them. */
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
  await makeRole(sandbox, { attached: [await makePolicy(sandbox, 'ReadOnly', guidePolicy('*'))] });
});
afterAll(() => sandbox.close());

/** Makes the secrets, runs `verify` over all of them, and has a test for each. */
function testSecrets(prefix: string, rows: BrokenSecret[]): void {
  const arns: string[] = [];
  let json: VerifyDocument;
  beforeAll(async () => {
    arns.push(...(await Promise.all(rows.map(({ make }, at) => make(sandbox, `${prefix}-${at}`)))));
    json = (await verifyIt(sandbox, { secretArn: arns })).json;
  });
  test.each(rows.map((row, at) => ({ ...row, at })))('$what', ({ troubles: expected, says, at }) => {
    const checks = json.checks.filter(({ subject }) => subject === arns[at]);
    expect(troubles(checks).sort()).toEqual([...expected].sort());
    const first = checks.find(({ id, verdict }) => expected[0] === `${verdict} ${id}`) as VerifyCheck;
    for (const words of says) expect(saying(first)).toContain(words);
    expect(json.verdict).toBe('failed');
    expect(JSON.stringify(json)).not.toContain(KEYS.aes256.slice(2, 40));
  });
}

describe('a secret fails that holds', () => testSecrets('value', VALUES));
describe('a secret fails that', () => testSecrets('state', STATES));

describe('a secret', () => {
  const one = async (wishes: Parameters<typeof verifyIt>[1]) => {
    const { code, json } = await verifyIt(sandbox, wishes);
    const checks = json.checks.filter(({ id }) => id.startsWith('secret-'));
    return { code, checks, told: troubles(checks), said: checks.map(saying).join('\n') };
  };

  test('in two Regions fails where it holds another key, and says so of the second one', async () => {
    await makeSecret(sandbox, { Name: 'both' });
    await makeSecret(sandbox, { Name: 'both', region: FAR_REGION, SecretString: KEYS.other });
    const { code, told, said } = await one({ secretName: 'both', region: [REGION, FAR_REGION] });
    expect([code, told]).toEqual([1, ['failed secret-same-key']]);
    expect(said).toContain(`holds another key than in ${REGION}`);
    expect(said).toContain(
      'mc-static-key rotate --secret-name both --region us-west-2 --region eu-west-1 --key-file KEY-FILE',
    );
  });

  test('is compared with the key given, whose letters may be in the other case, and no key is shown', async () => {
    await makeSecret(sandbox, { Name: 'given' });
    const wishes = { secretName: 'given', region: [REGION] };
    expect((await one({ ...wishes, key: KEYS.aes256.toUpperCase() })).told).toEqual([]);
    const { told, said } = await one({ ...wishes, key: KEYS.other });
    expect(told).toEqual(['failed secret-key']);
    expect(said).not.toContain(KEYS.other.slice(0, 8));
  });

  test('is judged by the algorithm, or as a password, as asked', async () => {
    await makeSecret(sandbox, { Name: 'short', SecretString: 'kept-short' });
    const wishes = { secretName: 'short', region: [REGION] };
    expect((await one({ ...wishes, keyType: 'srt-password' })).told).toEqual([]);
    await makeSecret(sandbox, { Name: 'long' });
    const { told, said } = await one({ secretName: 'long', region: [REGION], algorithm: 'aes128' });
    expect([told, said.includes('32 hexadecimal digits that aes128 takes')]).toEqual([
      ['failed secret-length'],
      true,
    ]);
  });

  test('that is given with the end of its ARN is told by its name', async () => {
    await makeSecret(sandbox, { Name: 'feed' });
    const { told, said } = await one({ secretName: 'feed-AbCdEf', region: [REGION] });
    expect(told).toEqual(['failed secret-exists']);
    expect(said).toContain('mc-static-key verify --secret-name feed --region us-west-2');
  });

  test('whose name ends in a word of six letters, after the name of another secret, is not taken for an ARN', async () => {
    await makeSecret(sandbox, { Name: 'studio' });
    const { told, said } = await one({ secretName: 'studio-switch', region: [REGION] });
    expect(told).toEqual(['failed secret-exists']);
    expect(said).toContain('mc-static-key setup --secret-name studio-switch --region us-west-2');
  });

  test('that is a password, which nobody has said, cannot be told from a damaged static key', async () => {
    await makeSecret(sandbox, { Name: 'pass', SecretString: 'a-long-passphrase' });
    const { told, said } = await one({ secretName: 'pass', region: [REGION] });
    expect(told).toEqual(['cannot-tell secret-characters']);
    expect(said).toContain('For an SRT password, run verify with --key-type srt-password.');
  });

  test('that is a password is put right by commands that say so', async () => {
    const wishes = { keyType: 'srt-password', region: [REGION, FAR_REGION] };
    await makeSecret(sandbox, { Name: 'srt', SecretString: 'a-long-passphrase\n' });
    const { told, said } = await one({ ...wishes, secretName: 'srt' });
    expect(told.sort()).toEqual(['failed secret-exists', 'failed secret-form']);
    expect(said).toContain(
      'rotate --secret-name srt --region us-west-2 --key-type srt-password --key-file KEY-FILE',
    );
    expect(said).toContain('--region eu-west-1 --key-type srt-password --key-file KEY-FILE');
  });

  test("that names AWS's own KMS key by its ARN takes no permission for it", async () => {
    const own = { KeyId: 'alias/aws/secretsmanager' };
    const { KeyMetadata } = await clientsOf(sandbox).kms.send(new DescribeKeyCommand(own));
    await makeSecret(sandbox, { Name: 'own-key', KmsKeyId: KeyMetadata?.Arn });
    const { json } = await verifyIt(sandbox, { secretName: 'own-key', region: [REGION] });
    expect(json.checks.filter(({ id }) => id === 'role-decrypts-secret')).toEqual([]);
    expect(json.verdict).toBe('warning');
  });

  test.each([
    ['by that alias', { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/video'] } }, []],
    ['by the key itself', {}, []],
    [
      'by another alias',
      { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/other'] } },
      ['failed role-decrypts-secret'],
    ],
  ])(
    'whose KMS key an alias names may be read by a role that is allowed the key %s',
    async (how, condition, expected) => {
      const own = await startSandbox();
      const { kms } = clientsOf(own);
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
      const key = KeyMetadata?.Arn ?? '';
      await kms.send(new CreateAliasCommand({ AliasName: 'alias/video', TargetKeyId: key }));
      const arn = await makeSecret(own, { KmsKeyId: 'alias/video' });
      const Resource = how === 'by the key itself' ? key : '*';
      const decrypt = { Effect: 'Allow', Action: 'kms:Decrypt', Resource, Condition: condition };
      const document = { ...guidePolicy(arn), Statement: [...guidePolicy(arn).Statement, decrypt] };
      await makeRole(own, { attached: [await makePolicy(own, 'Read', document)] });
      const { json } = await verifyIt(own);
      expect(troubles(json.checks).filter((each) => !each.startsWith('warning'))).toEqual(expected);
      await own.close();
    },
  );

  test('that is nowhere is to be stored', async () => {
    const { code, told, said } = await one({ secretName: 'nowhere', region: [REGION] });
    expect([code, told]).toEqual([1, ['failed secret-exists']]);
    expect(said).toContain('mc-static-key setup --secret-name nowhere --region us-west-2');
  });
});
