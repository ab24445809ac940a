import { expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { readAccount, writesTo } from '../support/account.ts';
import { partOf } from '../support/exhaustive.ts';
import { setUp, type Wishes } from '../support/runs/setup.ts';
import { AN_HOUR_AGO, freshSandbox } from '../support/sandbox.ts';
import { taking, waysIn } from '../support/ways.ts';
import { expectNothingLost } from './invariants.ts';

/** Something that somebody else made, what `setup` is asked for then, and what has to come of it. */
export interface Row {
  what: string;
  make(sandbox: Sandbox): Promise<unknown>;
  wishes?: Wishes;
  outcome: Done | Stopped;
}

/** The run succeeds: what it says it did to the secrets, the policies and the role, and words that the plan must have. */
interface Done {
  done: [secrets: string, policies: string, role: string];
  says?: string[];
}

/** The run ends with a conflict that says what was found, and the ways out. */
interface Stopped {
  conflict: string[];
  ways: string[];
}

/**
 * Rows about secrets, policies and roles that hold at the same time: the first of each, the second of each, and so on.
 * Each says what comes of its own kind; where there is none of a kind, it is created.
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

/** Makes a test of each row; without `FAULTS=all`, of each `every`th. */
export function testRows(rows: Row[], every = 2): void {
  const sandbox = freshSandbox(AN_HOUR_AGO);
  test.each(partOf(rows, every))('$what', async ({ make, wishes = {}, outcome }) => {
    await make(sandbox());
    if ('done' in outcome) return expectDone(sandbox(), wishes, outcome);
    const ways = await expectStopped(sandbox(), wishes, outcome);
    for (const way of ways) await expectWayOut(make, wishes, way);
  });
}

/** In an account in which the same is in the way, the command with that way out does all, and has nothing to do afterwards. */
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
  // Once done, the same command has nothing to do, and so it sends nothing that could change anything.
  sandbox.clearRequests();
  expect((await setUp(sandbox, wishes)).code).toBe(0);
  expect(writesTo(sandbox)).toEqual([]);
}

/** No request that could change something was sent: so the account is what it was. Returns the ways out that are printed. */
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
