import { expect, test } from 'vitest';
import {
  ACCOUNT,
  FAR_REGION,
  makeSecret,
  REGION,
  readAccount,
  roleArn,
  writesTo,
} from '../support/account.ts';
import { feeds, setUpAll } from '../support/runs/manifest.ts';
import { runHere } from '../support/runs/run-here.ts';
import { tearDownAll } from '../support/runs/teardown.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const defaults = { regions: [REGION, FAR_REGION] };

/** Returns what is left in the account, in short. */
async function standing() {
  const { secrets, policies, roles } = await readAccount(sandbox());
  return {
    secrets: secrets.filter(({ deleted }) => !deleted).map(({ name, region }) => `${name} ${region}`),
    policies: policies.map(({ document }) =>
      JSON.stringify(document).match(/(?<=:secret:)[\w/-]+(?=-\w{6}")/g),
    ),
    roles: roles.map(({ name, attached }) => `${name}: ${attached.join(' ')}`),
  };
}

test('removes all that setup created from the manifest, and prints the command that restores it', async () => {
  const manifest = { defaults, keys: feeds(2) };
  await setUpAll(sandbox(), manifest);
  const before = await readAccount(sandbox());
  sandbox().clearRequests();
  const dry = await tearDownAll(sandbox(), manifest, { dryRun: true });
  expect(dry.json).toMatchObject({
    dryRun: true,
    policies: [{ action: 'deleted' }],
    roles: [{ action: 'deleted' }],
  });
  expect(writesTo(sandbox())).toEqual([]);
  // Secret values are not read, so the dates of their last access do not change.
  const reads = sandbox().requests.map(({ action }) => action);
  expect(reads).not.toEqual(expect.arrayContaining([expect.stringMatching(/SecretValue|ResourcePolicy/)]));
  sandbox().clearRequests();
  const { code, json, log } = await tearDownAll(sandbox(), manifest, { recoveryDays: 7 });
  expect([code, json.failed], log).toEqual([0, []]);
  expect(writesTo(sandbox())).toEqual([
    ...Array.from({ length: 4 }, () => 'secretsmanager:DeleteSecret'),
    'iam:DetachRolePolicy',
    'iam:DeletePolicy',
    'iam:DeleteRole',
  ]);
  expect(sandbox().requests.filter(({ action }) => action === 'ListFlows')).toHaveLength(2);
  expect(await standing()).toEqual({ secrets: [], policies: [], roles: [] });
  expect(json.secrets.map(({ action }) => action)).toEqual(Array.from({ length: 4 }, () => 'scheduled'));
  expect(Date.parse(json.secrets[3]?.deletionDate ?? '') - Date.now()).toBeLessThan(8 * 86_400_000);
  expect(json.undo).toMatch(/^mc-static-key setup --manifest \S+\/keys\.yaml --restore$/);

  sandbox().clearRequests();
  expect((await tearDownAll(sandbox(), manifest)).log).toContain('All keys are already removed.');
  expect(writesTo(sandbox())).toEqual([]);

  const undone = await setUpAll(sandbox(), manifest, { restore: true });
  expect([undone.code, undone.json.failed], undone.log).toEqual([0, []]);
  expect(await readAccount(sandbox())).toEqual(before);
});

test('keeps a key that a flow uses, and removes the others from the policy in one version', async () => {
  const { json: made } = await setUpAll(sandbox(), { keys: feeds(3) });
  const SecretArn = made.secrets[1]?.arn ?? '';
  const Decryption = { RoleArn: roleArn('MediaConnect-ASM'), SecretArn, Algorithm: 'aes256' as const };
  const flow = sandbox().addFlow({ region: REGION, name: 'game', source: { Name: 'camera', Decryption } });
  sandbox().clearRequests();
  const { code, json, log } = await tearDownAll(sandbox(), { keys: feeds(3) });
  expect(code).toBe(1);
  expect(writesTo(sandbox()).slice(2)).toEqual(['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion']);
  expect(json.failed).toMatchObject([{ name: 'live/feed-2', error: { code: 'conflict' } }]);
  expect(json.failed[0]?.error.message).toContain(`is used by the flow ${flow} (source camera)`);
  expect(log).toContain("1 of 3 keys can't be removed:");
  expect(log).toContain('The other keys are removed.');
  // The progress counts only the keys that can be removed.
  expect(log).toContain('\n2 of 2\n');
  expect(log).not.toContain('3 of 2');
  expect(await standing()).toEqual({
    secrets: [`live/feed-2 ${REGION}`],
    policies: [['live/feed-2']],
    roles: ['MediaConnect-ASM: SecretsManagerForMediaConnect'],
  });

  sandbox().clearRequests();
  const alone = await tearDownAll(sandbox(), { keys: feeds(3) });
  expect([alone.code, writesTo(sandbox())]).toEqual([1, []]);
});

test('fails only the secret that the credentials may not delete, and keeps it in the policy', async () => {
  await setUpAll(sandbox(), { keys: feeds(3) });
  const deny = {
    Effect: 'Deny',
    Action: 'secretsmanager:DeleteSecret',
    Resource: `arn:aws:secretsmanager:*:${ACCOUNT}:secret:live/feed-2-*`,
  };
  const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }, deny];
  const credentials = sandbox().credentialsFor(JSON.stringify({ Version: '2012-10-17', Statement }));
  const { code, json } = await tearDownAll(sandbox(), { keys: feeds(3) }, { credentials });
  expect(code).toBe(1);
  expect(json.failed).toMatchObject([
    { name: 'live/feed-2', error: { code: 'access-denied', awsAction: 'secretsmanager:DeleteSecret' } },
  ]);
  expect((await standing()).policies).toEqual([['live/feed-2']]);
  expect((await tearDownAll(sandbox(), { keys: feeds(3) })).code).toBe(0);
  expect(await standing()).toEqual({ secrets: [], policies: [], roles: [] });
});

