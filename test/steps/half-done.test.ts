import {
  AttachRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { clientsFor } from '../sandbox/clients.ts';
import {
  guidePolicy,
  guideTrust,
  makePolicy,
  makeRole,
  makeSecret,
  policyArn,
  readAccount,
} from '../support/account.ts';
import { setUp, setUpInVain } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';

const ROLE = 'MediaConnect-ASM';
const POLICY = 'SecretsManagerForMediaConnect';
const sandbox = freshSandbox();

describe('setup, after a part of the guide was done by hand', () => {
  const secret = () => makeSecret(sandbox());
  const policy = async () => makePolicy(sandbox(), POLICY, guidePolicy(await secret()));
  const ec2Role = async () => {
    await policy();
    await makeRole(sandbox(), { trust: guideTrust('ec2.amazonaws.com') });
  };
  const wrongPolicy = async () => {
    await ec2Role();
    const PolicyArn = 'arn:aws:iam::aws:policy/SecretsManagerReadWrite';
    await clientsFor(sandbox()).iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn }));
  };
  const trusted = async () => {
    await wrongPolicy();
    const PolicyDocument = JSON.stringify(guideTrust());
    const { iam } = clientsFor(sandbox());
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: ROLE, PolicyDocument }));
  };
  const attached = async () => {
    await trusted();
    const PolicyArn = policyArn(POLICY);
    await clientsFor(sandbox()).iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn }));
  };

  test.each<[string, () => Promise<unknown>, string[]]>([
    ['nothing', async () => undefined, ['created', 'created', 'created']],
    ['the secret', secret, ['kept', 'created', 'created']],
    ['the policy', policy, ['kept', 'kept', 'created']],
    ['the role, still for EC2', ec2Role, ['kept', 'kept', 'updated']],
    ['the role with the wrong policy, still for EC2', wrongPolicy, ['kept', 'kept', 'updated']],
    ['the role, for MediaConnect', trusted, ['kept', 'kept', 'updated']],
    ['all of it', attached, ['kept', 'kept', 'kept']],
  ])('completes the rest and keeps what exists, up to %s', async (_what, begin, actions) => {
    await begin();
    const { code, json } = await setUp(sandbox(), { updateTrust: true });
    expect(code).toBe(0);
    expect([...json.secrets, ...json.policies, json.role].map((each) => each?.action)).toEqual(actions);
    const { secrets, policies, roles } = await readAccount(sandbox());
    expect([secrets.length, policies.length, roles.length]).toEqual([1, 1, 1]);
    expect(policies[0]).toMatchObject({ defaultVersion: 'v1', document: guidePolicy(secrets[0]?.arn ?? '') });
    expect(roles[0]?.attached).toContain(POLICY);
    expect((await setUpInVain(sandbox(), { updateTrust: true })).code).toBe(0);
  });

  test('attaches a managed policy beside an inline policy', async () => {
    const document = guidePolicy(await secret());
    await makeRole(sandbox());
    await clientsFor(sandbox()).iam.send(
      new PutRolePolicyCommand({
        RoleName: ROLE,
        PolicyName: 'Inline',
        PolicyDocument: JSON.stringify(document),
      }),
    );
    expect((await setUp(sandbox())).code).toBe(0);
    const { roles } = await readAccount(sandbox());
    expect(roles).toMatchObject([{ attached: [POLICY], inline: { Inline: document } }]);
  });
});

describe('setup, when the response to a request is lost', () => {
  test('reports the created policy when the next step fails', async () => {
    sandbox().addFault({ kind: 'drop-after', action: 'CreatePolicy' });
    sandbox().addFault({ kind: 'access-denied', action: 'CreateRole' });
    const arn = await makeSecret(sandbox());
    const { code, json, log } = await setUp(sandbox(), { secretArn: [arn] });
    expect(code).toBe(4);
    expect(json.completed.policies).toMatchObject([{ name: POLICY, action: 'created' }]);
    expect(log).toContain(`${policyArn(POLICY)} (created)`);
    expect(log).not.toContain('Nothing was changed');
  });

  test('extends a policy with five versions once', async () => {
    const documents = ['a', 'b', 'c', 'd', 'e'].map((name) =>
      guidePolicy(`arn:aws:secretsmanager:us-west-2:111122223333:secret:${name}-AbCdEf`),
    );
    await makePolicy(sandbox(), POLICY, documents[0] ?? {}, ...documents.slice(1));
    sandbox().addFault({ kind: 'drop-after', action: 'DeletePolicyVersion' });
    sandbox().addFault({ kind: 'drop-after', action: 'CreatePolicyVersion' });
    const { code, json } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(json.policies).toMatchObject([{ action: 'updated' }]);
    const { policies } = await readAccount(sandbox());
    expect(JSON.stringify(policies[0]?.document)).toContain(json.secrets[0]?.arn);
    expect(Object.keys(policies[0]?.versions ?? {})).toContain('v3');
  });

  test('replaces a key once', async () => {
    await makeSecret(sandbox(), { SecretString: 'f'.repeat(64) });
    sandbox().addFault({ kind: 'drop-after', action: 'PutSecretValue' });
    const { code } = await setUp(sandbox(), { existingKey: 'replace' });
    expect(code).toBe(0);
    expect((await readAccount(sandbox())).secrets[0]?.values.AWSPREVIOUS).toBe('f'.repeat(64));
  });

  test('adds the trust statement once', async () => {
    await makeRole(sandbox(), { trust: guideTrust('ec2.amazonaws.com') });
    sandbox().addFault({ kind: 'drop-after', action: 'UpdateAssumeRolePolicy' });
    expect((await setUp(sandbox(), { updateTrust: true })).code).toBe(0);
    expect((await readAccount(sandbox())).roles).toMatchObject([{ trust: { Statement: [{}, {}] } }]);
  });
});
