import { readFileSync } from 'node:fs';
import { PutRolePolicyCommand, TagPolicyCommand, UpdateRoleCommand } from '@aws-sdk/client-iam';
import { DeleteSecretCommand, TagResourceCommand } from '@aws-sdk/client-secrets-manager';
import { beforeAll, describe, expect, test } from 'vitest';
import { performExportManifest } from '../../../src/commands/export/manifest/run.ts';
import { performSetup } from '../../../src/commands/setup/run.ts';
import { EXIT } from '../../../src/failure.ts';
import type { ManifestKey } from '../../../src/manifest/fields.ts';
import { readManifest } from '../../../src/manifest/index.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { fileOf, manifestFolder } from '../../manifest/manifests.ts';
import {
  ACCOUNT,
  ADMINISTRATOR,
  clientsOf,
  FAR_REGION,
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  REGION,
  readAccount,
  writesTo,
} from '../../support/account.ts';
import { runInProcess } from '../../support/runs/command.ts';
import { runHere } from '../../support/runs/run-here.ts';
import { setUp } from '../../support/runs/setup.ts';
import { livedInAccount, REGIONS } from '../status/account.ts';

const FLOWS = `arn:aws:mediaconnect:*:${ACCOUNT}:flow:*`;
const toStdout = { force: false };

/** Runs `export manifest`, which must read no key and change nothing. */
async function exported(sandbox: Sandbox, { regions = REGIONS, json = false, file = {} } = {}) {
  sandbox.clearRequests();
  const result = await runInProcess(
    sandbox,
    (run) => performExportManifest(run, { regions }, { ...toStdout, ...file }),
    { common: { json } },
  );
  expect(writesTo(sandbox)).toEqual([]);
  expect(sandbox.requests.map(({ action }) => action)).not.toContain('GetSecretValue');
  return result;
}

/** Returns the keys of the printed manifest as the program reads them. */
async function keysIn(yaml: string) {
  return (await readManifest(fileOf(yaml, 'exported.yaml'))).keys;
}

/** The lines of a manifest without keys. */
const NOTHING = ['version: 1', 'keys: []'];

/** The lines that are not comments. */
const linesOf = (yaml: string) => yaml.split('\n').filter((line) => !/^#|^$/.test(line));
const notesOf = (yaml: string) => yaml.split('\n').flatMap((line) => /^# - (.*)$/.exec(line)?.[1] ?? []);

/** Sets up the secrets of an entry, and expects that there is nothing to do. */
async function expectInPlace(sandbox: Sandbox, { answers }: ManifestKey) {
  const { secrets } = await readAccount(sandbox);
  const { secretName: _, regions, ...rest } = answers;
  const named = secrets.filter(({ name, region }) => name === answers.secretName && regions.includes(region));
  expect(named).toHaveLength(regions.length);
  sandbox.clearRequests();
  const mine = { ...rest, existing: false, regions: [], secretArns: named.map(({ arn }) => arn) };
  const { code, stdout } = await runInProcess(sandbox, async (run) => {
    await performSetup({ ...run, answers: mine });
    return EXIT.done;
  });
  expect([code, writesTo(sandbox)], stdout).toEqual([0, []]);
}

describe('export manifest of an account made by setup', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
    const boundary = { permissionsBoundary: ADMINISTRATOR };
    const sport = { roleName: 'MediaConnect-AA', policyName: 'Sport', sourceArn: [FLOWS], ...boundary };
    await setUp(sandbox, { region: REGIONS, tag: ['team=playout'] });
    await setUp(sandbox, { secretName: '2018-12-01' });
    await setUp(sandbox, { secretName: '007', policyScope: 'region', roleDescription: 'Reads.', ...sport });
  });

  test('prints a manifest whose keys are all in place for setup', async () => {
    const { stdout, log } = await exported(sandbox);
    expect(linesOf(stdout)).toEqual([
      'version: 1',
      'defaults:',
      '  key: {existing: true}',
      '  regions: [us-west-2]',
      '  policyName: SecretsManagerForMediaConnect',
      '  roleName: MediaConnect-ASM',
      'keys:',
      '  - secretName: "007"',
      '    policyName: Sport',
      '    policyScope: region',
      '    roleName: MediaConnect-AA',
      '    roleDescription: Reads.',
      `    sourceArns: [${FLOWS}]`,
      `    permissionsBoundary: ${ADMINISTRATOR}`,
      '  - secretName: 2018-12-01',
      '  - secretName: studio-a',
      '    regions: [us-west-2, eu-west-1]',
      '    tags: {team: playout}',
    ]);
    expect([notesOf(stdout), log]).toEqual([[], expect.stringContaining('3 keys written.')]);
    for (const key of await keysIn(stdout)) await expectInPlace(sandbox, key);
  });

  test('prints the same manifest as JSON', async () => {
    const { stdout } = await exported(sandbox, { json: true });
    const { version, account, manifest, notes } = JSON.parse(stdout);
    expect([version, account, notes]).toEqual([1, ACCOUNT, []]);
    const places = (await keysIn(JSON.stringify(manifest))).map(({ answers }) => [
      answers.secretName,
      answers.regions,
    ]);
    expect(places).toEqual([
      ['007', [REGION]],
      ['2018-12-01', [REGION]],
      ['studio-a', REGIONS],
    ]);
  });

  test('reads only the given Regions, and prints an empty manifest if there are no keys', async () => {
    const near = await exported(sandbox, { regions: [REGION] });
    expect((await keysIn(near.stdout)).map(({ answers }) => answers.regions)).toEqual([
      [REGION],
      [REGION],
      [REGION],
    ]);
    expect(notesOf(near.stdout)).toEqual([
      expect.stringMatching(
        /^Policy SecretsManagerForMediaConnect names .*eu-west-1.*, which was not searched for\.$/,
      ),
    ]);
    const { stdout } = await exported(await startSandbox());
    expect(linesOf(stdout)).toEqual(NOTHING);
  });
});

