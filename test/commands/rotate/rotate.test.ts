import {
  DeleteSecretCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import type { CommandRun } from '../../../src/cli/run-command.ts';
import { type RotateOptions, readRotateAnswers } from '../../../src/commands/rotate/options.ts';
import { performRotate } from '../../../src/commands/rotate/run.ts';
import {
  clientsOf,
  FAR_REGION,
  KEYS,
  makeSecret,
  REGION,
  readAccount,
  writesTo,
} from '../../support/account.ts';
import { runInProcess } from '../../support/runs/command.ts';
import { type RotateWishes, rotate } from '../../support/runs/rotate.ts';
import { setUp } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const both = [REGION, FAR_REGION];

/** Returns the current and the previous key in each Region. */
async function keys() {
  const { secrets } = await readAccount(sandbox());
  return Object.fromEntries(
    secrets.map(({ region, values }) => [region, [values.AWSCURRENT, values.AWSPREVIOUS]]),
  );
}

async function inVain(wishes: RotateWishes) {
  const before = await readAccount(sandbox());
  sandbox().clearRequests();
  const result = await rotate(sandbox(), wishes);
  expect(writesTo(sandbox())).toEqual([]);
  expect(await readAccount(sandbox())).toEqual(before);
  return result;
}

/** Runs `rotate --yes` with text output. */
function inText(options: RotateOptions) {
  const { answers } = readRotateAnswers({ secretName: 'studio-a', ...options });
  const perform = (run: CommandRun) => performRotate({ ...run, answers });
  return runInProcess(sandbox(), perform, { common: { json: false } });
}

describe('rotate', () => {
  test('stores the new key in every Region of the secret, and keeps the old one as the previous version', async () => {
    await setUp(sandbox(), { region: both });
    const { code, json, log } = await rotate(sandbox());
    expect(code, log).toBe(0);
    expect(json.secrets.map(({ region, action }) => [region, action]).sort()).toEqual([
      [FAR_REGION, 'updated'],
      [REGION, 'updated'],
    ]);
    expect(await keys()).toEqual({
      [REGION]: [KEYS.other, KEYS.aes256],
      [FAR_REGION]: [KEYS.other, KEYS.aes256],
    });
    expect(log).toContain('Running streams stop until both ends use the new key');
    expect(json.verdict).toBe('ok');
    expect(json.checks).toContainEqual(expect.objectContaining({ id: 'secret-key', verdict: 'ok' }));
    expect(JSON.stringify(json) + log).not.toContain(KEYS.other);
  });

  test('changes nothing with the current key, and says so', async () => {
    await setUp(sandbox());
    const { code, json, log } = await inVain({ key: KEYS.aes256 });
    expect(code, log).toBe(0);
    expect(json.secrets).toMatchObject([{ region: REGION, action: 'kept' }]);
    expect(log).toContain('The secret already has this key in every Region.');
    expect(log).not.toContain('Running streams stop');
  });

  test('prints the plan and changes nothing with --dry-run', async () => {
    await setUp(sandbox(), { region: both });
    const { code, json } = await inVain({ dryRun: true });
    expect(code).toBe(0);
    expect(json.dryRun).toBe(true);
    expect(json.secrets.map(({ action }) => action)).toEqual(['updated', 'updated']);
  });

  test('changes only the Regions of --region, and says so', async () => {
    await setUp(sandbox(), { region: both });
    const { code, log } = await rotate(sandbox(), { region: [FAR_REGION] });
    expect(code, log).toBe(0);
    expect(log).toContain(`This applies only to ${FAR_REGION}.`);
    expect(await keys()).toMatchObject({
      [REGION]: [KEYS.aes256, undefined],
      [FAR_REGION]: [KEYS.other, KEYS.aes256],
    });
  });

  test('changes a replica with its primary', async () => {
    const SecretId = await makeSecret(sandbox());
    await setUp(sandbox(), { secretArn: [SecretId] });
    const { secrets } = clientsOf(sandbox());
    await secrets.send(
      new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions: [{ Region: FAR_REGION }] }),
    );
    const { code, json, log } = await rotate(sandbox());
    expect(code, log).toBe(0);
    expect(json.secrets).toMatchObject([{ region: REGION, action: 'updated' }]);
    expect(log).toContain(`has replicas in ${FAR_REGION}. They receive the new key too.`);
    expect((await keys())[FAR_REGION]?.[0]).toBe(KEYS.other);
  });

  test('says that flows need another algorithm for a key of another length', async () => {
    await setUp(sandbox());
    const { code, log } = await rotate(sandbox(), { key: KEYS.aes128 });
    expect(code, log).toBe(0);
    expect(log).toContain('change the algorithm in your flows too');
  });

  test('stores a key in a secret that held something else, such as JSON', async () => {
    await makeSecret(sandbox(), { SecretString: `{"key":"${KEYS.aes256}"}` });
    const { code, json, log } = await rotate(sandbox());
    expect(log).toContain('The current value is not a valid key.');
    // It has no role yet, which the final checks report.
    expect([code, json.verdict]).toEqual([1, 'failed']);
    expect(json.checks.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id)).toContain(
      'role-exists',
    );
    expect((await keys())[REGION]?.[0]).toBe(KEYS.other);
  });
});

