import { PutResourcePolicyCommand } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { performManifest } from '../../src/commands/setup/batch.ts';
import {
  ACCOUNT,
  clientsOf,
  FAR_REGION,
  KEYS,
  makeSecret,
  REGION,
  readAccount,
  writesTo,
} from '../support/account.ts';
import { feeds, runWith, setUpAll } from '../support/runs/manifest.ts';
import { setUp } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();

test('sets up every key of a manifest with one policy version and one role, and finds nothing to do again', async () => {
  const manifest = { defaults: { regions: [REGION, FAR_REGION] }, keys: feeds(3) };
  const { code, json } = await setUpAll(sandbox(), manifest);
  expect([code, json.failed]).toEqual([0, []]);
  expect(json.secrets.map(({ name, region, action }) => `${name} ${region} ${action}`)).toEqual([
    `live/feed-1 ${REGION} created`,
    `live/feed-1 ${FAR_REGION} created`,
    `live/feed-2 ${REGION} created`,
    `live/feed-2 ${FAR_REGION} created`,
    `live/feed-3 ${REGION} created`,
    `live/feed-3 ${FAR_REGION} created`,
  ]);
  expect(json.policies).toMatchObject([{ versionId: 'v1', action: 'created' }]);
  expect(json.roles).toMatchObject([{ name: 'MediaConnect-ASM', action: 'created' }]);
  expect(json.encryption).toHaveLength(6);
  expect(json.checks.every(({ ok }) => ok)).toBe(true);

  const before = await readAccount(sandbox());
  sandbox().clearRequests();
  const again = await setUpAll(sandbox(), manifest);
  expect(again.code).toBe(0);
  expect(writesTo(sandbox())).toEqual([]);
  expect(await readAccount(sandbox())).toEqual(before);
  expect(again.log).toContain('Every key is in place already.');
});

test('adds all new secrets to a policy that exists in one version', async () => {
  await setUp(sandbox());
  const { json } = await setUpAll(sandbox(), { keys: feeds(4) });
  expect(json.policies).toMatchObject([{ versionId: 'v2', action: 'updated' }]);
  const { policies } = await readAccount(sandbox());
  const [allowed] = policies.map(({ document }) => JSON.stringify(document));
  for (const { arn } of json.secrets) expect(allowed).toContain(arn);
});

test('goes on with the other keys when one is in conflict; the next run does only the rest', async () => {
  await makeSecret(sandbox(), { Name: 'live/feed-2', SecretString: KEYS.other });
  const { code, json, log } = await setUpAll(sandbox(), { keys: feeds(3) });
  expect(code).toBe(1);
  expect(json.failed).toMatchObject([{ name: 'live/feed-2', error: { code: 'conflict' } }]);
  expect(json.error).toMatchObject({ code: 'keys-failed', message: 'One key failed.' });
  expect(json.secrets.map(({ name }) => name)).toEqual(['live/feed-1', 'live/feed-3']);
  expect(log).toContain('1 of 3 keys cannot be set up as they are:');
  expect(log).toMatch(/live\/feed-2 +The secret live\/feed-2 in us-west-2 exists and holds another/);
  expect(log).toContain('Ways out: existingKey: keep (');

  sandbox().clearRequests();
  const put = { secretName: 'live/feed-2', existingKey: 'replace' };
  const again = await setUpAll(sandbox(), { keys: [...feeds(1), put, { secretName: 'live/feed-3' }] });
  expect([again.code, again.json.failed]).toEqual([0, []]);
  expect(writesTo(sandbox())).toEqual([
    'secretsmanager:PutSecretValue',
    'iam:CreatePolicyVersion',
    'iam:SetDefaultPolicyVersion',
  ]);
});

test('a key that its credentials may not store fails alone, with the action that lacks', async () => {
  const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
  const deny = {
    Effect: 'Deny',
    Action: 'secretsmanager:CreateSecret',
    Resource: `arn:aws:secretsmanager:*:${ACCOUNT}:secret:live/feed-2-*`,
  };
  const credentials = sandbox().credentialsFor(
    JSON.stringify({ Version: '2012-10-17', Statement: [allow, deny] }),
  );
  const { code, json } = await setUpAll(sandbox(), { keys: feeds(3) }, { credentials });
  expect(code).toBe(1);
  expect(json.failed).toMatchObject([
    { name: 'live/feed-2', error: { code: 'access-denied', awsAction: 'secretsmanager:CreateSecret' } },
  ]);
  expect(json.encryption).toHaveLength(2);
});

