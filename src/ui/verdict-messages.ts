import type { Verdict } from './verdicts.ts';

/** The sign in front of what was checked. */
export const verdictMarks: Record<Verdict, string> = {
  failed: '✖',
  'cannot-tell': '?',
  warning: '!',
  ok: '✔',
};
