import type { PolicyReader } from '../aws/iam/policies.ts';
import type { SecretState } from '../aws/secrets/index.ts';
import type { SecretReader } from '../aws/secrets/value-reader.ts';
import type { Aws, Identity } from '../aws/session.ts';
import type { Tag } from '../aws/tags.ts';
import type { KeyMaterial } from '../key/index.ts';
import type { Limits } from '../limits.ts';
import type { PolicySpec, RoleSpec } from '../options/setup-request.ts';
import type {
  Change,
  Conflict,
  PolicyOutcome,
  RoleOutcome,
  SecretOutcome,
  StepName,
  StepOutcomes,
} from '../plan-types.ts';
import type { KmsKeyRef } from '../policy/index.ts';

/** The desired policy, for all keys that name it. */
export interface PolicyRequest {
  policy: PolicySpec;
  tags: Tag[];
  /** The unique roles that should read the secrets. */
  roleNames: string[];
  /** The names of the run's other policies, which are for other keys. */
  reserved: string[];
}

/** The desired role, for all keys that name it. */
export interface RoleRequest {
  role: RoleSpec;
  tags: Tag[];
  /** The Regions of the keys, and therefore of the flows. */
  regions: string[];
  /** True if one of the keys can also be used for routers: a static key with 64 digits, or an SRT password. */
  forRouters: boolean;
  /** The unique policy names of the keys. */
  policyNames: string[];
  /** The maximum number of policies to attach: one for each secret of the keys that name one of these policies. */
  maxPolicies: number;
  updateTrust: boolean;
}

/** What the steps need from the run: access to AWS, limits, and functions that report. */
export interface StepContext {
  aws: Aws;
  secrets: SecretReader;
  /** Reads policies for planning. Steps 2 and 3 share it because they read the same policies. */
  policies: PolicyReader;
  limits: Limits;
  /** Aborted when the user interrupts. */
  interrupt: AbortSignal;
  /** Called as soon as a change is done, so that a later failure can report what exists. */
  record(outcome: StepOutcomes): void;
  /** Prints a warning that the displayed plan did not have. */
  warn(warning: string): void;
  /** Called when a step starts to make changes, and when it is done. */
  begin(step: StepName): void;
  end(step: StepName): void;
  /** Called with what the run waits for, and for how long it has been waiting. */
  waiting(what: string, elapsedMs: number): void;
}

/** A secret that the role must be able to read. */
export interface SecretRef extends SecretOutcome {
  kmsKey?: KmsKeyRef;
  /** The resource policy of an existing secret, as JSON text. */
  resourcePolicy?: string;
}

/** The input for planning a step: the request, the caller, and the outcomes of the earlier steps. */
export interface StepInput<Request> {
  request: Request;
  identity: Identity;
  secrets: SecretRef[];
  policies: PolicyOutcome[];
  /** True if an earlier step changes anything. */
  hasEarlierChanges: boolean;
}

/** The common part of all plans. Each step adds what its `apply` needs. */
export interface StepPlan {
  changes: Change[];
  conflicts: Conflict[];
  /** Warnings that don't stop the run. */
  warnings: string[];
  /** The expected outcomes, with `??????` in ARNs that AWS has not assigned yet. */
  expected: StepOutput;
}

/** The outcomes of a step. The next step takes the ARNs from them. */
export interface StepOutput {
  secrets?: SecretRef[];
  policies?: PolicyOutcome[];
  role?: RoleOutcome;
  /** The stored key: the user's, or an existing one that is kept. */
  key?: KeyMaterial;
}

/** The observed state of step 1: the secret in each requested Region, or with each requested ARN, if it exists. */
export interface ObservedSecrets {
  targets: { region: string; secret: SecretState | undefined }[];
}

/** The plan of step 1. */
export interface SecretPlan extends StepPlan {
  decisions: SecretDecision[];
  /** The key to store. Absent if existing secrets are used as is. */
  key?: KeyMaterial;
}

/** What to do about the secret in one Region. */
export type SecretDecision =
  | ({ kind: 'create' } & ResolvedDecision)
  | ({ kind: 'keep'; found: SecretState } & ResolvedDecision)
  | ({ kind: 'replace'; found: SecretState } & ResolvedDecision)
  | ({ kind: 'restore'; found: SecretState } & ResolvedDecision)
  | ConflictDecision;

/** The part that all decisions without a conflict have. */
interface ResolvedDecision {
  /** The expected secret. */
  ref: SecretRef;
  reason: string;
  warnings: string[];
}

export interface ConflictDecision {
  kind: 'conflict';
  conflict: Conflict;
}

/** A step of the procedure. */
export interface Step<Request, Found, Plan extends StepPlan> {
  name: StepName;
  /** Reads the current state. Changes nothing. */
  observe(context: StepContext, request: Request): Promise<Found>;
  /** Compares the current state with the request. Pure. */
  plan(input: StepInput<Request>, found: Found): Plan;
  /** Applies the plan and returns the ARNs. */
  apply(context: StepContext, input: StepInput<Request>, plan: Plan): Promise<StepOutput>;
}

/**
 * Returns the options of `waitUntil` for a step.
 * @param what returns what the run waits for, as a phrase for the user
 */
export function waitOptions({ limits, interrupt, waiting }: StepContext, what: () => string) {
  return { limits, interrupt, onWait: (elapsedMs: number) => waiting(what(), elapsedMs) };
}

type Warned = Pick<StepPlan, 'warnings'>;

/** Prints the warnings that a repeated plan has and the previous one didn't. */
export function warnOfNew({ warn }: Pick<StepContext, 'warn'>, before: Warned, repeated: Warned): void {
  const knownWarnings = new Set(before.warnings);
  for (const warning of repeated.warnings) if (!knownWarnings.has(warning)) warn(warning);
}
