import { SetDefaultPolicyVersionCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { clientsFor } from '../../sandbox/clients.ts';
import {
  FAR_REGION,
  guidePolicy,
  makePolicy,
  makeSecret,
  policyArn,
  READ_ACTIONS,
  REGION,
  readAccount,
  writesTo,
} from '../../support/account.ts';
import { conflictOf, setUp, setUpInVain } from '../../support/runs/setup.ts';
import { AN_HOUR_AGO, freshSandbox } from '../../support/sandbox.ts';

const NAME = 'SecretsManagerForMediaConnect';
const sandbox = freshSandbox();
const policy = async (name = NAME) =>
  (await readAccount(sandbox())).policies.find((each) => each.name === name);
const someSecret = (name: string) => `arn:aws:secretsmanager:${REGION}:111122223333:secret:${name}-AbCdEf`;

describe('a new read policy', () => {
  test('allows the four actions of the guide on exactly the secret', async () => {
    const { code, json, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toMatch(
      new RegExp(`\\+ create +policy +${NAME}\n +read access to this secret, nothing else`),
    );
    expect(json.policies).toEqual([{ name: NAME, arn: policyArn(NAME), versionId: 'v1', action: 'created' }]);
    expect(await policy()).toMatchObject({
      path: '/',
      description: 'Allows MediaConnect to read encryption keys stored in AWS Secrets Manager.',
      tags: { 'mc-static-key': 'read-policy' },
      versions: { v1: guidePolicy(json.secrets[0]?.arn ?? '') },
    });
  });

  test('has the requested name', async () => {
    const { json } = await setUp(sandbox(), { policyName: 'Studio=A,read@MediaConnect' });
    expect(json.policies[0]?.name).toBe('Studio=A,read@MediaConnect');
    expect(await policy('Studio=A,read@MediaConnect')).toBeDefined();
  });

  test('allows every secret of the Regions with --policy-scope region', async () => {
    const { code } = await setUp(sandbox(), { policyScope: 'region', region: [REGION, FAR_REGION] });
    expect(code).toBe(0);
    const all = (region: string) => `arn:aws:secretsmanager:${region}:111122223333:secret:*`;
    expect((await policy())?.document).toEqual(guidePolicy(all(REGION), all(FAR_REGION)));
    const further = { policyScope: 'region', secretName: 'studio-b' };
    expect((await setUp(sandbox(), further)).json.policies[0]?.action).toBe('kept');
  });

  test('allows every secret with --policy-scope account', async () => {
    const { code, log } = await setUp(sandbox(), { policyScope: 'account' });
    expect(code).toBe(0);
    expect((await policy())?.document).toEqual(guidePolicy('*'));
    expect(log).toContain('read access to every secret in the account');
  });
});

describe('an existing policy that already allows the secret', () => {
  test.each([
    ['the document of the guide', (arn: string) => guidePolicy(arn)],
    ['a wider document of the same shape', () => guidePolicy('*')],
    [
      'a document of another shape',
      () => ({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' },
      }),
    ],
    [
      'its actions in two statements',
      (arn: string) => ({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: READ_ACTIONS.slice(0, 2), Resource: arn },
          { Effect: 'Allow', Action: READ_ACTIONS.slice(2), Resource: arn },
        ],
      }),
    ],
  ])('is kept with %s', async (_what, document) => {
    const arn = await makeSecret(sandbox());
    await makePolicy(sandbox(), NAME, document(arn));
    const before = await policy();
    const { code, json } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(json.policies).toMatchObject([{ action: 'kept', versionId: 'v1' }]);
    expect(json.role?.action).toBe('created');
    expect(await policy()).toEqual(before);
  });

  test('is extended if only an older version allows it', async () => {
    const arn = await makeSecret(sandbox());
    await makePolicy(sandbox(), NAME, guidePolicy(arn), guidePolicy(someSecret('other')));
    const { json } = await setUp(sandbox());
    expect(json.policies).toMatchObject([{ action: 'updated', versionId: 'v3' }]);
    expect((await policy())?.document).toEqual(guidePolicy(someSecret('other'), arn));
  });
});