test('prints the command that restores a secret whose key failed in another Region', async () => {
  const keys = feeds(2, { regions: [REGION, FAR_REGION] });
  await setUpAll(sandbox(), { keys });
  sandbox().addFault({ action: 'DeleteSecret', region: FAR_REGION, kind: 'access-denied', times: 50 });
  const { code, json, log } = await tearDownAll(sandbox(), { keys });
  expect([code, json.failed.length]).toEqual([1, 2]);
  expect(json.secrets).toMatchObject([
    { region: REGION, action: 'scheduled', deletionDate: expect.stringContaining('T') },
    { region: REGION, action: 'scheduled' },
  ]);
  expect(json.left).toHaveLength(4);
  expect(json.undo).toMatch(/^mc-static-key setup --manifest \S+ --restore$/);
  expect(log).not.toContain('The other keys');
});

test('deletes each role and policy once; one that cannot be deleted fails only its own keys', async () => {
  const keys = [
    { secretName: 'sports', policyName: 'Sports', roleName: 'MediaConnect-Sports' },
    { secretName: 'news', policyName: 'News', roleName: 'MediaConnect-News' },
    { secretName: 'weather', policyName: 'News', roleName: 'MediaConnect-News' },
  ];
  await setUpAll(sandbox(), { keys });
  sandbox().addFault({ action: 'DeletePolicy', kind: 'access-denied' });
  const { code, json } = await tearDownAll(sandbox(), { keys });
  expect(code).toBe(1);
  expect(json.failed.map(({ error }) => error.awsAction)).toContain('iam:DeletePolicy');
  // The policy that could not be deleted is attached to its role again.
  expect(json.roles.map(({ action }) => action)).toEqual(['deleted', 'kept']);
  expect((await standing()).roles).toHaveLength(1);
});

test('refuses a secret of another account, and keeps the secret of the same name in this account', async () => {
  await setUpAll(sandbox(), { keys: feeds(2) });
  const before = await standing();
  const arn = `arn:aws:secretsmanager:${REGION}:444455556666:secret`;
  const keys = ['live/feed-1', 'gone'].map((name) => ({ secretArns: [`${arn}:${name}-AbCdEf`] }));
  const { code, json } = await tearDownAll(sandbox(), { keys });
  expect([code, json.failed.map(({ error }) => error.code)]).toEqual([3, ['conflict', 'conflict']]);
  expect(json.failed[1]?.error.message).toContain('is not in your account');
  expect(await standing()).toEqual(before);
});

test('fails only the key that was never set up, so that a mistyped name is not a success', async () => {
  await setUpAll(sandbox(), { keys: feeds(1) });
  const keys = [...feeds(1), { secretName: 'live/fead-2' }];
  const { code, json } = await tearDownAll(sandbox(), { keys });
  expect([code, json.failed]).toMatchObject([1, [{ name: 'live/fead-2', error: { code: 'not-found' } }]]);
  expect(await standing()).toEqual({ secrets: [], policies: [], roles: [] });
  expect((await tearDownAll(sandbox(), { keys: feeds(1) })).code).toBe(0);
});

test('removes secrets that the program did not create, with --include-untagged', async () => {
  for (const { secretName: Name } of feeds(2)) await makeSecret(sandbox(), { Name });
  await tearDownAll(sandbox(), { keys: feeds(2) }, { includeUntagged: true });
  expect((await standing()).secrets).toEqual([]);
});

test('refuses --secret-name and --role-name together with --manifest, but not --dry-run', async () => {
  const beside = [
    '--manifest',
    'keys.yaml',
    '--secret-name',
    'studio-a',
    '--role-name',
    'Other',
    '--dry-run',
  ];
  const { code, stderr } = await runHere(['teardown', ...beside]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/can't be\s+combined\s+with\s+--secret-name\s+or\s+--role-name\./);
});
