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

/** One run starts the AWS CLI a dozen times, which takes a while on a busy machine. */
const SLOWEST_MS = 280_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mc-static-key-script-'));
  await writeFile(join(folder, 'aws'), WATCH, { mode: 0o755 });
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the script for these keys. All take the same key, from standard input or from their variable. */
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

/** Exported variables of the caller with the same names as variables of the script. */
const OF_THE_CALLER = { key: '1', held: '2', quoted: '3', value_of_StudioAKey: '4' };

/** A wrapper of the AWS CLI that records its environment. */
const WATCH = `#!/bin/sh
env >>"$SEEN"
PATH=\${PATH#*:} exec aws "$@"
`;

async function written(...keys: KeyWishes[]): Promise<string> {
  const path = join(folder, 'setup.sh');
  await writeFile(path, buildScript(planOf(...keys)).script);
  return path;
}

/** Returns credentials as the environment variables of the AWS CLI. */
function variablesOf(credentials: ReturnType<ReturnType<typeof sandbox>['credentialsFor']>) {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  };
}

/** Runs the script on existing resources, and expects that nothing changes. */
async function runInVain(key: string, ...keys: KeyWishes[]) {
  const before = await readAccount(sandbox());
  sandbox().clearRequests();
  const result = await runScript(key, ...keys);
  expect(writesTo(sandbox())).toEqual([]);
  expect(await readAccount(sandbox())).toEqual(before);
  return result;
}

