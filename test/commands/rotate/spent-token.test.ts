import {
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, test } from 'vitest';
import { clientsOf, FAR_REGION, KEYS, REGION, readAccount, writesTo } from '../../support/account.ts';
import { rotate } from '../../support/runs/rotate.ts';
import { setUp } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const HOUR_MS = 60 * 60 * 1000;
const [A, B] = [KEYS.aes256, KEYS.other];
const [C, D, E] = ['c'.repeat(64), 'd'.repeat(64), 'e'.repeat(64)];

let age = 0;
const sandbox = freshSandbox({ now: () => Date.now() - age });
beforeEach(() => {
  age = 0;
});

/** Returns the current and the previous key in each Region. */
async function keys() {
  const { secrets } = await readAccount(sandbox());
  return Object.fromEntries(
    secrets.map(({ region, values }) => [region, [values.AWSCURRENT, values.AWSPREVIOUS]]),
  );
}

/** Moves the labels from the newest version by hand, so that A is current again, and B is the previous key. */
async function moveBack(region = REGION): Promise<void> {
  const { secrets } = clientsOf(sandbox(), region);
  const SecretId = 'studio-a';
  const list = new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated: true });
  const ids = ((await secrets.send(list)).Versions ?? []).map(({ VersionId }) => VersionId);
  const from = { SecretId, RemoveFromVersionId: ids.at(-1) };
  for (const [index, VersionStage] of ['AWSCURRENT', 'AWSPREVIOUS'].entries()) {
    await secrets.send(
      new UpdateSecretVersionStageCommand({ ...from, VersionStage, MoveToVersionId: ids[index] }),
    );
  }
}

/** Rotates to B, back to A, and to C, then moves the labels by hand, so that A has been replaced once before. */
async function spent(regions = [REGION]): Promise<void> {
  await setUp(sandbox(), { region: regions });
  await rotate(sandbox(), { key: B });
  await rotate(sandbox(), { rollback: true });
  await rotate(sandbox(), { key: C });
  for (const region of regions) await moveBack(region);
  expect(await keys()).toMatchObject({ [REGION]: [A, B] });
  sandbox().clearRequests();
}

describe('a value that was replaced before, and became current again by hand', () => {
  test.each([
    ['a new key', D],
    ['the same key as before', C],
  ])('is replaced with %s', async (_what, key) => {
    age = HOUR_MS;
    await spent();
    age = 0;
    const { code, log } = await rotate(sandbox(), { key });
    expect(code, log).toBe(0);
    expect(await keys()).toEqual({ [REGION]: [key, A] });
    expect(writesTo(sandbox())).toHaveLength(2);
  });

  test('is replaced a second and a third time', async () => {
    age = HOUR_MS;
    await spent();
    for (const key of [D, E]) {
      age -= HOUR_MS / 3;
      expect((await rotate(sandbox(), { key })).code).toBe(0);
      await moveBack();
    }
    age = 0;
    expect((await rotate(sandbox(), { key: KEYS.aes192 })).code).toBe(0);
    expect(await keys()).toEqual({ [REGION]: [KEYS.aes192, A] });
  });

  test('is replaced by setup --existing-key replace', async () => {
    age = HOUR_MS;
    await spent();
    age = 0;
    const { code } = await setUp(sandbox(), { key: D, existingKey: 'replace' });
    expect(code).toBe(0);
    expect(await keys()).toEqual({ [REGION]: [D, A] });
  });

  test('is replaced in every Region by only one of two concurrent runs with different keys', async () => {
    age = HOUR_MS;
    await spent([REGION, FAR_REGION]);
    age = 0;
    // Both runs read before either of them writes, and one of them is late with the deciding token.
    const late = { action: 'PutSecretValue', region: FAR_REGION, kind: 'delay-before' } as const;
    sandbox().addFault({ ...late, delayMs: 1_500, times: 2 });
    sandbox().addFault({ ...late, delayMs: 600, skip: 2 });
    const results = await Promise.all([rotate(sandbox(), { key: D }), rotate(sandbox(), { key: E })]);
    expect(results.map(({ code }) => code).sort()).toEqual([0, 3]);
    const winner = results.findIndex(({ code }) => code === 0);
    const key = [D, E][winner];
    expect(await keys()).toEqual({ [REGION]: [key, A], [FAR_REGION]: [key, A] });
    expect(results[1 - winner]?.json.completed.secrets).toEqual([]);
  });

  test('causes a conflict if another run may just have created the next version', async () => {
    await setUp(sandbox());
    // Another run writes with the token of this run between its read and its write, and the label shows late.
    let token = '';
    sandbox().addFault({
      action: 'PutSecretValue',
      kind: 'delay-before',
      delayMs: 200,
      onStrike: () => {
        token = String(
          sandbox().requests.findLast(({ action }) => action === 'PutSecretValue')?.params.ClientRequestToken,
        );
        const theirs = { SecretId: 'studio-a', SecretString: E, ClientRequestToken: token };
        void clientsOf(sandbox()).secrets.send(new PutSecretValueCommand(theirs));
      },
    });
    const { code, json } = await rotate(sandbox(), { key: D });
    expect(code).toBe(3);
    expect(json.error.message).toContain('Another process created or changed it during this run');
    expect(await keys()).toEqual({ [REGION]: [E, A] });
  });
});