describe('export manifest of other accounts', () => {
  test('reports what a manifest cannot express, in comments and on standard error', async () => {
    const sandbox = await livedInAccount();
    const { stdout, log } = await exported(sandbox);
    const keys = await keysIn(stdout);
    expect(keys.map(({ answers }) => [answers.secretName, answers.roleName, answers.policyName])).toEqual([
      ['by-hand', 'HandMade', 'ByHand'],
      ['studio-a', 'MediaConnect-ASM', 'SecretsManagerForMediaConnect'],
    ]);
    for (const key of keys) await expectInPlace(sandbox, key);
    const notes = notesOf(stdout).map((note) => note.replace(/-[A-Za-z0-9]{6}(?=,)/, ''));
    expect(notes.toSorted()).toEqual([
      `Policy ByHand names arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:gone, which doesn't exist.`,
      'Policy MediaConnect-left was created by mc-static-key, but is not attached to any of the roles.',
      'Policy SecretsManagerReadWrite covers *. 1 matching secret without the tag mc-static-key is not in the manifest.',
      'Role HandMade: policy Inline is inline. setup uses attached policies.',
      'Role HandMade: policy SecretsManagerReadWrite is AWS managed or has a path. setup uses customer managed policies without a path.',
      'Secret by-hand (eu-west-1): no policy of the checked roles names it.',
    ]);
    for (const note of notesOf(stdout)) expect(log).toContain(`Note: ${note}`);
  });

  test('omits keys that setup would have to change', async () => {
    const sandbox = await startSandbox();
    const [good, deleted, other, partly] = await Promise.all(
      ['good', 'deleted', 'other', 'partly'].map((Name) => makeSecret(sandbox, { Name })),
    );
    const policy = await makePolicy(sandbox, 'Read', guidePolicy(good ?? '', deleted ?? ''));
    const some = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: partly };
    const part = await makePolicy(sandbox, 'Part', { Version: '2012-10-17', Statement: [some] });
    await makeRole(sandbox, { name: 'MediaConnect-A', attached: [policy, part], path: '/video/' });
    await makeRole(sandbox, { name: 'MediaConnect-B', attached: [policy] });
    await makeRole(sandbox, { name: 'MediaConnectAccessRole', attached: [policy] });
    const elsewhere = {
      ...guideTrust().Statement[0],
      Condition: { StringEquals: { 'aws:SourceAccount': '1' } },
    };
    await makeRole(sandbox, {
      name: 'MediaConnect-C',
      trust: { Version: '2012-10-17', Statement: [elsewhere] },
      attached: [await makePolicy(sandbox, 'Other', guidePolicy(other ?? ''))],
    });
    await clientsOf(sandbox).secrets.send(new DeleteSecretCommand({ SecretId: deleted }));
    const { stdout } = await exported(sandbox);
    const [key, ...others] = await keysIn(stdout);
    expect([key?.answers.secretName, key?.answers.roleName, others]).toEqual(['good', 'MediaConnect-A', []]);
    if (key) await expectInPlace(sandbox, key);
    expect(notesOf(stdout)).toEqual([
      'Role MediaConnect-A has the path /video/. setup uses it as is, but creates roles without a path.',
      "Secret deleted (us-west-2) can't be used as is. To find out why, run mc-static-key status.",
      "Secret partly (us-west-2): role MediaConnect-A can't read it, or this couldn't be checked.",
      'Secret good (us-west-2): role MediaConnect-B can also read it. In a manifest, a secret has one role.',
      "Role MediaConnect-C: MediaConnect can't assume it, or this couldn't be checked.",
      "Role MediaConnectAccessRole: setup doesn't accept this role name.",
    ]);
  });

  test('recognizes chains of policies, numbered policies of others, and prefix wildcards', async () => {
    const sandbox = await startSandbox();
    const [a, b, live, far] = await Promise.all([
      makeSecret(sandbox, { Name: 'a' }),
      makeSecret(sandbox, { Name: 'b' }),
      makeSecret(sandbox, { Name: 'live/a' }),
      makeSecret(sandbox, { Name: 'live/a', region: FAR_REGION }),
    ]);
    const prefix = (arn = '') => arn.replace(/live\/a-.*$/, 'live/*');
    const attached = [
      await makePolicy(sandbox, 'Read', guidePolicy(a ?? '')),
      await makePolicy(sandbox, 'Read-2', guidePolicy(b ?? '', (b ?? '').replace(':b-', ':c*'))),
      await makePolicy(sandbox, 'Live-2', guidePolicy(prefix(live), prefix(far))),
    ];
    await makeRole(sandbox, { attached });
    const { stdout } = await exported(sandbox);
    expect(linesOf(stdout).slice(-9)).toEqual([
      'keys:',
      '  - secretName: a',
      '  - secretName: b',
      '    policyName: Read-2',
      '  - secretName: live/a',
      '    regions: [us-west-2, eu-west-1]',
      '    policyName: Live-2',
      '    policyScope: prefix',
      '    policyPrefix: live/',
    ]);
    for (const key of await keysIn(stdout)) await expectInPlace(sandbox, key);
    expect(notesOf(stdout)).toContainEqual(
      expect.stringMatching(/^Policy Read-2 covers all secrets that match .*:c\*/),
    );
    const PolicyArn = attached[1];
    const Tags = [{ Key: 'mc-static-key', Value: 'read-policy-overflow' }];
    await clientsOf(sandbox).iam.send(new TagPolicyCommand({ PolicyArn, Tags }));
    const tagged = await exported(sandbox);
    expect(linesOf(tagged.stdout).join()).not.toContain('Read-2');
    for (const key of await keysIn(tagged.stdout)) await expectInPlace(sandbox, key);
  });

  test('omits a policy scope that applies to only some of the Regions', async () => {
    const sandbox = await startSandbox();
    await setUp(sandbox, { policyScope: 'region', region: [FAR_REGION] });
    await setUp(sandbox, { secretName: 'studio-b' });
    const { stdout } = await exported(sandbox);
    const keys = await keysIn(stdout);
    expect(keys.map(({ answers }) => answers.policyScope)).toEqual([undefined, undefined]);
    for (const key of keys) await expectInPlace(sandbox, key);
  });

  test('omits role texts that look like a key, and keeps tabs', async () => {
    const sandbox = await startSandbox();
    const boundary = await makePolicy(sandbox, `Boundary-${KEYS.aes128}`, guidePolicy('*'));
    const roles = [
      { roleName: 'MediaConnect-A', permissionsBoundary: boundary },
      { roleName: 'MediaConnect-B', roleDescription: 'one\ttab\nand two: "lines" #3' },
      { roleName: 'MediaConnect-C', sourceArn: [`arn:aws:mediaconnect:*:*:flow:${KEYS.aes192}`] },
    ];
    for (const role of roles) {
      const secretName = `of-${role.roleName}`;
      await setUp(sandbox, { secretName, policyName: `Read-${role.roleName}`, ...role });
    }
    const described = { RoleName: 'MediaConnect-A', Description: `Key ${KEYS.aes128}` };
    await clientsOf(sandbox).iam.send(new UpdateRoleCommand(described));
    const { stdout, log } = await exported(sandbox);
    const keys = await keysIn(stdout);
    expect(keys.map(({ answers }) => answers.roleDescription)).toEqual([
      undefined,
      roles[1]?.roleDescription,
      undefined,
    ]);
    for (const key of keys) await expectInPlace(sandbox, key);
    expect(stdout + log).not.toMatch(new RegExp(`${KEYS.aes128}|\\ufffd`));
    expect(notesOf(stdout)).toEqual([
      "Role MediaConnect-A: its description isn't valid in a manifest.",
      "Role MediaConnect-A: its permissions boundary isn't valid in a manifest.",
      "Role MediaConnect-C: its trust policy isn't valid in a manifest.",
    ]);
  });

  test('counts the secrets that a role may read although they are neither named nor tagged', async () => {
    const sandbox = await startSandbox();
    await setUp(sandbox, { policyScope: 'region' });
    await makeSecret(sandbox, { Name: 'by-hand' });
    await makeSecret(sandbox, { Name: 'elsewhere', region: FAR_REGION });
    const { stdout } = await exported(sandbox);
    expect((await keysIn(stdout)).map(({ answers }) => answers.secretName)).toEqual(['studio-a']);
    expect(notesOf(stdout)).toEqual([
      `Policy SecretsManagerForMediaConnect covers arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:*. 1 matching secret without the tag mc-static-key is not in the manifest.`,
    ]);
  });

  test('omits names and tags that look like a key', async () => {
    const sandbox = await startSandbox();
    const arn = await makeSecret(sandbox);
    const named = await makeSecret(sandbox, { Name: `studio/${KEYS.aes128}` });
    const tags = [
      { Key: 'id', Value: KEYS.aes128 },
      { Key: 'feed', Value: '1' },
    ];
    await clientsOf(sandbox).secrets.send(new TagResourceCommand({ SecretId: arn, Tags: tags }));
    await makeRole(sandbox, { attached: [await makePolicy(sandbox, 'Read', guidePolicy(arn, named))] });
    const { stdout, log } = await exported(sandbox);
    const [key, ...others] = await keysIn(stdout);
    expect([key?.answers.tags, others]).toEqual([[{ key: 'feed', value: '1' }], []]);
    expect(stdout + log).not.toContain(KEYS.aes128);
    expect(notesOf(stdout)).toEqual([
      'A resource whose name looks like a key is not included.',
      "Secret studio-a (us-west-2) has a tag that isn't valid in a manifest.",
    ]);
  });
});

