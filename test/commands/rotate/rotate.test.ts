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

/** In each Region the current key and the one before. */
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

/** What `rotate --yes` prints. */
function inText(options: RotateOptions) {
  const { answers } = readRotateAnswers({ secretName: 'studio-a', ...options });
  const perform = (run: CommandRun) => performRotate({ ...run, answers });
  return runInProcess(sandbox(), perform, { common: { json: false } });
}

describe('rotate', () => {
  test('puts the new key into the secret in every Region it lives in; the old one stays as the previous version', async () => {
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
    expect(log).toContain('A running stream breaks until both ends have the new key');
    expect(json.verdict).toBe('ok');
    expect(json.checks).toContainEqual(expect.objectContaining({ id: 'secret-key', verdict: 'ok' }));
    expect(JSON.stringify(json) + log).not.toContain(KEYS.other);
  });

  test('with the key that is there changes nothing, and says so', async () => {
    await setUp(sandbox());
    const { code, json, log } = await inVain({ key: KEYS.aes256 });
    expect(code, log).toBe(0);
    expect(json.secrets).toMatchObject([{ region: REGION, action: 'kept' }]);
    expect(log).toContain('holds this key already');
    expect(log).not.toContain('running stream breaks');
  });

  test('--dry-run says what would be done, and does nothing', async () => {
    await setUp(sandbox(), { region: both });
    const { code, json } = await inVain({ dryRun: true });
    expect(code).toBe(0);
    expect(json.dryRun).toBe(true);
    expect(json.secrets.map(({ action }) => action)).toEqual(['updated', 'updated']);
  });

  test('--region changes it there only, and says that it may live elsewhere', async () => {
    await setUp(sandbox(), { region: both });
    const { code, log } = await rotate(sandbox(), { region: [FAR_REGION] });
    expect(code, log).toBe(0);
    expect(log).toContain(`Only in ${FAR_REGION}, as you said`);
    expect(await keys()).toMatchObject({
      [REGION]: [KEYS.aes256, undefined],
      [FAR_REGION]: [KEYS.other, KEYS.aes256],
    });
  });

  test('a replica gets the key with its primary', async () => {
    const SecretId = await makeSecret(sandbox());
    await setUp(sandbox(), { secretArn: [SecretId] });
    const { secrets } = clientsOf(sandbox());
    await secrets.send(
      new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions: [{ Region: FAR_REGION }] }),
    );
    const { code, json, log } = await rotate(sandbox());
    expect(code, log).toBe(0);
    expect(json.secrets).toMatchObject([{ region: REGION, action: 'updated' }]);
    expect(log).toContain(`has replicas in ${FAR_REGION}, which get the new value too`);
    expect((await keys())[FAR_REGION]?.[0]).toBe(KEYS.other);
  });

  test('a key of another length: the algorithm of the flows has to change too', async () => {
    await setUp(sandbox());
    const { code, log } = await rotate(sandbox(), { key: KEYS.aes128 });
    expect(code, log).toBe(0);
    expect(log).toContain('the encryption of the flows needs the other algorithm too');
  });

  test('in place of what was no key, such as JSON, a key is stored', async () => {
    await makeSecret(sandbox(), { SecretString: `{"key":"${KEYS.aes256}"}` });
    const { code, json, log } = await rotate(sandbox());
    expect(log).toContain('is not a key that MediaConnect can use');
    // Nobody has made a role for it yet, which the checks at the end find.
    expect([code, json.verdict]).toEqual([1, 'failed']);
    expect(json.checks.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id)).toContain(
      'role-exists',
    );
    expect((await keys())[REGION]?.[0]).toBe(KEYS.other);
  });
});

