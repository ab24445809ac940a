import type { PolicyUses } from '../../aws/iam/policies.ts';
import type { PolicyState } from '../../aws/iam/policy-versions.ts';
import type { RoleState } from '../../aws/iam/roles.ts';
import type { SecretLocations } from '../../aws/secrets/find-in-regions.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import type { SecretUser, UserKind } from '../../aws/secrets/users.ts';
import type { Identity } from '../../aws/session.ts';
import type { EntrySecret } from '../../cli/batch/manifest-secrets.ts';
import type { Attempt, Failure } from '../../failure.ts';
import type { Change, Conflict, Outcomes } from '../../plan-types.ts';

/**
 * A secret to tear down, and the names of what was set up for it. No Regions: all Regions that have the secret. The ARNs must be
 * those of the secrets found.
 */
export type TeardownTarget = EntrySecret;

/** What to tear down, complete and checked. */
export interface TeardownRequest {
  targets: TeardownTarget[];
  /** The recovery window of the secrets in days: 7 to 30. */
  recoveryDays: number;
  /** True to also remove what this program did not create. */
  includeUntagged: boolean;
}

/** A policy in the chain `NAME`, `NAME-2`, …, with what it is attached to, and its tool tag. */
export type UsedPolicy = PolicyState & { uses: PolicyUses };

/** The observed state of all targets. */
export interface Findings {
  identity: Identity;
  /** One item for each target. */
  secrets: Attempt<SecretLocations>[];
  /** By the name in the target. A policy that belongs to two chains is only in the first one. */
  chains: ReadonlyMap<string, Attempt<UsedPolicy[]>>;
  /** By the name in the target. */
  roles: ReadonlyMap<string, Attempt<RoleState | undefined>>;
  /** Flows, router inputs and router outputs that use one of the secrets, by secret ARN. */
  users: ReadonlyMap<string, SecretUser[]>;
  /** Which kinds of users could not be read, in which Region, and the reason in words. */
  usersUnknown: { region: string; kind: UserKind; why: string }[];
  /** By Region, why users could not be read, if AWS or the network failed. */
  usersFailed: ReadonlyMap<string, Failure>;
}

/** What to do with a secret. `scheduled`: it is already scheduled for deletion. `stay`: it was not created by this program. */
export type SecretRemoval = 'schedule' | 'scheduled' | 'stay';

/** The plan for one target. With a conflict or a failure, nothing is done for it. */
export interface TargetPlan {
  target: TeardownTarget;
  secrets: { secret: SecretState; decision: SecretRemoval }[];
  /** The Regions that were read and where the secret is to be deleted or doesn't exist. */
  removedRegions: string[];
  conflicts: Conflict[];
  /** Why its secrets, their users, its policies or its role could not be read. */
  failure?: Failure;
}

/** Who a policy entry, a role and a resource belong to, and which of them may be removed. */
export interface Ownership {
  /** Returns the index of the target that a `Resource` entry of a policy belongs to; undefined for an entry that stays. */
  targetOf(resource: string): number | undefined;
  /** Returns the role with that name, if the targets name it. */
  roleOf(name: string): RoleState | undefined;
  includeUntagged: boolean;
  /** Returns true if a policy or role may be deleted, or a secret scheduled for deletion, by ARN. */
  mayDelete(arn: string): boolean;
}

/** What to do with a policy that names one of the secrets. */
export type PolicyDecision =
  | { kind: 'narrow'; policy: UsedPolicy }
  /** `detach`: the roles that lose it. */
  | { kind: 'delete'; policy: UsedPolicy; detach: RoleState[] }
  | { kind: 'keep'; policy: UsedPolicy };

/** The policies in one chain that name one of the secrets. */
export interface ChainPlan {
  name: string;
  decisions: PolicyDecision[];
}

/** What to do with a role, and the indexes of the targets that name it. */
export interface RolePlan {
  decision: 'delete' | 'detach' | 'keep';
  role: RoleState;
  targets: number[];
}

export interface TeardownPlan {
  /** One item for each target. */
  targets: TargetPlan[];
  /** The indexes of the targets without a secret and without an entry in a policy. */
  missingTargets: number[];
  chains: ChainPlan[];
  roles: RolePlan[];
  ownership: Ownership;
  changes: Change[];
  warnings: string[];
  expected: Outcomes;
}
