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

/** One account for all tests: each secret has its own checks, so one run of `verify` covers all of them. */
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
  await makeRole(sandbox, { attached: [await makePolicy(sandbox, 'ReadOnly', guidePolicy('*'))] });
});
afterAll(() => sandbox.close());

/** Creates the secrets, verifies all of them in one run, and defines a test for each. */
function testSecrets(prefix: string, rows: BrokenSecret[]): void {
  const arns: string[] = [];
  let json: VerifyDocument;
  beforeAll(async () => {
    arns.push(...(await Promise.all(rows.map(({ make }, index) => make(sandbox, `${prefix}-${index}`)))));
    json = (await verifyIt(sandbox, { secretArn: arns })).json;
  });
  test.each(rows.map((row, at) => ({ ...row, at })))(
    'fails if the secret $what',
    ({ troubles: expected, says, at }) => {
      const checks = json.checks.filter(({ subject }) => subject === arns[at]);
      expect(troubles(checks).sort()).toEqual([...expected].sort());
      const first = checks.find(({ id, verdict }) => expected[0] === `${verdict} ${id}`) as VerifyCheck;
      for (const words of says) expect(saying(first)).toContain(words);
      expect(json.verdict).toBe('failed');
      expect(JSON.stringify(json)).not.toContain(KEYS.aes256.slice(2, 40));
    },
  );
}

describe('verify of a secret value', () => testSecrets('value', VALUES));
describe('verify of a secret state', () => testSecrets('state', STATES));

describe('a secret', () => {
  const one = async (wishes: Parameters<typeof verifyIt>[1]) => {
    const { code, json } = await verifyIt(sandbox, wishes);
    const checks = json.checks.filter(({ id }) => id.startsWith('secret-'));
    return { code, checks, told: troubles(checks), said: checks.map(saying).join('\n') };
  };

  test('fails in the second of two Regions if it holds another key there', async () => {
    await makeSecret(sandbox, { Name: 'both' });
    await makeSecret(sandbox, { Name: 'both', region: FAR_REGION, SecretString: KEYS.other });
    const { code, told, said } = await one({ secretName: 'both', region: [REGION, FAR_REGION] });
    expect([code, told]).toEqual([1, ['failed secret-same-key']]);
    expect(said).toContain(`doesn't match the key in ${REGION}`);
    expect(said).toContain(
      'mc-static-key rotate --secret-name both --region us-west-2 --region eu-west-1 --key-file KEY-FILE',
    );
  });

  test('is compared with the given key, ignoring letter case, and no key is shown', async () => {
    await makeSecret(sandbox, { Name: 'given' });
    const wishes = { secretName: 'given', region: [REGION] };
    expect((await one({ ...wishes, key: KEYS.aes256.toUpperCase() })).told).toEqual([]);
    const { told, said } = await one({ ...wishes, key: KEYS.other });
    expect(told).toEqual(['failed secret-key']);
    expect(said).not.toContain(KEYS.other.slice(0, 8));
  });

  test('is checked as a password or for an algorithm, as requested', async () => {
    await makeSecret(sandbox, { Name: 'short', SecretString: 'kept-short' });
    const wishes = { secretName: 'short', region: [REGION] };
    expect((await one({ ...wishes, keyType: 'srt-password' })).told).toEqual([]);
    await makeSecret(sandbox, { Name: 'long' });
    const { told, said } = await one({ secretName: 'long', region: [REGION], algorithm: 'aes128' });
    expect([told, said.includes('An AES-128 key has 32 hexadecimal digits')]).toEqual([
      ['failed secret-length'],
      true,
    ]);
  });

  test('is suggested by its name if it is given with the suffix of its ARN', async () => {
    await makeSecret(sandbox, { Name: 'feed' });
    const { told, said } = await one({ secretName: 'feed-AbCdEf', region: [REGION] });
    expect(told).toEqual(['failed secret-exists']);
    expect(said).toContain('mc-static-key verify --secret-name feed --region us-west-2');
  });

  test('is not mistaken for another secret with an ARN suffix if its name ends in six letters', async () => {
    await makeSecret(sandbox, { Name: 'studio' });
    const { told, said } = await one({ secretName: 'studio-switch', region: [REGION] });
    expect(told).toEqual(['failed secret-exists']);
    expect(said).toContain('mc-static-key setup --secret-name studio-switch --region us-west-2');
  });

  test('is reported as cannot-tell if it holds a password or a damaged static key', async () => {
    await makeSecret(sandbox, { Name: 'pass', SecretString: 'a-long-passphrase' });
    const { told, said } = await one({ secretName: 'pass', region: [REGION] });
    expect(told).toEqual(['cannot-tell secret-characters']);
    expect(said).toContain('Run verify with --key-type srt-password for an SRT password');
  });

  test('gets fixes with --key-type srt-password if it is a password', async () => {
    const wishes = { keyType: 'srt-password', region: [REGION, FAR_REGION] };
    await makeSecret(sandbox, { Name: 'srt', SecretString: 'a-long-passphrase\n' });
    const { told, said } = await one({ ...wishes, secretName: 'srt' });
    expect(told.sort()).toEqual(['failed secret-exists', 'failed secret-form']);
    expect(said).toContain(
      'rotate --secret-name srt --region us-west-2 --key-type srt-password --key-file KEY-FILE',
    );
    expect(said).toContain('--region eu-west-1 --key-type srt-password --key-file KEY-FILE');
  });

  test('needs no KMS permission if it names the AWS managed key by its ARN', async () => {
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
    'is checked for a KMS key given by alias if the role may use the key %s',
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

  test('gets setup as its fix if it does not exist', async () => {
    const { code, told, said } = await one({ secretName: 'nowhere', region: [REGION] });
    expect([code, told]).toEqual([1, ['failed secret-exists']]);
    expect(said).toContain('mc-static-key setup --secret-name nowhere --region us-west-2');
  });
});