const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** The options of `setup`. `npm test` uses only the first row, because each run of the AWS CLI takes half a second. */
const WISHES: [what: string, wishes: Wishes, key?: string][] = [
  [
    'with custom names, tags, boundary and trust policy',
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

/** Conflicts with a policy or a role, without an existing secret. */
const LATER: [what: string, prepare: () => Promise<unknown>, sentence: string][] = [
  [
    'a policy for another secret',
    () => makePolicy(sandbox(), 'SecretsManagerForMediaConnect', guidePolicy(OTHER_SECRET)),
    'SecretsManagerForMediaConnect already exists with a different document',
  ],
  [
    'a role that trusts others',
    () => makeRole(sandbox(), { trust: guideTrust('ec2.amazonaws.com') }),
    'MediaConnect-ASM already exists with a different trust policy',
  ],
];

describe.skipIf(!hasCli)('the exported script (skipped without bash or the AWS CLI)', () => {
  test.each(exhaustive ? WISHES : WISHES.slice(0, 1))(
    'creates the same as setup, which then has nothing to do: %s',
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

  test('ends with exit code 1 and names the failed command if there are no credentials', async () => {
    const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...nobody } = sandbox().env;
    const env = { ...nobody, AWS_EC2_METADATA_DISABLED: 'true' };
    const { code, stderr } = await runAs(env, KEYS.aes256, {});
    expect(stderr).toContain('aws sts get-caller-identity failed. Resources created so far remain.');
    expect(code).toBe(1);
  });

  test.each([
    ['444455556666', 4],
    [ACCOUNT, 0],
  ])('runs only in the account that it was exported for: %s', async (account, exitCode) => {
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
    'stops before the first change if a later step has a conflict: %s',
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
    test('changes nothing after setup', async () => {
      const wishes = {
        region: BOTH,
        kmsKeyId: 'alias/video-keys',
        sourceArn: ['arn:aws:mediaconnect:*:*:flow:*'],
      };
      expect((await setUp(sandbox(), wishes)).code).toBe(0);
      expect(await runInVain(KEYS.aes256.toUpperCase(), wishes)).toMatchObject({ code: 0 });
    });

    test('generates a missing key, and copies an existing one to another Region', async () => {
      const wishes = { generate: 'aes192' };
      expect((await runScript(KEYS.other, wishes)).code).toBe(0);
      const both = { ...wishes, region: [FAR_REGION, REGION] };
      // The policy does not cover both Regions, and only setup can extend it.
      expect((await runInVain(KEYS.other, both)).code).toBe(3);
      const others = { policyName: 'Both', roleName: 'MediaConnect-Both' };
      expect((await runScript(KEYS.other, { ...both, ...others })).code).toBe(0);
      const [near, far] = (await readAccount(sandbox())).secrets;
      expect(near?.values.AWSCURRENT).toMatch(/^[0-9a-f]{48}$/);
      expect(far?.values).toEqual(near?.values);
    });

    test('continues after an interruption', async () => {
      await makeSecret(sandbox(), {});
      await makeRole(sandbox(), { trust: guideTrust() });
      expect((await runScript(KEYS.aes256, { sourceAccount: false, secretName: 'studio-a' })).code).toBe(0);
      expect((await setUpInVain(sandbox(), { sourceAccount: false })).code).toBe(0);
    });

    test('needs no more permissions than the printed policy for setup', async () => {
      const options = { secretName: 'studio-a', region: [REGION], tag: ['team=playout'], optional: true };
      const limited = sandbox().credentialsFor(await printedPolicy(sandbox(), 'setup', options));
      const caller = { ...sandbox().env, ...variablesOf(limited) };
      for (const _ of ['the first time', 'again'])
        expect(await runAs(caller, KEYS.aes256, { tag: ['team=playout'] })).toMatchObject({ code: 0 });
    });

    test('ends with exit code 1 and names the failed command if it may not create the role', async () => {
      const statement = { Effect: 'Deny', Action: 'iam:CreateRole', Resource: '*' };
      const denied = { ...everything, Statement: [...everything.Statement, statement] };
      const limited = sandbox().credentialsFor(denied);
      const { code, stderr } = await runAs({ ...sandbox().env, ...variablesOf(limited) }, KEYS.aes256, {});
      expect(stderr).toContain('aws iam create-role failed.');
      expect(code).toBe(1);
    });

    test('uses existing secrets unchanged', async () => {
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
          'holds a different value',
        ],
        [
          'a line break after the key',
          () => makeSecret(sandbox(), { SecretString: `${KEYS.aes256}\n` }),
          {},
          'holds a different value',
        ],
        [
          'an unexpected KMS key',
          () => makeSecret(sandbox(), { KmsKeyId: 'alias/mine' }),
          {},
          'a different KMS key',
        ],
        [
          'another KMS key than the given one',
          () => makeSecret(sandbox(), { KmsKeyId: 'alias/mine' }),
          { kmsKeyId: 'alias/video-keys' },
          'a different KMS key',
        ],
        [
          'no KMS key although one is given',
          () => makeSecret(sandbox()),
          { kmsKeyId: 'alias/video-keys' },
          'a different KMS key',
        ],
        [
          'a scheduled deletion',
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
          'SecretsManagerForMediaConnect already exists',
        ],
      ];
    test.each(IN_THE_WAY)(
      'stops and changes nothing because of %s',
      async (_what, prepare, wishes, sentence) => {
        await prepare();
        const { code, stderr } = await runInVain(KEYS.aes256, wishes);
        expect(stderr).toContain(sentence);
        expect(code).toBe(3);
      },
    );

    test('stops and changes nothing because of another permissions boundary of the role', async () => {
      const boundary = await makePolicy(sandbox(), 'Boundary', everything);
      await makeRole(sandbox(), { name: 'MediaConnect-B', boundary });
      const { code, stderr } = await runInVain(KEYS.aes256, {
        roleName: 'MediaConnect-B',
        permissionsBoundary: policyArn('Other'),
      });
      expect(stderr).toContain('with a different permissions boundary');
      expect(code).toBe(3);
    });
  });
});

describe.skipIf(!hasBash)('the exported script without calls to AWS (skipped without bash)', () => {
  const check = async (key: string, call: string) => {
    const stop = 'stop() { printf "%s" "$2"; exit "$1"; }';
    const script = [stop, DEMAND_DIGITS, DEMAND_PASSWORD, `key=$(cat; printf .); key=\${key%.}`, call].join(
      '\n',
    );
    return runCommand('bash', ['-c', script], { stdin: key, env: { LC_ALL: 'C.UTF-8' } });
  };

  test.each([
    ['a static key', KEYS.aes256, 'demand_digits studio-a 32 64', 0],
    ['a static key of another length', KEYS.aes192, 'demand_digits studio-a 32 64', 2],
    ['a static key with a line break', `${KEYS.aes128}\n`, 'demand_digits studio-a 32', 2],
    [
      'a static key with a letter O for a zero',
      KEYS.aes128.replace('0', 'O'),
      'demand_digits studio-a 32',
      2,
    ],
    ['no static key', '', 'demand_digits studio-a 32', 2],
    ['no password', '', 'demand_password studio-a', 2],
    ['a password', PASSWORD, 'demand_password studio-a', 0],
    ['a password with a letter outside ASCII', 'm\u00fcnchen-m\u00fcnchen', 'demand_password studio-a', 2],
    ['a password in quotes', '"0123456789"', 'demand_password studio-a', 2],
    ['a password as JSON', '{"key": "0123456789"}', 'demand_password studio-a', 2],
    ['a password that is too short', '012345678', 'demand_password studio-a', 2],
    ['a password that is too long', 'x'.repeat(81), 'demand_password studio-a', 2],
  ])('checks a key like setup: %s', async (_what, key, call, code) => {
    const result = await check(key, call);
    expect(result.code).toBe(code);
    if (key === '') expect(result.stdout).toContain('studio-a: no key.');
    if (key !== '') expect(result.stdout).not.toContain(key.trim());
  });

  test.each([
    ['a missing file', 'none.key', undefined, 'STUDIO_A_KEY_FILE must be the path of a readable file'],
    ['the key itself', KEYS.aes256, undefined, 'STUDIO_A_KEY_FILE must be the path of a readable file'],
    ['a file with a zero byte', 'zero.key', `${KEYS.aes128}\0`, 'must be hexadecimal digits only'],
  ])('ends with exit code 2 and the reason if it gets %s', async (_what, file, content, sentence) => {
    if (content !== undefined) await writeFile(join(folder, file), content);
    const env = { STUDIO_A_KEY_FILE: content === undefined ? file : join(folder, file) };
    const { code, stdout, stderr } = await runCommand('bash', [await written({})], { env });
    expect(stderr).toContain(sentence);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toContain(file === KEYS.aes256 ? KEYS.aes256 : KEYS.aes128);
  });

  test('ends with exit code 2 if standard input is closed', async () => {
    const { code, stderr } = await runCommand('bash', ['-c', 'bash "$0" <&-', await written({})]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(': no key.') });
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
  ])('recognizes its KMS key: %j against %j', async (wanted, found, verdict) => {
    const call = `is_kms_key "$(kms_name '${wanted}')" "$(kms_name '${found}')" && echo same || echo other`;
    const { stdout } = await runCommand('bash', ['-c', `account=${ACCOUNT}\n${FIND_SECRET}\n${call}`]);
    expect(stdout.trim()).toBe(verdict);
  });

  test('is valid bash for any names, and has no control characters', async () => {
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

  test('writes documents in which the shell expands only the intended variables', async () => {
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