describe('rotate of a secret that cannot be rotated', () => {
  test('changes nothing if the secret does not exist', async () => {
    const { code, json } = await inVain({ secretName: 'studio-z' });
    expect(code).toBe(3);
    expect(json.error.message).toContain('Secret studio-z not found in any Region.');
  });

  test('changes nothing if the secret does not exist in one of the given Regions', async () => {
    await setUp(sandbox());
    const { code, json } = await inVain({ region: both });
    expect(code).toBe(3);
    expect(json.error.message).toContain(`Secret studio-a not found in ${FAR_REGION}.`);
  });

  test('changes nothing if it is scheduled for deletion in one Region, and prints how to restore it', async () => {
    await setUp(sandbox(), { region: both });
    const { secrets } = clientsOf(sandbox(), FAR_REGION);
    await secrets.send(new DeleteSecretCommand({ SecretId: 'studio-a' }));
    const { code, json } = await inVain({});
    expect(code).toBe(3);
    expect(json.error.message).toContain(`studio-a in ${FAR_REGION} is scheduled for deletion`);
    expect(json.error.details?.join()).toContain(`restore-secret --region ${FAR_REGION}`);
  });

  test('does not create the secret again if it is deleted while the run waits for the key', async () => {
    const SecretId = await makeSecret(sandbox());
    const { secrets } = clientsOf(sandbox());
    const gone = new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true });
    // The first two reads find the secret. The third one is for the plan.
    sandbox().addFault({
      action: 'DescribeSecret',
      region: REGION,
      skip: 2,
      kind: 'delay-before',
      delayMs: 100,
      onStrike: () => void secrets.send(gone),
    });
    const { code, json } = await rotate(sandbox());
    expect(code).toBe(3);
    expect(json.error.message).toContain(`Secret studio-a not found in ${REGION}.`);
    expect(writesTo(sandbox()).slice(1)).toEqual(['secretsmanager:DeleteSecret']);
  });

  test('changes nothing if another service owns the secret', async () => {
    const owner = { region: REGION, name: 'studio-a', secretString: KEYS.aes256, owningService: 'rds' };
    sandbox().addServiceOwnedSecret(owner);
    const { code, json } = await inVain({});
    expect(code).toBe(3);
    expect(json.error.message).toContain('is managed by rds');
  });

  test('changes nothing if the given ARN is that of an earlier secret of the same name', async () => {
    await setUp(sandbox());
    const { code, json } = await inVain({
      secretArn: ['arn:aws:secretsmanager:us-west-2:111122223333:secret:studio-a-AbCdEf'],
    });
    expect(code).toBe(3);
    expect(json.error.message).toContain('Another secret has its name');
  });

  test('ends with exit code 4 and the action if it may not read the only possible Region', async () => {
    await setUp(sandbox());
    sandbox().addFault({ action: 'DescribeSecret', kind: 'access-denied', times: Number.POSITIVE_INFINITY });
    const { code, json } = await rotate(sandbox());
    expect(code).toBe(4);
    expect(json.error.awsAction).toBe('secretsmanager:DescribeSecret');
  });
});

