import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { performPermissionsManifest } from '../../src/commands/permissions/batch.ts';
import type { PermissionCommand } from '../../src/commands/permissions/needs/index.ts';
import { type PermissionsOptions, readPermissionsValues } from '../../src/commands/permissions/options.ts';
import { performRotateManifest } from '../../src/commands/rotate/batch.ts';
import { performStatusManifest } from '../../src/commands/status/run.ts';
import { performTeardownManifest } from '../../src/commands/teardown/batch.ts';
import { performVerifyManifest } from '../../src/commands/verify/batch.ts';
import { MANAGED_POLICY_LIMIT, policySize } from '../../src/policy/index.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { KMS_KEY } from '../commands/permissions/stories.ts';
import {
  clientsOf,
  FAR_REGION,
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  policyArn,
  REGION,
  roleArn,
} from '../support/account.ts';
import type { CommandResult } from '../support/runs/command.ts';
import { feeds, type ManifestContent, runWith, setUpAll } from '../support/runs/manifest.ts';
import { actionsIn, type PrintedPolicy, without } from '../support/runs/permissions.ts';
import { runHere } from '../support/runs/run-here.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const IN_TWO = { regions: [REGION, FAR_REGION] };

async function printed(
  on: Sandbox,
  command: PermissionCommand,
  content: ManifestContent,
  options: PermissionsOptions = {},
): Promise<CommandResult & { policy: PrintedPolicy }> {
  const { answers } = readPermissionsValues(command, options);
  const result = await runWith(
    on,
    content,
    (run, manifest) => performPermissionsManifest(run, manifest, answers),
    { common: { json: false } },
  );
  return { ...result, policy: JSON.parse(result.stdout) };
}

const statementOf = ({ Statement }: PrintedPolicy, sid: string) => Statement.find(({ Sid }) => Sid === sid);

/** Keys that together use every field of an entry. */
const MANY_KINDS: ManifestContent = {
  defaults: { tags: { Team: 'sports' } },
  keys: [
    { secretName: 'new', ...IN_TWO, tags: { Game: '1' } },
    { secretName: 'other', existingKey: 'replace' },
    { secretName: 'deleted', restore: true },
    { secretName: 'there', key: { existing: true } },
    { secretName: 'under-key', kmsKeyId: KMS_KEY },
    {
      secretName: 'bound',
      policyName: 'News',
      roleName: 'MediaConnect-News',
      permissionsBoundary: policyArn('Boundary'),
    },
    { secretName: 'of-others', policyName: 'Old', roleName: 'MediaConnect-Old', updateTrust: true },
  ],
};

async function prepare(on: Sandbox): Promise<void> {
  const { secrets } = clientsOf(on);
  await makeSecret(on, { Name: 'other', SecretString: KEYS.other });
  await makeSecret(on, { Name: 'deleted' });
  await secrets.send(new DeleteSecretCommand({ SecretId: 'deleted' }));
  await makeSecret(on, { Name: 'there' });
  await makePolicy(on, 'Boundary', guidePolicy('*'));
  await makeRole(on, { name: 'MediaConnect-Old', trust: guideTrust('ec2.amazonaws.com') });
}

test('prints policies that suffice for setup, verify and status of the manifest', async () => {
  await prepare(sandbox());
  const { policy } = await printed(sandbox(), 'setup', MANY_KINDS);
  const credentials = sandbox().credentialsFor(policy);
  const { code, json } = await setUpAll(sandbox(), MANY_KINDS, { credentials });
  expect([json.failed, code]).toEqual([[], 0]);
  expect(json.secrets.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['created', 'updated', 'restored', 'kept']),
  );

  const verifying = await printed(sandbox(), 'verify', MANY_KINDS);
  const verifier = { credentials: sandbox().credentialsFor(verifying.policy) };
  expect((await runWith(sandbox(), MANY_KINDS, performVerifyManifest, verifier)).code).toBe(0);

  const looking = await printed(sandbox(), 'status', MANY_KINDS, { optional: true });
  const looker = { credentials: sandbox().credentialsFor(looking.policy) };
  const status = await runWith(sandbox(), MANY_KINDS, performStatusManifest, looker);
  expect(JSON.parse(status.stdout)).toMatchObject({ notes: [], missing: [] });
});

test('prints policies that suffice for rotate and teardown of the manifest; teardown reads no secret value', async () => {
  const content = { keys: feeds(2, { kmsKeyId: KMS_KEY }) };
  await setUpAll(sandbox(), content);
  const as = ({ policy }: { policy: PrintedPolicy }) => ({ credentials: sandbox().credentialsFor(policy) });
  const other = { keys: feeds(2, { kmsKeyId: KMS_KEY, key: { env: 'OTHER_KEY' } }) };
  const rotating = as(await printed(sandbox(), 'rotate', other));
  const rotated = await runWith(
    sandbox(),
    other,
    (run, manifest) => performRotateManifest(run, manifest, { rollback: false, dryRun: false }),
    rotating,
  );
  expect([rotated.code, JSON.parse(rotated.stdout).failed]).toEqual([0, []]);

  const teardown = await printed(sandbox(), 'teardown', content);
  expect(actionsIn(teardown.policy).join()).not.toMatch(/GetSecretValue|GetResourcePolicy|kms:/);
  const how = { dryRun: false, recoveryDays: 30, includeUntagged: false };
  const torn = await runWith(
    sandbox(),
    content,
    (run, manifest) => performTeardownManifest(run, manifest, how),
    as(teardown),
  );
  expect([torn.code, JSON.parse(torn.stdout).failed]).toEqual([0, []]);
});

