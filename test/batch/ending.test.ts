import type { ChildProcess } from 'node:child_process';
import { expect, test } from 'vitest';
import { performSetupManifest } from '../../src/commands/setup/batch.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { FAR_REGION, KEYS, REGION, readAccount } from '../support/account.ts';
import { feeds, manifestFile, runWith, setUpAll } from '../support/runs/manifest.ts';
import { run } from '../support/runs/run.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const ALWAYS = Number.POSITIVE_INFINITY;
const key = { key: { env: 'FEED_KEY' }, regions: [REGION] };

/** Two keys that share neither policy nor role. */
const APART = ['A', 'B'].map((name) => ({
  ...{ secretName: `feed-${name}`, policyName: `Read${name}`, roleName: `MediaConnect-${name}`, ...key },
}));

test.each(['CreatePolicy', 'CreateRole'])(
  'completes a %s that is in progress at Ctrl-C, and lists its result with what exists',
  async (action) => {
    let child: ChildProcess | undefined;
    sandbox().setLatency(20);
    sandbox().addFault({
      action,
      kind: 'delay',
      delayMs: 1_500,
      skip: 1,
      onStrike: () => setTimeout(() => child?.kill('SIGINT'), 5),
    });
    const { code, stdout, stderr } = await run(
      ['setup', '--manifest', manifestFile({ keys: APART }), '--yes', '--json'],
      { env: { ...sandbox().env, FEED_KEY: KEYS.aes256 }, onStart: (started) => (child = started) },
    );
    expect(code).toBe(130);
    const { policies, roles } = await readAccount(sandbox());
    const { completed } = JSON.parse(stdout);
    for (const [made, told] of [
      [policies, completed.policies],
      [roles, completed.roles],
    ]) {
      expect(told.map(({ name }: { name: string }) => name).sort()).toEqual(
        made.map(({ name }: { name: string }) => name).sort(),
      );
      for (const { name } of made) expect(stderr).toContain(`/${name} (created)`);
    }
  },
);

test('ends a rotation as interrupted after Ctrl-C during its last change, and lists that change', async () => {
  const file = manifestFile({ keys: [{ secretName: 'feed', ...key }] });
  const rotate = (FEED_KEY: string, onStart?: (child: ChildProcess) => void) =>
    run(['rotate', '--manifest', file, '--yes', '--json'], {
      env: { ...sandbox().env, FEED_KEY },
      ...(onStart ? { onStart } : {}),
    });
  await setUpAll(sandbox(), { keys: [{ secretName: 'feed' }] });
  let child: ChildProcess | undefined;
  const onStrike = () => child?.kill('SIGINT');
  sandbox().addFault({ action: 'PutSecretValue', kind: 'delay', delayMs: 300, onStrike });
  const { code, stdout } = await rotate(KEYS.other, (started) => {
    child = started;
  });
  expect([code, JSON.parse(stdout).completed.secrets.length]).toEqual([130, 1]);
});

test('names the key of an unconfirmed change, and does not say that nothing was changed', async () => {
  sandbox().addFault({ action: 'CreateSecret', kind: 'drop-after', times: ALWAYS });
  const { code, json, log } = await setUpAll(sandbox(), { keys: feeds(1) });
  expect(code).toBe(1);
  expect(json.failed).toMatchObject([{ error: { inDoubt: 'secretsmanager:CreateSecret' } }]);
  expect(log.replace(/\s+/g, ' ')).toContain('(secretsmanager:CreateSecret) may have gone through');
  expect(log).not.toContain('Nothing was changed');
});

test('lists what was created before every key failed, and mentions no other keys', async () => {
  sandbox().addFault({ action: 'CreateRole', kind: 'access-denied', times: ALWAYS });
  const { code, json, log } = await setUpAll(sandbox(), { keys: feeds(2) });
  expect([code, json.failed.length]).toEqual([1, 2]);
  for (const { arn } of [...json.secrets, ...json.policies]) expect(log).toContain(`${arn} (created)`);
  expect(log).not.toContain('The other keys');
  expect(log).toContain('Finished parts are skipped.');
});

test('lists what was created for a failed key apart from what the other keys use', async () => {
  sandbox().addFault({ action: 'CreateRole', kind: 'access-denied', skip: 1, times: ALWAYS });
  const { stdout, log } = await runWith(
    sandbox(),
    { keys: APART.map((each) => ({ ...each, key: { generate: 'aes128' } })) },
    (on, manifest) => performSetupManifest(on, manifest, { dryRun: false, restore: false }),
    { common: { json: false } },
  );
  const { secrets } = await readAccount(sandbox());
  const [used, failed] = /cret:feed-A/.test(stdout) ? ['A', 'B'] : ['B', 'A'];
  expect(secrets).toHaveLength(2);
  expect(stdout).toContain(`:secret:feed-${used}-`);
  expect(stdout).not.toContain(`feed-${failed}`);
  const byThen = log.split('Completed before the failure:')[1];
  for (const part of [`secret:feed-${failed}-`, `policy/Read${failed} (created)`])
    expect(byThen).toContain(part);
});

test('fails only the keys of a disabled Region, even if it comes first in the manifest', async () => {
  const off = await startSandbox({ disabledRegions: ['ap-east-1'] });
  try {
    const keys = [
      { secretName: 'a', ...key, regions: ['ap-east-1'] },
      { secretName: 'b', ...key },
    ];
    const { code, stdout } = await run(['setup', '--manifest', manifestFile({ keys }), '--yes', '--json'], {
      env: { ...off.env, FEED_KEY: KEYS.aes256 },
    });
    expect(code).toBe(1);
    const json = JSON.parse(stdout);
    expect(json.failed).toMatchObject([{ name: 'a', error: { code: 'region-not-enabled' } }]);
    expect(json.secrets).toMatchObject([{ name: 'b' }]);
  } finally {
    await off.close();
  }
});

test('reports a secret that was created before its key failed in another Region', async () => {
  sandbox().addFault({ action: 'CreateSecret', kind: 'access-denied', region: REGION, times: ALWAYS });
  const regions = [REGION, FAR_REGION];
  const { json } = await setUpAll(sandbox(), { keys: [...feeds(1, { regions }), { secretName: 'other' }] });
  const { secrets } = await readAccount(sandbox());
  expect(json.secrets.map(({ arn }) => arn).sort()).toEqual(secrets.map(({ arn }) => arn).sort());
});

test('distinguishes keys of the same name by their Regions, and does not count a single key', async () => {
  const keys = [REGION, FAR_REGION].map((region) => ({ secretName: 'dual', ...key, regions: [region] }));
  sandbox().addFault({ action: 'CreateSecret', kind: 'access-denied', times: ALWAYS });
  const { json, log } = await setUpAll(sandbox(), { keys });
  expect(json.failed.map(({ name }) => name)).toEqual([`dual (${REGION})`, `dual (${FAR_REGION})`]);
  expect(log).toContain('2 of 2 keys failed:');
  expect((await setUpAll(sandbox(), { keys: feeds(1) })).log).toContain('1 key failed:');
});
