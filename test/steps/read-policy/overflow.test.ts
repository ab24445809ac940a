import { describe, expect, test } from 'vitest';
import {
  guidePolicy,
  makePolicy,
  makeRole,
  policyArn,
  READ_ACTIONS,
  REGION,
  readAccount,
} from '../../support/account.ts';
import { conflictOf, setUp, setUpInVain } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';
import { taking, waysIn } from '../../support/ways.ts';

const NAME = 'SecretsManagerForMediaConnect';
const sandbox = freshSandbox();
const longName = (start: string) => start.padEnd(506, 'x');
const arnOf = (name: string) => `arn:aws:secretsmanager:${REGION}:111122223333:secret:${name}-AbCdEf`;
/** Returns a read policy without room for another long name. */
const full = (start: string) =>
  guidePolicy(...Array.from({ length: 10 }, (_, index) => arnOf(longName(`${start}-${index}-`))));
const allowed = (document: unknown) => JSON.stringify(document).match(/arn:aws:secretsmanager/g)?.length;

describe('a full read policy', () => {
  test('stays unchanged, and the secret goes into the next numbered policy, which is attached', async () => {
    await makePolicy(sandbox(), NAME, full('old'));
    const { code, json, log } = await setUp(sandbox(), { secretName: longName('new') });
    expect(code).toBe(0);
    expect(log).toMatch(
      new RegExp(`\\+ create +policy +${NAME}-2\n +for the secrets that don't fit in ${NAME}`),
    );
    expect(json.policies).toMatchObject([{ name: `${NAME}-2`, action: 'created' }]);
    const { policies, roles } = await readAccount(sandbox());
    expect(policies.map(({ name }) => name)).toEqual([NAME, `${NAME}-2`]);
    expect(policies[0]?.document).toEqual(full('old'));
    expect(policies[1]?.document).toEqual(guidePolicy(json.secrets[0]?.arn ?? ''));
    expect(roles[0]?.attached).toEqual([`${NAME}-2`]);
    expect((await setUpInVain(sandbox(), { secretName: longName('new') })).code).toBe(0);
  });

  test('is continued by a third policy when the second is full too', async () => {
    await makePolicy(sandbox(), NAME, full('old'));
    await makePolicy(sandbox(), `${NAME}-2`, full('older'));
    const { code, json } = await setUp(sandbox(), { secretName: longName('new') });
    expect(code).toBe(0);
    expect(json.policies).toMatchObject([{ name: `${NAME}-3`, action: 'created' }]);
  });

  test('takes as many secrets as fit; the others go into the next policy, and both are attached', async () => {
    await makePolicy(sandbox(), NAME, guidePolicy(...(full('old').Statement[0]?.Resource.slice(0, 8) ?? [])));
    const region = ['us-west-2', 'eu-west-1', 'us-east-1', 'us-east-2'];
    const { code, json } = await setUp(sandbox(), { secretName: longName('new'), region });
    expect(code).toBe(0);
    expect(json.policies).toMatchObject([
      { name: NAME, action: 'updated' },
      { name: `${NAME}-2`, action: 'created' },
    ]);
    const { policies, roles } = await readAccount(sandbox());
    expect(policies.map(({ document }) => allowed(document))).toEqual([10, 2]);
    expect(roles[0]?.attached).toEqual([NAME, `${NAME}-2`]);
  });

  test('still takes a short name that fits', async () => {
    await makePolicy(sandbox(), NAME, full('old'));
    const { json } = await setUp(sandbox(), { secretName: 's' });
    expect(json.policies).toMatchObject([{ name: NAME, action: 'updated' }]);
  });

  test('takes a wider scope on request', async () => {
    await makePolicy(sandbox(), NAME, full('old'));
    const wishes = { secretName: longName('new'), policyScope: 'region' };
    const { code, json } = await setUp(sandbox(), wishes);
    expect(code).toBe(0);
    expect(json.policies).toMatchObject([{ name: NAME, action: 'updated' }]);
  });

  test('skips a number that is a policy of another owner', async () => {
    await makePolicy(sandbox(), NAME, full('old'));
    const Statement = [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }];
    await makePolicy(sandbox(), `${NAME}-2`, { Version: '2012-10-17', Statement });
    const { code, json } = await setUp(sandbox(), { secretName: longName('new') });
    expect(code).toBe(0);
    expect(json.policies).toMatchObject([{ name: `${NAME}-3`, action: 'created' }]);
    expect((await readAccount(sandbox())).roles[0]?.attached).toEqual([`${NAME}-3`]);
    expect((await setUpInVain(sandbox(), { secretName: longName('new') })).code).toBe(0);
  });

  test('is ignored when it is numbered and the policy without a number does not exist', async () => {
    await makePolicy(sandbox(), `${NAME}-2`, full('old'));
    const { json } = await setUp(sandbox());
    expect(json.policies).toMatchObject([{ name: NAME, action: 'created' }]);
  });
});

describe('a role near its quota of policies', () => {
  const attach = async (count: number) => {
    const statement = { Effect: 'Allow', Action: READ_ACTIONS, Resource: arnOf('other') };
    const names = Array.from({ length: count }, (_, index) => `Other${index}`);
    for (const name of names) {
      await makePolicy(sandbox(), name, { Version: '2012-10-17', Statement: [statement] });
    }
    await makeRole(sandbox(), { attached: names.map(policyArn) });
  };

  test('is a conflict that suggests another role, because every scope needs one more policy', async () => {
    await attach(10);
    const { step, message, hint } = await conflictOf(sandbox());
    expect(step).toBe('trust-role');
    expect(message).toBe('Role MediaConnect-ASM has 10 managed policies and needs 1 more; its quota is 10.');
    expect(hint).not.toContain('--policy-scope');
    expect(hint).toContain('--role-name NAME');
    expect((await setUp(sandbox(), { roleName: 'MediaConnect-Other' })).code).toBe(0);
  });

  test('gets the last policy that fits', async () => {
    await attach(9);
    const { code } = await setUp(sandbox());
    expect(code).toBe(0);
    const { roles } = await readAccount(sandbox());
    expect(roles[0]?.attached).toHaveLength(10);
    expect((await setUpInVain(sandbox())).code).toBe(0);
  });

  test('is a conflict when two more policies would exceed the quota', async () => {
    await attach(9);
    await makePolicy(sandbox(), NAME, guidePolicy(...(full('old').Statement[0]?.Resource.slice(0, 9) ?? [])));
    const wishes = { secretName: longName('new'), region: [REGION, 'eu-west-1'] };
    const { message, hint = '' } = await conflictOf(sandbox(), wishes);
    expect(message).toContain('needs 2 more');
    expect(waysIn(hint)).toContain('--policy-scope account');
    expect((await setUp(sandbox(), taking(wishes, '--policy-scope account'))).code).toBe(0);
  });
});
