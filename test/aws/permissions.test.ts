import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { clientsFor } from '../sandbox/clients.ts';
import {
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  policyArn,
} from '../support/account.ts';
import { partOf } from '../support/exhaustive.ts';
import { setUp, type Wishes } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';

const POLICY = 'SecretsManagerForMediaConnect';
const ROLE = 'MediaConnect-ASM';
const sandbox = freshSandbox();
const forever = Number.POSITIVE_INFINITY;
const otherSecret = (name: string) =>
  guidePolicy(`arn:aws:secretsmanager:us-west-2:111122223333:secret:${name}-AbCdEf`);
const secret = () => makeSecret(sandbox());
const fiveVersions = async () => {
  const [first = {}, ...later] = ['a', 'b', 'c', 'd', 'e'].map(otherSecret);
  return makePolicy(sandbox(), POLICY, first, ...later);
};
const role = () => makeRole(sandbox());
const otherRole = () => makeRole(sandbox(), { trust: guideTrust('ec2.amazonaws.com') });
const deletedSecret = async () =>
  clientsFor(sandbox()).secrets.send(new DeleteSecretCommand({ SecretId: await secret() }));
const inlinePolicy = async () => {
  await makeRole(sandbox());
  const PolicyDocument = JSON.stringify(guidePolicy('*'));
  const input = { RoleName: ROLE, PolicyName: 'Inline', PolicyDocument };
  await clientsFor(sandbox()).iam.send(new PutRolePolicyCommand(input));
};
const fullRole = async () => {
  const names = Array.from({ length: 9 }, (_, index) => `Other${index}`);
  for (const name of names) await makePolicy(sandbox(), name, otherSecret(name));
  await makeRole(sandbox(), { attached: names.map(policyArn) });
};

/** The action, the resource in its message, the step, what exists before the run, and the request. */
type Row = [string, string, string, (() => Promise<unknown>)?, Wishes?];

describe('a missing permission', () => {
  // Every step waits for the caller identity, so any of them may report that it is denied.
  const rows: Row[] = [
    ['sts:GetCallerIdentity', '*', expect.anything()],
    ['secretsmanager:DescribeSecret', 'studio-a', 'store-secret'],
    ['secretsmanager:GetSecretValue', 'secret:studio-a', 'store-secret', secret],
    ['secretsmanager:GetResourcePolicy', 'secret:studio-a', 'store-secret', secret],
    ['secretsmanager:CreateSecret', 'studio-a', 'store-secret'],
    [
      'secretsmanager:PutSecretValue',
      'secret:studio-a',
      'store-secret',
      secret,
      { key: KEYS.other, existingKey: 'replace' },
    ],
    ['secretsmanager:RestoreSecret', 'secret:studio-a', 'store-secret', deletedSecret, { restore: true }],
    ['iam:ListPolicyVersions', policyArn(POLICY), 'read-policy'],
    ['iam:GetPolicyVersion', policyArn(POLICY), 'read-policy', fiveVersions],
    ['iam:CreatePolicy', policyArn(POLICY), 'read-policy'],
    ['iam:CreatePolicyVersion', policyArn(POLICY), 'read-policy', fiveVersions],
    ['iam:DeletePolicyVersion', policyArn(POLICY), 'read-policy', fiveVersions],
    ['iam:GetRole', ROLE, 'trust-role'],
    ['iam:ListAttachedRolePolicies', ROLE, 'trust-role', role],
    ['iam:ListRolePolicies', ROLE, 'trust-role', role],
    ['iam:GetRolePolicy', ROLE, 'trust-role', inlinePolicy],
    ['iam:CreateRole', ROLE, 'trust-role'],
    ['iam:AttachRolePolicy', ROLE, 'trust-role'],
    ['iam:UpdateAssumeRolePolicy', ROLE, 'trust-role', otherRole, { updateTrust: true }],
  ];
  // test/commands/permissions proves that each action is needed. This test checks the message.
  test.each(partOf(rows, 2))(
    'ends the run with exit code 4 and names the action and the resource: %s',
    async (action, resource, step, prepare, wishes) => {
      await prepare?.();
      sandbox().addFault({ action, kind: 'access-denied', times: forever });
      const { code, json, log } = await setUp(sandbox(), wishes);
      expect(code).toBe(4);
      expect(json.error).toMatchObject({ code: 'access-denied', awsAction: action });
      expect(json.error.step).toEqual(step);
      expect(json.error.message).toContain(`can't perform ${action} on `);
      expect(json.error.message).toContain(resource);
      expect(json.error.hint).toContain(action);
      expect(log).toContain(json.error.message);
    },
  );

  test('does not stop the run if it is iam:GetAccountSummary: the default quota applies', async () => {
    await fullRole();
    sandbox().addFault({ action: 'GetAccountSummary', kind: 'access-denied', times: forever });
    expect((await setUp(sandbox())).code).toBe(0);
  });

  test('is reported with the ARN of the caller', async () => {
    sandbox().addFault({ action: 'CreateRole', kind: 'access-denied', times: forever });
    const { json } = await setUp(sandbox());
    expect(json.error.message).toContain('arn:aws:iam::111122223333:user/sandbox');
  });
});

describe('setup when AWS requests fail', () => {
  test('retries throttled requests, some of them several times', async () => {
    for (const action of ['GetCallerIdentity', 'DescribeSecret', 'GetRole', 'CreateSecret', 'CreateRole']) {
      sandbox().addFault({ action, kind: 'throttle', times: action === 'CreateRole' ? 3 : 1 });
    }
    expect((await setUp(sandbox())).code).toBe(0);
    const refused = sandbox().requests.filter(({ errorCode }) => errorCode?.startsWith('Throttling'));
    expect(refused).toHaveLength(7);
  });

  test('retries each read whose connection is lost', async () => {
    for (const action of ['DescribeSecret', 'GetRole', 'ListPolicyVersions', 'GetCallerIdentity']) {
      sandbox().addFault({ action, kind: 'drop-before' });
    }
    expect((await setUp(sandbox())).code).toBe(0);
  });

  test('fails when the stored key cannot be read back', async () => {
    sandbox().addFault({ action: 'GetSecretValue', kind: 'access-denied', times: forever });
    const { code, json } = await setUp(sandbox());
    expect(code).toBe(4);
    expect(json.error.awsAction).toBe('secretsmanager:GetSecretValue');
    expect(json.completed.role?.action).toBe('created');
  });

  test('reports credentials that expire during the run, and what exists by then', async () => {
    sandbox().addFault({ action: 'CreateRole', kind: 'expired-token', times: forever });
    const { code, json, log } = await setUp(sandbox());
    expect(code).toBe(4);
    expect(json.error).toMatchObject({ code: 'expired-credentials', step: 'trust-role' });
    expect(json.error.hint).toContain('aws sso login');
    expect(json.completed.policies).toMatchObject([{ action: 'created' }]);
    expect(log).toContain('Changed so far');
  });
});
