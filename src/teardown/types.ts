import type { Whereabouts } from '../aws/everywhere.ts';
import type { FlowUse } from '../aws/flows.ts';
import type { FoundPolicy } from '../aws/policies.ts';
import type { PolicyUses } from '../aws/policy-uses.ts';
import type { FoundRole } from '../aws/roles.ts';
import type { FoundSecret } from '../aws/secrets.ts';
import type { Identity } from '../aws/session.ts';
import type { Change, Conflict, Outcomes } from '../report/types.ts';

/** What is to be taken down, complete and checked. */
export interface TeardownRequest {
  name: string;
  /** The Regions that were named; none means every Region that the secret lives in. */
  regions: string[];
  /** The ARNs that were given, which must be those of the secrets found. */
  arns: string[];
  policyName: string;
  roleName: string;
  /** For how many days the secret can be restored: 7 to 30. */
  recoveryDays: number;
  /** Whether what this program did not make is taken down too. */
  includeUntagged: boolean;
}

/** A policy of the chain `NAME`, `NAME-2`, …, whose it is and who uses it. */
export type UsedPolicy = FoundPolicy & { uses: PolicyUses };

/** What exists. */
export interface Findings {
  identity: Identity;
  where: Whereabouts;
  policies: UsedPolicy[];
  role?: FoundRole;
  /** Flows that use one of the secrets. */
  flows: { secret: FoundSecret; use: FlowUse }[];
  /** Regions whose flows could not be looked at, and the reason in words. */
  flowsUnknown: { region: string; why: string }[];
}

/** What becomes of a policy that names the secret. */
export type PolicyFate =
  | { kind: 'narrow'; policy: UsedPolicy }
  | { kind: 'delete'; policy: UsedPolicy; detach: boolean }
  | { kind: 'keep'; policy: UsedPolicy };

/** What becomes of the role. */
export type RoleFate = 'delete' | 'detach' | 'keep';

/** What will be done. Where there are conflicts, nothing of it. */
export interface TeardownPlan {
  changes: Change[];
  conflicts: Conflict[];
  warnings: string[];
  schedule: FoundSecret[];
  policies: PolicyFate[];
  role?: { fate: RoleFate; role: FoundRole };
  /** Tells by an entry of a policy's `Resource` whether it stands for the secret that goes, and for it alone. */
  isGone: (resource: string) => boolean;
  expected: Outcomes;
}
