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
/** Allows every secret, in a shape that the program would not extend. */
const everySecret = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' }],
};

describe('setup, with a conflict that appears only after the secret is in place', () => {
  test('reports it when someone creates the secret meanwhile with a KMS key that the policy lacks', async () => {
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
    expect(json.error.message).toContain(`Policy ${POLICY} already exists`);
    expect(writesTo(sandbox()).filter((name) => name.startsWith('iam:'))).toEqual([
      'iam:CreatePolicy',
      'iam:CreateRole',
    ]);
  });

  /** Creates a secret whose resource policy denies the role, which does not show until the secret is restored. */
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

  test('reports it when a restored secret denies access to the role', async () => {
    await shut('studio-a');
    await makeRole(sandbox());
    const { code, json } = await setUp(sandbox(), { restore: true });
    expect(code).toBe(3);
    expect(json.error).toMatchObject({ code: 'conflict', step: 'trust-role' });
    expect(json.error.details?.join()).toContain(
      'This conflict appeared only after the secret was stored. The secret stays as it is.',
    );
    expect(json.completed.secrets).toMatchObject([{ action: 'restored' }]);
    expect((await readAccount(sandbox())).roles).toMatchObject([{ attached: [] }]);
  });

  test('fails only that key of a manifest', async () => {
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

describe('a warning that appears while the plan is applied', () => {
  /** Runs `make` right before the request of the program is carried out. */
  const rightBefore = (action: string, make: () => Promise<unknown>) =>
    sandbox().addFault({ action, kind: 'delay-before', delayMs: 200, onStrike: () => void make() });
  const times = (log: string, text: string) => log.split(text).length - 1;

  test('is printed when someone creates a role meanwhile that trusts other accounts', async () => {
    rightBefore('CreateRole', () => makeRole(sandbox()));
    const { code, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(
      times(log, '! The trust policy of role MediaConnect-ASM has no aws:SourceAccount condition.'),
    ).toBe(1);
  });

  test('is printed when someone creates a policy meanwhile that allows more than requested', async () => {
    rightBefore('CreatePolicy', () => makePolicy(sandbox(), POLICY, guidePolicy('*')));
    const { code, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(times(log, `! Policy ${POLICY} allows more secrets than --policy-scope asks for.`)).toBe(1);
  });

  test('is printed when a restored secret has a resource policy with an unknown condition', async () => {
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
    expect(times(log, "! Can't tell whether role MediaConnect-ASM can read secret studio-a")).toBe(1);
  });

  test('is not printed again if the plan had it', async () => {
    await makeRole(sandbox());
    const { code, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(times(log, 'has no aws:SourceAccount condition.')).toBe(1);
  });
});
