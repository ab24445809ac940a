import type { ChalkInstance } from 'chalk';
import type { Verdict } from '../plan-types.ts';

export const WORST_FIRST: readonly Verdict[] = ['failed', 'cannot-tell', 'warning', 'ok'];

/** Returns the worst verdict of several checks. */
export function worst(checks: readonly { verdict: Verdict }[]): Verdict {
  return WORST_FIRST.find((verdict) => checks.some((check) => check.verdict === verdict)) ?? 'ok';
}

/** Returns the symbol of a verdict, in its color. */
export function mark(paint: ChalkInstance, verdict: Verdict): string {
  return colorOf(paint, verdict)(verdictMarks[verdict]);
}

export function colorOf(paint: ChalkInstance, verdict: Verdict): ChalkInstance {
  return { failed: paint.red, 'cannot-tell': paint.yellow, warning: paint.yellow, ok: paint.green }[verdict];
}

/** The symbols in front of check results. */
export const verdictMarks: Record<Verdict, string> = {
  failed: '✖',
  'cannot-tell': '?',
  warning: '!',
  ok: '✔',
};
