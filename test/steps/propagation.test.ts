import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { readSecret } from '../../src/aws/secrets/index.ts';
import { openAws } from '../../src/aws/session.ts';
import { verifyUntilSettled } from '../../src/checks/setup/index.ts';
import { LIMITS, type Limits } from '../../src/limits.ts';
import {
  clientsOf,
  guidePolicy,
  makePolicy,
  makeRole,
  makeSecret,
  REGION,
  readAccount,
} from '../support/account.ts';
import { setUp } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { applySteps } from '../support/steps.ts';

const PATIENT: Limits = {
  ...LIMITS,
  iamPropagationMs: 10_000,
  firstPauseMs: 50,
  longestPauseMs: 200,
  unconfirmedMs: 500,
  jitterMs: 50,
  versionsBeyondPlan: 10,
};
const HASTY: Limits = {
  ...LIMITS,
  iamPropagationMs: 900,
  firstPauseMs: 50,
  longestPauseMs: 100,
  unconfirmedMs: 100,
  jitterMs: 50,
  versionsBeyondPlan: 10,
};

describe('setup with slow IAM propagation', () => {
  const sandbox = freshSandbox({ iamPropagationMs: 700 });

  test('waits, says so, and succeeds in one run', async () => {
    const { code, json, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toMatch(/Waiting for IAM to propagate .* \(\d+ s, up to 60 s\)/);
    expect(json.checks.every(({ ok }) => ok)).toBe(true);
    expect((await readAccount(sandbox())).roles[0]?.attached).toEqual(['SecretsManagerForMediaConnect']);
  });

  test('waits for a resource that does not show yet after a lost response', async () => {
    sandbox().addFault({ kind: 'drop-after', action: 'CreatePolicy' });
    sandbox().addFault({ kind: 'drop-after', action: 'CreateRole' });
    const { output, waits } = await applySteps(sandbox(), PATIENT);
    expect(output.policies).toMatchObject([{ name: 'SecretsManagerForMediaConnect', action: 'created' }]);
    expect(output.roles[0]?.role.action).toBe('created');
    expect(new Set(waits)).toEqual(
      new Set(['IAM to propagate the policy', 'IAM to propagate the new role and policy']),
    );
  });
});

describe('setup with an inline policy that only AWS can evaluate', () => {
  const sandbox = freshSandbox({ iamPropagationMs: 1_500 });
  const known = () => new Promise((done) => setTimeout(done, 1_600));

  test('reads the role until IAM shows the attached policy', async () => {
    await makeRole(sandbox());
    await known();
    const statement = {
      Effect: 'Allow',
      Action: 'secretsmanager:*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } },
    };
    await clientsOf(sandbox()).iam.send(
      new PutRolePolicyCommand({
        RoleName: 'MediaConnect-ASM',
        PolicyName: 'org',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
      }),
    );
    await known();
    const { code, json } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(json.checks.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok']);
  });
});

describe('setup, when IAM takes longer than the limit', () => {
  const sandbox = freshSandbox({ iamPropagationMs: 30_000 });

  test('fails with the time that it waited, and says what to do', async () => {
    await expect(applySteps(sandbox(), HASTY)).rejects.toMatchObject({
      message: "After 0.9 s the new role or policy still hasn't propagated in IAM.",
      exitCode: 1,
      step: 'trust-role',
      awsAction: 'iam:AttachRolePolicy',
      hint: 'Run the same command again; it continues where it stopped.',
    });
  });

  test('fails the final checks and names those that failed', async () => {
    const secret = await makeSecret(sandbox());
    const { url: endpointUrl, credentials } = sandbox();
    const interrupt = new AbortController().signal;
    const aws = openAws({ endpointUrl, credentials, homeRegion: REGION }, interrupt);
    const waits: number[] = [];
    const found = await readSecret(aws, REGION, secret);
    const secrets = [{ region: REGION, arn: secret, name: 'studio-a' }];
    const proof = await verifyUntilSettled(
      { aws, limits: HASTY, interrupt, onWait: (elapsed) => void waits.push(elapsed) },
      { policies: [], roleName: 'MediaConnect-ASM' },
      Promise.resolve(found ? [found] : []),
      {
        keys: [{ secrets, keyType: 'static-key' }],
        roleName: 'MediaConnect-ASM',
        flows: { sourceArns: [], regions: [REGION] },
      },
    );
    aws.clients.close();
    expect(waits.length).toBeGreaterThan(1);
    expect(Math.max(...waits)).toBeLessThanOrEqual(HASTY.iamPropagationMs);
    expect(proof.checks.map(({ id, ok }) => [id, ok])).toEqual([
      ['secret-value', true],
      ['role-trust', false],
      ['role-reads-secret', false],
    ]);
  });
});

describe('setup, when someone creates the policy in other letter case meanwhile', () => {
  const sandbox = freshSandbox();

  test('reports the name as taken after the time limit for IAM', async () => {
    const make = () => makePolicy(sandbox(), 'secretsmanagerformediaconnect', guidePolicy('*'));
    await expect(applySteps(sandbox(), HASTY, make)).rejects.toMatchObject({
      message: expect.stringContaining('with different capitalization'),
      exitCode: 3,
      step: 'read-policy',
    });
  });
});
