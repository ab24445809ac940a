import type { ChildProcess } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { FaultKind, Sandbox } from '../../src/sandbox/index.ts';
import { type AccountState, readAccount } from '../support/account.ts';
import { partOf } from '../support/exhaustive.ts';
import type { SetupDocument } from '../support/runs/setup.ts';
import {
  at,
  inAccount,
  type Played,
  play,
  type Recording,
  recordAll,
  type Step,
  stateOf,
  stepName,
} from './playing.ts';
import type { Story } from './stories.ts';

type Ending = 'SIGKILL' | 'SIGTERM' | 'SIGINT';

interface Case {
  recording: Recording;
  step: Step;
  signal: Ending;
  /** Whether the signal comes before or after the request has taken effect. */
  when: 'before' | 'after';
}

/** A killed program does not wait for an answer; one that gets SIGTERM or SIGINT does. */
const KIND: Record<Ending, Record<Case['when'], FaultKind>> = {
  SIGKILL: { before: 'drop-before', after: 'drop-after' },
  SIGTERM: { before: 'delay-before', after: 'delay' },
  SIGINT: { before: 'delay-before', after: 'delay' },
};
/** How long after the signal the answer arrives. */
const LATE_MS = 150;

const recordings = await recordAll();

const cases = recordings.flatMap((recording) =>
  recording.steps.flatMap((step) =>
    (['SIGKILL', 'SIGTERM', 'SIGINT'] as const).flatMap((signal) =>
      (['before', 'after'] as const).map((when): Case => ({ recording, step, signal, when })),
    ),
  ),
);
const titled = (all: Case[]): [string, Case][] =>
  all.map((each) => {
    const { recording, step, signal, when } = each;
    return [`${signal} ${when} ${stepName(step)} (${recording.story.name})`, each];
  });

/**
 * Plays the story up to the request and ends the program there. `struck` is false if this run did not send the request: how
 * often a run reads while it waits depends on timing.
 */
async function playAndEnd(
  story: Story,
  sandbox: Sandbox,
  { step, signal, when }: Case,
): Promise<Played & { struck: boolean }> {
  let child: ChildProcess | undefined;
  let struck = false;
  sandbox.addFault({
    ...at(step),
    kind: KIND[signal][when],
    delayMs: LATE_MS,
    onStrike: () => {
      struck = true;
      child?.kill(signal);
    },
  });
  const ended = await play(story, sandbox, {
    onStart: (started) => {
      child = started;
    },
  });
  if (step.change) expect(struck).toBe(true);
  return { ...ended, struck };
}

/** Returns the resources of the account as JSON, by ARN or name. */
function resourcesOf({ secrets, policies, roles }: AccountState): Map<string, string> {
  const named = [...policies, ...roles].map((each) => [each.name, JSON.stringify(each)] as const);
  return new Map([...secrets.map((each) => [each.arn, JSON.stringify(each)] as const), ...named]);
}

/** Returns the ARNs or names of what a run reports as changed. */
function changedBy({
  secrets,
  policies,
  role,
  roles = role ? [role] : [],
}: SetupDocument['completed']): string[] {
  const all = [
    ...secrets.map(({ arn, action }) => ({ id: arn, action })),
    ...[...policies, ...roles].map(({ name, action }) => ({ id: name, action })),
  ];
  return all.filter(({ action }) => action !== 'kept').map(({ id }) => id);
}

describe.concurrent('the next run', () => {
  test.for(titled(partOf(cases, 131)))('completes what was interrupted by %s', async ([, ending]) => {
    const { story, after } = ending.recording;
    await inAccount(story, async (sandbox) => {
      const before = await readAccount(sandbox);
      sandbox.clearRequests();
      const ended = await playAndEnd(story, sandbox, ending);
      const isOver = ended.code === 0 && !ending.step.change;
      // The signal came at a read that the run did not wait for, or the run sent no such read this time.
      if (!ended.struck || isOver) expect([ended.code, await stateOf(story, sandbox)]).toEqual([0, after]);
      else if (ending.signal === 'SIGKILL') expect(ended).toMatchObject({ code: null, signal: 'SIGKILL' });
      else expectTruth(ended, before, await readAccount(sandbox), ending);

      sandbox.clearFaults();
      const again = await play(story, sandbox);
      expect(again.code, again.stderr).toBe(0);
      expect(await stateOf(story, sandbox)).toEqual(after);
    });
  });
});

/** Expects that an interrupted run says so and reports exactly what it has changed. */
function expectTruth(
  { code, stderr, json }: Played,
  before: AccountState,
  now: AccountState,
  { signal }: Case,
): void {
  expect(code, stderr).toBe(signal === 'SIGINT' ? 130 : 143);
  expect(json.error.code).toBe('interrupted');
  const [was, is] = [resourcesOf(before), resourcesOf(now)];
  const changed = [...new Set([...was.keys(), ...is.keys()])]
    .filter((id) => was.get(id) !== is.get(id))
    .sort();
  expect(changedBy(json.completed).sort()).toEqual(changed);
  for (const id of changed) expect(stderr).toContain(id);
  expect(stderr).toMatch(changed.length > 0 ? /run the same command again/i : /Nothing was changed\./);
}
