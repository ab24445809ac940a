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
/** A policy of the program's shape with no room for one more long name. */
const full = (start: string) =>
  guidePolicy(...Array.from({ length: 10 }, (_, index) => arnOf(longName(`${start}-${index}-`))));
const allowed = (document: unknown) => JSON.stringify(document).match(/arn:aws:secretsmanager/g)?.length;

describe('a policy with no room left', () => {
  test('stays as it is, and what does not fit goes into the next number, which the role gets too', async () => {
    await makePolicy(sandbox(), NAME, full('old'));
    const { code, json, log } = await setUp(sandbox(), { secretName: longName('new') });
    expect(code).toBe(0);
    expect(log).toContain(`+ create  policy ${NAME}-2: takes the secrets that no longer fit into ${NAME}`);
    expect(json.policies).toMatchObject([{ name: `${NAME}-2`, action: 'created' }]);
    const { policies, roles } = await readAccount(sandbox());
    expect(policies.map(({ name }) => name)).toEqual([NAME, `${NAME}-2`]);
    expect(policies[0]?.document).toEqual(full('old'));
    expect(policies[1]?.document).toEqual(guidePolicy(json.secrets[0]?.arn ?? ''));
    expect(roles[0]?.attached).toEqual([`${NAME}-2`]);
    expect((await setUpInVain(sandbox(), { secretName: longName('new') })).code).toBe(0);
  });

  test('and a full second one lead to a third', async () => {
    await makePolicy(sandbox(), NAME, full('old'));
    await makePolicy(sandbox(), `${NAME}-2`, full('older'));
    const { code, json } = await setUp(sandbox(), { secretName: longName('new') });
    expect(code).toBe(0);
    expect(json.policies).toMatchObject([{ name: `${NAME}-3`, action: 'created' }]);
  });

  test('takes as many of several secrets as fit; the others go on, and all policies are attached', async () => {
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

  test('leaves room for a short name all the same', async () => {
    await makePolicy(sandbox(), NAME, full('old'));
    const { json } = await setUp(sandbox(), { secretName: 's' });
    expect(json.policies).toMatchObject([{ name: NAME, action: 'updated' }]);
  });

  test('takes the wider scope, when that is asked for', async () => {
    await makePolicy(sandbox(), NAME, full('old'));
    const wishes = { secretName: longName('new'), policyScope: 'region' };
    const { code, json } = await setUp(sandbox(), wishes);
    expect(code).toBe(0);
    expect(json.policies).toMatchObject([{ name: NAME, action: 'updated' }]);
  });

  test('passes over a number that is somebody else’s policy', async () => {
    await makePolicy(sandbox(), NAME, full('old'));
    const Statement = [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }];
    await makePolicy(sandbox(), `${NAME}-2`, { Version: '2012-10-17', Statement });
    const { code, json } = await setUp(sandbox(), { secretName: longName('new') });
    expect(code).toBe(0);
    expect(json.policies).toMatchObject([{ name: `${NAME}-3`, action: 'created' }]);
    expect((await readAccount(sandbox())).roles[0]?.attached).toEqual([`${NAME}-3`]);
    expect((await setUpInVain(sandbox(), { secretName: longName('new') })).code).toBe(0);
  });

  test('is not looked at when its own number is free', async () => {
    await makePolicy(sandbox(), `${NAME}-2`, full('old'));
    const { json } = await setUp(sandbox());
    expect(json.policies).toMatchObject([{ name: NAME, action: 'created' }]);
  });
});

describe('a role with no room for another policy', () => {
  const attach = async (count: number) => {
    const statement = { Effect: 'Allow', Action: READ_ACTIONS, Resource: arnOf('other') };
    const names = Array.from({ length: count }, (_, index) => `Other${index}`);
    for (const name of names) {
      await makePolicy(sandbox(), name, { Version: '2012-10-17', Statement: [statement] });
    }
    await makeRole(sandbox(), { attached: names.map(policyArn) });
  };

  test('stops, and names another role as the way out, as each scope takes one more policy too', async () => {
    await attach(10);
    const { step, message, hint } = await conflictOf(sandbox());
    expect(step).toBe('trust-role');
    expect(message).toBe(
      'The role MediaConnect-ASM has 10 managed policies and needs 1 more; its quota is 10.',
    );
    expect(hint).not.toContain('--policy-scope');
    expect(hint).toContain('--role-name NAME');
    expect((await setUp(sandbox(), { roleName: 'MediaConnect-Other' })).code).toBe(0);
  });

  test('takes a last one', async () => {
    await attach(9);
    const { code } = await setUp(sandbox());
    expect(code).toBe(0);
    const { roles } = await readAccount(sandbox());
    expect(roles[0]?.attached).toHaveLength(10);
    expect((await setUpInVain(sandbox())).code).toBe(0);
  });

  test('is counted together with what does not fit: two more are too many for nine', async () => {
    await attach(9);
    await makePolicy(sandbox(), NAME, guidePolicy(...(full('old').Statement[0]?.Resource.slice(0, 9) ?? [])));
    const wishes = { secretName: longName('new'), region: [REGION, 'eu-west-1'] };
    const { message, hint = '' } = await conflictOf(sandbox(), wishes);
    expect(message).toContain('needs 2 more');
    expect(waysIn(hint)).toContain('--policy-scope account');
    expect((await setUp(sandbox(), taking(wishes, '--policy-scope account'))).code).toBe(0);
  });
});
