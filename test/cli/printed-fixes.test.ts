import { DescribeFlowCommand, RemoveFlowOutputCommand } from '@aws-sdk/client-mediaconnect';
import { DeleteSecretCommand, ReplicateSecretToRegionsCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { clientsOf, FAR_REGION, KEYS, makeSecret, REGION } from '../support/account.ts';
import { commandsIn, runPrinted } from '../support/printed.ts';
import { manifestFile, temporaryFile } from '../support/runs/manifest.ts';
import { runHere } from '../support/runs/run-here.ts';
import { setUp } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const keyFile = () => temporaryFile('new.key', KEYS.other);

/** Runs a typed command, and returns its output and the commands that it prints on lines of their own. */
async function type(...words: string[]) {
  const env = { ...sandbox().env, AWS_REGION: REGION, FEED_KEY: KEYS.aes256, OTHER_KEY: KEYS.other };
  const yes = ['setup', 'rotate', 'teardown'].includes(words[0] ?? '') ? ['--yes'] : [];
  const { code, stdout, stderr } = await runHere([...words, ...yes], env);
  const shown = `${stdout}\n${stderr}`;
  return { code, said: shown.replace(/\s+/g, ' '), commands: commandsIn(shown) };
}

const ROTATE = ['rotate', '--secret-name', 'studio-a', '--key-env', 'OTHER_KEY'];
const TEARDOWN = ['teardown', '--secret-name', 'studio-a', '--region', REGION];
const schedule = (region = REGION) =>
  clientsOf(sandbox(), region).secrets.send(new DeleteSecretCommand({ SecretId: 'studio-a' }));
const replicate = () =>
  clientsOf(sandbox()).secrets.send(
    new ReplicateSecretToRegionsCommand({
      SecretId: 'studio-a',
      AddReplicaRegions: [{ Region: FAR_REGION }],
    }),
  );

describe('what rotate prints', () => {
  test('restores a secret scheduled for deletion, in its Region', async () => {
    await setUp(sandbox(), { region: [REGION, FAR_REGION] });
    await schedule(FAR_REGION);
    const { code, commands } = await type(...ROTATE);
    expect([code, commands]).toEqual([3, [expect.stringContaining(`--region ${FAR_REGION}`)]]);
    await runPrinted(sandbox(), commands[0]);
    expect((await type(...ROTATE)).code).toBe(0);
  });

  test('stores a secret that is missing in a Region with setup', async () => {
    await setUp(sandbox());
    const far = [...ROTATE, '--region', FAR_REGION];
    const { code, commands } = await type(...far);
    expect([code, commands]).toEqual([3, [expect.stringContaining('mc-static-key setup')]]);
    await runPrinted(sandbox(), commands[0], { asked: ['--key-env', 'FEED_KEY'] });
    expect((await type(...far)).code).toBe(0);
  });

  test('names a secret that does not exist; the right name works', async () => {
    await setUp(sandbox());
    const wrong = await type(
      'rotate',
      '--secret-name',
      'studio',
      '--key-env',
      'OTHER_KEY',
      '--region',
      REGION,
    );
    expect([wrong.code, wrong.said]).toEqual([3, expect.stringContaining('Secret studio not found in')]);
    expect((await type(...ROTATE, '--region', REGION)).code).toBe(0);
  });

  test('names the Region of the primary, with which a replica is rotated', async () => {
    await setUp(sandbox());
    await replicate();
    const { code, said } = await type(...ROTATE, '--region', FAR_REGION);
    const [, region = ''] = /Its primary secret is in \S+\. Add --region (\S+)\./.exec(said) ?? [];
    expect([code, region]).toEqual([3, REGION]);
    const arn = (await setUp(sandbox())).json.secrets[0]?.arn ?? '';
    await setUp(sandbox(), { secretArn: [arn, arn.replace(REGION, FAR_REGION)] });
    const both = await type(...ROTATE, '--region', FAR_REGION, '--region', region);
    expect(both.code, both.said).toBe(0);
  });

  test('stores the right key if there is no key to roll back to', async () => {
    await setUp(sandbox());
    const back = ['rotate', '--secret-name', 'studio-a', '--region', REGION, '--rollback'];
    const { code, commands } = await type(...back);
    expect([code, commands]).toEqual([3, [expect.stringContaining('mc-static-key rotate')]]);
    await runPrinted(sandbox(), commands[0], { keyFile: keyFile() });
    expect((await type(...back)).code).toBe(0);
  });

  test('stores the right key for a role other than the default one too', async () => {
    const roleName = 'MediaConnect-Q';
    await setUp(sandbox(), { roleName });
    const back = ['rotate', '--secret-name', 'studio-a', '--region', REGION, '--role-name', roleName];
    const { commands } = await type(...back, '--rollback');
    await runPrinted(sandbox(), commands[0], { keyFile: keyFile() });
    expect((await type(...back, '--rollback')).code).toBe(0);
  });

  test('reads a generated key for the other end', async () => {
    await setUp(sandbox());
    const { commands } = await type('rotate', '--secret-name', 'studio-a', '--generate', 'aes256');
    expect(commands).toEqual([
      expect.stringContaining('get-secret-value'),
      'mc-static-key rotate --secret-name studio-a --rollback',
    ]);
    await runPrinted(sandbox(), commands[0]);
  });
});

describe('what teardown prints', () => {
  test('restores a role and a policy of any name', async () => {
    const names = { roleName: 'MediaConnect-Q', policyName: 'Reading' };
    await setUp(sandbox(), names);
    const flags = ['--role-name', names.roleName, '--policy-name', names.policyName];
    const { code, commands } = await type(...TEARDOWN, ...flags);
    expect([code, commands]).toEqual([0, [expect.stringContaining('setup --restore')]]);
    await runPrinted(sandbox(), commands[0]);
    const verify = ['verify', '--secret-name', 'studio-a', '--region', REGION, ...flags];
    const { code: verified, said } = await type(...verify);
    expect(verified, said).toBe(0);
  });

  test('restores the keys of a manifest', async () => {
    const path = manifestFile({
      keys: [{ secretName: 'studio-a', regions: [REGION], key: { env: 'FEED_KEY' } }],
    });
    await type('setup', '--manifest', path);
    const { code, commands } = await type('teardown', '--manifest', path);
    expect([code, commands]).toEqual([0, [expect.stringContaining('setup --manifest')]]);
    await runPrinted(sandbox(), commands[0]);
    expect((await type('verify', '--manifest', path)).code).toBe(0);
  });

  test('removes replicas first', async () => {
    await setUp(sandbox());
    await replicate();
    const { code, commands } = await type(...TEARDOWN);
    expect([code, commands]).toEqual([3, [expect.stringContaining('remove-regions-from-replication')]]);
    await runPrinted(sandbox(), commands[0]);
    expect((await type(...TEARDOWN)).code).toBe(0);
  });

  test('removes a replica through its primary', async () => {
    await setUp(sandbox());
    await replicate();
    const both = [...TEARDOWN, '--region', FAR_REGION];
    const { code, commands } = await type(...both);
    expect([code, new Set(commands).size]).toEqual([3, 1]);
    await runPrinted(sandbox(), commands[0]);
    expect((await type(...both)).code).toBe(0);
  });

  test('names the option that removes what the program did not create', async () => {
    await makeSecret(sandbox());
    await setUp(sandbox(), { existingKey: 'keep' });
    const { said } = await type(...TEARDOWN);
    const [option = ''] = /--include-untagged/.exec(said) ?? [];
    const { code, commands } = await type(...TEARDOWN, option);
    expect([code, commands]).toEqual([0, [expect.stringContaining('setup --restore')]]);
  });

  test('says to remove the part of the flow that uses the secret', async () => {
    const { json } = await setUp(sandbox());
    const Encryption = {
      KeyType: 'static-key',
      Algorithm: 'aes256',
      RoleArn: json.role?.arn ?? '',
      SecretArn: json.secrets[0]?.arn ?? '',
    } as const;
    const output = { Name: 'studio', Transport: { Protocol: 'zixi-push' as const }, Encryption };
    const FlowArn = sandbox().addFlow({ region: REGION, name: 'game', outputs: [output] });
    const { code, said } = await type(...TEARDOWN);
    expect([code, said]).toEqual([3, expect.stringContaining('remove that part of the flow')]);
    const { mediaConnect } = clientsOf(sandbox());
    const { Flow } = await mediaConnect.send(new DescribeFlowCommand({ FlowArn }));
    const OutputArn = Flow?.Outputs?.[0]?.OutputArn;
    await mediaConnect.send(new RemoveFlowOutputCommand({ FlowArn, OutputArn }));
    expect((await type(...TEARDOWN)).code).toBe(0);
  });
});

describe('what status prints', () => {
  test('runs all checks with verify', async () => {
    await setUp(sandbox(), { roleName: 'MediaConnect-Q' });
    const { commands } = await type('status');
    expect(commands).toEqual([expect.stringContaining('mc-static-key verify')]);
    await runPrinted(sandbox(), commands[0]);
  });

  test.each([
    ['is missing', async () => undefined],
    ['is scheduled for deletion', () => schedule()],
  ])('sets up from the manifest what %s', async (_what, fault) => {
    await setUp(sandbox());
    await fault();
    const key = { env: 'FEED_KEY' };
    const path = manifestFile({
      keys: ['studio-a', 'studio-b'].map((secretName) => ({ secretName, regions: [REGION], key })),
    });
    const { commands } = await type('status', '--manifest', path);
    const command = commands.find((each) => each.startsWith('mc-static-key setup'));
    await runPrinted(sandbox(), command);
    const after = await type('status', '--manifest', path);
    expect(after.commands.filter((each) => each.startsWith('mc-static-key setup'))).toEqual([]);
    expect((await type('verify', '--manifest', path)).code).toBe(0);
  });
});

describe('what setup prints at the end', () => {
  test('reads a generated key, and gives it to a flow', async () => {
    const generated = ['--secret-name', 'studio-a', '--region', REGION, '--generate', 'aes256'];
    const made = await type('setup', ...generated, '--show', 'cli');
    const read = made.commands.find((each) => each.includes('get-secret-value'));
    await runPrinted(sandbox(), read);
    const flowArn = sandbox().addFlow({
      region: REGION,
      name: 'game',
      source: { Name: 'camera', Transport: { Protocol: 'zixi-push' } },
    });
    const forFlow = made.commands.filter((each) => each.startsWith('aws mediaconnect'));
    expect(forFlow).toHaveLength(3);
    const { Flow } = await clientsOf(sandbox()).mediaConnect.send(
      new DescribeFlowCommand({ FlowArn: flowArn }),
    );
    for (const command of forFlow) {
      const forGame = command.replace(/arn:aws:mediaconnect:\S+:flow:\S+/, flowArn);
      await runPrinted(
        sandbox(),
        forGame.replace(/arn:aws:mediaconnect:\S+:source:\S+/, Flow?.Source?.SourceArn ?? ''),
      );
    }
    const verified = await type('verify', '--flow-arn', flowArn);
    expect(verified.code, verified.said).toBe(0);
  });
});
