import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { VerifyCheck } from '../../src/checks/verify/result.ts';
import { type ManifestRotateOptions, performRotateManifest } from '../../src/commands/rotate/batch.ts';
import { ACCOUNT, FAR_REGION, KEYS, REGION, readAccount, writesTo } from '../support/account.ts';
import type { InProcessOptions } from '../support/runs/command.ts';
import {
  type FleetDocument,
  feeds,
  type ManifestContent,
  runAll,
  setUpAll,
} from '../support/runs/manifest.ts';
import { runHere } from '../support/runs/run-here.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const defaults = { regions: [REGION, FAR_REGION] };
const NEW = { key: { env: 'OTHER_KEY' } };

/** Runs `rotate --manifest`. */
function rotateAll(
  content: ManifestContent,
  { rollback = false, dryRun = false, ...options }: InProcessOptions & Partial<ManifestRotateOptions> = {},
) {
  return runAll<FleetDocument & { verdict: string; checks: VerifyCheck[] }>(
    sandbox(),
    content,
    (run, manifest) => performRotateManifest(run, manifest, { rollback, dryRun }),
    options,
  );
}

/** Returns the current key of each secret, by its name in `KEYS` if it has one. */
async function held(): Promise<Record<string, string>> {
  const { secrets } = await readAccount(sandbox());
  const named = Object.fromEntries(Object.entries(KEYS).map(([name, key]) => [key, name]));
  return Object.fromEntries(
    secrets.map(({ name, region, values: { AWSCURRENT: key = '' } }) => [
      `${name.replace('live/', '')} ${region}`,
      named[key] ?? key,
    ]),
  );
}

test('stores the new keys of the manifest, changes nothing on the next run, and rolls all keys back', async () => {
  await setUpAll(sandbox(), { defaults, keys: feeds(2) });
  const before = await held();
  sandbox().clearRequests();
  const { code, json, log } = await rotateAll({ defaults, keys: feeds(2, NEW) });
  expect([code, json.failed, json.verdict], log).toEqual([0, [], 'ok']);
  expect(writesTo(sandbox())).toEqual(Array.from({ length: 4 }, () => 'secretsmanager:PutSecretValue'));
  expect(sandbox().requests.filter(({ action }) => action === 'GetRole')).toHaveLength(1);
  expect(Object.values(await held())).toEqual(Array.from({ length: 4 }, () => 'other'));
  expect(log).toContain('Running streams stop until both ends use the new key');
  expect(JSON.stringify(json) + log).not.toContain(KEYS.other);

  sandbox().clearRequests();
  const again = await rotateAll({ defaults, keys: feeds(2, NEW) });
  expect([again.code, writesTo(sandbox())]).toEqual([0, []]);
  expect(again.log).toContain('All secrets already hold their keys.');

  const back = await rotateAll({ defaults, keys: feeds(2, NEW) }, { rollback: true, env: {} });
  expect([back.code, back.json.verdict], back.log).toEqual([0, 'ok']);
  expect(await held()).toEqual(before);
});

test('rotates the same keys that --dry-run listed, and leaves entries without a key unchanged', async () => {
  const { json: made } = await setUpAll(sandbox(), { keys: feeds(3) });
  const keys = [
    { secretName: 'live/feed-1', ...NEW },
    { secretName: 'live/feed-2', key: { existing: true } },
    { secretArns: [made.secrets[2]?.arn] },
    { secretName: 'live/feed-9', ...NEW },
  ];
  sandbox().clearRequests();
  const dry = await rotateAll({ keys }, { dryRun: true });
  expect([dry.code, dry.json.dryRun, writesTo(sandbox())]).toEqual([1, true, []]);
  expect(dry.json.secrets).toMatchObject([{ name: 'live/feed-1', action: 'updated' }]);
  const { code, json, log } = await rotateAll({ keys });
  expect(code).toBe(1);
  expect(json.failed).toMatchObject([{ name: 'live/feed-9', error: { code: 'conflict' } }]);
  expect(log).toContain('Secret live/feed-9 not found in us-west-2');
  expect(log).toContain("1 of 2 keys can't be rotated:");
  expect(log).toContain('The manifest has no new key for 2 entries');
  expect(await held()).toEqual({
    [`feed-1 ${REGION}`]: 'other',
    [`feed-2 ${REGION}`]: 'aes256',
    [`feed-3 ${REGION}`]: 'aes256',
  });
});

test('rolls back or completes a rotation of generated keys that failed for one key', async () => {
  const keys = feeds(3, { key: { generate: 'aes256' } });
  const Resource = `arn:aws:secretsmanager:*:${ACCOUNT}:secret:live/feed-2-*`;
  const Statement = [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: 'secretsmanager:PutSecretValue', Resource },
  ];
  const credentials = sandbox().credentialsFor(JSON.stringify({ Version: '2012-10-17', Statement }));
  await setUpAll(sandbox(), { keys });
  const before = await held();
  const { code, json } = await rotateAll({ keys }, { credentials });
  expect([code, json.failed.map(({ name }) => name)]).toEqual([1, ['live/feed-2']]);
  const back = await rotateAll({ keys }, { rollback: true });
  expect([back.code, back.json.failed], back.log).toEqual([0, []]);
  expect(back.log).toContain("The last rotation didn't replace 1 key. It stays as it is.");
  expect(await held()).toEqual(before);

  await rotateAll({ keys }, { credentials });
  const half = await held();
  expect(differing(before, half)).toEqual([`feed-1 ${REGION}`, `feed-3 ${REGION}`]);
  const { log } = await rotateAll({ keys });
  expect(log).toContain('It replaced 2 keys in the last hour');
  expect(differing(half, await held())).toEqual([`feed-2 ${REGION}`]);
});

