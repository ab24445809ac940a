import { currentAwsTime } from '../../aws/http/clock-skew.ts';
import type { AccessRequest } from '../../policy/index.ts';

/**
 * Returns the context keys of a request that is made now, by AWS's clock. What a policy says of the time holds for now only:
 * a permission that ends tomorrow is one.
 * Source: IAM User Guide, "AWS global condition context keys".
 */
export function timeContext(): Record<string, string> {
  const now = currentAwsTime();
  return {
    'aws:CurrentTime': new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
    'aws:EpochTime': `${Math.floor(now / 1000)}`,
  };
}

/** Returns a request as it is when it is made now. */
export function withTime(request: AccessRequest): AccessRequest {
  return { ...request, context: { ...request.context, ...timeContext() } };
}
