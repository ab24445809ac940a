import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { clientsFor } from '../sandbox/clients.ts';
import {
  guidePolicy,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  readAccount,
  writesTo,
} from '../support/account.ts';
import { feeds, setUpAll } from '../support/runs/manifest.ts';
import { setUp } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const POLICY = 'SecretsManagerForMediaConnect';
/** Allows all that is asked for, and is none that this program would extend. */
const everySecret = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' }],
};

describe('what stands in the way only once the secret is there', () => {
  test('is a conflict, where somebody made the secret meanwhile under a KMS key that the policy lacks', async () => {
    await makePolicy(sandbox(), POLICY, everySecret);
    await makeRole(sandbox());
    const { secrets } = clientsFor(sandbox());
    const theirs = new CreateSecretCommand({
      Name: 'studio-a',
      SecretString: KEYS.aes256,
      KmsKeyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
    });
    sandbox().addFault({
      action: 'CreateSecret',
      kind: 'delay-before',
      delayMs: 200,
      onStrike: () => void secrets.send(theirs),
    });
    const { code, json } = await setUp(sandbox());
    expect(code).toBe(3);
    expect(json.error).toMatchObject({ code: 'conflict', step: 'read-policy' });
    expect(json.error.message).toContain(`The policy ${POLICY} exists`);
    expect(writesTo(sandbox()).filter((name) => name.startsWith('iam:'))).toEqual([
      'iam:CreatePolicy',
      'iam:CreateRole',
    ]);
  });

  /** A secret whose own policy does not let the role read it, which cannot be seen until the secret is restored. */
  const shut = async (Name: string) => {
    const SecretId = await makeSecret(sandbox(), { Name });
    const { secrets } = clientsFor(sandbox());
    const statement = {
      Effect: 'Deny',
      Principal: '*',
      Action: 'secretsmanager:ListSecretVersionIds',
      Resource: '*',
      Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/MediaConnect-ASM' } },
    };
    const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
    await secrets.send(new DeleteSecretCommand({ SecretId }));
  };

  test('is a conflict, where a secret that was restored does not let the role read it', async () => {
    await shut('studio-a');
    await makeRole(sandbox());
    const { code, json } = await setUp(sandbox(), { restore: true });
    expect(code).toBe(3);
    expect(json.error).toMatchObject({ code: 'conflict', step: 'trust-role' });
    expect(json.error.details?.join()).toContain(
      'This conflict appeared only after the secret was in place. The secret stays as it is.',
    );
    expect(json.completed.secrets).toMatchObject([{ action: 'restored' }]);
    expect((await readAccount(sandbox())).roles).toMatchObject([{ attached: [] }]);
  });

  test('fails that key of a manifest and leaves the others alone', async () => {
    await shut('live/feed-2');
    await makeRole(sandbox());
    const { code, json } = await setUpAll(sandbox(), { keys: feeds(3) }, { restore: true });
    expect(code).toBe(1);
    expect(json.failed).toMatchObject([
      { name: 'live/feed-2', error: { code: 'conflict', step: 'trust-role' } },
    ]);
    expect(json.encryption).toHaveLength(2);
    expect((await readAccount(sandbox())).roles).toMatchObject([{ attached: [POLICY] }]);
  });
});

describe('a warning of a plan that is made again while it is applied', () => {
  /** Has somebody make something right before the program would. */
  const rightBefore = (action: string, make: () => Promise<unknown>) =>
    sandbox().addFault({ action, kind: 'delay-before', delayMs: 200, onStrike: () => void make() });
  const times = (log: string, text: string) => log.split(text).length - 1;

  test('is printed, where somebody makes a role meanwhile that lets in other accounts', async () => {
    rightBefore('CreateRole', () => makeRole(sandbox()));
    const { code, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(times(log, '! The trust policy of MediaConnect-ASM has no aws:SourceAccount condition.')).toBe(1);
  });

  test('is printed, where somebody makes a policy meanwhile that allows more than is asked for', async () => {
    rightBefore('CreatePolicy', () => makePolicy(sandbox(), POLICY, guidePolicy('*')));
    const { code, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(times(log, `! The policy ${POLICY} allows more secrets than --policy-scope asks for.`)).toBe(1);
  });

  test('is printed, where a restored secret has a resource policy with an unknown condition', async () => {
    const SecretId = await makeSecret(sandbox());
    const { secrets } = clientsFor(sandbox());
    const statement = {
      Effect: 'Deny',
      Principal: '*',
      Action: 'secretsmanager:ListSecretVersionIds',
      Resource: '*',
      Condition: {
        ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/MediaConnect-ASM' },
        StringNotEquals: { 'aws:PrincipalOrgID': 'o-abc' },
      },
    };
    const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
    await secrets.send(new DeleteSecretCommand({ SecretId }));
    const { code, log } = await setUp(sandbox(), { restore: true });
    expect(code).toBe(0);
    expect(times(log, "! Can't tell whether the role MediaConnect-ASM can read the secret studio-a")).toBe(1);
  });

  test('is not printed again, where the plan had it', async () => {
    await makeRole(sandbox());
    const { code, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(times(log, 'has no aws:SourceAccount condition.')).toBe(1);
  });
});