describe('rotate stops before it changes anything', () => {
  test('when there is no such secret', async () => {
    const { code, json } = await inVain({ secretName: 'studio-z' });
    expect(code).toBe(3);
    expect(json.error.message).toContain('There is no secret studio-z in any Region');
  });

  test('when there is none in a Region that was named', async () => {
    await setUp(sandbox());
    const { code, json } = await inVain({ region: both });
    expect(code).toBe(3);
    expect(json.error.message).toContain(`There is no secret studio-a in ${FAR_REGION}`);
  });

  test('when it is scheduled for deletion in one of its Regions, and says how to restore it', async () => {
    await setUp(sandbox(), { region: both });
    const { secrets } = clientsOf(sandbox(), FAR_REGION);
    await secrets.send(new DeleteSecretCommand({ SecretId: 'studio-a' }));
    const { code, json } = await inVain({});
    expect(code).toBe(3);
    expect(json.error.message).toContain(`studio-a in ${FAR_REGION} is scheduled for deletion`);
    expect(json.error.details?.join()).toContain(`restore-secret --region ${FAR_REGION}`);
  });

  test('when it is deleted for good while the new key is asked for; it is not made again', async () => {
    const SecretId = await makeSecret(sandbox());
    const { secrets } = clientsOf(sandbox());
    const gone = new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true });
    // The first two looks find it, and the third one plans.
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
    expect(json.error.message).toContain(`There is no secret studio-a in ${REGION}`);
    expect(writesTo(sandbox()).slice(1)).toEqual(['secretsmanager:DeleteSecret']);
  });

  test('when another service owns it', async () => {
    const owner = { region: REGION, name: 'studio-a', secretString: KEYS.aes256, owningService: 'rds' };
    sandbox().addOwnedSecret(owner);
    const { code, json } = await inVain({});
    expect(code).toBe(3);
    expect(json.error.message).toContain('belongs to the service rds');
  });

  test('when the ARN given is that of a secret that had the name before', async () => {
    await setUp(sandbox());
    const { code, json } = await inVain({
      secretArn: ['arn:aws:secretsmanager:us-west-2:111122223333:secret:studio-a-AbCdEf'],
    });
    expect(code).toBe(3);
    expect(json.error.message).toContain('another one has its name');
  });

  test('when the only Region that could have it may not be looked into: code 4, with the action', async () => {
    await setUp(sandbox());
    sandbox().addFault({ action: 'DescribeSecret', kind: 'access-denied', times: Number.POSITIVE_INFINITY });
    const { code, json } = await rotate(sandbox());
    expect(code).toBe(4);
    expect(json.error.awsAction).toBe('secretsmanager:DescribeSecret');
  });
});

test('a Region that may not be looked into is named, and the others are done', async () => {
  await setUp(sandbox(), { region: both });
  const denied = {
    action: 'DescribeSecret',
    kind: 'access-denied',
    times: Number.POSITIVE_INFINITY,
  } as const;
  sandbox().addFault({ ...denied, region: 'sa-east-1' });
  const { code, log } = await rotate(sandbox());
  expect(code, log).toBe(0);
  expect(log).toContain('No look was possible into sa-east-1');
});

