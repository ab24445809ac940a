import { AttachRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { UpdateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import {
  ACCOUNT,
  clientsOf,
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  policyArn,
  READ_ACTIONS,
  REGION,
  roleArn,
} from '../../support/account.ts';
import { runPrinted } from '../../support/printed.ts';
import { conflictOf, setUp } from '../../support/runs/setup.ts';
import { troubles, verifyIt, verifyText } from '../../support/runs/verify.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const ROLE = 'MediaConnect-ASM';
const OTHER = '999999999999';
const ADMIN = `arn:aws:iam::${ACCOUNT}:user/sandbox`;
const arnOf = (name: string, region = REGION) => `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:${name}`;

/** Returns the check of that ID, and the IDs of all checks that do not pass. */
async function checkOf(id: string) {
  const { json } = await verifyIt(sandbox());
  const check = json.checks.find((each) => each.id === id);
  return { ...check, ids: troubles(json.checks) };
}

describe('a trust policy that names MediaConnect and does not let it in', () => {
  const withCondition = (Condition: object) => {
    const trust = guideTrust();
    return { ...trust, Statement: trust.Statement.map((each) => ({ ...each, Condition })) };
  };

  test.each([
    [
      'is for another account',
      { StringEquals: { 'aws:SourceAccount': OTHER } },
      `its condition aws:SourceAccount is ${OTHER}, not ${ACCOUNT}`,
    ],
    [
      'requires an external ID',
      { StringEquals: { 'sts:ExternalId': 'feed' } },
      'its condition sts:ExternalId asks for feed, which the request does not have',
    ],
    [
      'is for flows of another Region',
      { ArnLike: { 'aws:SourceArn': `arn:aws:mediaconnect:eu-west-1:${ACCOUNT}:flow:*` } },
      `its condition aws:SourceArn is arn:aws:mediaconnect:eu-west-1:${ACCOUNT}:flow:*, which is for the Region eu-west-1, not ${REGION}`,
    ],
    [
      'is for flows of another account',
      { ArnLike: { 'aws:SourceArn': `arn:aws:mediaconnect:*:${OTHER}:flow:*` } },
      `which is for the account ${OTHER}, not ${ACCOUNT}`,
    ],
    [
      'excludes this account',
      { StringNotEquals: { 'aws:SourceAccount': ACCOUNT } },
      `its condition aws:SourceAccount excludes ${ACCOUNT}`,
    ],
    [
      'has expired',
      { DateLessThan: { 'aws:CurrentTime': '2020-01-01' } },
      'its condition DateLessThan aws:CurrentTime 2020-01-01 does not hold: it is 20',
    ],
    [
      'has expired, in epoch seconds',
      { NumericLessThan: { 'aws:EpochTime': '1577836800' } },
      'its condition NumericLessThan aws:EpochTime 1577836800 does not hold: it is 1',
    ],
  ])('is reported with the condition and a command that fixes it if it %s', async (_, condition, said) => {
    const arn = await makeSecret(sandbox());
    await makePolicy(sandbox(), 'SecretsManagerForMediaConnect', guidePolicy(arn));
    await makeRole(sandbox(), {
      trust: withCondition(condition),
      attached: [policyArn('SecretsManagerForMediaConnect')],
    });
    const check = await checkOf('role-trust');
    expect(check.detail).toContain('statement 1 of the trust policy trusts MediaConnect, but ');
    expect(check.detail).toContain(said);
    await runPrinted(sandbox(), check.command);
    expect((await checkOf('role-trust')).ids).not.toContain('failed role-trust');
  });

  test.each([
    ['an end in the future', { DateLessThan: { 'aws:CurrentTime': '2999-01-01T00:00:00Z' } }],
    ['a start in the past', { DateGreaterThan: { 'aws:EpochTime': '1577836800' } }],
  ])('is not reported with %s', async (_, condition) => {
    const Condition = { ...condition, StringEquals: { 'aws:SourceAccount': ACCOUNT } };
    const arn = await makeSecret(sandbox());
    await makePolicy(sandbox(), 'SecretsManagerForMediaConnect', guidePolicy(arn));
    await makeRole(sandbox(), {
      trust: withCondition(Condition),
      attached: [policyArn('SecretsManagerForMediaConnect')],
    });
    expect((await checkOf('role-trust')).ids).toEqual([]);
  });

  test('is reported by setup in the same words', async () => {
    await makeRole(sandbox(), { trust: withCondition({ StringEquals: { 'aws:SourceAccount': OTHER } }) });
    const { message, details } = await conflictOf(sandbox());
    expect([message, ...(details ?? [])].join('\n')).toContain(
      `its condition aws:SourceAccount is ${OTHER}, not ${ACCOUNT}`,
    );
  });

  test('is reported with the service that it trusts instead', async () => {
    await makeSecret(sandbox());
    await makeRole(sandbox(), { trust: guideTrust('medialive.amazonaws.com') });
    expect((await checkOf('role-trust')).detail).toContain(
      'statement 1 of the trust policy trusts medialive.amazonaws.com, not mediaconnect.amazonaws.com',
    );
  });
});

describe('a read policy that almost fits', () => {
  const withPolicy = async (policy: object, name = 'studio-a') => {
    await makeSecret(sandbox(), { Name: name });
    await makePolicy(sandbox(), 'SecretsManagerForMediaConnect', policy);
    await makeRole(sandbox(), { attached: [policyArn('SecretsManagerForMediaConnect')] });
  };

  test.each([
    [
      'lacks the end of the ARN',
      guidePolicy(arnOf('studio-a')),
      'lacks the hyphen and six characters at the end of the ARN (studio-a-??????)',
    ],
    [
      'is for another Region',
      guidePolicy(arnOf('studio-a-??????', 'eu-west-1')),
      'is for the Region eu-west-1',
    ],
    ['has another letter case', guidePolicy(arnOf('Studio-A-??????')), 'differs in letter case'],
    [
      'has the suffix of an earlier secret',
      guidePolicy(arnOf('studio-a-AbCdEf')),
      "ends in -AbCdEf, and the secret's ARN in -",
    ],
    [
      'lacks an action',
      {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: READ_ACTIONS.slice(0, 3), Resource: arnOf('studio-a-??????') },
        ],
      },
      'only',
    ],
    [
      'requires another Region',
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: READ_ACTIONS,
            Resource: '*',
            Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
          },
        ],
      },
      `comes closest, but its condition aws:RequestedRegion is eu-west-1, not ${REGION}`,
    ],
    [
      'has expired',
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: READ_ACTIONS,
            Resource: '*',
            Condition: { DateLessThanEquals: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } },
          },
        ],
      },
      'its condition DateLessThanEquals aws:CurrentTime 2020-01-01T00:00:00Z does not hold',
    ],
  ])('is reported with a command that fixes it if it %s', async (_, policy, said) => {
    await withPolicy(policy);
    const check = await checkOf('role-reads-secret');
    expect(check.detail).toContain('statement 1 of SecretsManagerForMediaConnect');
    expect(check.detail).toContain(said);
    await runPrinted(sandbox(), check.command);
    expect((await checkOf('role-reads-secret')).ids).not.toContain('failed role-reads-secret');
  });

  test('is not reported as close if it is for other secrets', async () => {
    await withPolicy(guidePolicy(arnOf('another-??????')));
    expect((await checkOf('role-reads-secret')).detail).toContain('names other resources only');
  });
});

