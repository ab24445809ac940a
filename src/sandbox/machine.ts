import { SessionStore } from './auth/sessions.ts';
import { type Partition, partitionOfRegion } from './partitions.ts';
import { Recorder } from './record.ts';
import { Faults, Throttle } from './throttle.ts';
import type { Fault, Latency, SandboxOptions } from './types.ts';
import { newWorld, type World } from './world.ts';

/** The state of one sandbox. */
export interface Machine {
  readonly account: string;
  readonly recorder: Recorder;
  readonly faults: Faults;
  readonly throttle: Throttle;
  readonly sessions: SessionStore;
  latency: Latency;
  now(): number;
  addFault(fault: Fault): void;
  /** True if requests with this `Host` header are served, in addition to those for the sandbox's own hosts. */
  allowsHost(host: string): boolean;
  /** Returns the account in this Region's partition; undefined if the Region is not available to the account. */
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
