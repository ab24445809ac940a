import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hereDocument } from '../../../src/commands/export/script/keys.ts';
import { DEMAND_DIGITS, DEMAND_PASSWORD, FIND_SECRET } from '../../../src/commands/export/script/library.ts';
import { buildScript } from '../../../src/commands/export/script/script.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import {
  ACCOUNT,
  clientsOf,
  FAR_REGION,
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  policyArn,
  READ_ACTIONS,
  REGION,
  readAccount,
  withoutSuffixes,
  writesTo,
} from '../../support/account.ts';
import { exhaustive } from '../../support/exhaustive.ts';
import { printedPolicy } from '../../support/runs/permissions.ts';
import { runCommand } from '../../support/runs/run.ts';
import { setUp, setUpInVain, type Wishes } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';
import { type KeyWishes, planOf } from './exporting.ts';

const hasBash = process.platform !== 'win32' && spawnSync('bash', ['--version']).status === 0;
const hasCli = hasBash && spawnSync('sh', ['-c', 'command -v aws']).status === 0;
const sandbox = freshSandbox();
const PASSWORD = `correct horse $battery 'staple'`;
const BOTH = [REGION, FAR_REGION];
const OTHER_SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:other-AbCdEf`;

/** The AWS CLI starts a dozen times in one run, which takes a while on a machine that has other things to do. */
const SLOWEST_MS = 280_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mc-static-key-script-'));
  await writeFile(join(folder, 'aws'), WATCH, { mode: 0o755 });
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the script for these keys; each takes the same key, from standard input or the variable that it names. */
async function runScript(key: string, ...keys: KeyWishes[]) {
  return runAs(sandbox().env, key, ...keys);
}

async function runAs(caller: NodeJS.ProcessEnv, key: string, ...keys: KeyWishes[]) {
  const given = keys.some(({ keyEnv }) => keyEnv) ? { STUDIO_KEY: key } : {};
  const seen = join(folder, 'seen.txt');
  await writeFile(seen, '');
  const env = { ...caller, ...OF_THE_CALLER, ...given, PATH: `${folder}:${process.env.PATH}`, SEEN: seen };
  const path = await written(...keys);
  const result = await runCommand('bash', ['-x', path], { env, stdin: key, timeoutMs: SLOWEST_MS });
  expect(`${result.stdout}${result.stderr}${await readFile(seen, 'utf8')}`).not.toContain(key.trim());
  return result;
}

/** Variables that the caller happens to have exported, which are called as those of the script. */
const OF_THE_CALLER = { key: '1', held: '2', quoted: '3', value_of_StudioAKey: '4' };

/** Stands before the AWS CLI, and writes down the environment that it gets. */
const WATCH = `#!/bin/sh
env >>"$SEEN"
PATH=\${PATH#*:} exec aws "$@"
`;

async function written(...keys: KeyWishes[]): Promise<string> {
  const path = join(folder, 'setup.sh');
  await writeFile(path, buildScript(planOf(...keys)).script);
  return path;
}

/** Credentials, as the AWS CLI finds them in the environment. */
function variablesOf(credentials: ReturnType<ReturnType<typeof sandbox>['credentialsFor']>) {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  };
}

/** Runs the script a second time over what is there, which must stay as it is. */
async function runInVain(key: string, ...keys: KeyWishes[]) {
  const before = await readAccount(sandbox());
  sandbox().clearRequests();
  const result = await runScript(key, ...keys);
  expect(writesTo(sandbox())).toEqual([]);
  expect(await readAccount(sandbox())).toEqual(before);
  return result;
}

const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** What is asked for; the first is enough for `npm test`, as each run of the AWS CLI takes half a second. */
const WISHES: [what: string, wishes: Wishes, key?: string][] = [
  [
    'with names, tags, a boundary and a trust of its own',
    {
      secretName: '2018-12-01_baseball/game=yes@on.no+1',
      policyName: 'Studio.Policy+1',
      roleName: 'MediaConnect-Studio',
      roleDescription: `Reads $KEYS of "Studio A's": \`all\` of \${them}\tand \u00fc`,
      sourceArn: [`arn:aws:mediaconnect:*:${ACCOUNT}:flow:1-$x\\*`],
      permissionsBoundary: policyArn('Boundary'),
      tag: ['team=play out', 'sign=='],
    },
  ],
  ['in two Regions, with a KMS key', { region: BOTH, kmsKeyId: 'alias/video-keys' }],
  ['for an SRT password', { keyType: 'srt-password', region: [FAR_REGION] }, PASSWORD],
  ['for whole Regions', { region: BOTH, policyScope: 'region', sourceAccount: false }],
  ['with a key in a variable', { keyEnv: 'STUDIO_KEY', algorithm: 'aes128' }, `${KEYS.aes128}\n`],
];