describe('an existing policy for other secrets', () => {
  test('gets this secret in a new default version, and keeps the others', async () => {
    await makePolicy(sandbox(), NAME, guidePolicy(someSecret('one'), someSecret('two')));
    const { code, json, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toMatch(
      new RegExp(`~ change +policy +${NAME}\n +adds 1 secret; existing permissions are kept`),
    );
    expect(json.policies).toMatchObject([{ action: 'updated', versionId: 'v2' }]);
    const found = await policy();
    expect(found?.defaultVersion).toBe('v2');
    expect(found?.document).toEqual(
      guidePolicy(someSecret('one'), someSecret('two'), json.secrets[0]?.arn ?? ''),
    );
    expect(Object.keys(found?.versions ?? {})).toEqual(['v1', 'v2']);
  });

  test('keeps an Id and a Sid that were added by hand', async () => {
    const statement = { Sid: 'Studio', Effect: 'Allow', Action: READ_ACTIONS, Resource: someSecret('one') };
    await makePolicy(sandbox(), NAME, { Version: '2012-10-17', Id: 'mine', Statement: statement });
    const { code, json } = await setUp(sandbox());
    expect(code).toBe(0);
    expect((await policy())?.document).toEqual({
      Version: '2012-10-17',
      Id: 'mine',
      Statement: [{ ...statement, Resource: [someSecret('one'), json.secrets[0]?.arn] }],
    });
  });

  test('loses its oldest version if it has five, and the plan says so', async () => {
    const documents = ['two', 'three', 'four', 'five'].map((name) => guidePolicy(someSecret(name)));
    await makePolicy(sandbox(), NAME, guidePolicy(someSecret('one')), ...documents);
    const { code, json, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toContain('deletes its oldest version (v1); IAM keeps only five');
    expect(json.policies).toMatchObject([{ action: 'updated', versionId: 'v6' }]);
    const found = await policy();
    expect(Object.keys(found?.versions ?? {})).toEqual(['v2', 'v3', 'v4', 'v5', 'v6']);
    expect(found?.document).toEqual(guidePolicy(someSecret('five'), json.secrets[0]?.arn ?? ''));
  });
});

describe('an existing policy with an older version as the default', () => {
  const sandbox = freshSandbox(AN_HOUR_AGO);

  test('loses the oldest of its other versions if it has five', async () => {
    const documents = ['two', 'three', 'four', 'five'].map((name) => guidePolicy(someSecret(name)));
    await makePolicy(sandbox(), NAME, guidePolicy(someSecret('one')), ...documents);
    await clientsFor(sandbox()).iam.send(
      new SetDefaultPolicyVersionCommand({ PolicyArn: policyArn(NAME), VersionId: 'v1' }),
    );
    const { log } = await setUp(sandbox());
    expect(log).toContain('deletes its oldest version (v2)');
    expect(Object.keys((await readAccount(sandbox())).policies[0]?.versions ?? {})).toEqual([
      'v1',
      'v3',
      'v4',
      'v5',
      'v6',
    ]);
  });
});

describe('an existing policy that the program would not extend', () => {
  const deny = { Effect: 'Deny', Action: 's3:*', Resource: '*' };
  const [read] = guidePolicy(someSecret('one')).Statement;
  test.each<[string, object[], string]>([
    ['allows other things', [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }], 's3:GetObject'],
    ['denies something', [{ ...read }, deny], 'Deny'],
    [
      'has conditions',
      [{ ...read, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }],
      'SecureTransport',
    ],
    ['lacks one of the actions', [{ ...read, Action: READ_ACTIONS.slice(1) }], 'GetResourcePolicy'],
  ])(
    'is a conflict that shows the difference and suggests another name: it %s',
    async (_what, Statement, shown) => {
      await makePolicy(sandbox(), NAME, { Version: '2012-10-17', Statement });
      const { step, message, details, hint } = await conflictOf(sandbox());
      expect(step).toBe('read-policy');
      expect(message).toContain(
        `Policy ${NAME} already exists with different permissions, so it can't be extended`,
      );
      expect(details?.join('\n')).toContain(shown);
      expect(hint).toContain('--policy-name NAME');
      expect((await setUp(sandbox(), { policyName: 'AnotherName' })).code).toBe(0);
    },
  );
});

describe('setup with everything in place', () => {
  test('finds nothing to do and sends no write', async () => {
    const wishes = { region: [REGION, FAR_REGION], tag: ['team=playout'] };
    await setUp(sandbox(), wishes);
    const { code, json, log } = await setUpInVain(sandbox(), wishes);
    expect(code).toBe(0);
    expect(log).toContain('Everything is already set up. No changes needed.');
    const actions = [...json.secrets, ...json.policies, json.role].map((each) => each?.action);
    expect(new Set(actions)).toEqual(new Set(['kept']));
    expect(json.checks).toHaveLength(5);
    expect(json.checks.every(({ ok }) => ok)).toBe(true);
    expect(json.encryption).toHaveLength(2);
    expect(writesTo(sandbox())).toEqual([]);
  });
});
