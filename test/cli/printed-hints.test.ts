import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { CreateSecretCommand, DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { clientsOf, guideTrust, KEYS, makePolicy, makeRole, makeSecret, REGION } from '../support/account.ts';
import { wordsOf } from '../support/printed.ts';
import { manifestFile, temporaryFile } from '../support/runs/manifest.ts';
import { runHere } from '../support/runs/run-here.ts';
import { setUp } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();

/** Runs a typed command, and returns all its output in one line. */
async function type(words: string[], env: NodeJS.ProcessEnv = {}) {
  const { code, stdout, stderr } = await runHere(words, { ...sandbox().env, FEED_KEY: KEYS.aes256, ...env });
  return { code, stdout, said: `${stdout} ${stderr}`.replace(/(?:\s|\\\n)+/g, ' ') };
}

const setupWith = (path: string) => [
  ...['setup', '--secret-name', 'studio-a', '--region', REGION, '--key-file', path, '--yes'],
];

describe('the command in a message about a key file', () => {
  test('closes a file that others can read', async () => {
    const path = temporaryFile("o'brien & sons.key", KEYS.aes256);
    chmodSync(path, 0o644);
    const { said } = await type(setupWith(path));
    const [, command = ''] = /To fix: (chmod 600 '.*?\.key')/.exec(said) ?? [];
    execFileSync('sh', ['-c', command]);
    expect((await type(setupWith(path))).said).not.toContain('Other users can read');
  });

  const hasXxd = spawnSync('xxd', ['-v']).error === undefined;
  test.skipIf(!hasXxd).each([
    ['in Base64', Buffer.from(KEYS.aes256, 'hex').toString('base64'), 'base64 -d | xxd -p -c 64'],
    ['in Base64 of its digits', Buffer.from(KEYS.aes256).toString('base64'), 'base64 -d'],
    ['in binary', Buffer.from(KEYS.aes256, 'hex'), 'xxd -p -c 64'],
  ])('converts a key %s', async (_what, content, command) => {
    const path = temporaryFile('odd.key', '');
    writeFileSync(path, content);
    const { code, said } = await type(setupWith(path));
    expect([code, said]).toEqual([2, expect.stringContaining(`: ${command}`)]);
    const converted = execFileSync('sh', ['-c', command], { input: content, encoding: 'utf8' }).trim();
    expect(converted).toBe(KEYS.aes256);
    expect((await type(setupWith(temporaryFile('right.key', converted)))).code).toBe(0);
  });
});

test('names missing permissions one by one until setup succeeds', async () => {
  const given = ['sts:GetCallerIdentity'];
  const args = ['setup', '--secret-name', 'studio-a', '--region', REGION, '--key-env', 'FEED_KEY', '--yes'];
  for (;;) {
    const Statement = [{ Effect: 'Allow', Action: given, Resource: '*' }];
    const credentials = sandbox().credentialsFor(JSON.stringify({ Version: '2012-10-17', Statement }));
    const { code, said } = await type(args, {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    });
    if (code === 0) break;
    const [, action = ''] = /Ask your AWS administrator to allow (\S+) on /.exec(said) ?? [];
    expect(action, said).toMatch(/^\w+:\w+$/);
    expect(given, said).not.toContain(action);
    given.push(action);
  }
  expect(given).toContain('iam:AttachRolePolicy');
});

test('prints a working command for the permissions of users who create flows', async () => {
  const { said } = await type(['permissions', 'setup', '--secret-name', 'studio-a', '--region', REGION]);
  const [, command = ''] =
    /iam:PassRole on the role\. To print it, run: (mc-static-key permissions .*?)\s*$/.exec(said) ?? [];
  const { code, stdout } = await type(wordsOf(command).slice(1));
  expect([code, stdout]).toEqual([0, expect.stringContaining('"iam:PassRole"')]);
});

test('suggests rotate if --rollback finds a secret without a value', async () => {
  await setUp(sandbox(), { secretName: 'other' });
  await clientsOf(sandbox()).secrets.send(new CreateSecretCommand({ Name: 'studio-a' }));
  const rotate = ['rotate', '--secret-name', 'studio-a', '--region', REGION, '--yes'];
  const { code, said } = await type([...rotate, '--rollback']);
  expect([code, said]).toEqual([3, expect.stringContaining("run 'mc-static-key rotate' without --rollback")]);
  // The role reads only 'other', which is a fault with its own fix.
  await type([...rotate, '--key-env', 'FEED_KEY']);
  expect((await type([...rotate, '--rollback'])).said).not.toContain('no current version');
});

describe('each resolution that setup prints for a manifest', () => {
  const entry = { secretName: 'studio-a', regions: [REGION], key: { env: 'FEED_KEY' } };
  const NAMES: Record<string, string> = {
    secretName: 'studio-other',
    policyName: 'Another',
    roleName: 'MediaConnect-Another',
  };
  const faults: [what: string, fault: (on: Sandbox) => Promise<unknown>, ways: string[]][] = [
    [
      'a secret with another key',
      (on) => makeSecret(on, { SecretString: KEYS.other }),
      ['existingKey: keep', 'existingKey: replace', 'secretName: NAME'],
    ],
    [
      'a secret that is scheduled for deletion',
      async (on) => {
        const SecretId = await makeSecret(on);
        await clientsOf(on).secrets.send(new DeleteSecretCommand({ SecretId }));
      },
      ['restore: true', 'secretName: NAME'],
    ],
    [
      'a role for another service',
      (on) => makeRole(on, { trust: guideTrust('ec2.amazonaws.com') }),
      ['updateTrust: true', 'roleName: NAME'],
    ],
    [
      'a policy for another purpose',
      (on) =>
        makePolicy(on, 'SecretsManagerForMediaConnect', {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
        }),
      ['policyName: NAME'],
    ],
  ];

  test.each(faults)(
    'resolves the conflict when it is written into the manifest: %s',
    async (_what, fault, expected) => {
      await fault(sandbox());
      const { said } = await type(['setup', '--manifest', manifestFile({ keys: [entry] }), '--yes']);
      const [, offered = ''] = /To resolve this, add(?: one of)?:(.*)/.exec(said) ?? [];
      const ways = [...offered.matchAll(/ (\w+: \w+) (?=[A-Z])/g)].flatMap(([, way = '']) => way);
      expect(ways, said).toEqual(expected);
      for (const way of ways) {
        const [member = '', value = ''] = way.split(': ');
        const set = value === 'true' ? true : value === 'NAME' ? NAMES[member] : value;
        const on = await startSandbox();
        try {
          await fault(on);
          const path = manifestFile({ keys: [{ ...entry, [member]: set }] });
          const { code, said: done } = await type(['setup', '--manifest', path, '--yes'], on.env);
          expect([way, code], done).toEqual([way, 0]);
        } finally {
          await on.close();
        }
      }
    },
  );
});