test('names a Region that it may not read, and rotates in the others', async () => {
  await setUp(sandbox(), { region: both });
  const denied = {
    action: 'DescribeSecret',
    kind: 'access-denied',
    times: Number.POSITIVE_INFINITY,
  } as const;
  sandbox().addFault({ ...denied, region: 'sa-east-1' });
  const { code, log } = await rotate(sandbox());
  expect(code, log).toBe(0);
  expect(log).toContain('Not checked: sa-east-1');
});

test('changes nothing in any Region if AWS fails in the configured one', async () => {
  await setUp(sandbox(), { region: both });
  sandbox().addFault({
    action: 'DescribeSecret',
    region: REGION,
    kind: 'html',
    times: Number.POSITIVE_INFINITY,
  });
  const { code, json } = await rotate(sandbox());
  expect([code, json.completed.secrets]).toEqual([1, []]);
  sandbox().clearFaults();
  expect(await keys()).toMatchObject({ [FAR_REGION]: [KEYS.aes256, undefined] });
});

describe('a rotation that failed halfway', () => {
  const halfWay = async (wishes: RotateWishes = {}) => {
    await setUp(sandbox(), { region: both });
    // The Regions are written in the order of their names.
    sandbox().addFault({ action: 'PutSecretValue', region: REGION, kind: 'access-denied' });
    const result = await rotate(sandbox(), wishes);
    expect(result.code).toBe(4);
    expect(await keys()).toMatchObject({ [REGION]: [KEYS.aes256, undefined] });
    return result;
  };

  test('reports which Regions have the new key, which do not, and how to continue or roll back', async () => {
    const { json, log } = await halfWay();
    expect(json.completed.secrets).toMatchObject([{ region: FAR_REGION, action: 'updated' }]);
    expect(json.left).toEqual([expect.stringContaining(`:secretsmanager:${REGION}:`)]);
    const arn = (region: string) => new RegExp(`arn:aws:secretsmanager:${region}:\\S+ \\(updated\\)`);
    expect(log).toMatch(arn(FAR_REGION));
    expect(log).toMatch(new RegExp(`Not changed yet:\\s+arn:aws:secretsmanager:${REGION}`));
    expect(log).toContain('To undo, run it with --rollback instead.');
  });

  test('is completed by a second run with the same key', async () => {
    await halfWay();
    const { code, json } = await rotate(sandbox());
    expect(code).toBe(0);
    expect(json.secrets.map(({ region, action }) => [region, action]).sort()).toEqual([
      [FAR_REGION, 'kept'],
      [REGION, 'updated'],
    ]);
    expect(await keys()).toMatchObject({
      [REGION]: [KEYS.other, KEYS.aes256],
      [FAR_REGION]: [KEYS.other, KEYS.aes256],
    });
  });

  test('is completed with the same generated key', async () => {
    await halfWay({ generate: 'aes256' });
    const made = (await keys())[FAR_REGION]?.[0];
    const { code, log } = await rotate(sandbox(), { generate: 'aes256' });
    expect(code, log).toBe(0);
    expect(log).toContain('This run completes it with the same key.');
    expect(await keys()).toMatchObject({ [REGION]: [made, KEYS.aes256], [FAR_REGION]: [made, KEYS.aes256] });
  });

  test('is rolled back only in the Regions that it changed', async () => {
    await setUp(sandbox(), { region: both, key: KEYS.aes192 });
    await rotate(sandbox(), { key: KEYS.aes256 });
    sandbox().addFault({ action: 'PutSecretValue', region: REGION, kind: 'access-denied' });
    expect((await rotate(sandbox())).code).toBe(4);
    const { code, log } = await rotate(sandbox(), { rollback: true });
    expect(code, log).toBe(0);
    expect(await keys()).toMatchObject({
      [REGION]: [KEYS.aes256, KEYS.aes192],
      [FAR_REGION]: [KEYS.aes256, KEYS.other],
    });
    expect((await inVain({ rollback: true })).code).toBe(0);
  });
});

