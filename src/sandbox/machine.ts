import { SessionStore } from './auth/sessions.ts';
import { type Partition, partitionOfRegion } from './partitions.ts';
import { Recorder } from './record.ts';
import { Faults, Throttle } from './throttle.ts';
import type { Fault, Latency, SandboxOptions } from './types.ts';
import { newWorld, type World } from './world.ts';

/** Everything one sandbox keeps. */
export interface Machine {
  readonly account: string;
  readonly recorder: Recorder;
  readonly faults: Faults;
  readonly throttle: Throttle;
  readonly sessions: SessionStore;
  latency: Latency;
  now(): number;
  addFault(fault: Fault): void;
  /** Whether requests with this `Host` header are served beside those for the sandbox's own. */
  allowsHost(host: string): boolean;
  /** The account as it is in the partition of this Region; undefined where the account is not in that Region. */
  worldOf(region: string): World | undefined;
}

const DEFAULT_ACCOUNT = '111122223333';

/** @throws RangeError if the account is not twelve digits. */
export function newMachine(options: SandboxOptions): Machine {
  const account = options.account ?? DEFAULT_ACCOUNT;
  if (!/^\d{12}$/.test(account)) {
    throw new RangeError(`An AWS account is twelve digits: ${account}`);
  }
  const sessions = new SessionStore();
  const worlds = new Map<Partition, World>();
  const faults = new Faults();
  let remembers = false;
  return {
    account,
    recorder: new Recorder(),
    faults,
    throttle: new Throttle(options.quotas ?? {}),
    sessions,
    latency: options.latencyMs ?? 0,
    now: options.now ?? Date.now,
    allowsHost: options.allowHost ?? (() => false),
    addFault(fault) {
      faults.add(fault);
      if (fault.kind === 'stale') {
        remembers = true;
        for (const world of worlds.values()) {
          world.iam.remember();
        }
      }
    },
    worldOf(region) {
      const partition = partitionOfRegion(region);
      const elsewhere = options.partition !== undefined && options.partition !== partition;
      if (elsewhere || options.disabledRegions?.includes(region)) {
        return undefined;
      }
      const world = worlds.get(partition) ?? newWorld(account, partition, sessions, options);
      worlds.set(partition, world);
      if (remembers) {
        world.iam.remember();
      }
      return world;
    },
  };
}
