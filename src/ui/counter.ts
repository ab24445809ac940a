import type { Progress } from './progress.ts';

/** Counts what is done with, for the user to see; one thing alone needs no counting. */
export function counter(progress: Progress, total: number): () => void {
  let done = 0;
  return () => {
    done += 1;
    if (total > 1) progress.count(done, total);
  };
}
