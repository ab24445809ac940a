import type { Tag } from '../tags.ts';
import type { Partition } from '../types.ts';
import { awsManagedPolicies } from './aws-managed.ts';

export interface PolicyVersion {
  readonly id: string;
  readonly document: string;
  readonly createdAt: number;
}

/** All times are milliseconds since the epoch. */
export interface Policy {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly description?: string;
  readonly createdAt: number;
  updatedAt: number;
  /** Oldest first. */
  versions: PolicyVersion[];
  defaultVersionId: string;
  /** The number that the next version gets. Numbers are never used twice. */
  nextVersion: number;
  tags: Tag[];
  readonly managedByAws: boolean;
}

export interface Role {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  description?: string;
  maxSessionSeconds: number;
  /** The trust policy as IAM keeps it. */
  trust: string;
  /** The unique IDs of this account's users and roles that the trust policy names, by ARN. */
  trustedIds: Map<string, string>;
  boundaryArn?: string;
  tags: Tag[];
  /** The ARNs of the attached managed policies, in the order of attachment. */
  attached: string[];
  /** Inline policies by name. */
  inline: Map<string, string>;
  lastUsed?: { readonly at: number; readonly region: string };
}

/** Everything IAM knows at one moment. */
export interface IamState {
  /** By name in lower case: names are not distinguished by case. */
  readonly roles: Map<string, Role>;
  /** By ARN. */
  readonly policies: Map<string, Policy>;
}

/**
 * IAM as its callers see it: what was written last, and what reads show, which lags behind by the propagation delay.
 * Source: "IAM is eventually consistent" under troubleshooting in the IAM user guide.
 */
export class IamStore {
  /** What was written last. */
  readonly live: IamState;
  #seen: IamState;
  readonly #delayMs: number;
  #pending: { visibleAt: number; state: IamState }[] = [];

  /** @param delayMs how long a write takes to become visible to reads. */
  constructor(partition: Partition, delayMs: number) {
    const policies = awsManagedPolicies(partition);
    this.live = { roles: new Map(), policies: new Map(policies.map((policy) => [policy.arn, policy])) };
    this.#delayMs = delayMs;
    this.#seen = delayMs > 0 ? structuredClone(this.live) : this.live;
  }

  /** What reads show now. */
  get seen(): IamState {
    const now = performance.now();
    const arrived = this.#pending.filter(({ visibleAt }) => visibleAt <= now);
    const newest = arrived.at(-1);
    if (newest) {
      this.#seen = newest.state;
      this.#pending = this.#pending.slice(arrived.length);
    }
    return this.#seen;
  }

  /** Sends what was written on its way to the reads. */
  commit(): void {
    if (this.#delayMs > 0) {
      this.#pending.push({
        visibleAt: performance.now() + this.#delayMs,
        state: structuredClone(this.live),
      });
    }
  }
}

/** The key of a role in `IamState.roles`. */
export function roleKey(name: string): string {
  return name.toLowerCase();
}
