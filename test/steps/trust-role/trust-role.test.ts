import { CreatePolicyVersionCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { clientsFor } from '../../sandbox/clients.ts';
import {
  ACCOUNT,
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  readAccount,
  roleArn,
} from '../../support/account.ts';
import { conflictOf, setUp, setUpInVain } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const NAME = 'MediaConnect-ASM';
const POLICY = 'SecretsManagerForMediaConnect';
const FLOWS = `arn:aws:mediaconnect:us-west-2:${ACCOUNT}:flow:*`;
const sandbox = freshSandbox();
const role = async (name = NAME) => (await readAccount(sandbox())).roles.find((each) => each.name === name);
const guarded = (condition: object) => ({
  Version: '2012-10-17',
  Statement: guideTrust().Statement.map((statement) => ({ ...statement, Condition: condition })),
});
const SOURCE_ACCOUNT = { StringEquals: { 'aws:SourceAccount': ACCOUNT } };

describe('a new role', () => {
  test('trusts MediaConnect for this account and has the policy attached', async () => {
    const { code, json, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toMatch(
      new RegExp(`\\+ create +role +${NAME}\n +trusts MediaConnect, for this account only`),
    );
    expect(log).toMatch(new RegExp(`\\+ attach +policy +${POLICY} to role ${NAME}\n`));
    expect(json.role).toEqual({ name: NAME, arn: roleArn(NAME), action: 'created' });
    expect(json.encryption[0]?.roleArn).toBe(roleArn(NAME));
    expect(await role()).toEqual({
      name: NAME,
      path: '/',
      description: 'Allows MediaConnect to view secrets stored in AWS Secrets Manager.',
      trust: guarded(SOURCE_ACCOUNT),
      boundary: undefined,
      attached: [POLICY],
      inline: {},
      tags: { 'mc-static-key': 'trust-role' },
    });
  });

  test('has the trust policy of the guide with --no-source-account', async () => {
    const { code } = await setUp(sandbox(), { sourceAccount: false });
    expect(code).toBe(0);
    expect((await role())?.trust).toEqual(guideTrust());
  });

  test('is limited to this account and the flows of --source-arn', async () => {
    const other = `arn:aws:mediaconnect:eu-west-1:${ACCOUNT}:flow:*:studio-?`;
    const { code } = await setUp(sandbox(), { sourceArn: [FLOWS, other] });
    expect(code).toBe(0);
    const condition = { ...SOURCE_ACCOUNT, ArnLike: { 'aws:SourceArn': [FLOWS, other] } };
    expect((await role())?.trust).toEqual(guarded(condition));
    expect((await setUpInVain(sandbox(), { sourceArn: [FLOWS, other] })).code).toBe(0);
  });

  test('is limited to flows only with --source-arn and --no-source-account', async () => {
    await setUp(sandbox(), { sourceArn: [FLOWS], sourceAccount: false });
    expect((await role())?.trust).toEqual(guarded({ ArnLike: { 'aws:SourceArn': FLOWS } }));
  });

  test('has the requested name and description', async () => {
    const wishes = { roleName: 'MediaConnect-Studio', roleDescription: 'Für Studio A' };
    const { code, log } = await setUp(sandbox(), wishes);
    expect(code).toBe(0);
    expect(log).not.toContain('!');
    expect((await role('MediaConnect-Studio'))?.description).toBe('Für Studio A');
  });

  test('gets a warning for a name without MediaConnect, regardless of case', async () => {
    const warning = `doesn't contain "MediaConnect"`;
    expect((await setUp(sandbox(), { roleName: 'VideoKeys' })).log).toContain(warning);
    expect((await setUp(sandbox(), { roleName: 'video-mediaconnect' })).log).not.toContain(warning);
  });

  test('cannot have the name that AWS reserves, regardless of case', async () => {
    for (const roleName of ['MediaConnectAccessRole', 'mediaconnectaccessROLE']) {
      await expect(setUp(sandbox(), { roleName })).rejects.toThrow("can't be MediaConnectAccessRole");
    }
  });

  test('has the requested permissions boundary', async () => {
    const permissionsBoundary = await makePolicy(sandbox(), 'Boundary', guidePolicy('*'));
    const { code } = await setUp(sandbox(), { permissionsBoundary });
    expect(code).toBe(0);
    expect((await role())?.boundary).toBe(permissionsBoundary);
    expect((await setUpInVain(sandbox(), { permissionsBoundary })).code).toBe(0);
  });

  test('fails the final checks if its permissions boundary no longer allows reading the secret', async () => {
    const permissionsBoundary = await makePolicy(sandbox(), 'Boundary', guidePolicy('*'));
    await setUp(sandbox(), { permissionsBoundary });
    const Statement = [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }];
    await clientsFor(sandbox()).iam.send(
      new CreatePolicyVersionCommand({
        PolicyArn: permissionsBoundary,
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
        SetAsDefault: true,
      }),
    );
    const { code, json } = await setUpInVain(sandbox(), { permissionsBoundary });
    expect(code).toBe(1);
    expect(json.error).toMatchObject({ code: 'not-proven' });
    expect(json.error.message).toContain("role can't perform secretsmanager:GetResourcePolicy");
  });
});

describe('tags', () => {
  test('of the user and of the program are on all three resources', async () => {
    await setUp(sandbox(), { tag: ['team=playout', 'Kostenstelle=Größe 7'] });
    const { secrets, policies, roles } = await readAccount(sandbox());
    const tags = (step: string) => ({
      'mc-static-key': step,
      team: 'playout',
      Kostenstelle: 'Größe 7',
    });
    expect([secrets[0]?.tags, policies[0]?.tags, roles[0]?.tags]).toEqual([
      { ...tags('store-secret'), 'mc-static-key:key-type': 'static-key' },
      tags('read-policy'),
      tags('trust-role'),
    ]);
  });

  test('are not added to resources that are kept', async () => {
    await setUp(sandbox());
    const before = await readAccount(sandbox());
    await setUpInVain(sandbox(), { tag: ['team=playout'] });
    expect(await readAccount(sandbox())).toEqual(before);
  });
});

describe('an existing role that MediaConnect can assume', () => {
  test.each([
    ['with the guide’s trust policy', guideTrust()],
    ['for this account', guarded(SOURCE_ACCOUNT)],
    [
      'with other services too',
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: ['ec2.amazonaws.com', 'mediaconnect.amazonaws.com'] },
            Action: 'sts:AssumeRole',
          },
        ],
      },
    ],
  ])('is kept, and gets the missing policy, %s', async (_how, trust) => {
    await makePolicy(sandbox(), 'Other', guidePolicy('*'));
    await makeRole(sandbox(), { trust, attached: [`arn:aws:iam::${ACCOUNT}:policy/Other`] });
    const { code, json, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toMatch(new RegExp(`= keep +role +${NAME}\n +MediaConnect can already assume it`));
    expect(json.role?.action).toBe('updated');
    expect(await role()).toMatchObject({ trust, attached: ['Other', POLICY], tags: {} });
  });

  test('is kept, with a warning, if it trusts certain flows only', async () => {
    await makeRole(sandbox(), { trust: guarded({ ArnLike: { 'aws:SourceArn': `${FLOWS}:studio-a` } }) });
    const { code, log } = await setUp(sandbox());
    expect(log).toContain('limits MediaConnect to certain flows (aws:SourceArn)');
    expect(code).toBe(0);
  });

  test('is kept, with a warning, if it trusts more flows than --source-arn', async () => {
    await makeRole(sandbox());
    const { code, log } = await setUp(sandbox(), { sourceArn: [FLOWS] });
    expect(log).toContain(
      "already trusts MediaConnect for more than --source-arn lists. It won't be changed.",
    );
    expect(code).toBe(0);
  });

  test.each([
    ['no aws:SourceAccount', guideTrust(), 'has no aws:SourceAccount condition'],
    [
      'another account in aws:SourceAccount',
      guarded({ StringEquals: { 'aws:SourceAccount': [ACCOUNT, '444455556666'] } }),
      'also trusts flows in other accounts: 444455556666',
    ],
  ])('is kept, with the warning that verify gives, if it has %s', async (_what, trust, warning) => {
    await makeRole(sandbox(), { trust });
    const { code, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toContain(warning);
    expect((await setUpInVain(sandbox())).log).toContain(warning);
    expect((await setUpInVain(sandbox(), { sourceAccount: false })).log).not.toContain(warning);
  });

  test('is kept without a warning if it has aws:SourceAccount', async () => {
    await makeRole(sandbox(), { trust: guarded(SOURCE_ACCOUNT) });
    expect((await setUp(sandbox())).log).not.toContain('!');
  });

  test('is kept, with a warning, if it has a path', async () => {
    await makeRole(sandbox(), { path: '/video/' });
    const { code, json, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toContain('has the path /video/. Newer MediaConnect APIs reject');
    expect(json.encryption[0]?.roleArn).toBe(`arn:aws:iam::${ACCOUNT}:role/video/${NAME}`);
  });

  test('is a conflict if it lacks the requested permissions boundary', async () => {
    const permissionsBoundary = await makePolicy(sandbox(), 'Boundary', guidePolicy('*'));
    await makeRole(sandbox());
    const { message, hint } = await conflictOf(sandbox(), { permissionsBoundary });
    expect(message).toContain('already exists without the permissions boundary from --permissions-boundary');
    expect(hint).toContain('--role-name NAME');
  });

  test('is a conflict if it has another permissions boundary than the requested one', async () => {
    const permissionsBoundary = await makePolicy(sandbox(), 'Boundary', guidePolicy('*'));
    const boundary = await makePolicy(sandbox(), 'Stricter', guidePolicy('*'));
    await makeRole(sandbox(), { boundary });
    const { message } = await conflictOf(sandbox(), { permissionsBoundary });
    expect(message).toContain(
      'with a different permissions boundary, arn:aws:iam::111122223333:policy/Stricter',
    );
  });

  test('fails the final checks if an inline policy denies reading the secret', async () => {
    await setUp(sandbox());
    const Statement = [{ Effect: 'Deny', Action: 'secretsmanager:GetSecretValue', Resource: '*' }];
    await clientsFor(sandbox()).iam.send(
      new PutRolePolicyCommand({
        RoleName: NAME,
        PolicyName: 'Deny',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
      }),
    );
    const { code, json } = await setUpInVain(sandbox());
    expect(code).toBe(1);
    expect(json.error.code).toBe('not-proven');
    expect(json.error.message).toContain("role can't perform secretsmanager:GetSecretValue");
  });
});

describe('an existing role that MediaConnect cannot assume', () => {
  const ec2 = guideTrust('ec2.amazonaws.com');

  test('is a conflict that suggests --update-trust and another name', async () => {
    await makeRole(sandbox(), { trust: ec2 });
    const { step, message, hint } = await conflictOf(sandbox());
    expect(step).toBe('trust-role');
    expect(message).toContain(`Role ${NAME} exists, but MediaConnect can't assume it`);
    expect(hint).toContain('--update-trust');
    expect(hint).toContain('--role-name NAME');
  });

  test('gets a statement with --update-trust, and keeps those it has', async () => {
    const own = { Sid: 'Ours', ...ec2.Statement[0], Condition: { Bool: { 'aws:SecureTransport': 'true' } } };
    await makeRole(sandbox(), { trust: { Version: '2012-10-17', Id: 'ours', Statement: [own] } });
    const { code, json, log } = await setUp(sandbox(), { updateTrust: true });
    expect(code).toBe(0);
    expect(log).toMatch(/~ change +role +MediaConnect-ASM/);
    expect(json.role?.action).toBe('updated');
    expect(await role()).toMatchObject({
      trust: { Id: 'ours', Statement: [own, ...guarded(SOURCE_ACCOUNT).Statement] },
      attached: [POLICY],
    });
    const again = await setUpInVain(sandbox(), { updateTrust: true });
    expect([again.code, again.json.role?.action]).toEqual([0, 'kept']);
  });

  test('is a conflict if it trusts the flows of another account', async () => {
    await makeRole(sandbox(), { trust: guarded({ StringEquals: { 'aws:SourceAccount': '444455556666' } }) });
    expect((await conflictOf(sandbox())).hint).toContain('--update-trust');
    expect((await setUp(sandbox(), { updateTrust: true })).code).toBe(0);
  });

  test('gets a statement for the flows of --source-arn with --update-trust', async () => {
    await makeRole(sandbox(), { trust: guarded({ ArnLike: { 'aws:SourceArn': `${FLOWS}:studio-b` } }) });
    const wishes = { sourceArn: [`${FLOWS}:studio-a`] };
    expect((await conflictOf(sandbox(), wishes)).hint).toContain('--update-trust');
    expect((await setUp(sandbox(), { ...wishes, updateTrust: true })).code).toBe(0);
    expect(await role()).toMatchObject({ trust: { Statement: [{}, {}] } });
  });

  test('is a conflict even with --update-trust if its trust policy denies MediaConnect', async () => {
    const deny = {
      Effect: 'Deny',
      Principal: { Service: 'mediaconnect.amazonaws.com' },
      Action: 'sts:AssumeRole',
    };
    await makeRole(sandbox(), { trust: { Version: '2012-10-17', Statement: [...ec2.Statement, deny] } });
    const { message, hint } = await conflictOf(sandbox(), { updateTrust: true });
    expect(message).toContain('its trust policy denies MediaConnect');
    expect(hint).not.toContain('--update-trust');
  });

  test('is a conflict if its trust policy has no room for a statement', async () => {
    const principals = Array.from({ length: 20 }, (_, index) => `arn:aws:iam::1111222233${10 + index}:root`);
    const many = principals.map((AWS) => ({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }));
    await makeRole(sandbox(), { trust: { Version: '2012-10-17', Statement: many } });
    const { message } = await conflictOf(sandbox(), { updateTrust: true });
    expect(message).toMatch(/would have 2[\d,]+ characters; IAM allows 2,?048/);
  });
});

describe('several conflicts', () => {
  test('in several steps are reported together', async () => {
    await makeSecret(sandbox(), { SecretString: KEYS.other });
    await makeRole(sandbox(), { trust: guideTrust('ec2.amazonaws.com') });
    const { message, details, step } = await conflictOf(sandbox());
    expect(message).toContain('2 conflicts');
    expect(step).toBe('store-secret');
    expect(details?.join('\n')).toMatch(/--existing-key keep[\s\S]*--update-trust/);
  });
});