test('a secret that nobody may read is in the way of its own key only', async () => {
  const SecretId = await makeSecret(sandbox(), { Name: 'live/feed-2' });
  const statement = {
    Effect: 'Deny',
    Principal: '*',
    Action: 'secretsmanager:GetSecretValue',
    Resource: '*',
  };
  const Condition = { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/*` } };
  const ResourcePolicy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ ...statement, Condition }],
  });
  await clientsOf(sandbox()).secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
  const { code, json } = await setUpAll(sandbox(), { keys: feeds(3) });
  expect([code, json.failed.map(({ name }) => name)]).toEqual([1, ['live/feed-2']]);
  expect(json.secrets.map(({ name }) => name)).toEqual(['live/feed-1', 'live/feed-3']);
});

test('with some keys in place, one that cannot be set up ends the run with 1, however often', async () => {
  await makeSecret(sandbox(), { Name: 'live/feed-2', SecretString: KEYS.other });
  for (const _ of ['first', 'again']) expect((await setUpAll(sandbox(), { keys: feeds(2) })).code).toBe(1);
});

test('a key that cannot be read back is not said to be proven', async () => {
  sandbox().addFault({ action: 'GetSecretValue', kind: 'access-denied', times: Number.POSITIVE_INFINITY });
  const { code, json } = await setUpAll(sandbox(), { keys: feeds(2) });
  expect(code).toBe(1);
  expect(json.failed).toMatchObject([
    { error: { code: 'access-denied', awsAction: 'secretsmanager:GetSecretValue' } },
    { error: { code: 'access-denied' } },
  ]);
  expect(json.encryption).toEqual([]);
});

test('when something is in the way of every key, nothing is changed, and the code is that of a conflict', async () => {
  for (const { secretName: Name } of feeds(2))
    await makeSecret(sandbox(), { Name, SecretString: KEYS.other });
  sandbox().clearRequests();
  const { code, json, log } = await setUpAll(sandbox(), { keys: feeds(2) });
  expect([code, json.failed.length]).toEqual([3, 2]);
  expect(writesTo(sandbox())).toEqual([]);
  expect(log).toContain('Nothing was changed.');
});

test('a role that cannot be used is in the way of its own keys only', async () => {
  await setUp(sandbox(), { roleName: 'MediaConnect-Other' });
  const boundary = {
    roleName: 'MediaConnect-Bound',
    permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/None`,
  };
  const { code, json } = await setUpAll(sandbox(), {
    keys: [{ secretName: 'free' }, { secretName: 'bound', ...boundary }],
  });
  expect(code).toBe(1);
  expect(json.failed).toMatchObject([{ name: 'bound', error: { step: 'trust-role' } }]);
  expect(json.secrets.map(({ name }) => name)).toEqual(['free']);
});

test('keys may have policies and roles of their own', async () => {
  const { code, json } = await setUpAll(sandbox(), {
    keys: [
      { secretName: 'sports', policyName: 'Sports', roleName: 'MediaConnect-Sports' },
      { secretName: 'news', policyName: 'News', roleName: 'MediaConnect-News' },
    ],
  });
  expect(code).toBe(0);
  const { roles } = await readAccount(sandbox());
  expect(roles.map(({ name, attached }) => [name, attached]).sort()).toEqual([
    ['MediaConnect-News', ['News']],
    ['MediaConnect-Sports', ['Sports']],
  ]);
  expect(
    json.encryption.map(({ secretArn, roleArn }) => [/secret:(\w+)/.exec(secretArn)?.[1], roleArn]),
  ).toEqual([
    ['sports', `arn:aws:iam::${ACCOUNT}:role/MediaConnect-Sports`],
    ['news', `arn:aws:iam::${ACCOUNT}:role/MediaConnect-News`],
  ]);
});

test('a policy and a role get the tags that their keys have in common', async () => {
  await setUpAll(sandbox(), {
    defaults: { tags: { Team: 'sports' } },
    keys: [
      { secretName: 'a', tags: { Game: '1' } },
      { secretName: 'b', tags: { Game: '2' } },
    ],
  });
  const { secrets, policies, roles } = await readAccount(sandbox());
  expect(secrets.map(({ tags }) => tags)).toMatchObject([
    { Game: '1', Team: 'sports' },
    { Game: '2', Team: 'sports' },
  ]);
  for (const { tags } of [...policies, ...roles])
    expect(Object.keys(tags).sort()).toEqual(['Team', 'mc-static-key']);
});

test('a long plan is folded, and --dry-run shows every line of it and changes nothing', async () => {
  const manifest = { keys: feeds(25) };
  const dry = await setUpAll(sandbox(), manifest, { dryRun: true });
  expect(writesTo(sandbox())).toEqual([]);
  expect(dry.json).toMatchObject({ dryRun: true, failed: [] });
  expect(dry.json.secrets).toHaveLength(25);
  expect(dry.log.match(/create {2}secret live/g)).toHaveLength(25);
  const { log, json } = await setUpAll(sandbox(), manifest, { common: { json: true, yes: true } });
  expect(log).toContain('+ create  25 secrets (us-west-2): stores the key');
  expect(log).not.toContain('live/feed-7');
  expect(json.secrets).toHaveLength(25);
});

test('a secret that is said to exist is used as it is, and one that does not is told', async () => {
  await makeSecret(sandbox(), { Name: 'by-hand', SecretString: KEYS.other });
  const existing = { key: { existing: true } };
  const { code, json } = await setUpAll(sandbox(), {
    keys: [
      { secretName: 'by-hand', ...existing },
      { secretName: 'nowhere', ...existing },
    ],
  });
  expect(code).toBe(1);
  expect(json.secrets).toMatchObject([{ name: 'by-hand', action: 'kept' }]);
  expect(json.failed).toMatchObject([
    {
      name: 'nowhere',
      error: { message: 'There is no secret nowhere in us-west-2, although it is said to exist.' },
    },
  ]);
});

test('a generated key is made once and kept ever after, in every Region the same', async () => {
  const keys = feeds(2, { key: { generate: 'aes192' }, regions: [REGION, FAR_REGION] });
  await setUpAll(sandbox(), { keys });
  const values = async () => (await readAccount(sandbox())).secrets.map((each) => each.values.AWSCURRENT);
  const made = await values();
  expect(new Set(made).size).toBe(2);
  await setUpAll(sandbox(), { keys });
  expect(await values()).toEqual(made);
});

test('when the credentials end in the midst of it, that is said once, with what exists by then', async () => {
  sandbox().addFault({
    kind: 'expired-token',
    action: 'CreateSecret',
    skip: 2,
    times: Number.POSITIVE_INFINITY,
  });
  const { code, log } = await setUpAll(sandbox(), { keys: feeds(5) });
  expect(code).toBe(4);
  expect(log.match(/credentials have expired/g)).toHaveLength(1);
});

test('named secrets that the role has no room for are a conflict that says what to do', async () => {
  const keys = Array.from({ length: 115 }, (_, at) => ({ secretName: `live/${'x'.repeat(450)}-${at}` }));
  const { code, json, log } = await setUpAll(sandbox(), { keys });
  expect(code).toBe(3);
  expect(json.failed).toHaveLength(115);
  expect(log.match(/0\s+managed/g)).toHaveLength(1);
  expect(log).toContain('and 114 more');
  expect(log).toContain('policyScope: prefix policyPrefix: live/');
  expect(writesTo(sandbox())).toEqual([]);
});

test('the end of a run says how many secrets there are where, and how a key that was generated is read', async () => {
  const keys = feeds(21, { key: { generate: 'aes256' } });
  const { stdout } = await runWith(
    sandbox(),
    { keys },
    (run, manifest) => performManifest(run, manifest, { dryRun: false, restore: false }),
    { common: { json: false } },
  );
  expect(stdout).toContain('MediaConnect can read 21 keys.');
  expect(stdout).toContain(`21 secrets in ${REGION}`);
  expect(stdout).toMatch(
    /aws secretsmanager get-secret-value --region us-west-2 --secret-id '?arn:\S+:live\/feed-1-/,
  );
});

test('what is in the way of a key in several Regions is told for each, and the ways out once', async () => {
  for (const region of [REGION, FAR_REGION])
    await makeSecret(sandbox(), { region, Name: 'live/feed-1', SecretString: KEYS.other });
  const { code, log } = await setUpAll(sandbox(), { keys: feeds(1, { regions: [REGION, FAR_REGION] }) });
  expect(code).toBe(3);
  expect(log.match(/exists and\s+holds another\s+value/g)).toHaveLength(2);
  expect(log.match(/Ways out/g)).toHaveLength(1);
});

test('keys that each name a policy of their own hear that one name for all is the way out, where a role has no room', async () => {
  const keys = feeds(12).map((entry, at) => ({ ...entry, policyName: `Read-${at}` }));
  const { code, log } = await setUpAll(sandbox(), { keys }, { dryRun: true });
  expect(code).toBe(3);
  const [ways = ''] = /Ways out: [^.]*/.exec(log.replace(/\s+/g, ' ')) ?? [];
  expect(ways).toMatch(/^Ways out: policyName: NAME \(give all these keys one policy.*; roleName: NAME \(/);
  expect(ways).not.toContain('policyScope');
  const common = keys.map((entry) => ({ ...entry, policyName: 'Read' }));
  expect((await setUpAll(sandbox(), { keys: common }, { dryRun: true })).code).toBe(0);
});

test('of keys that are in place and keys that fail, one sentence says how many are which', async () => {
  await setUpAll(sandbox(), { keys: feeds(2) });
  const gone = { secretName: 'gone', regions: [REGION], key: { existing: true } };
  const { code, log } = await setUpAll(sandbox(), { keys: [...feeds(2), gone] });
  expect(code).toBe(1);
  expect(log).toContain('2 of 3 keys are in place already. Nothing is changed for them.');
  expect(log).not.toContain('Every key is in place');
});
