import type { ChildProcess } from 'node:child_process';
import {
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DetachRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/index.ts';
import { clientsFor } from '../sandbox/clients.ts';
import {
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  policyArn,
  readAccount,
  writesTo,
} from '../support/account.ts';
import { run } from '../support/runs/run.ts';
import { setUp } from '../support/runs/setup.ts';
import { AN_HOUR_AGO, freshSandbox } from '../support/sandbox.ts';

const POLICY = 'SecretsManagerForMediaConnect';
const ROLE = 'MediaConnect-ASM';
const OLD = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:old-AbCdEf';
const THEIRS = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:theirs-AbCdEf';
const sandbox = freshSandbox();

/** Runs `work` when the request arrives, and carries the request out afterwards. */
function meanwhile(action: string, work: () => Promise<unknown>, fault: Partial<Fault> = {}): void {
  const onStrike = () => void work();
  sandbox().addFault({ action, kind: 'delay-before', delayMs: 300, ...fault, onStrike });
}

async function writePolicy(...resources: string[]): Promise<void> {
  const PolicyDocument = JSON.stringify(guidePolicy(...resources));
  const command = { PolicyArn: policyArn(POLICY), PolicyDocument, SetAsDefault: true };
  await clientsFor(sandbox()).iam.send(new CreatePolicyVersionCommand(command));
}

async function allowed(): Promise<string[]> {
  const { policies } = await readAccount(sandbox());
  return JSON.stringify(policies[0]?.document).match(/arn:aws:secretsm[^"]*/g) ?? [];
}

const services = async () => {
  const [role] = (await readAccount(sandbox())).roles;
  return JSON.stringify(role?.trust).match(/\w+(?=\.amazonaws\.com)/g);
};

describe('setup, when others change the policy during the run', () => {
  test('does not restore a secret that was added and removed between plan and change', async () => {
    await makePolicy(sandbox(), POLICY, guidePolicy(OLD));
    meanwhile('CreateSecret', async () => {
      await writePolicy(OLD, THEIRS);
      await writePolicy(OLD);
    });
    const { code, json } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(await allowed()).toEqual([OLD, json.secrets[0]?.arn]);
  });

  test('keeps what another run added, and leaves no version of its own, when it is interrupted', async () => {
    await makePolicy(sandbox(), POLICY, guidePolicy(OLD));
    let child: ChildProcess | undefined;
    meanwhile('CreatePolicyVersion', async () => {
      await writePolicy(OLD, THEIRS);
      child?.kill('SIGINT');
    });
    const args = ['setup', '--secret-name', 'studio-a', '--region', 'us-west-2', '--key-env', 'STUDIO_KEY'];
    const { code, stderr } = await run([...args, '--yes'], {
      env: { ...sandbox().env, STUDIO_KEY: KEYS.aes256 },
      onStart: (started) => {
        child = started;
      },
    });
    expect(code, stderr).toBe(130);
    expect(await allowed()).toEqual([OLD, THEIRS]);
    const { policies } = await readAccount(sandbox());
    expect(Object.keys(policies[0]?.versions ?? {})).toEqual(['v1', 'v2']);
    expect(stderr).not.toContain(policyArn(POLICY));
  });

  test.each([
    ['a statement about something else', { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
    ['a Deny', { Effect: 'Deny', Action: '*', Resource: '*' }],
  ])('ends with a conflict when someone adds %s at the moment of the change', async (_what, more) => {
    await makePolicy(sandbox(), POLICY, guidePolicy(OLD));
    const document = { Version: '2012-10-17', Statement: [...guidePolicy(OLD).Statement, more] };
    const command = new CreatePolicyVersionCommand({
      PolicyArn: policyArn(POLICY),
      PolicyDocument: JSON.stringify(document),
      SetAsDefault: true,
    });
    meanwhile('CreatePolicyVersion', () => clientsFor(sandbox()).iam.send(command));
    const { code, json } = await setUp(sandbox());
    expect(code).toBe(3);
    expect(json.error.message).toBe(
      `Policy ${POLICY} already exists with different permissions, so it can't be extended.`,
    );
    expect(json.completed.policies).toEqual([]);
    expect((await readAccount(sandbox())).policies[0]?.document).toEqual(document);
  });

  test('keeps an entry for every secret that another run adds at the moment of the change', async () => {
    await makePolicy(sandbox(), POLICY, guidePolicy(OLD));
    meanwhile('CreatePolicyVersion', () => writePolicy(OLD, '*'));
    const { code } = await setUp(sandbox());
    expect(code).toBe(0);
    const { policies } = await readAccount(sandbox());
    expect(JSON.stringify(policies[0]?.document)).toContain('"*"');
  });

  test('creates and attaches the policy again when it is deleted after the run has read it', async () => {
    await setUp(sandbox());
    const { iam } = clientsFor(sandbox());
    meanwhile('CreateSecret', async () => {
      await iam.send(new DetachRolePolicyCommand({ RoleName: ROLE, PolicyArn: policyArn(POLICY) }));
      await iam.send(new DeletePolicyCommand({ PolicyArn: policyArn(POLICY) }));
    });
    const { code } = await setUp(sandbox(), { secretName: 'studio-b' });
    expect(code).toBe(0);
    expect((await readAccount(sandbox())).roles[0]?.attached).toEqual([POLICY]);
  });

  test('does not extend a policy that turns out to belong to a CloudFormation stack', async () => {
    meanwhile('CreateSecret', async () => {
      const arn = await makePolicy(sandbox(), POLICY, guidePolicy(OLD));
      sandbox().addCloudFormationTags(arn, 'playout');
    });
    const { code, json } = await setUp(sandbox());
    expect(code).toBe(3);
    expect(json.error.message).toMatch(/CloudFormation stack playout/);
    expect(await allowed()).toEqual([OLD]);
  });

  test('reports the policy as updated when it has deleted a version but created none', async () => {
    const documents = ['a', 'b', 'c', 'd', 'e'].map((name) => guidePolicy(OLD.replace('old', name)));
    await makePolicy(sandbox(), POLICY, documents[0] ?? {}, ...documents.slice(1));
    sandbox().addFault({ action: 'CreatePolicyVersion', kind: 'access-denied' });
    const { code, log } = await setUp(sandbox(), { secretArn: [await makeSecret(sandbox())] });
    expect(code).toBe(4);
    expect(log).toContain(`${policyArn(POLICY)} (updated)`);
    expect(log).not.toContain('Nothing was changed');
  });
});

describe('setup with a policy that has a draft version', () => {
  const sandbox = freshSandbox(AN_HOUR_AGO);

  test('keeps the draft and does not allow what the draft allows', async () => {
    await makePolicy(sandbox(), POLICY, guidePolicy(OLD));
    const draft = { PolicyArn: policyArn(POLICY), PolicyDocument: JSON.stringify(guidePolicy(THEIRS)) };
    await clientsFor(sandbox()).iam.send(new CreatePolicyVersionCommand(draft));
    const { code, json } = await setUp(sandbox());
    expect(code).toBe(0);
    const [policy] = (await readAccount(sandbox())).policies;
    expect(policy?.document).toEqual(guidePolicy(OLD, json.secrets[0]?.arn ?? ''));
    expect(Object.keys(policy?.versions ?? {})).toEqual(['v1', 'v2', 'v3']);
  });
});

describe('setup, when others change the trust policy during the run', () => {
  test('keeps a statement that someone adds while AWS throttles', async () => {
    await makeRole(sandbox(), { trust: guideTrust('ec2.amazonaws.com') });
    const PolicyDocument = JSON.stringify({
      ...guideTrust(),
      Statement: [
        ...guideTrust('ec2.amazonaws.com').Statement,
        ...guideTrust('lambda.amazonaws.com').Statement,
      ],
    });
    const { iam } = clientsFor(sandbox());
    const command = new UpdateAssumeRolePolicyCommand({ RoleName: ROLE, PolicyDocument });
    meanwhile('UpdateAssumeRolePolicy', () => iam.send(command), { kind: 'throttle' });
    expect((await setUp(sandbox(), { updateTrust: true })).code).toBe(0);
    expect(await services()).toEqual(['ec2', 'lambda', 'mediaconnect']);
  });

  test('keeps both statements when two runs add one at the same time', async () => {
    await makeRole(sandbox(), { trust: guideTrust('ec2.amazonaws.com') });
    sandbox().setLatency(100);
    const flows = ['one', 'two'].map(
      (name) => `arn:aws:mediaconnect:us-west-2:111122223333:flow:1-a:${name}`,
    );
    const both = await Promise.all(
      flows.map((arn) => setUp(sandbox(), { updateTrust: true, sourceArn: [arn] })),
    );
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const text = JSON.stringify((await readAccount(sandbox())).roles[0]?.trust);
    for (const arn of flows) expect(text).toContain(arn);
  });
});

describe('setup, when CreateRole fails once', () => {
  test('says that the role may exist when the answer is lost and the retry is denied', async () => {
    await makePolicy(sandbox(), POLICY, guidePolicy('*'));
    sandbox().addFault({ action: 'CreateRole', kind: 'drop-after' });
    sandbox().addFault({ action: 'CreateRole', kind: 'access-denied', skip: 1 });
    const { code, log } = await setUp(sandbox(), { secretArn: [await makeSecret(sandbox())] });
    expect(code).toBe(4);
    expect(log).toContain('The last change (iam:CreateRole) may have gone through');
    expect(log).not.toContain('Nothing was changed');
  });

  test('does not report the role as created when someone else creates it while AWS throttles', async () => {
    const AssumeRolePolicyDocument = JSON.stringify(guideTrust());
    const command = new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument });
    meanwhile('CreateRole', () => clientsFor(sandbox()).iam.send(command), { kind: 'throttle' });
    const { code, json } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(json.role?.action).toBe('updated');
  });
});

describe('setup, when others change the secret during the run', () => {
  test('restores the secret again, without a new version, when it is deleted right after the restore', async () => {
    const SecretId = await makeSecret(sandbox());
    const remove = () => clientsFor(sandbox()).secrets.send(new DeleteSecretCommand({ SecretId }));
    await remove();
    sandbox().clearRequests();
    // The answer to RestoreSecret is delayed, so that the next read sees the deletion.
    meanwhile('RestoreSecret', () => new Promise((done) => setTimeout(() => done(remove()), 100)), {
      kind: 'delay',
    });
    const { code, json } = await setUp(sandbox(), { restore: true });
    expect(code).toBe(0);
    expect(json.secrets[0]?.action).toBe('restored');
    expect(writesTo(sandbox())).not.toContain('secretsmanager:PutSecretValue');
  });

  test('keeps the previous key when two runs store the same new key at the same time', async () => {
    await makeSecret(sandbox(), { SecretString: KEYS.other });
    sandbox().setLatency(200);
    const both = await Promise.all([1, 2].map(() => setUp(sandbox(), { existingKey: 'replace' })));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const [secret] = (await readAccount(sandbox())).secrets;
    expect(secret).toMatchObject({
      versions: 2,
      values: { AWSCURRENT: KEYS.aes256, AWSPREVIOUS: KEYS.other },
    });
  });
});
