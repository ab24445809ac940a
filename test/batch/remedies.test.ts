import { DeleteSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import type { VerifyCheck } from '../../src/checks/verify/result.ts';
import { performVerifyManifest } from '../../src/commands/verify/batch.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { clientsOf, FAR_REGION, KEYS, REGION, readAccount } from '../support/account.ts';
import {
  feeds,
  type ManifestContent,
  manifestFile,
  runAll,
  setUpAll,
  temporaryFile,
} from '../support/runs/manifest.ts';
import { runHere } from '../support/runs/run-here.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const key = { key: { env: 'FEED_KEY' } };

/** Runs a command for a manifest, and returns all its output in one line. */
async function shows(on: Sandbox, args: string[], content: ManifestContent) {
  const [command = '', ...more] = args;
  const { stdout, stderr } = await runHere([command, '--manifest', manifestFile(content), ...more], {
    ...on.env,
    FEED_KEY: KEYS.aes256,
  });
  return `${stdout}${stderr}`.replace(/\s+/g, ' ');
}

test('rotate prints the command that restores a secret scheduled for deletion', async () => {
  await setUpAll(sandbox(), { keys: feeds(1) });
  const { secrets } = clientsOf(sandbox(), REGION);
  const { ARN } = await secrets.send(new DeleteSecretCommand({ SecretId: 'live/feed-1' }));
  const path = manifestFile({ keys: feeds(1, { ...key, regions: [REGION] }) });
  const env = { ...sandbox().env, FEED_KEY: KEYS.aes256 };
  const { stderr } = await runHere(['rotate', '--manifest', path, '--yes'], env);
  const lines = stderr.split('\n').map((line) => line.trim());
  expect(lines.slice(lines.indexOf('Restore it first:'))[1]).toBe(
    `aws secretsmanager restore-secret --region ${REGION} --secret-id ${ARN}`,
  );
});

test.each(['status', 'verify', 'setup --yes'])(
  '%s suggests another Region in the manifest if a Region is not enabled',
  async (command) => {
    const on = await startSandbox({ disabledRegions: ['me-central-1'] });
    try {
      const regions = [REGION, 'me-central-1'];
      const said = await shows(on, command.split(' '), { keys: feeds(1, { ...key, regions }) });
      expect(said).toContain('or use another Region (regions). Session credentials');
    } finally {
      await on.close();
    }
  },
);

describe('the command that verify prints for a wrong key', () => {
  const given = { secretName: 'dual', regions: [REGION], key: { env: 'FEED_KEY' } };
  const OTHER = temporaryFile('other.key', KEYS.other);
  const elsewhere = { secretName: 'dual', regions: [FAR_REGION], key: { file: OTHER } };
  const made = { secretName: 'made', key: { generate: 'aes256' } };
  const env = () => ({ ...sandbox().env, FEED_KEY: KEYS.aes256, OTHER_KEY: KEYS.other });

  const spoil = (SecretId: string, SecretString = 'spoilt', region = REGION) =>
    clientsOf(sandbox(), region).secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));

  async function held(): Promise<Record<string, string | undefined>> {
    const { secrets } = await readAccount(sandbox());
    return Object.fromEntries(
      secrets.map(({ name, region, values }) => [`${name} ${region}`, values.AWSCURRENT]),
    );
  }

  async function remediesOf(content: ManifestContent): Promise<string[]> {
    const { json } = await runAll<{ checks: VerifyCheck[] }>(sandbox(), content, performVerifyManifest);
    return [
      ...new Set(
        json.checks.flatMap(({ verdict, command }) => (verdict === 'failed' ? (command ?? []) : [])),
      ),
    ];
  }

  /** Runs a printed command unchanged. */
  const type = (command: string) => runHere([...command.split(' ').slice(1), '--yes'], env());

  test.each([
    ['provides all keys', [given, elsewhere], /^mc-static-key rotate --manifest \S+$/],
    ['also generates keys', [given, elsewhere, made], /--region us-west-2 --key-env FEED_KEY$/],
  ])('restores the key and changes nothing else when the manifest %s', async (_title, keys, command) => {
    await setUpAll(sandbox(), { keys });
    const before = await held();
    await spoil('dual');
    const [remedy = '', ...others] = await remediesOf({ keys });
    expect([remedy, others]).toEqual([expect.stringMatching(command), []]);
    const { code, stderr } = await type(remedy);
    expect([code, await held()], stderr).toEqual([0, before]);
  });

  test('names the key file and the role of a secret that has its own', async () => {
    const keys = [given, { ...elsewhere, roleName: 'MediaConnect-Far' }, made];
    await setUpAll(sandbox(), { keys });
    const before = await held();
    await spoil('dual', KEYS.aes256, FAR_REGION);
    const [remedy = ''] = await remediesOf({ keys });
    expect(remedy).toBe(
      `mc-static-key rotate --secret-name dual --region ${FAR_REGION} --key-file ${OTHER} --role-name MediaConnect-Far`,
    );
    const { code, stderr } = await type(remedy);
    expect([code, await held()], stderr).toEqual([0, before]);
  });

  test('stores a new key in all Regions of a secret whose key is generated', async () => {
    const keys = [given, { ...made, regions: [REGION, FAR_REGION] }];
    await setUpAll(sandbox(), { keys });
    await spoil('made');
    const [remedy = '', ...others] = await remediesOf({ keys });
    expect(others).toEqual([]);
    const { code, stderr } = await type(remedy);
    const { [`made ${REGION}`]: here, [`made ${FAR_REGION}`]: there, ...rest } = await held();
    expect([code, rest], stderr).toEqual([0, { [`dual ${REGION}`]: KEYS.aes256 }]);
    expect([here, here?.length]).toEqual([there, 64]);
  });

  test('asks for a key file when the manifest uses an existing secret', async () => {
    const keys = [{ secretName: 'found', regions: [REGION, FAR_REGION], key: { existing: true } }];
    await setUpAll(sandbox(), { keys: [{ ...keys[0], key: { env: 'FEED_KEY' } }] });
    await spoil('found');
    expect(await remediesOf({ keys })).toContain(
      `mc-static-key rotate --secret-name found --region ${REGION} --key-file KEY-FILE`,
    );
    const [missing] = await remediesOf({ keys: [{ ...keys[0], secretName: 'lost' }] });
    expect(missing).toMatch(/^mc-static-key setup --manifest/);
  });
});

test('status marks secrets scheduled for deletion after teardown, and prints the command that restores them', async () => {
  const content = { keys: feeds(2, { ...key, regions: [REGION] }) };
  await shows(sandbox(), ['setup', '--yes'], content);
  await shows(sandbox(), ['teardown', '--yes'], content);
  const said = await shows(sandbox(), ['status'], content);
  expect(said).toMatch(/✖ live\/feed-1 .*scheduled for deletion on \S+; it can't be read until restored/);
  expect(said).not.toContain('✔');
  const [, command = ''] =
    /for deletion, run: mc-static-key (setup --manifest \S+ --restore)/.exec(said) ?? [];
  const env = { ...sandbox().env, FEED_KEY: KEYS.aes256 };
  expect((await runHere([...command.split(' '), '--yes'], env)).code).toBe(0);
});