test('when AWS fails in the configured Region, that one is not left out: nothing is changed anywhere', async () => {
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

describe('a rotation that failed half-way', () => {
  const halfWay = async (wishes: RotateWishes = {}) => {
    await setUp(sandbox(), { region: both });
    // The Regions are written in the order of their names.
    sandbox().addFault({ action: 'PutSecretValue', region: REGION, kind: 'access-denied' });
    const result = await rotate(sandbox(), wishes);
    expect(result.code).toBe(4);
    expect(await keys()).toMatchObject({ [REGION]: [KEYS.aes256, undefined] });
    return result;
  };

  test('says which Regions have the new key, which have not, and how to go on or back', async () => {
    const { json, log } = await halfWay();
    expect(json.completed.secrets).toMatchObject([{ region: FAR_REGION, action: 'updated' }]);
    expect(json.left).toEqual([expect.stringContaining(`:secretsmanager:${REGION}:`)]);
    const arn = (region: string) => new RegExp(`arn:aws:secretsmanager:${region}:\\S+ \\(updated\\)`);
    expect(log).toMatch(arn(FAR_REGION));
    expect(log).toMatch(new RegExp(`Not changed yet:\\s+arn:aws:secretsmanager:${REGION}`));
    expect(log).toContain('or with --rollback to go back to the key before');
  });

  test('is finished by running again with the same key', async () => {
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

  test('with a generated key is finished with that very key', async () => {
    await halfWay({ generate: 'aes256' });
    const made = (await keys())[FAR_REGION]?.[0];
    const { code, log } = await rotate(sandbox(), { generate: 'aes256' });
    expect(code, log).toBe(0);
    expect(log).toContain('It is finished with that key');
    expect(await keys()).toMatchObject({ [REGION]: [made, KEYS.aes256], [FAR_REGION]: [made, KEYS.aes256] });
  });

  test('is undone with --rollback, where it was done and nowhere else', async () => {
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

describe('rotate --generate makes a key of its own', () => {
  const oneInBoth = async () => {
    const now = await keys();
    const made = now[REGION]?.[0];
    expect(now[FAR_REGION]?.[0]).toBe(made);
    return made;
  };

  test('after a rollback that failed half-way, and puts the old key back nowhere', async () => {
    await setUp(sandbox(), { region: both });
    await rotate(sandbox());
    sandbox().addFault({ action: 'UpdateSecretVersionStage', skip: 1, kind: 'access-denied' });
    expect((await rotate(sandbox(), { rollback: true })).code).toBe(4);
    const { code, log } = await rotate(sandbox(), { generate: 'aes256' });
    expect(code, log).toBe(0);
    expect([KEYS.aes256, KEYS.other]).not.toContain(await oneInBoth());
  });

  test('where somebody has put JSON into one Region, and does not spread that', async () => {
    await setUp(sandbox(), { region: both });
    await clientsOf(sandbox()).secrets.send(
      new PutSecretValueCommand({ SecretId: 'studio-a', SecretString: '{"key":"x"}' }),
    );
    const { code, log } = await rotate(sandbox(), { generate: 'aes256' });
    expect(code, log).toBe(0);
    expect(await oneInBoth()).toMatch(/^[0-9a-f]{64}$/);
  });

  test('of the length asked for, also where a rotation to another length stopped half-way', async () => {
    await setUp(sandbox(), { region: both });
    sandbox().addFault({ action: 'PutSecretValue', region: REGION, kind: 'access-denied' });
    expect((await rotate(sandbox(), { generate: 'aes128' })).code).toBe(4);
    expect((await rotate(sandbox(), { generate: 'aes256' })).code).toBe(0);
    expect(await oneInBoth()).toHaveLength(64);
  });
});

describe('rotate --rollback', () => {
  test('makes the key before the current one again in every Region, and once only', async () => {
    await setUp(sandbox(), { region: both });
    await rotate(sandbox());
    const { code, json, log } = await rotate(sandbox(), { rollback: true });
    expect(code, log).toBe(0);
    expect(json.secrets.map(({ action }) => action)).toEqual(['updated', 'updated']);
    const back = { [REGION]: [KEYS.aes256, KEYS.other], [FAR_REGION]: [KEYS.aes256, KEYS.other] };
    expect(await keys()).toEqual(back);
    const again = await inVain({ rollback: true });
    expect(again.code).toBe(0);
    expect(again.log).toContain('is the current one already');
    expect(again.log).not.toContain('running stream breaks');
    expect(await keys()).toEqual(back);
  });

  test('once more changes nothing, and asks nothing of the other end', async () => {
    await setUp(sandbox());
    await rotate(sandbox());
    await rotate(sandbox(), { rollback: true });
    const { code, stdout, log } = await inText({ rollback: true, region: [REGION] });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^No key was changed\.\nSecret ARN \(us-west-2\):\n {2}arn:/);
    expect(stdout).not.toMatch(/Now give|before the last rotation/);
    expect(log).toContain(`Looking for the secret in ${REGION}\n`);
  });

  test('says before that the key it goes back to has another length', async () => {
    await setUp(sandbox(), { key: KEYS.aes128 });
    await rotate(sandbox());
    const { log } = await rotate(sandbox(), { rollback: true, dryRun: true });
    expect(log).toContain('the encryption of the flows needs the other algorithm too');
  });

  test('says before that what it goes back to is no key', async () => {
    await makeSecret(sandbox(), { SecretString: `{"key":"${KEYS.aes256}"}` });
    await rotate(sandbox());
    const { log } = await rotate(sandbox(), { rollback: true, dryRun: true });
    expect(log).toContain('What the version before holds is not a key');
  });

  test('can be followed by a third key', async () => {
    await setUp(sandbox());
    await rotate(sandbox());
    await rotate(sandbox(), { rollback: true });
    const { code, log } = await rotate(sandbox(), { key: KEYS.aes192 });
    expect(code, log).toBe(0);
    expect(await keys()).toEqual({ [REGION]: [KEYS.aes192, KEYS.aes256] });
  });

  test('that failed half-way is finished by running it again', async () => {
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

  test('whose answer is lost is not taken for somebody else’s change', async () => {
    await setUp(sandbox());
    await rotate(sandbox());
    sandbox().addFault({ action: 'UpdateSecretVersionStage', kind: 'drop-after' });
    const { code, log } = await rotate(sandbox(), { rollback: true });
    expect(code, log).toBe(0);
    expect(await keys()).toEqual({ [REGION]: [KEYS.aes256, KEYS.other] });
  });

  test('stops when the secret never had another key', async () => {
    await setUp(sandbox());
    const { code, json } = await inVain({ rollback: true });
    expect(code).toBe(3);
    expect(json.error.message).toContain('There is no key before the last rotation');
  });

  test('stops when somebody else makes another version current in the meantime', async () => {
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
    expect(json.error.message).toContain('Another process changed the current version');
  });
});

test('a rollback that comes second to a rotation ends with a conflict before it has changed anything', async () => {
  await setUp(sandbox(), { region: both });
  await rotate(sandbox());
  // A rotation writes first where a Region's name comes first.
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

test('two rotations at once with different keys: one key is in both Regions, and the other run gets a conflict', async () => {
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
