import type { ChalkInstance } from 'chalk';
import type { Verdict } from '../plan-types.ts';

export const WORST_FIRST: readonly Verdict[] = ['failed', 'cannot-tell', 'warning', 'ok'];

/** The verdict on a whole: that of its worst part. */
export function worst(checks: readonly { verdict: Verdict }[]): Verdict {
  return WORST_FIRST.find((verdict) => checks.some((check) => check.verdict === verdict)) ?? 'ok';
}

/** The sign for a verdict, in its color. */
export function mark(paint: ChalkInstance, verdict: Verdict): string {
  return colorOf(paint, verdict)(verdictMarks[verdict]);
}

export function colorOf(paint: ChalkInstance, verdict: Verdict): ChalkInstance {
  return { failed: paint.red, 'cannot-tell': paint.yellow, warning: paint.yellow, ok: paint.green }[verdict];
}

/** The sign in front of what was checked. */
export const verdictMarks: Record<Verdict, string> = {
  failed: '✖',
  'cannot-tell': '?',
  warning: '!',
  ok: '✔',
};
