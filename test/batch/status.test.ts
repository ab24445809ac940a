import { DetachRolePolicyCommand } from '@aws-sdk/client-iam';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { performStatusManifest } from '../../src/commands/status/run.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { type StatusResult, troubles } from '../commands/status/account.ts';
import {
  ACCOUNT,
  clientsOf,
  FAR_REGION,
  makeRole,
  makeSecret,
  policyArn,
  REGION,
} from '../support/account.ts';
import type { InProcessOptions } from '../support/runs/command.ts';
import { feeds, type ManifestContent, runWith, setUpAll } from '../support/runs/manifest.ts';
import { setUp } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const IN_TWO = { regions: [REGION, FAR_REGION] };

const statusText = (on: Sandbox, content: ManifestContent, options: InProcessOptions = {}) =>
  runWith(on, content, performStatusManifest, { common: { json: false }, ...options });

async function statusOf(on: Sandbox, content: ManifestContent, options: InProcessOptions = {}) {
  const result = await statusText(on, content, { ...options, common: {} });
  const json: StatusResult['json'] = JSON.parse(result.stdout);
  return { ...result, json };
}

test('shows what the manifest names, and nothing else in the account', async () => {
  await setUp(sandbox(), { secretName: 'studio-z', roleName: 'MediaConnect-Other', policyName: 'Other' });
  await setUp(sandbox(), { secretName: 'studio-a' });
  const manifest = { defaults: IN_TWO, keys: feeds(2) };
  await setUpAll(sandbox(), manifest);
  sandbox().clearRequests();
  const { code, json } = await statusOf(sandbox(), manifest);
  expect([code, json.notes, json.missing, troubles(json)]).toEqual([0, [], [], []]);
  expect(json.regions).toEqual([REGION, FAR_REGION]);
  expect(json.roles.map(({ name }) => name)).toEqual(['MediaConnect-ASM']);
  expect(json.secrets.map(({ name, region }) => `${name} ${region}`)).toEqual([
    `live/feed-1 ${REGION}`,
    `live/feed-2 ${REGION}`,
    `live/feed-1 ${FAR_REGION}`,
    `live/feed-2 ${FAR_REGION}`,
  ]);
  const [policy] = json.roles.flatMap(({ policies }) => policies);
  expect(policy?.secrets).toHaveLength(4);
  expect(policy?.missing).toEqual([]);
  expect(policy?.unseen).toEqual([expect.stringContaining(':secret:studio-a-')]);
  const actions = new Set(sandbox().requests.map(({ action }) => action));
  expect([actions.has('GetRole'), actions.has('ListRoles'), actions.has('GetSecretValue')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('lists at the end what the manifest names and the account does not have', async () => {
  await setUpAll(sandbox(), { keys: feeds(1) });
  const manifest = {
    defaults: IN_TWO,
    keys: [...feeds(2), { secretName: 'news', policyName: 'News', roleName: 'MediaConnect-News' }],
  };
  const { code, json } = await statusOf(sandbox(), manifest);
  expect(code).toBe(0);
  expect(json.missing).toEqual([
    { kind: 'role', name: 'MediaConnect-News' },
    { kind: 'policy', name: 'News' },
    { kind: 'secret', name: 'live/feed-2', region: REGION },
    { kind: 'secret', name: 'news', region: REGION },
    { kind: 'secret', name: 'live/feed-1', region: FAR_REGION },
    { kind: 'secret', name: 'live/feed-2', region: FAR_REGION },
    { kind: 'secret', name: 'news', region: FAR_REGION },
  ]);
  const { stdout } = await statusText(sandbox(), manifest);
  expect(stdout).toContain('1 role, 1 secret     7 missing');
  expect(stdout).toContain(
    `\nMissing\n  role MediaConnect-News\n  policy News\n  secret live/feed-2 (${REGION}, ${FAR_REGION})\n`,
  );
  expect(stdout).toMatch(/ {2}mc-static-key setup --manifest \S+keys\.yaml\n/);
  expect(stdout).toMatch(/ {2}mc-static-key verify --manifest \S+keys\.yaml$/);
});

test('reports everything as missing in an empty account, and shortens a long list', async () => {
  const { stdout } = await statusText(sandbox(), { keys: feeds(30) });
  expect(stdout).toContain('0 roles, 0 secrets     32 missing');
  expect(stdout).toContain('  and 12 more (--json lists all)\n');
});

test('does not report a deleted or re-created secret, or a detached policy, as missing', async () => {
  const { json: made } = await setUpAll(sandbox(), { keys: feeds(3) });
  const { secrets, iam } = clientsOf(sandbox());
  await secrets.send(new DeleteSecretCommand({ SecretId: 'live/feed-1' }));
  const again = { SecretId: 'live/feed-2', ForceDeleteWithoutRecovery: true };
  await secrets.send(new DeleteSecretCommand(again));
  await makeSecret(sandbox(), { Name: 'live/feed-2' });
  const { json } = await statusOf(sandbox(), { keys: feeds(3) });
  expect([json.missing, troubles(json)]).toEqual([
    [],
    ['failed policy-names-secret feed-2', 'failed secret-deletion feed-1'],
  ]);
  expect(json.secrets.find(({ name }) => name === 'live/feed-2')?.roles).toEqual([]);

  const [policy = ''] = made.policies.map(({ arn }) => arn);
  await iam.send(new DetachRolePolicyCommand({ RoleName: 'MediaConnect-ASM', PolicyArn: policy }));
  const loose = await statusOf(sandbox(), { keys: feeds(3) });
  expect(loose.json.policies).toEqual([
    { name: 'SecretsManagerForMediaConnect', arn: policyArn('SecretsManagerForMediaConnect') },
  ]);
});

test('notes what it has no permission to read, and does not report it as missing', async () => {
  await makeRole(sandbox());
  const denied = ['iam:GetRole', 'iam:ListPolicies', 'secretsmanager:DescribeSecret'];
  const Statement = [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: denied, Resource: '*' },
  ];
  const credentials = sandbox().credentialsFor(JSON.stringify({ Version: '2012-10-17', Statement }));
  const { code, json } = await statusOf(sandbox(), { keys: feeds(1) }, { credentials });
  expect([code, json.account, json.missing]).toEqual([0, ACCOUNT, []]);
  expect(json.notes.map(({ awsAction }) => awsAction).sort()).toEqual(denied);
});