describe('rotate --generate', () => {
  const oneInBoth = async () => {
    const now = await keys();
    const made = now[REGION]?.[0];
    expect(now[FAR_REGION]?.[0]).toBe(made);
    return made;
  };

  test('generates a new key after a rollback that failed halfway', async () => {
    await setUp(sandbox(), { region: both });
    await rotate(sandbox());
    sandbox().addFault({ action: 'UpdateSecretVersionStage', skip: 1, kind: 'access-denied' });
    expect((await rotate(sandbox(), { rollback: true })).code).toBe(4);
    const { code, log } = await rotate(sandbox(), { generate: 'aes256' });
    expect(code, log).toBe(0);
    expect([KEYS.aes256, KEYS.other]).not.toContain(await oneInBoth());
  });

  test('generates a new key if one Region holds JSON, and does not copy the JSON', async () => {
    await setUp(sandbox(), { region: both });
    await clientsOf(sandbox()).secrets.send(
      new PutSecretValueCommand({ SecretId: 'studio-a', SecretString: '{"key":"x"}' }),
    );
    const { code, log } = await rotate(sandbox(), { generate: 'aes256' });
    expect(code, log).toBe(0);
    expect(await oneInBoth()).toMatch(/^[0-9a-f]{64}$/);
  });

  test('generates a key of the given length after a rotation to another length stopped halfway', async () => {
    await setUp(sandbox(), { region: both });
    sandbox().addFault({ action: 'PutSecretValue', region: REGION, kind: 'access-denied' });
    expect((await rotate(sandbox(), { generate: 'aes128' })).code).toBe(4);
    expect((await rotate(sandbox(), { generate: 'aes256' })).code).toBe(0);
    expect(await oneInBoth()).toHaveLength(64);
  });
});