describe('a key policy that almost fits', () => {
  const keyPolicy = (statement: object) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:*', Resource: '*', ...statement }],
  });
  const admin = { Effect: 'Allow', Principal: { AWS: ADMIN }, Action: 'kms:*', Resource: '*' };
  const through = (region: string) => `secretsmanager.${region}.amazonaws.com`;

  test.each([
    [
      'is for the secrets of another account',
      { Condition: { StringEquals: { 'kms:CallerAccount': OTHER } } },
      `statement 1 of the key policy allows it, but its condition kms:CallerAccount is ${OTHER}, not ${ACCOUNT}`,
    ],
    [
      'is for Secrets Manager in another Region',
      { Condition: { StringEquals: { 'kms:ViaService': through('eu-west-1') } } },
      `its condition kms:ViaService is ${through('eu-west-1')}, not ${through(REGION)}`,
    ],
    [
      'has expired',
      { Condition: { DateLessThan: { 'aws:CurrentTime': '2020-01-01' } } },
      'its condition DateLessThan aws:CurrentTime 2020-01-01 does not hold',
    ],
    [
      'lets in another account',
      { Principal: { AWS: `arn:aws:iam::${OTHER}:root` } },
      `statement 1 of the key policy lets in arn:aws:iam::${OTHER}:root, not account ${ACCOUNT}`,
    ],
    [
      'lets in a role of another account',
      { Principal: { AWS: roleArn(ROLE).replace(ACCOUNT, OTHER) } },
      `lets in ${roleArn(ROLE).replace(ACCOUNT, OTHER)}, not ${roleArn(ROLE)}`,
    ],
    [
      'lacks the action',
      { Principal: { AWS: roleArn(ROLE) }, Action: ['kms:Encrypt', 'kms:GenerateDataKey*'] },
      'statement 1 of the key policy allows kms:Encrypt, kms:GenerateDataKey* only',
    ],
  ])('is reported with a command that fixes it if it %s', async (_, statement, said) => {
    await setUp(sandbox());
    const { kms, secrets } = clientsOf(sandbox());
    const document = keyPolicy(statement);
    const Policy = JSON.stringify({ ...document, Statement: [...document.Statement, admin] });
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy }));
    const KmsKeyId = KeyMetadata?.Arn ?? '';
    await secrets.send(new UpdateSecretCommand({ SecretId: 'studio-a', KmsKeyId }));
    await makePolicy(sandbox(), 'Decrypts', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: KmsKeyId }],
    });
    await clientsOf(sandbox()).iam.send(
      new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn: policyArn('Decrypts') }),
    );
    const check = await checkOf('role-decrypts-secret');
    expect(check.detail).toContain('the key policy allows neither the role nor its account');
    expect(check.detail).toContain(said);
    await runPrinted(sandbox(), check.command);
    expect((await checkOf('role-decrypts-secret')).ids).toEqual([]);
  });

  test('is not reported as close if its statement is for another principal', async () => {
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [admin] });
    const { KeyMetadata } = await clientsOf(sandbox()).kms.send(new CreateKeyCommand({ Policy }));
    await setUp(sandbox(), { kmsKeyId: KeyMetadata?.Arn ?? '' });
    const { detail } = await checkOf('role-decrypts-secret');
    expect(detail).toMatch(/the key policy allows neither the role nor its account\.?$/);
  });
});

