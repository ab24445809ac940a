import type { QuotaClass } from './service.ts';
import type { Quotas } from './types.ts';

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Request rates as token buckets: a bucket holds one second's worth and fills at the quota's rate. */
export class Throttle {
  readonly #quotas: Quotas;
  readonly #buckets = new Map<string, Bucket>();

  constructor(quotas: Quotas) {
    this.#quotas = quotas;
  }

  /**
   * Whether a request of this class may pass now.
   * @param scope what the quota counts apart, such as the Region.
   */
  admits(quotaClass: QuotaClass, scope: string): boolean {
    const rate = this.#rateOf(quotaClass);
    if (rate === undefined) {
      return true;
    }
    const now = performance.now();
    const key = `${quotaClass} ${scope}`;
    const bucket = this.#buckets.get(key) ?? { tokens: rate, filledAt: now };
    bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.filledAt) / 1000) * rate);
    bucket.filledAt = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) {
      return false;
    }
    bucket.tokens -= 1;
    return true;
  }

  #rateOf(quotaClass: QuotaClass): number | undefined {
    switch (quotaClass) {
      case 'secret-writes':
        return this.#quotas.secretWritesPerSecond;
      case 'secret-reads':
        return this.#quotas.secretReadsPerSecond;
      case 'iam':
        return this.#quotas.iamRequestsPerSecond;
      case 'flows':
        return this.#quotas.flowRequestsPerSecond;
    }
  }
}
