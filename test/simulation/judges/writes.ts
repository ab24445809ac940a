import type { Command } from '../stories/story.ts';
import type { Snapshot } from '../world/snapshot.ts';
import type { PlayedRun } from './asked.ts';
import { plannedWrites } from './planned-writes.ts';
import type { Violation } from './violation.ts';

/**
 * How many writes beyond its plan a run may send for each unseen change of another run, and for each fault: what another run
 * has undone needs a new version and room for it, and so may what this run has undone; a lost write is sent again.
 */
const MOST_PER_CONFLICT = 4;

/** The latest time at which IAM shows a change: twenty seconds of propagation, and a view that is twenty seconds old. */
export const SHOWN_AFTER_MS = 40_000;

/** A trust policy that IAM does not show is sent again every five seconds, because it has no version numbers. */
const MOST_TRUST_PER_STALE_FAULT = SHOWN_AFTER_MS / 5_000;

/** A policy version that is based on an old state does not become the default and is deleted. That can happen twice. */
const MOST_PER_STALE_FAULT = 4;

/** The circumstances of a run. */
interface Scene {
  /** The account before the run. */
  readonly before: Snapshot;
  /** How many changes of others IAM may not show to the run. */
  readonly meanwhile: number;
}

/** Reports a run that sends more writes than it has planned, or that fails halfway for a reason that was known before. */
export function judgeWrites({ run, command }: PlayedRun, { before, meanwhile }: Scene): Violation[] {
  if (run.defect) return [{ invariant: 'no defect', what: run.name, details: [run.log] }];
  // A rejected write is no change. A run sends it again if IAM does not know a resource everywhere yet.
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
 * True for a command that can do a part of its work and exit with 1: if some keys fail, if checks fail after the new key is in
 * place, or if a secret shows its value only after it is restored.
 */
export function mayFailHalfway(command: Command): boolean {
  return command.kind !== 'teardown' && (command.kind !== 'setup' || command.restore === true);
}
