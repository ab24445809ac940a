import type { Command } from '../stories/story.ts';
import type { Snapshot } from '../world/snapshot.ts';
import type { PlayedRun } from './asked.ts';
import { plannedWrites } from './planned-writes.ts';
import type { Violation } from './violation.ts';

/**
 * How many changes more than planned a run may send for each change of another run that it has not seen, and for each fault:
 * what another run has undone takes a new version and room for it, and so may what the own one has undone; a lost change is
 * sent again.
 */
const MOST_PER_CONFLICT = 4;

/** After how long IAM shows a change at the latest: twenty seconds to spread, and a view that is twenty old. */
export const SHOWN_AFTER_MS = 40_000;

/** A trust policy that IAM does not show is sent again each five seconds, as nothing numbers its versions. */
const MOST_TRUST_PER_STALE_FAULT = SHOWN_AFTER_MS / 5_000;

/** A version of a policy that was made from an old state does not become the default, and is deleted. It may be so twice. */
const MOST_PER_STALE_FAULT = 4;

/** What a run was played in. */
interface Scene {
  /** What there was before. */
  readonly before: Snapshot;
  /** How many changes others have made that IAM may not show to it. */
  readonly meanwhile: number;
}

/** Runs that send more changes than they have planned, and those that fail half-way by what was known before. */
export function judgeWrites({ run, command }: PlayedRun, { before, meanwhile }: Scene): Violation[] {
  if (run.defect) return [{ invariant: 'no defect', what: run.name, details: [run.log] }];
  // What AWS has refused is no change; a run asks again for what IAM does not know everywhere yet.
  const sent = run.writes.filter(({ refused }) => !refused).map(({ name }) => name);
  const alone = !run.disturbed && meanwhile === 0;
  if (alone && run.code !== 0 && sent.length > 0 && !mayFailHalfway(command)) {
    return [
      {
        invariant: 'a plan that is shown can be carried out',
        what: `${command.kind} ended with ${run.code} after ${sent.join(', ')}`,
        details: [run.log],
      },
    ];
  }
  const planned = plannedWrites(run.log, before);
  const trust = sent.filter((name) => name === 'iam:UpdateAssumeRolePolicy').length;
  const bound =
    planned +
    MOST_PER_CONFLICT * (meanwhile + run.faultCount) +
    MOST_PER_STALE_FAULT * run.staleCount +
    Math.min(trust, MOST_TRUST_PER_STALE_FAULT * run.staleCount);
  if (sent.length <= bound) return [];
  return [
    {
      invariant: 'writes are bounded by the plan',
      what: `${command.kind} sent ${sent.length} changes, and its plan has ${planned}`,
      details: [sent.join(', ').slice(0, 2000), run.log],
    },
  ];
}

/**
 * True for a command that can do some of it and end with 1: with keys that fail among others, with checks that fail when the new
 * key is in place, or with a secret whose value shows only when it is restored.
 */
export function mayFailHalfway(command: Command): boolean {
  return command.kind !== 'teardown' && (command.kind !== 'setup' || command.restore === true);
}
