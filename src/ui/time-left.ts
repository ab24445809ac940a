/** Shorter than this, nobody needs to know how long it takes; in milliseconds. */
const WORTH_TELLING_MS = 3_000;

/**
 * Estimates how long a number of like things takes until all are done, in milliseconds, from how long those took that are
 * done. Answers nothing as long as that would be a guess.
 */
export function timeLeft(now: () => number = () => performance.now()) {
  const begun = now();
  return (done: number, total: number): number | undefined => {
    const elapsed = now() - begun;
    return elapsed < WORTH_TELLING_MS || done === 0 ? undefined : (elapsed / done) * (total - done);
  };
}
