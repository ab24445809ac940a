import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/index.ts';
import { writesTo } from '../support/account.ts';
import { exhaustive, partOf } from '../support/exhaustive.ts';
import {
  actionsOf,
  at,
  inAccount,
  play,
  type Recording,
  recordAll,
  type Step,
  stateOf,
  stepName,
  withoutHistory,
} from './playing.ts';

/** Faults of one request that a run recovers from. */
const TRANSIENT: Record<string, Omit<Fault, 'action' | 'region' | 'skip'>> = {
  'throttled three times': { kind: 'throttle', times: 3 },
  'failing with an internal error three times': { kind: 'internal-error', times: 3 },
  'dropped before it is carried out': { kind: 'drop-before' },
  'dropped after it was carried out': { kind: 'drop-after' },
  'neither answered nor carried out': { kind: 'hang' },
  'carried out and never answered': { kind: 'hang-after' },
  'answered with IAM data that is one second old': { kind: 'stale', delayMs: 1_000 },
};

const recordings = await recordAll();

interface Case {
  recording: Recording;
  step: Step;
  how: string;
}

const cases = recordings.flatMap((recording) =>
  recording.steps.flatMap((step) =>
    Object.keys(TRANSIENT)
      .filter((how) => TRANSIENT[how]?.kind !== 'stale' || step.service === 'iam')
      // These take twenty seconds each.
      .filter((how) => exhaustive || !TRANSIENT[how]?.kind.startsWith('hang'))
      .map((how): Case => ({ recording, step, how })),
  ),
);
const titled = (all: Case[]): [string, Case][] =>
  all.map((each) => [`(${each.recording.story.name}) ${stepName(each.step)} ${each.how}`.trim(), each]);

describe.concurrent('a run', () => {
  test.for(titled(partOf(cases, 89)))('completes in spite of %s', async ([, { recording, step, how }]) => {
    const { story, after, actions } = recording;
    await inAccount(story, async (sandbox) => {
      let struck = 0;
      const fault = { kind: 'delay' as const, ...TRANSIENT[how], onStrike: () => void struck++ };
      sandbox.addFault({ ...at(step), ...fault });
      const first = await play(story, sandbox);
      expect(struck).toBeGreaterThan(0);
      expect(first.code, first.stderr).toBe(0);
      expect(await stateOf(story, sandbox)).toEqual(after);
      expect(actionsOf(first.json)).toEqual(actions);
      expect(failed(first.json)).toEqual([]);

      sandbox.clearFaults();
      sandbox.clearRequests();
      const second = await play(story, sandbox);
      expect(second.code, second.stderr).toBe(0);
      expect(writesTo(sandbox)).toEqual([]);
    });
  });
});

function anyChange({ json }: Awaited<ReturnType<typeof play>>): boolean {
  const { secrets = [], policies = [], roles = [] } = json;
  return [...secrets, ...policies, ...roles].some(({ action }) => action !== 'kept');
}

/** Returns the failed checks of a run. */
function failed({ checks = [] }: { checks?: { ok?: boolean; verdict?: string }[] }) {
  return checks.filter(({ ok, verdict }) => ok === false || verdict === 'failed');
}

const denials = recordings.flatMap((recording) =>
  recording.steps.map((step) => ({ recording, step, how: '' })),
);
const isOptional = ({ recording, step }: Case) => recording.story.optional(step);
const optional = denials.filter(isOptional);
const needed = denials.filter((denial) => !isOptional(denial));

describe.concurrent('a run without permission for', () => {
  test.for(titled(partOf(needed, 61)))(
    '%s names the action and the resource, and is completed by the next run',
    async ([, { recording, step }]) => {
      const { story, after } = recording;
      await inAccount(story, async (sandbox) => {
        sandbox.addFault({ ...at(step), kind: 'access-denied' });
        const denied = await play(story, sandbox);
        // In a batch, the keys that did not need the permission are set up.
        const [error = denied.json.error] = denied.json.failed?.map((key) => key.error) ?? [];
        expect(denied.code, denied.stderr).toBe(denied.json.error === error || !anyChange(denied) ? 4 : 1);
        expect(error.code).toBe('access-denied');
        expect(error.awsAction).toBe(`${step.service}:${step.action}`);
        expect(error.message).toContain(`${step.service}:${step.action}`);
        expect(error.message).toMatch(/ on (arn:aws:|studio-[abc]|MediaConnect-ASM|\*)/);

        sandbox.clearFaults();
        const again = await play(story, sandbox);
        expect(again.code, again.stderr).toBe(0);
        const end = await stateOf(story, sandbox);
        if (denied.code === 4) expect(end).toEqual(after);
        else expect(withoutHistory(end)).toEqual(withoutHistory(after));
      });
    },
  );

  test.for(titled(partOf(optional, 17)))('%s completes', async ([, { recording, step }]) => {
    const { story, after, actions } = recording;
    await inAccount(story, async (sandbox) => {
      sandbox.addFault({ ...at(step), kind: 'access-denied' });
      const { code, json, stderr } = await play(story, sandbox);
      expect(code, stderr).toBe(0);
      expect(await stateOf(story, sandbox)).toEqual(after);
      expect(actionsOf(json)).toEqual(actions);
    });
  });
});