test('omits a secret that a role may read only through an inline policy', async () => {
  const sandbox = await startSandbox();
  const arn = await makeSecret(sandbox);
  await makeRole(sandbox);
  const inline = { PolicyName: 'Inline', PolicyDocument: JSON.stringify(guidePolicy(arn)) };
  await clientsOf(sandbox).iam.send(new PutRolePolicyCommand({ RoleName: 'MediaConnect-ASM', ...inline }));
  const { stdout } = await exported(sandbox);
  expect([linesOf(stdout), notesOf(stdout)]).toEqual([NOTHING, [expect.stringContaining('is inline')]]);
});

test('writes a file with --output, and overwrites one only with --force', async () => {
  const path = `${manifestFolder()}/written.yaml`;
  const args = ['export', 'manifest', '--sandbox', '--region', REGION, '--output', path];
  const first = await runHere(args);
  expect([first.code, first.stdout, first.stderr]).toEqual([
    0,
    '',
    expect.stringContaining(`Written to ${path}`),
  ]);
  const written = readFileSync(path, 'utf8');
  expect(linesOf(written)).toEqual(NOTHING);
  const second = await runHere(args);
  expect([second.code, second.stderr]).toEqual([3, expect.stringMatching(/already exists[\s\S]*--force/)]);
  expect((await runHere([...args, '--force'])).code).toBe(0);
});

test.each([
  ['setup'],
  ['setup', '--dry-run'],
  ['verify'],
  ['status'],
  ['rotate'],
  ['rotate', '--rollback'],
  ['teardown'],
])('prints a manifest of an empty account that every command accepts: %s %s', async (...command) => {
  const sandbox = await startSandbox();
  const path = `${manifestFolder()}/empty${command.join('')}.yaml`;
  const env = {
    AWS_ENDPOINT_URL: sandbox.url,
    AWS_ACCESS_KEY_ID: sandbox.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandbox.credentials.secretAccessKey,
    AWS_REGION: REGION,
  };
  expect((await runHere(['export', 'manifest', '--region', REGION, '--output', path], env)).code).toBe(0);
  const yes =
    /setup|rotate|teardown/.test(command[0] ?? '') && !command.includes('--dry-run') ? ['--yes'] : [];
  const { code, stdout, stderr } = await runHere([...command, '--manifest', path, ...yes], env);
  expect([code, stderr + stdout]).toEqual([0, expect.not.stringContaining('Every')]);
  await sandbox.close();
});
