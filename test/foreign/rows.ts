import { expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { readAccount, writesTo } from '../support/account.ts';
import { partOf } from '../support/exhaustive.ts';
import { setUp, type Wishes } from '../support/runs/setup.ts';
import { AN_HOUR_AGO, freshSandbox } from '../support/sandbox.ts';
import { taking, waysIn } from '../support/ways.ts';
import { expectNothingLost } from './invariants.ts';

/** A resource of another owner, the options of `setup`, and the expected outcome. */
export interface Row {
  what: string;
  make(sandbox: Sandbox): Promise<unknown>;
  wishes?: Wishes;
  outcome: Done | Stopped;
}

/** The run succeeds: the actions that it reports, and words that its output must have. */
interface Done {
  done: [secrets: string, policies: string, role: string];
  says?: string[];
}

/** The run ends with a conflict: words that it must have, and its resolutions. */
interface Stopped {
  conflict: string[];
  ways: string[];
}

/**
 * Combines rows about secrets, policies and roles: the first of each, the second of each, and so on. Each row has the
 * outcome of its own kind; a kind without a row is created.
 */
export function together(...kinds: [secrets: Row[], policies: Row[], roles: Row[]]): Row[] {
  const length = Math.max(...kinds.map((rows) => rows.length));
  return Array.from({ length }, (_, index) => {
    const found = kinds.map((rows) => rows[index]);
    const present = found.flatMap((row) => row ?? []);
    const of = (kind: 0 | 1 | 2) => {
      const outcome = found[kind]?.outcome;
      return outcome && 'done' in outcome ? outcome.done[kind] : 'created';
    };
    return {
      what: present.map(({ what }) => what).join(' / '),
      make: async (sandbox) => {
        for (const row of present) await row.make(sandbox);
      },
      wishes: Object.assign({}, ...present.map(({ wishes }) => wishes)),
      outcome: {
        done: [of(0), of(1), of(2)],
        says: present.flatMap(({ outcome }) => ('done' in outcome ? (outcome.says ?? []) : [])),
      },
    };
  });
}

/** Makes a test of each row; without `FAULTS=all`, of every nth row. */
export function testRows(rows: Row[], every = 2): void {
  const sandbox = freshSandbox(AN_HOUR_AGO);
  test.each(partOf(rows, every))('$what', async ({ make, wishes = {}, outcome }) => {
    await make(sandbox());
    if ('done' in outcome) return expectDone(sandbox(), wishes, outcome);
    const ways = await expectStopped(sandbox(), wishes, outcome);
    for (const way of ways) await expectWayOut(make, wishes, way);
  });
}

/** Expects that the command with this resolution succeeds in such an account, and then has nothing left to do. */
async function expectWayOut(make: Row['make'], wishes: Wishes, way: string): Promise<void> {
  const sandbox = await startSandbox();
  try {
    await make(sandbox);
    const taken = taking(wishes, way);
    const before = await readAccount(sandbox);
    const { code, json, log } = await setUp(sandbox, taken);
    expect([way, code, json.error], log).toEqual([way, 0, undefined]);
    await expectNothingLost(before, await readAccount(sandbox), {
      replace: taken.existingKey === 'replace',
      restore: taken.restore ?? false,
      updateTrust: taken.updateTrust ?? false,
      log,
    });
    sandbox.clearRequests();
    expect((await setUp(sandbox, taken)).code).toBe(0);
    expect(writesTo(sandbox)).toEqual([]);
  } finally {
    await sandbox.close();
  }
}

async function expectDone(sandbox: Sandbox, wishes: Wishes, { done, says = [] }: Done): Promise<void> {
  const before = await readAccount(sandbox);
  const { code, json, log } = await setUp(sandbox, wishes);
  expect([code, json.error]).toEqual([0, undefined]);
  for (const words of says) expect(unwrapped(log)).toContain(words);
  const actions = (outcomes: { action: string }[]) => outcomes.map(({ action }) => action).join(' ');
  expect([actions(json.secrets), actions(json.policies), json.role?.action]).toEqual(done);
  await expectNothingLost(before, await readAccount(sandbox), {
    replace: wishes.existingKey === 'replace',
    restore: wishes.restore ?? false,
    updateTrust: wishes.updateTrust ?? false,
    log,
  });
  // The same command has nothing left to do.
  sandbox.clearRequests();
  expect((await setUp(sandbox, wishes)).code).toBe(0);
  expect(writesTo(sandbox)).toEqual([]);
}

/** Expects a conflict without any write. Returns the resolutions that are printed. */
async function expectStopped(
  sandbox: Sandbox,
  wishes: Wishes,
  { conflict, ways }: Stopped,
): Promise<string[]> {
  sandbox.clearRequests();
  const { code, json } = await setUp(sandbox, wishes);
  expect(writesTo(sandbox)).toEqual([]);
  const { message = '', details = [], hint = '' } = json.error ?? {};
  expect([code, json.error?.code]).toEqual([3, 'conflict']);
  expect(json.completed).toEqual({ secrets: [], policies: [] });
  for (const words of conflict) expect([message, ...details].join('\n')).toContain(words);
  for (const way of ways) expect(hint).toContain(way);
  if (ways.length === 0) expect(hint).toBe('');
  return waysIn([hint, ...details].join('\n'));
}

function unwrapped(text: string): string {
  return text.replace(/\s+/g, ' ');
}