/** What is in the way of a policy or a role, where there is no secret yet. */
const LATER: [what: string, prepare: () => Promise<unknown>, sentence: string][] = [
  [
    'a policy for another secret',
    () => makePolicy(sandbox(), 'SecretsManagerForMediaConnect', guidePolicy(OTHER_SECRET)),
    'SecretsManagerForMediaConnect is there already and does not say the same',
  ],
  [
    'a role that trusts others',
    () => makeRole(sandbox(), { trust: guideTrust('ec2.amazonaws.com') }),
    'MediaConnect-ASM is there already and trusts others',
  ],
];

describe.skipIf(!hasCli)('the exported script (skipped where there is no bash or no aws command)', () => {
  test.each(exhaustive ? WISHES : WISHES.slice(0, 1))(
    'leaves what setup leaves, and setup finds nothing to do: %s',
    async (_what, wishes, key = KEYS.aes256) => {
      const other = await startSandbox();
      try {
        for (const each of [sandbox(), other]) await makePolicy(each, 'Boundary', everything);
        const { code, stdout } = await runScript(key, wishes);
        expect(code).toBe(0);
        expect((await setUp(other, { ...wishes, key })).code).toBe(0);
        const accounts = await Promise.all([sandbox(), other].map(readAccount));
        const [byScript, bySetup] = accounts.map(withoutSuffixes);
        expect(byScript).toEqual(bySetup);
        const { code: again, json } = await setUpInVain(sandbox(), { ...wishes, key });
        expect(again).toBe(0);
        for (const arn of [json.role?.arn, ...json.secrets.map((secret) => secret.arn)])
          expect(stdout).toContain(`: ${arn}\n`);
      } finally {
        await other.close();
      }
    },
    SLOWEST_MS,
  );

  test('ends with code 1 and says at what where there are no credentials', async () => {
    const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...nobody } = sandbox().env;
    const env = { ...nobody, AWS_EC2_METADATA_DISABLED: 'true' };
    const { code, stderr } = await runAs(env, KEYS.aes256, {});
    expect(stderr).toContain('aws sts get-caller-identity failed. What was made before stays');
    expect(code).toBe(1);
  });

  test.each([
    ['444455556666', 4],
    [ACCOUNT, 0],
  ])('runs in the one account for which it was made: %s', async (account, exitCode) => {
    const path = join(folder, 'one-account.sh');
    await writeFile(path, buildScript(planOf({}), account).script);
    const { code, stdout, stderr } = await runCommand('bash', [path], {
      env: sandbox().env,
      stdin: KEYS.aes256,
      timeoutMs: SLOWEST_MS,
    });
    expect(code, stderr).toBe(exitCode);
    if (code === 0) return;
    expect(stdout).toBe('');
    expect(stderr).toContain(`These credentials belong to account ${ACCOUNT}, not to ${account}`);
    expect(writesTo(sandbox())).toEqual([]);
  });

  test.each(exhaustive ? LATER : LATER.slice(0, 1))(
    'stops before the first change where what it would come to later is in the way: %s',
    async (_what, prepare, sentence) => {
      await prepare();
      const { code, stdout, stderr } = await runInVain(KEYS.aes256, {});
      expect(stderr).toContain(sentence);
      expect(stderr).not.toContain('+ secret');
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    },
    SLOWEST_MS,
  );

  describe.runIf(exhaustive)('(in the exhaustive run only)', () => {
    test('finds everything in place when it runs again, and after setup', async () => {
      const wishes = {
        region: BOTH,
        kmsKeyId: 'alias/video-keys',
        sourceArn: ['arn:aws:mediaconnect:*:*:flow:*'],
      };
      expect((await setUp(sandbox(), wishes)).code).toBe(0);
      expect(await runInVain(KEYS.aes256.toUpperCase(), wishes)).toMatchObject({ code: 0 });
    });

    test('makes a key where there is none, and gives the one there is to the other Region', async () => {
      const wishes = { generate: 'aes192' };
      expect((await runScript(KEYS.other, wishes)).code).toBe(0);
      const both = { ...wishes, region: [FAR_REGION, REGION] };
      // The policy is not for both Regions, which is for setup to see to.
      expect((await runInVain(KEYS.other, both)).code).toBe(3);
      const others = { policyName: 'Both', roleName: 'MediaConnect-Both' };
      expect((await runScript(KEYS.other, { ...both, ...others })).code).toBe(0);
      const [near, far] = (await readAccount(sandbox())).secrets;
      expect(near?.values.AWSCURRENT).toMatch(/^[0-9a-f]{48}$/);
      expect(far?.values).toEqual(near?.values);
    });

    test('goes on where it was interrupted', async () => {
      await makeSecret(sandbox(), {});
      await makeRole(sandbox(), { trust: guideTrust() });
      expect((await runScript(KEYS.aes256, { sourceAccount: false, secretName: 'studio-a' })).code).toBe(0);
      expect((await setUpInVain(sandbox(), { sourceAccount: false })).code).toBe(0);
    });

    test('needs no more permissions than those that are printed for setup', async () => {
      const options = { secretName: 'studio-a', region: [REGION], tag: ['team=playout'], optional: true };
      const limited = sandbox().credentialsFor(await printedPolicy(sandbox(), 'setup', options));
      const caller = { ...sandbox().env, ...variablesOf(limited) };
      for (const _ of ['the first time', 'again'])
        expect(await runAs(caller, KEYS.aes256, { tag: ['team=playout'] })).toMatchObject({ code: 0 });
    });

    test('ends with code 1 and says at what where a role may not be made', async () => {
      const statement = { Effect: 'Deny', Action: 'iam:CreateRole', Resource: '*' };
      const denied = { ...everything, Statement: [...everything.Statement, statement] };
      const limited = sandbox().credentialsFor(denied);
      const { code, stderr } = await runAs({ ...sandbox().env, ...variablesOf(limited) }, KEYS.aes256, {});
      expect(stderr).toContain('aws iam create-role failed.');
      expect(code).toBe(1);
    });

    test('takes secrets that are there as they are', async () => {
      const secretArn = [await makeSecret(sandbox(), { Name: 'old' })];
      await makeSecret(sandbox(), { Name: 'older' });
      const keys = [{ secretArn }, { secretName: 'older', existing: true }];
      expect((await runScript(KEYS.other, ...keys)).code).toBe(0);
      expect((await setUpInVain(sandbox(), { secretArn })).code).toBe(0);
      expect((await setUpInVain(sandbox(), { secretName: 'older' })).code).toBe(0);
      expect(await runInVain(KEYS.other, { secretName: 'oldest', existing: true })).toMatchObject({
        code: 3,
      });
    });

    const IN_THE_WAY: [what: string, prepare: () => Promise<unknown>, wishes: KeyWishes, sentence: string][] =
      [
        [
          'another value',
          () => makeSecret(sandbox(), { SecretString: KEYS.other }),
          {},
          'holds another value',
        ],
        [
          'a line break after the key',
          () => makeSecret(sandbox(), { SecretString: `${KEYS.aes256}\n` }),
          {},
          'holds another value',
        ],
        [
          'a KMS key of its own',
          () => makeSecret(sandbox(), { KmsKeyId: 'alias/mine' }),
          {},
          'another KMS key',
        ],
        [
          'another KMS key than the one asked for',
          () => makeSecret(sandbox(), { KmsKeyId: 'alias/mine' }),
          { kmsKeyId: 'alias/video-keys' },
          'another KMS key',
        ],
        [
          'no KMS key where one is asked for',
          () => makeSecret(sandbox()),
          { kmsKeyId: 'alias/video-keys' },
          'another KMS key',
        ],
        [
          'a deletion',
          async () => {
            const SecretId = await makeSecret(sandbox());
            await clientsOf(sandbox()).secrets.send(new DeleteSecretCommand({ SecretId }));
          },
          {},
          'is scheduled for deletion',
        ],
        [
          'a policy for another secret',
          async () => {
            await makeSecret(sandbox());
            await makePolicy(
              sandbox(),
              'SecretsManagerForMediaConnect',
              guidePolicy('arn:aws:secretsmanager:*:*:secret:x'),
            );
          },
          {},
          'SecretsManagerForMediaConnect is there already',
        ],
      ];
    test.each(IN_THE_WAY)(
      'stops and changes nothing where there is %s',
      async (_what, prepare, wishes, sentence) => {
        await prepare();
        const { code, stderr } = await runInVain(KEYS.aes256, wishes);
        expect(stderr).toContain(sentence);
        expect(code).toBe(3);
      },
    );

    test('leaves a role alone that has another boundary', async () => {
      const boundary = await makePolicy(sandbox(), 'Boundary', everything);
      await makeRole(sandbox(), { name: 'MediaConnect-B', boundary });
      const { code, stderr } = await runInVain(KEYS.aes256, {
        roleName: 'MediaConnect-B',
        permissionsBoundary: policyArn('Other'),
      });
      expect(stderr).toContain('has another permissions boundary');
      expect(code).toBe(3);
    });
  });
});