test('reports which secrets have the new key and which do not when one Region fails', async () => {
  await setUpAll(sandbox(), { defaults, keys: feeds(1) });
  sandbox().addFault({ action: 'PutSecretValue', region: REGION, kind: 'access-denied', times: 50 });
  const { code, json, log } = await rotateAll({ defaults, keys: feeds(1, NEW) });
  expect(code).toBe(1);
  expect(await held()).toMatchObject({ [`feed-1 ${FAR_REGION}`]: 'other', [`feed-1 ${REGION}`]: 'aes256' });
  expect(json.secrets).toMatchObject([{ region: FAR_REGION, action: 'updated' }]);
  expect(json.left).toEqual([expect.stringContaining(`:${REGION}:`)]);
  const [done, left] = log.split('Not changed yet:');
  expect(done).toMatch(
    new RegExp(`Completed before the failure:\\n  arn:\\S+:${FAR_REGION}:.* \\(updated\\)`),
  );
  expect(left).toContain(json.left?.[0]);
});

test('rolls back or completes a second rotation within an hour that stopped halfway', async () => {
  const keys = feeds(3, { key: { generate: 'aes256' } });
  await setUpAll(sandbox(), { keys });
  // Keys from setup and keys from the first rotation differ by their time.
  await setTimeout(150);
  await rotateAll({ keys });
  const first = await held();
  await setTimeout(500);
  const stops = { action: 'PutSecretValue', kind: 'expired-token', skip: 1, times: 100 } as const;
  const stopHalfWay = async () => {
    sandbox().addFault(stops);
    expect((await rotateAll({ keys })).code).toBe(4);
    sandbox().clearFaults();
  };
  await stopHalfWay();
  expect(differing(first, await held())).toHaveLength(1);
  expect((await rotateAll({ keys }, { rollback: true })).code).toBe(0);
  expect(await held()).toEqual(first);

  await stopHalfWay();
  const half = await held();
  expect((await rotateAll({ keys })).code).toBe(0);
  expect(differing(half, await held())).toHaveLength(2);
});

function differing(a: Record<string, string>, b: Record<string, string>): string[] {
  return Object.keys(a).filter((place) => a[place] !== b[place]);
}

test('reports a secret that is in none of its Regions as missing in each', async () => {
  const { code, log } = await rotateAll({ defaults, keys: [{ secretName: '007', ...NEW }] });
  expect(code).toBe(3);
  expect(log).toContain('2 conflicts.');
  for (const region of defaults.regions) expect(log).toContain(`Secret 007 not found in ${region}.`);
});

test('refuses --generate together with --manifest', async () => {
  const { code, stderr } = await runHere([
    'rotate',
    '--manifest',
    'keys.yaml',
    '--generate',
    'aes256',
    '--rollback',
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/can't be\s+combined\s+with\s+--generate\./);
});

test('reads current values in one batch, and no resource policy, with --dry-run', async () => {
  const keys = feeds(6, { key: { generate: 'aes256' } });
  await setUpAll(sandbox(), { keys });
  await rotateAll({ keys });
  sandbox().clearRequests();
  expect((await rotateAll({ keys }, { dryRun: true })).code).toBe(0);
  const asked = (action: string) => sandbox().requests.filter((request) => request.action === action).length;
  const actions = ['BatchGetSecretValue', 'DescribeSecret', 'GetSecretValue', 'GetResourcePolicy'];
  // The single reads are of the previous keys.
  expect(actions.map(asked)).toEqual([1, 6, 6, 0]);
});

test.each([
  ['a password', 'another-Passphrase-2'],
  ['a password of hexadecimal digits', KEYS.aes128],
])('takes the key type from the tag if the manifest does not set it: %s', async (_what, password) => {
  const SRT = { secretName: 'live/srt', key: { env: 'SRT_PASSWORD' } };
  const first = 'a-long-Passphrase-1';
  const env = { FEED_KEY: KEYS.aes256, OTHER_KEY: KEYS.other };
  const made = await setUpAll(
    sandbox(),
    { keys: [...feeds(1), { ...SRT, keyType: 'srt-password' }] },
    { env: { ...env, SRT_PASSWORD: first } },
  );
  expect(made.code, made.log).toBe(0);

  const keys = [...feeds(1, NEW), SRT];
  const { code, json, log } = await rotateAll({ keys }, { env: { ...env, SRT_PASSWORD: password } });
  const failed = json.checks?.filter(({ verdict }) => verdict === 'failed');
  expect([code, json.failed, failed], log).toEqual([0, [], []]);
  expect(await held()).toMatchObject({ [`srt ${REGION}`]: KEYS.aes128 === password ? 'aes128' : password });

  const back = await rotateAll({ keys }, { rollback: true, env: {} });
  expect([back.code, back.json.verdict], back.log).toEqual([0, 'ok']);
  expect(await held()).toMatchObject({ [`srt ${REGION}`]: first });
});

test('refuses an invalid key of a secret without a tag before it changes anything', async () => {
  await setUpAll(sandbox(), { keys: feeds(1) });
  sandbox().clearRequests();
  const keys = [...feeds(1, NEW), { secretName: 'live/none', key: { env: 'FEED_KEY' } }];
  const { code, json } = await rotateAll(
    { keys },
    { env: { OTHER_KEY: 'a-long-Passphrase-1', FEED_KEY: '5' } },
  );
  expect([code, json.error?.code, writesTo(sandbox())]).toEqual([2, 'usage', []]);
  expect(json.error?.message).toContain('2 keys in');
});
