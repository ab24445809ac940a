import { PutResourcePolicyCommand } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { performSetupManifest } from '../../src/commands/setup/batch.ts';
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

test('sets up all keys with one policy version and one role, and changes nothing on the next run', async () => {
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
  expect(again.log).toContain('All keys are already set up.');
});

test('adds all new secrets to an existing policy in one version', async () => {
  await setUp(sandbox());
  const { json } = await setUpAll(sandbox(), { keys: feeds(4) });
  expect(json.policies).toMatchObject([{ versionId: 'v2', action: 'updated' }]);
  const { policies } = await readAccount(sandbox());
  const [allowed] = policies.map(({ document }) => JSON.stringify(document));
  for (const { arn } of json.secrets) expect(allowed).toContain(arn);
});

test('continues with the other keys when one has a conflict; the next run does only the rest', async () => {
  await makeSecret(sandbox(), { Name: 'live/feed-2', SecretString: KEYS.other });
  const { code, json, log } = await setUpAll(sandbox(), { keys: feeds(3) });
  expect(code).toBe(1);
  expect(json.failed).toMatchObject([{ name: 'live/feed-2', error: { code: 'conflict' } }]);
  expect(json.error).toMatchObject({ code: 'keys-failed', message: '1 key failed.' });
  expect(json.secrets.map(({ name }) => name)).toEqual(['live/feed-1', 'live/feed-3']);
  expect(log).toContain("1 of 3 keys can't be set up:");
  expect(log).toMatch(/live\/feed-2 +Secret live\/feed-2 already exists in us-west-2 and holds a/);
  expect(log).toContain('existingKey: keep ');

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

test('fails only the key that the credentials may not store, and names the missing action', async () => {
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

test('fails only the key whose secret nobody may read', async () => {
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

test('ends every run with exit code 1 as long as one key cannot be set up', async () => {
  await makeSecret(sandbox(), { Name: 'live/feed-2', SecretString: KEYS.other });
  for (const _ of ['first', 'again']) expect((await setUpAll(sandbox(), { keys: feeds(2) })).code).toBe(1);
});

test('prints no encryption settings for a key that cannot be read back', async () => {
  sandbox().addFault({ action: 'GetSecretValue', kind: 'access-denied', times: Number.POSITIVE_INFINITY });
  const { code, json } = await setUpAll(sandbox(), { keys: feeds(2) });
  expect(code).toBe(1);
  expect(json.failed).toMatchObject([
    { error: { code: 'access-denied', awsAction: 'secretsmanager:GetSecretValue' } },
    { error: { code: 'access-denied' } },
  ]);
  expect(json.encryption).toEqual([]);
});

test('changes nothing and ends with exit code 3 when every key has a conflict', async () => {
  for (const { secretName: Name } of feeds(2))
    await makeSecret(sandbox(), { Name, SecretString: KEYS.other });
  sandbox().clearRequests();
  const { code, json, log } = await setUpAll(sandbox(), { keys: feeds(2) });
  expect([code, json.failed.length]).toEqual([3, 2]);
  expect(writesTo(sandbox())).toEqual([]);
  expect(log).toContain('Nothing was changed.');
});

test('fails only the keys of a role that cannot be used', async () => {
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

test('creates the policies and roles that keys name for themselves', async () => {
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

test('tags a policy and a role with the tags that all their keys share', async () => {
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

test('shortens a long plan; --dry-run shows every line and changes nothing', async () => {
  const manifest = { keys: feeds(25) };
  const dry = await setUpAll(sandbox(), manifest, { dryRun: true });
  expect(writesTo(sandbox())).toEqual([]);
  expect(dry.json).toMatchObject({ dryRun: true, failed: [] });
  expect(dry.json.secrets).toHaveLength(25);
  expect(dry.log.match(/create {2}secret {2}live/g)).toHaveLength(25);
  const { log, json } = await setUpAll(sandbox(), manifest, { common: { json: true, yes: true } });
  expect(log).toMatch(/\+ create +25 secrets +live\/feed-1 … live\/feed-25 +us-west-2\n +AES-256 key/);
  expect(log).not.toContain('live/feed-7');
  expect(json.secrets).toHaveLength(25);
});

test('uses an existing secret unchanged, and reports one that does not exist', async () => {
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
      error: { message: 'Secret nowhere not found in us-west-2 (the manifest has existing: true).' },
    },
  ]);
});

test('generates a key once, keeps it on later runs, and stores the same key in every Region', async () => {
  const keys = feeds(2, { key: { generate: 'aes192' }, regions: [REGION, FAR_REGION] });
  await setUpAll(sandbox(), { keys });
  const values = async () => (await readAccount(sandbox())).secrets.map((each) => each.values.AWSCURRENT);
  const made = await values();
  expect(new Set(made).size).toBe(2);
  await setUpAll(sandbox(), { keys });
  expect(await values()).toEqual(made);
});

test('reports credentials that expire during the run once', async () => {
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

test('reports a conflict, with resolutions, when the role has no room for the named secrets', async () => {
  const keys = Array.from({ length: 115 }, (_, index) => ({
    secretName: `live/${'x'.repeat(450)}-${index}`,
  }));
  const { code, json, log } = await setUpAll(sandbox(), { keys });
  expect(code).toBe(3);
  expect(json.failed).toHaveLength(115);
  expect(log.match(/0\s+managed/g)).toHaveLength(1);
  expect(log).toContain('and 114 more');
  expect(log).toContain('policyScope: prefix policyPrefix: live/');
  expect(writesTo(sandbox())).toEqual([]);
});

test('ends with the number of secrets in each Region, and the command that reads a generated key', async () => {
  const keys = feeds(21, { key: { generate: 'aes256' } });
  const { stdout } = await runWith(
    sandbox(),
    { keys },
    (run, manifest) => performSetupManifest(run, manifest, { dryRun: false, restore: false }),
    { common: { json: false } },
  );
  expect(stdout).toContain('MediaConnect can read all 21 keys.');
  expect(stdout).toContain(`21 secrets in ${REGION}`);
  expect(stdout).toMatch(
    /aws secretsmanager get-secret-value --region us-west-2 --secret-id '?arn:\S+:live\/feed-1-/,
  );
});

test('reports the conflict of a key for each Region, and its resolutions once', async () => {
  for (const region of [REGION, FAR_REGION])
    await makeSecret(sandbox(), { region, Name: 'live/feed-1', SecretString: KEYS.other });
  const { code, log } = await setUpAll(sandbox(), { keys: feeds(1, { regions: [REGION, FAR_REGION] }) });
  expect(code).toBe(3);
  expect(log.match(/and\s+holds\s+a\s+different\s+key/g)).toHaveLength(2);
  expect(log.match(/To resolve this/g)).toHaveLength(1);
});

test('suggests one policy name for all keys when a role has no room for their separate policies', async () => {
  const keys = feeds(12).map((entry, at) => ({ ...entry, policyName: `Read-${at}` }));
  const { code, log } = await setUpAll(sandbox(), { keys }, { dryRun: true });
  expect(code).toBe(3);
  const [ways = ''] = /To resolve this, add one of:[^.]*/.exec(log.replace(/\s+/g, ' ')) ?? [];
  expect(ways).toMatch(/ policyName: NAME Use one policy for all these keys roleName: NAME /);
  expect(ways).not.toContain('policyScope');
  const common = keys.map((entry) => ({ ...entry, policyName: 'Read' }));
  expect((await setUpAll(sandbox(), { keys: common }, { dryRun: true })).code).toBe(0);
});

test('counts the keys that are in place when other keys fail', async () => {
  await setUpAll(sandbox(), { keys: feeds(2) });
  const gone = { secretName: 'gone', regions: [REGION], key: { existing: true } };
  const { code, log } = await setUpAll(sandbox(), { keys: [...feeds(2), gone] });
  expect(code).toBe(1);
  expect(log).toContain('2 of 3 keys are already set up.');
  expect(log).not.toContain('All keys are');
});
