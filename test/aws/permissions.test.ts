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

/** The action, what its message names, the step, what is there before, and what is asked for. */
type Row = [string, string, string, (() => Promise<unknown>)?, Wishes?];

describe('a permission that is missing', () => {
  // Every step waits for the identity, so it is of no meaning which of them its absence stops.
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
  // That each action is needed and named, test/permissions proves with policies; here it is the sentence.
  test.each(partOf(rows, 2))(
    '(%s) ends the run with 4 and names the action and the resource',
    async (action, resource, step, prepare, wishes) => {
      await prepare?.();
      sandbox().addFault({ action, kind: 'access-denied', times: forever });
      const { code, json, log } = await setUp(sandbox(), wishes);
      expect(code).toBe(4);
      expect(json.error).toMatchObject({ code: 'access-denied', awsAction: action });
      expect(json.error.step).toEqual(step);
      expect(json.error.message).toContain(`to do ${action} on `);
      expect(json.error.message).toContain(resource);
      expect(json.error.hint).toContain(action);
      expect(log).toContain(json.error.message);
    },
  );

  test('(iam:GetAccountSummary) is no reason to stop: the default quota counts', async () => {
    await fullRole();
    sandbox().addFault({ action: 'GetAccountSummary', kind: 'access-denied', times: forever });
    expect((await setUp(sandbox())).code).toBe(0);
  });

  test('names who is asking', async () => {
    sandbox().addFault({ action: 'CreateRole', kind: 'access-denied', times: forever });
    const { json } = await setUp(sandbox());
    expect(json.error.message).toContain('arn:aws:iam::111122223333:user/sandbox');
  });
});

describe('AWS in trouble', () => {
  test('that throttles, some of it several times, is ridden out', async () => {
    for (const action of ['GetCallerIdentity', 'DescribeSecret', 'GetRole', 'CreateSecret', 'CreateRole']) {
      sandbox().addFault({ action, kind: 'throttle', times: action === 'CreateRole' ? 3 : 1 });
    }
    expect((await setUp(sandbox())).code).toBe(0);
    const refused = sandbox().requests.filter(({ errorCode }) => errorCode?.startsWith('Throttling'));
    expect(refused).toHaveLength(7);
  });

  test('that loses the connection in every read once is ridden out', async () => {
    for (const action of ['DescribeSecret', 'GetRole', 'ListPolicyVersions', 'GetCallerIdentity']) {
      sandbox().addFault({ action, kind: 'drop-before' });
    }
    expect((await setUp(sandbox())).code).toBe(0);
  });

  test('in the proof is a failure, not a success', async () => {
    sandbox().addFault({ action: 'GetSecretValue', kind: 'access-denied', times: forever });
    const { code, json } = await setUp(sandbox());
    expect(code).toBe(4);
    expect(json.error.awsAction).toBe('secretsmanager:GetSecretValue');
    expect(json.completed.role?.action).toBe('created');
  });

  test('whose credentials expire in between says so, and what exists by now', async () => {
    sandbox().addFault({ action: 'CreateRole', kind: 'expired-token', times: forever });
    const { code, json, log } = await setUp(sandbox());
    expect(code).toBe(4);
    expect(json.error).toMatchObject({ code: 'expired-credentials', step: 'trust-role' });
    expect(json.error.hint).toContain('aws sso login');
    expect(json.completed.policies).toMatchObject([{ action: 'created' }]);
    expect(log).toContain('What exists by now');
  });
});
