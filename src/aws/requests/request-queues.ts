import { HTTP, QUOTAS, type RequestQuota } from '../../defaults.ts';
import { Pace } from './rate-limiter.ts';
import { Lane } from './request-queue.ts';

/** The lane in which an operation waits for its turn. */
export type LaneOf = (operation: string) => Lane;

/** The lanes of a service, which is named as in IAM actions, in a Region; the global services have none. */
export type Lanes = (service: string, region?: string) => LaneOf;

/**
 * Makes the lanes of a run: one for each quota in each Region, and one for all that a service has beside, most of all for
 * reading, which has no pace but a bound.
 */
export function createLanes(interrupt: AbortSignal): Lanes {
  const lanes = new Map<string, Lane>();
  return (service, region = '') =>
    (operation) => {
      const at = QUOTAS.findIndex((quota) => quota.service === service && quota.operations.test(operation));
      const key = `${service} ${region} ${at}`;
      const lane = lanes.get(key) ?? open(QUOTAS[at], interrupt);
      lanes.set(key, lane);
      return lane;
    };
}

function open(quota: RequestQuota | undefined, interrupt: AbortSignal): Lane {
  const pace = quota && new Pace(quota.perSecond, performance.now(), quota.gathersSeconds);
  return new Lane(HTTP.callsAtOnce, pace, interrupt);
}
