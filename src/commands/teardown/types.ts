import type { PolicyUses } from '../../aws/iam/policies.ts';
import type { PolicyState } from '../../aws/iam/policy-versions.ts';
import type { RoleState } from '../../aws/iam/roles.ts';
import type { SecretLocations } from '../../aws/secrets/find-in-regions.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import type { SecretUser, UserKind } from '../../aws/secrets/users.ts';
import type { Identity } from '../../aws/session.ts';
import type { Attempt, Failure } from '../../failure.ts';
import type { Change, Conflict, Outcomes } from '../../plan-types.ts';

/** A secret that is to be taken down, and the names of what was set up for it. */
export interface TeardownTarget {
  name: string;
  /** The Regions that were named; none means every Region that the secret lives in. */
  regions: string[];
  /** The ARNs that were given, which must be those of the secrets found. */
  arns: string[];
  policyName: string;
  roleName: string;
  /** Which of the two were given; the others are defaults. */
  given: { policy: boolean; role: boolean };
}

/** What is to be taken down, complete and checked. */
export interface TeardownRequest {
  targets: TeardownTarget[];
  /** For how many days the secrets can be restored: 7 to 30. */
  recoveryDays: number;
  /** Whether what this program did not make is taken down too. */
  includeUntagged: boolean;
}

/** A policy of the chain `NAME`, `NAME-2`, …, whose it is and who uses it. */
export type UsedPolicy = PolicyState & { uses: PolicyUses };

/** What exists. */
export interface Findings {
  identity: Identity;
  /** One for each target. */
  secrets: Attempt<SecretLocations>[];
  /** By the name that a target has for them; a policy that belongs to two chains is in the first one only. */
  chains: ReadonlyMap<string, Attempt<UsedPolicy[]>>;
  /** By the name that a target has for them. */
  roles: ReadonlyMap<string, Attempt<RoleState | undefined>>;
  /** Flows, router inputs and router outputs that use one of the secrets, by its ARN. */
  users: ReadonlyMap<string, SecretUser[]>;
  /** What could not be looked at, in which Region, and the reason in words. */
  usersUnknown: { region: string; kind: UserKind; why: string }[];
  /** Regions in which users could not be looked at because AWS or the network failed. */
  usersFailed: ReadonlyMap<string, Failure>;
}

/** What becomes of a secret; `scheduled` already, or `stay` because it is not this program's. */
export type SecretRemoval = 'schedule' | 'scheduled' | 'stay';

/** What is planned for one target. With a conflict or a failure nothing is done for it. */
export interface TargetPlan {
  target: TeardownTarget;
  secrets: { secret: SecretState; decision: SecretRemoval }[];
  /** The Regions that were looked at and where the secret goes, or is not. */
  gone: string[];
  conflicts: Conflict[];
  /** Why its secrets, what uses them, its policies or its role could not be read. */
  failure?: Failure;
}

/** Whose entries go, and what counts as ours: what the fate of a policy depends on besides the policy. */
export interface Scope {
  /** The target for which an entry of a policy's `Resource` stands; nothing for an entry that stays. */
  ownerOf(resource: string): number | undefined;
  /** The role of that name, if it is one that the targets name. */
  roleOf(name: string): RoleState | undefined;
  includeUntagged: boolean;
  /** Whether a policy or a role may be deleted, and a secret scheduled for deletion, by its ARN. */
  mayDelete(arn: string): boolean;
}

/** What becomes of a policy that names one of the secrets. */
export type PolicyDecision =
  | { kind: 'narrow'; policy: UsedPolicy }
  /** `detach`: the roles that lose it. */
  | { kind: 'delete'; policy: UsedPolicy; detach: RoleState[] }
  | { kind: 'keep'; policy: UsedPolicy };

/** The policies of one chain that name one of the secrets. */
export interface ChainPlan {
  name: string;
  decisions: PolicyDecision[];
}

/** What becomes of a role, and the places of the targets that name it. */
export interface RolePlan {
  decision: 'delete' | 'detach' | 'keep';
  role: RoleState;
  targets: number[];
}

/** What will be done. */
export interface TeardownPlan {
  /** One for each target. */
  targets: TargetPlan[];
  /** The places of the targets of which there is no secret, and no entry in a policy. */
  missing: number[];
  chains: ChainPlan[];
  roles: RolePlan[];
  scope: Scope;
  changes: Change[];
  warnings: string[];
  expected: Outcomes;
}
