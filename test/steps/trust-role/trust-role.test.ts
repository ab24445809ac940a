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

describe('a role where there is none', () => {
  test('is one that MediaConnect may assume for this account, with the policy attached', async () => {
    const { code, json, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toContain(`+ create  role ${NAME}: is a role that MediaConnect may assume`);
    expect(log).toContain(`+ attach  role ${NAME}: gets ${POLICY}`);
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

  test('has the guide’s trust policy as it stands with --no-source-account', async () => {
    const { code } = await setUp(sandbox(), { sourceAccount: false });
    expect(code).toBe(0);
    expect((await role())?.trust).toEqual(guideTrust());
  });

  test('is narrowed to the flows of --source-arn', async () => {
    const other = `arn:aws:mediaconnect:eu-west-1:${ACCOUNT}:flow:*:studio-?`;
    const { code } = await setUp(sandbox(), { sourceArn: [FLOWS, other] });
    expect(code).toBe(0);
    const condition = { ...SOURCE_ACCOUNT, ArnLike: { 'aws:SourceArn': [FLOWS, other] } };
    expect((await role())?.trust).toEqual(guarded(condition));
    expect((await setUpInVain(sandbox(), { sourceArn: [FLOWS, other] })).code).toBe(0);
  });

  test('is narrowed to flows alone with --source-arn and --no-source-account', async () => {
    await setUp(sandbox(), { sourceArn: [FLOWS], sourceAccount: false });
    expect((await role())?.trust).toEqual(guarded({ ArnLike: { 'aws:SourceArn': FLOWS } }));
  });

  test('has the name and the description that are asked for', async () => {
    const wishes = { roleName: 'MediaConnect-Studio', roleDescription: 'Für Studio A' };
    const { code, log } = await setUp(sandbox(), wishes);
    expect(code).toBe(0);
    expect(log).not.toContain('!');
    expect((await role('MediaConnect-Studio'))?.description).toBe('Für Studio A');
  });

  test('gets a warning for a name without MediaConnect in it, whatever the letter case', async () => {
    const warning = "does not contain 'MediaConnect'";
    expect((await setUp(sandbox(), { roleName: 'VideoKeys' })).log).toContain(warning);
    expect((await setUp(sandbox(), { roleName: 'video-mediaconnect' })).log).not.toContain(warning);
  });

  test('is not made under the name that AWS reserves, in any letter case', async () => {
    for (const roleName of ['MediaConnectAccessRole', 'mediaconnectaccessROLE']) {
      await expect(setUp(sandbox(), { roleName })).rejects.toThrow('must not be MediaConnectAccessRole');
    }
  });

  test('has the permissions boundary, and the proof looks at it', async () => {
    const permissionsBoundary = await makePolicy(sandbox(), 'Boundary', guidePolicy('*'));
    const { code } = await setUp(sandbox(), { permissionsBoundary });
    expect(code).toBe(0);
    expect((await role())?.boundary).toBe(permissionsBoundary);
    expect((await setUpInVain(sandbox(), { permissionsBoundary })).code).toBe(0);
  });

  test('whose permissions boundary has come to forbid reading the secret is no success any more', async () => {
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
    expect(json.error.message).toContain("the role can't perform secretsmanager:GetResourcePolicy");
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

  test('are on a further policy too, and not put on what is kept', async () => {
    await setUp(sandbox());
    const before = await readAccount(sandbox());
    await setUpInVain(sandbox(), { tag: ['team=playout'] });
    expect(await readAccount(sandbox())).toEqual(before);
  });
});

describe('a role that MediaConnect may assume already', () => {
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
  ])('%s is kept, and gets the policy that is missing', async (_how, trust) => {
    await makePolicy(sandbox(), 'Other', guidePolicy('*'));
    await makeRole(sandbox(), { trust, attached: [`arn:aws:iam::${ACCOUNT}:policy/Other`] });
    const { code, json, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toContain(`= keep    role ${NAME}: may be assumed by MediaConnect already`);
    expect(json.role?.action).toBe('updated');
    expect(await role()).toMatchObject({ trust, attached: ['Other', POLICY], tags: {} });
  });

  test('for certain flows only is kept, with a warning', async () => {
    await makeRole(sandbox(), { trust: guarded({ ArnLike: { 'aws:SourceArn': `${FLOWS}:studio-a` } }) });
    const { code, log } = await setUp(sandbox());
    expect(log).toContain('lets MediaConnect in for certain flows only (aws:SourceArn)');
    expect(code).toBe(0);
  });

  test('for more flows than --source-arn says is kept, with a warning', async () => {
    await makeRole(sandbox());
    const { code, log } = await setUp(sandbox(), { sourceArn: [FLOWS] });
    expect(log).toContain('trusts MediaConnect for more than --source-arn says. It stays as it is.');
    expect(code).toBe(0);
  });

  test.each([
    ['no guard', guideTrust(), 'has no aws:SourceAccount condition'],
    [
      'another account in its guard',
      guarded({ StringEquals: { 'aws:SourceAccount': [ACCOUNT, '444455556666'] } }),
      'also trusts flows of other accounts: 444455556666',
    ],
  ])('with %s is kept, with the warning that verify gives', async (_what, trust, warning) => {
    await makeRole(sandbox(), { trust });
    const { code, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toContain(warning);
    expect((await setUpInVain(sandbox())).log).toContain(warning);
    expect((await setUpInVain(sandbox(), { sourceAccount: false })).log).not.toContain(warning);
  });

  test('with a guard is kept without a word', async () => {
    await makeRole(sandbox(), { trust: guarded(SOURCE_ACCOUNT) });
    expect((await setUp(sandbox())).log).not.toContain('!');
  });

  test('under a path is kept, with a warning', async () => {
    await makeRole(sandbox(), { path: '/video/' });
    const { code, json, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toContain('has the path /video/; newer MediaConnect APIs refuse');
    expect(json.encryption[0]?.roleArn).toBe(`arn:aws:iam::${ACCOUNT}:role/video/${NAME}`);
  });

  test('without the permissions boundary that is asked for is a conflict', async () => {
    const permissionsBoundary = await makePolicy(sandbox(), 'Boundary', guidePolicy('*'));
    await makeRole(sandbox());
    const { message, hint } = await conflictOf(sandbox(), { permissionsBoundary });
    expect(message).toContain('exists with no permissions boundary, not the one of --permissions-boundary');
    expect(hint).toContain('--role-name NAME');
  });

  test('with another permissions boundary than the one asked for is a conflict', async () => {
    const permissionsBoundary = await makePolicy(sandbox(), 'Boundary', guidePolicy('*'));
    const boundary = await makePolicy(sandbox(), 'Stricter', guidePolicy('*'));
    await makeRole(sandbox(), { boundary });
    const { message } = await conflictOf(sandbox(), { permissionsBoundary });
    expect(message).toContain('with the permissions boundary arn:aws:iam::111122223333:policy/Stricter');
  });

  test('but may not read the secret, because an inline policy denies it, is found out by the proof', async () => {
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
    expect(json.error.message).toContain("the role can't perform secretsmanager:GetSecretValue");
  });
});

describe('a role that MediaConnect may not assume', () => {
  const ec2 = guideTrust('ec2.amazonaws.com');

  test('stops a pipeline, which hears of --update-trust and of another name', async () => {
    await makeRole(sandbox(), { trust: ec2 });
    const { step, message, hint } = await conflictOf(sandbox());
    expect(step).toBe('trust-role');
    expect(message).toContain(`The role ${NAME} exists, and MediaConnect may not assume it`);
    expect(hint).toContain('--update-trust');
    expect(hint).toContain('--role-name NAME');
  });

  test('gets a statement with --update-trust, and keeps those it has', async () => {
    const own = { Sid: 'Ours', ...ec2.Statement[0], Condition: { Bool: { 'aws:SecureTransport': 'true' } } };
    await makeRole(sandbox(), { trust: { Version: '2012-10-17', Id: 'ours', Statement: [own] } });
    const { code, json, log } = await setUp(sandbox(), { updateTrust: true });
    expect(code).toBe(0);
    expect(log).toContain('~ change  role MediaConnect-ASM');
    expect(json.role?.action).toBe('updated');
    expect(await role()).toMatchObject({
      trust: { Id: 'ours', Statement: [own, ...guarded(SOURCE_ACCOUNT).Statement] },
      attached: [POLICY],
    });
    const again = await setUpInVain(sandbox(), { updateTrust: true });
    expect([again.code, again.json.role?.action]).toEqual([0, 'kept']);
  });

  test('because it is for another account’s flows is a conflict', async () => {
    await makeRole(sandbox(), { trust: guarded({ StringEquals: { 'aws:SourceAccount': '444455556666' } }) });
    expect((await conflictOf(sandbox())).hint).toContain('--update-trust');
    expect((await setUp(sandbox(), { updateTrust: true })).code).toBe(0);
  });

  test('for the flows of --source-arn gets a statement for them with --update-trust', async () => {
    await makeRole(sandbox(), { trust: guarded({ ArnLike: { 'aws:SourceArn': `${FLOWS}:studio-b` } }) });
    const wishes = { sourceArn: [`${FLOWS}:studio-a`] };
    expect((await conflictOf(sandbox(), wishes)).hint).toContain('--update-trust');
    expect((await setUp(sandbox(), { ...wishes, updateTrust: true })).code).toBe(0);
    expect(await role()).toMatchObject({ trust: { Statement: [{}, {}] } });
  });

  test('because its trust policy denies it is not helped by --update-trust, and that is said', async () => {
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

  test('and whose trust policy has no room for a statement is a conflict', async () => {
    const principals = Array.from({ length: 20 }, (_, index) => `arn:aws:iam::1111222233${10 + index}:root`);
    const many = principals.map((AWS) => ({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }));
    await makeRole(sandbox(), { trust: { Version: '2012-10-17', Statement: many } });
    const { message } = await conflictOf(sandbox(), { updateTrust: true });
    expect(message).toMatch(/would have 2[\d,]+ characters; IAM allows 2,?048/);
  });
});

describe('several conflicts', () => {
  test('in all three steps are told together', async () => {
    await makeSecret(sandbox(), { SecretString: KEYS.other });
    await makeRole(sandbox(), { trust: guideTrust('ec2.amazonaws.com') });
    const { message, details, step } = await conflictOf(sandbox());
    expect(message).toContain('2 things');
    expect(step).toBe('store-secret');
    expect(details?.join('\n')).toMatch(/--existing-key keep[\s\S]*--update-trust/);
  });
});
