import type { QuotaName, Quotas } from './request-rates.ts';
import type { Fault } from './types.ts';

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * How many seconds' worth of requests a burst can use at once, for quotas that allow more than one.
 * Source: "Quotas in AWS Elemental MediaConnect" in its user guide.
 */
const BURST_SECONDS: { readonly [name in QuotaName]?: number } = { flowRequestsPerSecond: 6 };

/**
 * Limits request rates with token buckets. A bucket holds one second's worth of requests, or a burst, and fills at the quota's
 * rate.
 */
export class Throttle {
  readonly #quotas: Quotas;
  readonly #buckets = new Map<string, Bucket>();

  constructor(quotas: Quotas) {
    this.#quotas = quotas;
  }

  /**
   * Takes a token of each quota, and returns true; returns false, and takes none, if a quota is used up.
   * @param scope the quotas are counted separately for each scope, such as a Region.
   */
  tryAcquire(quotaNames: readonly QuotaName[], scope: string): boolean {
    const buckets = quotaNames.flatMap((quota) => this.#refilledBucket(quota, scope) ?? []);
    if (buckets.some(({ tokens }) => tokens < 1)) return false;
    for (const bucket of buckets) bucket.tokens -= 1;
    return true;
  }

  /** Returns the bucket of a quota, with the tokens that have been added since its last use; undefined if there is no limit. */
  #refilledBucket(name: QuotaName, scope: string): Bucket | undefined {
    const rate = this.#quotas[name];
    if (rate === undefined) return undefined;
    const capacity = rate * (BURST_SECONDS[name] ?? 1);
    const now = performance.now();
    const key = `${name} ${scope}`;
    const bucket = this.#buckets.get(key) ?? { tokens: capacity, filledAt: now };
    bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.filledAt) / 1000) * rate);
    bucket.filledAt = now;
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

interface ActiveFault {
  readonly fault: Fault;
  /** How many requests the fault has matched so far. */
  matchedRequests: number;
}

/** The faults that a test has added. */
export class Faults {
  readonly #activeFaults: ActiveFault[] = [];

  add(fault: Fault): void {
    this.#activeFaults.push({ fault, matchedRequests: 0 });
  }

  clear(): void {
    this.#activeFaults.length = 0;
  }

  /**
   * Returns the fault that applies to this request, and counts the request. Each fault counts every request that it matches,
   * even if another fault applies.
   */
  faultFor(service: string, action: string, region: string): Fault | undefined {
    const matchingFaults = this.#activeFaults.filter(({ fault }) => matches(fault, service, action, region));
    const dueFault = matchingFaults.find(isDue);
    for (const activeFault of matchingFaults) activeFault.matchedRequests += 1;
    return dueFault?.fault;
  }
}

function matches(fault: Fault, service: string, action: string, region: string): boolean {
  const matchesAction =
    fault.action === undefined || fault.action === action || fault.action === `${service}:${action}`;
  return matchesAction && (fault.region === undefined || fault.region === region);
}

function isDue({ fault, matchedRequests }: ActiveFault): boolean {
  const firstAffected = fault.skip ?? 0;
  return matchedRequests >= firstAffected && matchedRequests < firstAffected + (fault.times ?? 1);
}