describe.skipIf(!hasBash)('the script, without a call to AWS (skipped where there is no bash)', () => {
  const check = async (key: string, call: string) => {
    const stop = 'stop() { printf "%s" "$2"; exit "$1"; }';
    const script = [stop, DEMAND_DIGITS, DEMAND_PASSWORD, `key=$(cat; printf .); key=\${key%.}`, call].join(
      '\n',
    );
    return runCommand('bash', ['-c', script], { stdin: key, env: { LC_ALL: 'C.UTF-8' } });
  };

  test.each([
    ['a static key', KEYS.aes256, 'demand_digits studio-a 32 64', 0],
    ['one of another length', KEYS.aes192, 'demand_digits studio-a 32 64', 2],
    ['one with a line break', `${KEYS.aes128}\n`, 'demand_digits studio-a 32', 2],
    ['a look-alike', KEYS.aes128.replace('0', 'O'), 'demand_digits studio-a 32', 2],
    ['nothing', '', 'demand_digits studio-a 32', 2],
    ['no password', '', 'demand_password studio-a', 2],
    ['a password', PASSWORD, 'demand_password studio-a', 0],
    ['a password with a letter outside ASCII', 'm\u00fcnchen-m\u00fcnchen', 'demand_password studio-a', 2],
    ['a password in quotes', '"0123456789"', 'demand_password studio-a', 2],
    ['a password as JSON', '{"key": "0123456789"}', 'demand_password studio-a', 2],
    ['too short a password', '012345678', 'demand_password studio-a', 2],
    ['too long a password', 'x'.repeat(81), 'demand_password studio-a', 2],
  ])('checks what it is given as setup does: %s', async (_what, key, call, code) => {
    const result = await check(key, call);
    expect(result.code).toBe(code);
    if (key === '') expect(result.stdout).toContain('studio-a: there is no key.');
    if (key !== '') expect(result.stdout).not.toContain(key.trim());
  });

  test.each([
    ['no file', 'none.key', undefined, 'STUDIO_A_KEY_FILE names no file'],
    ['the key itself', KEYS.aes256, undefined, 'STUDIO_A_KEY_FILE names no file'],
    ['a file with a zero in it', 'zero.key', `${KEYS.aes128}\0`, 'not hexadecimal digits'],
  ])('ends with code 2 and says so where it is given %s', async (_what, file, content, sentence) => {
    if (content !== undefined) await writeFile(join(folder, file), content);
    const env = { STUDIO_A_KEY_FILE: content === undefined ? file : join(folder, file) };
    const { code, stdout, stderr } = await runCommand('bash', [await written({})], { env });
    expect(stderr).toContain(sentence);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toContain(file === KEYS.aes256 ? KEYS.aes256 : KEYS.aes128);
  });

  test('ends where it is to read a standard input that is closed', async () => {
    const { code, stderr } = await runCommand('bash', ['-c', 'bash "$0" <&-', await written({})]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('there is no key') });
  });

  const ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
  test.each([
    ['alias/video', `arn:aws:kms:${REGION}:${ACCOUNT}:alias/video`, 'same'],
    [ID, `arn:aws:kms:${REGION}:${ACCOUNT}:key/${ID}`, 'same'],
    [`mrk-${ID}`, ID, 'other'],
    ['', 'None', 'same'],
    ['alias/aws/secretsmanager', 'None', 'same'],
    ['', ID, 'other'],
    [ID, 'None', 'other'],
    ['alias/video', 'alias/audio', 'other'],
    ['alias/video', ID, 'same'],
    ['alias/video', `arn:aws:kms:${REGION}:444455556666:alias/video`, 'other'],
    ['alias/video', `arn:aws:kms:${REGION}:444455556666:key/${ID}`, 'other'],
    [
      `arn:aws:kms:${REGION}:444455556666:alias/video`,
      `arn:aws:kms:${REGION}:444455556666:key/${ID}`,
      'same',
    ],
  ])('knows the KMS key that it was made for: %j against %j', async (wanted, found, verdict) => {
    const call = `is_kms_key "$(kms_name '${wanted}')" "$(kms_name '${found}')" && echo same || echo other`;
    const { stdout } = await runCommand('bash', ['-c', `account=${ACCOUNT}\n${FIND_SECRET}\n${call}`]);
    expect(stdout.trim()).toBe(verdict);
  });

  test('is correct bash, whatever the names are, and has no key in its head', async () => {
    const script = buildScript(
      planOf(
        { keyFile: `it's $a "file"\n; touch x`, tag: [`a=\u2028`] },
        { secretName: '-rf', roleName: '-r', policyName: '-p', keyType: 'srt-password' },
        { secretName: 'b', generate: 'aes128', region: BOTH },
        { secretName: 'c', keyEnv: 'STUDIO_KEY' },
      ),
    ).script;
    expect(script).not.toMatch(/[^\P{Cc}\n]|\u2028/u);
    expect(await runCommand('bash', ['-n'], { stdin: script })).toMatchObject({ code: 0, stderr: '' });
    const file = `${script.split('\n').find((line) => line.startsWith('STUDIO_A_KEY_FILE='))}\nprintf %s "$STUDIO_A_KEY_FILE"`;
    expect((await runCommand('bash', ['-c', file])).stdout).toBe(`it's $a "file"\n; touch x`);
  });

  test('writes documents in which the shell changes nothing but what it is told to', async () => {
    const odd = `arn:aws:mediaconnect:*:*:flow:$(id)\`id\`\${id}\\$`;
    const document = {
      Version: '2012-10-17',
      Statement: [
        { Action: READ_ACTIONS, Resource: ['arn:aws:x:<account-id>:y', 'secret'], Condition: { odd } },
      ],
    };
    const command = `partition=aws-cn; account=${ACCOUNT}; s=arn; cat ${hereDocument(document, new Map([['secret', 's']]))}`;
    const { stdout } = await runCommand('bash', ['-c', command]);
    expect(JSON.parse(stdout).Statement).toEqual([
      { Action: READ_ACTIONS, Resource: [`arn:aws-cn:x:${ACCOUNT}:y`, 'arn'], Condition: { odd } },
    ]);
  });
});
