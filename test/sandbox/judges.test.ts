import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { KEY, TRUST } from './clients.ts';

const run = promisify(execFile);
const judge = (name: string) => fileURLToPath(new URL(`judges/${name}`, import.meta.url));

/** Other clients, which parse the responses with code that has nothing in common with the JavaScript SDK. */
const hasCli = process.platform !== 'win32' && spawnSync('sh', ['-c', 'command -v aws']).status === 0;
const hasBoto3 = spawnSync('python3', ['-c', 'import boto3'], { stdio: 'ignore' }).status === 0;

describe('clients other than the JavaScript SDK', () => {
  let sandbox: Sandbox;
  let folder: string;
  beforeAll(async () => {
    sandbox = await startSandbox();
    folder = await mkdtemp(join(tmpdir(), 'mc-static-key-judges-'));
    await writeFile(join(folder, 'trust.json'), TRUST);
  });
  afterAll(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true });
  });

  function environment(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_PAGER: '',
      ...sandbox.env,
    };
  }

  it.skipIf(!hasCli)(
    'run the three steps of the guide with the AWS CLI (skipped without an aws command)',
    async () => {
      const { stdout } = await run('sh', [judge('guide.sh'), folder], { env: environment() });
      expect(stdout.trim().split('\n')).toEqual([
        expect.stringMatching(
          /^secret game arn:aws:secretsmanager:eu-west-1:111122223333:secret:game-\w{6}$/,
        ),
        'role arn:aws:iam::111122223333:role/MediaConnect-ASM',
        'policy arn:aws:iam::111122223333:policy/ReadGame',
        `value ${KEY}`,
        'attached ReadGame',
        'policies 4',
        expect.stringMatching(
          /^error .*An error occurred \(NoSuchEntity\) when calling the GetRole operation: The role with name Nobody cannot be found\.$/,
        ),
        expect.stringMatching(
          /^error .*An error occurred \(ResourceExistsException\) when calling the CreateSecret operation: The operation failed because the secret game already exists\.$/,
        ),
      ]);
    },
  );

  it.skipIf(!hasBoto3)('read everything back with boto3 (skipped without boto3)', async () => {
    const { stdout } = await run('python3', [judge('read_back.py')], { env: environment() });
    const seen = JSON.parse(stdout);
    expect(seen).toMatchObject({
      statuses: [200, 200, 200, 200],
      caller: 'arn:aws:iam::111122223333:user/sandbox',
      value: KEY,
      binary: [0, 1, 255],
      stages: [['AWSCURRENT']],
      documentIsEqual: true,
      attached: [{ PolicyName: 'ReadMatch', PolicyArn: 'arn:aws:iam::111122223333:policy/ReadMatch' }],
      attachmentCount: 1,
      policyTags: [{ Key: 'a', Value: '' }],
      quota: 10,
      flow: {
        Name: 'cup final/1',
        Status: 'ACTIVE',
        Source: { Name: 'camera', Decryption: { KeyType: 'static-key', Algorithm: 'aes128' } },
      },
      flows: [['cup final/1']],
      key: 'Disabled',
    });
    expect(seen.pageSizes.slice(0, -1).every((size: number) => size === 3)).toBe(true);
    expect(seen.pageSizes.length).toBeGreaterThan(2);
    expect(Math.abs(seen.created - Date.now() / 1000)).toBeLessThan(60);
    expect(seen.trust.Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'mediaconnect.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      },
    ]);
    expect(seen.errors).toMatchObject([
      {
        Code: 'NoSuchEntity',
        Status: 404,
        Message: 'Policy arn:aws:iam::111122223333:policy/None was not found.',
      },
      { Code: 'MalformedPolicyDocument', Status: 400, Message: 'Syntax errors in policy.' },
      { Code: 'ResourceNotFoundException', Message: "Secrets Manager can't find the specified secret." },
      { Code: 'NotImplemented', Message: 'iam:ListUsers is not implemented in the sandbox.' },
      { Code: 'BadRequestException', Status: 400 },
      { Code: 'NotFoundException', Status: 404 },
      { Code: 'NotImplemented', Message: 'mediaconnect:ListBridges is not implemented in the sandbox.' },
      {
        Code: 'NotFoundException',
        Message: 'Alias arn:aws:kms:eu-west-1:111122223333:alias/none is not found.',
      },
    ]);
  });
});
