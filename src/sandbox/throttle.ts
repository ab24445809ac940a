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
   * True if a request that counts against these quotas may pass now. A rejected request counts against none of them.
   * @param scope what the quotas are counted by, such as the Region.
   */
  admits(names: readonly QuotaName[], scope: string): boolean {
    const buckets = names.flatMap((name) => this.#filled(name, scope) ?? []);
    if (buckets.some(({ tokens }) => tokens < 1)) {
      return false;
    }
    for (const bucket of buckets) {
      bucket.tokens -= 1;
    }
    return true;
  }

  /** Returns the bucket of a quota, filled up to now; undefined if there is no limit. */
  #filled(name: QuotaName, scope: string): Bucket | undefined {
    const rate = this.#quotas[name];
    if (rate === undefined) {
      return undefined;
    }
    const most = rate * (BURST_SECONDS[name] ?? 1);
    const now = performance.now();
    const key = `${name} ${scope}`;
    const bucket = this.#buckets.get(key) ?? { tokens: most, filledAt: now };
    bucket.tokens = Math.min(most, bucket.tokens + ((now - bucket.filledAt) / 1000) * rate);
    bucket.filledAt = now;
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

interface Armed {
  readonly fault: Fault;
  seen: number;
}

/** The faults that a test has added. */
export class Faults {
  readonly #armed: Armed[] = [];

  add(fault: Fault): void {
    this.#armed.push({ fault, seen: 0 });
  }

  clear(): void {
    this.#armed.length = 0;
  }

  /** Counts this request, and returns the fault that applies to it. Each fault counts every request that it matches. */
  next(service: string, action: string, region: string): Fault | undefined {
    const matching = this.#armed.filter(({ fault }) => matches(fault, service, action, region));
    const due = matching.find(isDue);
    for (const armed of matching) {
      armed.seen += 1;
    }
    return due?.fault;
  }
}

function matches(fault: Fault, service: string, action: string, region: string): boolean {
  const named =
    fault.action === undefined || fault.action === action || fault.action === `${service}:${action}`;
  return named && (fault.region === undefined || fault.region === region);
}

function isDue({ fault, seen }: Armed): boolean {
  const first = fault.skip ?? 0;
  return seen >= first && seen < first + (fault.times ?? 1);
}