describe('rotate --rollback', () => {
  test('restores the previous key in every Region, and only once', async () => {
    await setUp(sandbox(), { region: both });
    await rotate(sandbox());
    const { code, json, log } = await rotate(sandbox(), { rollback: true });
    expect(code, log).toBe(0);
    expect(json.secrets.map(({ action }) => action)).toEqual(['updated', 'updated']);
    const back = { [REGION]: [KEYS.aes256, KEYS.other], [FAR_REGION]: [KEYS.aes256, KEYS.other] };
    expect(await keys()).toEqual(back);
    const again = await inVain({ rollback: true });
    expect(again.code).toBe(0);
    expect(again.log).toContain('The secret is already rolled back.');
    expect(again.log).not.toContain('Running streams stop');
    expect(await keys()).toEqual(back);
  });

  test('changes nothing on a second run, and prints no steps for the other end', async () => {
    await setUp(sandbox());
    await rotate(sandbox());
    await rotate(sandbox(), { rollback: true });
    const { code, stdout, log } = await inText({ rollback: true, region: [REGION] });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^No key was changed\.\n {2}Secret ARN \(us-west-2\)\n {2}arn:/);
    expect(stdout).not.toMatch(/Next:|previous key|To roll back/);
    expect(log).toContain(`Searching ${REGION} for the secret`);
  });

  test('says in the plan that the previous key has another length', async () => {
    await setUp(sandbox(), { key: KEYS.aes128 });
    await rotate(sandbox());
    const { log } = await rotate(sandbox(), { rollback: true, dryRun: true });
    expect(log).toContain('change the algorithm in your flows too');
  });

  test('says in the plan that the previous value is not a key', async () => {
    await makeSecret(sandbox(), { SecretString: `{"key":"${KEYS.aes256}"}` });
    await rotate(sandbox());
    const { log } = await rotate(sandbox(), { rollback: true, dryRun: true });
    expect(log).toContain('The previous version is not a valid key.');
  });

  test('can be followed by a rotation to a third key', async () => {
    await setUp(sandbox());
    await rotate(sandbox());
    await rotate(sandbox(), { rollback: true });
    const { code, log } = await rotate(sandbox(), { key: KEYS.aes192 });
    expect(code, log).toBe(0);
    expect(await keys()).toEqual({ [REGION]: [KEYS.aes192, KEYS.aes256] });
  });

  test('is completed by a second run if it failed halfway', async () => {
    await setUp(sandbox(), { region: both });
    await rotate(sandbox());
    sandbox().addFault({ action: 'UpdateSecretVersionStage', skip: 1, kind: 'access-denied' });
    const failed = await rotate(sandbox(), { rollback: true });
    expect(failed.code).toBe(4);
    expect(failed.json.completed.secrets).toHaveLength(1);
    expect((await rotate(sandbox(), { rollback: true })).code).toBe(0);
    expect(await keys()).toEqual({
      [REGION]: [KEYS.aes256, KEYS.other],
      [FAR_REGION]: [KEYS.aes256, KEYS.other],
    });
  });

  test('recognizes its own change if the response to it is lost', async () => {
    await setUp(sandbox());
    await rotate(sandbox());
    sandbox().addFault({ action: 'UpdateSecretVersionStage', kind: 'drop-after' });
    const { code, log } = await rotate(sandbox(), { rollback: true });
    expect(code, log).toBe(0);
    expect(await keys()).toEqual({ [REGION]: [KEYS.aes256, KEYS.other] });
  });

  test('stops if the secret never had another key', async () => {
    await setUp(sandbox());
    const { code, json } = await inVain({ rollback: true });
    expect(code).toBe(3);
    expect(json.error.message).toContain('has no previous key to roll back to');
  });

  test('stops if another process changes the current version meanwhile', async () => {
    await setUp(sandbox());
    await rotate(sandbox());
    sandbox().addFault({
      action: 'UpdateSecretVersionStage',
      kind: 'delay-before',
      delayMs: 1_000,
      onStrike: () => void rotate(sandbox(), { key: KEYS.aes192 }),
    });
    const { code, json } = await rotate(sandbox(), { rollback: true });
    expect(code).toBe(3);
    expect(json.error.message).toContain(
      `Another process changed secret studio-a in ${REGION} during this run.`,
    );
  });
});

test('ends a rollback with a conflict before any change if a rotation came first', async () => {
  await setUp(sandbox(), { region: both });
  await rotate(sandbox());
  // A rotation writes first to the Region whose name comes first.
  const put = new PutSecretValueCommand({ SecretId: 'studio-a', SecretString: KEYS.aes192 });
  sandbox().addFault({
    action: 'UpdateSecretVersionStage',
    kind: 'delay-before',
    delayMs: 300,
    onStrike: () => void clientsOf(sandbox(), FAR_REGION).secrets.send(put),
  });
  const { code, json } = await rotate(sandbox(), { rollback: true });
  expect([code, json.completed.secrets]).toEqual([3, []]);
  expect(await keys()).toMatchObject({ [REGION]: [KEYS.other, KEYS.aes256] });
});

test('stores one key in both Regions if two rotations run at once, and ends one with a conflict', async () => {
  await setUp(sandbox(), { region: both });
  sandbox().setLatency(20);
  sandbox().addFault({ action: 'PutSecretValue', region: FAR_REGION, kind: 'delay-before', delayMs: 1_000 });
  const results = await Promise.all([rotate(sandbox()), rotate(sandbox(), { key: KEYS.aes192 })]);
  expect(results.map(({ code }) => code).sort()).toEqual([0, 3]);
  const winner = results.findIndex(({ code }) => code === 0);
  const key = [KEYS.other, KEYS.aes192][winner];
  expect(await keys()).toEqual({ [REGION]: [key, KEYS.aes256], [FAR_REGION]: [key, KEYS.aes256] });
  expect(results[1 - winner]?.json.completed.secrets).toEqual([]);
});
