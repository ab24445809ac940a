import { type Account, newAccount } from './account.ts';
import { AccessKeyStore } from './auth/access-keys.ts';
import { type Partition, partitionOfRegion } from './partitions.ts';
import { Recorder } from './record.ts';
import { Faults, Throttle } from './throttle.ts';
import type { Fault, Latency, SandboxOptions } from './types.ts';

/** The state of one sandbox. */
export interface SandboxState {
  readonly accountId: string;
  readonly recorder: Recorder;
  readonly faults: Faults;
  readonly throttle: Throttle;
  readonly accessKeys: AccessKeyStore;
  latency: Latency;
  now(): number;
  addFault(fault: Fault): void;
  /** True if requests with this `Host` header are served too. Requests for the sandbox's own hosts are always served. */
  allowsHost(host: string): boolean;
  /** Returns the account in this Region's partition; undefined if the Region is not available to the account. */
  accountIn(region: string): Account | undefined;
}

const DEFAULT_ACCOUNT = '111122223333';

/**
 * Returns the state of a new sandbox.
 * @throws RangeError if the account is not twelve digits.
 */
export function newSandboxState(options: SandboxOptions): SandboxState {
  const accountId = options.account ?? DEFAULT_ACCOUNT;
  if (!/^\d{12}$/.test(accountId)) throw new RangeError(`An AWS account is twelve digits: ${accountId}`);
  const accessKeys = new AccessKeyStore();
  const accounts = new Map<Partition, Account>();
  const faults = new Faults();
  // The first `stale` fault makes every account keep its history, including accounts that are created later.
  let keepsHistory = false;
  return {
    accountId,
    recorder: new Recorder(),
    faults,
    throttle: new Throttle(options.quotas ?? {}),
    accessKeys,
    latency: options.latencyMs ?? 0,
    now: options.now ?? Date.now,
    allowsHost: options.allowHost ?? (() => false),
    addFault(fault) {
      faults.add(fault);
      if (fault.kind === 'stale') {
        keepsHistory = true;
        for (const account of accounts.values()) account.iam.keepHistory();
      }
    },
    accountIn(region) {
      const partition = partitionOfRegion(region);
      const isOtherPartition = options.partition !== undefined && options.partition !== partition;
      if (isOtherPartition || options.disabledRegions?.includes(region)) return undefined;
      const account = accounts.get(partition) ?? newAccount(accountId, partition, accessKeys, options);
      accounts.set(partition, account);
      if (keepsHistory) account.iam.keepHistory();
      return account;
    },
  };
}

/**
 * Returns the account in this Region's partition.
 * @throws RangeError if the Region is not available to the account.
 */
export function accountOrThrow(sandbox: SandboxState, region: string): Account {
  const account = sandbox.accountIn(region);
  if (!account) throw new RangeError(`The account of this sandbox is not in ${region}.`);
  return account;
}
