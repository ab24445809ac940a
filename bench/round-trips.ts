/** When a request arrived and when its answer was sent, in milliseconds of one clock. */
export interface Span {
  startedAt: number;
  endedAt: number;
}

/**
 * The number of dependent round trips: the longest chain of requests in which each arrived after the answer to the one
 * before it had been sent.
 */
export function dependentRoundTrips(requests: readonly Span[]): number {
  const chains: { endedAt: number; length: number }[] = [];
  for (const { startedAt, endedAt } of [...requests].sort((a, b) => a.startedAt - b.startedAt)) {
    const before = chains.filter((chain) => chain.endedAt <= startedAt).map(({ length }) => length);
    chains.push({ endedAt, length: 1 + Math.max(0, ...before) });
  }
  return Math.max(0, ...chains.map(({ length }) => length));
}