describe('an ARN whose name ends like a random suffix', () => {
  test('is reported without its suffix, and no other secret is suggested', async () => {
    await makeSecret(sandbox(), { Name: 'live/feed' });
    const arn = await makeSecret(sandbox(), { Name: 'live/feed-secret' });
    const { json } = await verifyIt(sandbox(), { secretArn: [arnOf('live/feed-secret')] });
    const check = json.checks.find(({ id }) => id === 'secret-exists');
    expect(check).toMatchObject({ verdict: 'failed', remedy: `Use the full ARN: ${arn}` });
    expect(check?.detail).toContain('lacks its suffix');
  });
});

describe('the first line of verify', () => {
  const first = async (wishes = {}) => {
    const { stdout } = await verifyText(sandbox(), wishes, { common: { json: false } });
    return stdout.replace(/\s+account \d{12}\n[\s\S]*$/, '');
  };

  test('says that the settings of a flow do not match the key if only the algorithm is wrong', async () => {
    await setUp(sandbox(), { key: KEYS.aes128 });
    const { json } = await verifyIt(sandbox());
    const SecretArn = json.checks[0]?.subject ?? '';
    const Decryption = { RoleArn: roleArn(ROLE), SecretArn, Algorithm: 'aes256' } as const;
    const flowArn = sandbox().addFlow({
      region: REGION,
      name: 'game',
      source: { Name: 'camera', Transport: { Protocol: 'zixi-push' }, Decryption },
    });
    expect(await first({ flowArn })).toBe("✖ This flow's settings don't match the key: 1 problem");
  });

  test('distinguishes a wrong key from a key that MediaConnect cannot read', async () => {
    await setUp(sandbox());
    expect(await first({ key: KEYS.other })).toBe("✖ The secret doesn't hold the correct key: 1 problem");
    await clientsOf(sandbox()).iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: ROLE,
        PolicyDocument: JSON.stringify(guideTrust('ec2.amazonaws.com')),
      }),
    );
    expect(await first()).toBe("✖ MediaConnect can't read this key: 1 problem");
    await makeSecret(sandbox(), { Name: 'odd', SecretString: `${KEYS.aes256}\n` });
    const both = { secretName: 'odd', region: [REGION], roleName: 'MediaConnect-Other' };
    expect(await first(both)).toBe("✖ This setup doesn't work: 2 problems");
  });
});