test('prints only actions that are needed: without one, a key fails and names the missing action', async () => {
  await prepare(sandbox());
  const actions = ['secretsmanager:RestoreSecret', 'iam:CreateRole', 'iam:UpdateAssumeRolePolicy'];
  const { policy } = await printed(sandbox(), 'setup', MANY_KINDS);
  const less = actions.reduce((rest, action) => without(action, rest), policy);
  const credentials = sandbox().credentialsFor(less);
  const { code, json } = await setUpAll(sandbox(), MANY_KINDS, { credentials });
  expect(code).toBe(1);
  expect(json.failed.map(({ error }) => error.awsAction)).toEqual(expect.arrayContaining(actions));
});

test('prints one statement for each purpose, and applies the fields of a key to that key only', async () => {
  const { policy } = await printed(sandbox(), 'setup', MANY_KINDS);
  const sids = policy.Statement.map(({ Sid }) => Sid);
  expect(sids.filter((sid) => /^(ReadTheSecret|ReadPolicies|ReadTheRole|StoreTheKey)/.test(sid))).toEqual([
    'ReadTheSecret',
    'StoreTheKey',
    'ReadPolicies',
    'ReadTheRole',
  ]);
  expect(statementOf(policy, 'ReadTheSecret')?.Resource).toHaveLength(8);
  const arn = (name: string) => `arn:aws:secretsmanager:${REGION}:111122223333:secret:${name}-??????`;
  expect(statementOf(policy, 'ReplaceTheKey')?.Resource).toEqual([arn('other')]);
  expect(statementOf(policy, 'StoreTheKey')?.Resource).not.toContain(arn('there'));
  expect(statementOf(policy, 'StoreTheKey')?.Condition).toEqual({
    'ForAllValues:StringEquals': {
      'aws:TagKeys': ['mc-static-key', 'mc-static-key:key-type', 'Team', 'Game'],
    },
  });
  expect(statementOf(policy, 'UpdateTheTrust')?.Resource).toEqual([roleArn('MediaConnect-Old')]);
});

test('names every role for create-flow, and every secret for rotate and teardown', async () => {
  const flow = await printed(sandbox(), 'create-flow', MANY_KINDS);
  const roles = ['MediaConnect-ASM', 'MediaConnect-News', 'MediaConnect-Old'].map(roleArn);
  expect(flow.policy.Statement).toMatchObject([{ Sid: 'PassTheRole', Resource: roles }]);
  for (const [command, sid] of [
    ['rotate', 'ReplaceTheKey'],
    ['teardown', 'DeleteTheSecret'],
  ] as const) {
    const { policy } = await printed(sandbox(), command, MANY_KINDS);
    expect(statementOf(policy, sid)?.Resource).toHaveLength(8);
  }
});

test('allows batch reads with --optional, in the Regions of the manifest', async () => {
  for (const command of ['setup', 'verify', 'rotate'] as const) {
    const content = { defaults: IN_TWO, keys: feeds(1) };
    const { policy } = await printed(sandbox(), command, content, { optional: true });
    expect(statementOf(policy, 'OptionalReadTogether')).toMatchObject({
      Action: ['secretsmanager:BatchGetSecretValue'],
      Resource: ['*'],
      Condition: { StringEquals: { 'aws:RequestedRegion': [REGION, FAR_REGION] } },
    });
    expect(actionsIn((await printed(sandbox(), command, content)).policy)).not.toContain(
      'secretsmanager:BatchGetSecretValue',
    );
  }
});

test('replaces names that do not fit with their common prefix, and setup works with that', async () => {
  const manifest = { defaults: IN_TWO, keys: feeds(15) };
  const { policy, log, code } = await printed(sandbox(), 'setup', manifest);
  expect(code).toBe(0);
  const patterns = [REGION, FAR_REGION].map(
    (region) => `arn:aws:secretsmanager:${region}:111122223333:secret:live/feed-*`,
  );
  expect(statementOf(policy, 'StoreTheKey')?.Resource).toEqual(patterns);
  expect(policySize(JSON.stringify(policy))).toBeLessThanOrEqual(MANAGED_POLICY_LIMIT);
  expect(log).toMatch(
    /^With every secret name, the policy would have \d,\d{3} characters\. .*these prefixes: /m,
  );
  for (const pattern of patterns) expect(log).toContain(pattern);
  const credentials = sandbox().credentialsFor(policy);
  expect((await setUpAll(sandbox(), { keys: feeds(1) }, { credentials })).code).toBe(0);
});

test('prints names that do not fit and share no prefix, with the size of the policy and what to do', async () => {
  const names = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index).repeat(9));
  const manifest = { defaults: IN_TWO, keys: names.map((secretName) => ({ secretName })) };
  const { policy, log, code } = await printed(sandbox(), 'setup', manifest);
  expect([code, statementOf(policy, 'ReadTheSecret')?.Resource.length]).toEqual([0, 52]);
  expect(log).toMatch(
    /The policy has \d+,\d{3} characters\. A managed policy can have 6,144\. Use secret names with a common/,
  );
});

test('accepts --rollback and --account-id with --manifest, and refuses --role-name', async () => {
  const args = [
    'permissions',
    'rotate',
    '--manifest',
    'absent.yaml',
    '--rollback',
    '--account-id',
    '111122223333',
  ];
  expect((await runHere(args)).stderr).toContain('--manifest: file not found');
  const { code, stderr } = await runHere([...args, '--role-name', 'x']);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/can't be\s+combined\s+with\s+--role-name/)]);
});
