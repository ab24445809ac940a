import type { PolicyReader } from '../aws/iam/policies.ts';
import type { SecretReader } from '../aws/secrets/value-reader.ts';
import type { Aws, Identity } from '../aws/session.ts';
import type { Tag } from '../aws/tags.ts';
import type { Limits } from '../defaults.ts';
import type { KeyMaterial } from '../key/index.ts';
import type { PolicySpec, RoleSpec } from '../options/setup-request.ts';
import type {
  Change,
  Conflict,
  PolicyOutcome,
  RoleOutcome,
  SecretOutcome,
  StepEvent,
  StepName,
} from '../plan-types.ts';
import type { KmsKeyRef } from '../policy/index.ts';

/** What is wanted of a policy, for all keys that name it. */
export interface PolicyRequest {
  policy: PolicySpec;
  tags: Tag[];
  /** The roles that are to read the secrets, each once. */
  roleNames: string[];
  /** The names of the other policies of the run, each for other keys. */
  reserved: string[];
}

/** What is wanted of a role, for all keys that name it. */
export interface RoleRequest {
  role: RoleSpec;
  tags: Tag[];
  /** The Regions of the keys, and so of the flows. */
  regions: string[];
  /** Whether one of the keys can be used for routers too: a static key of 64 digits, or an SRT password. */
  forRouters: boolean;
  /** The names that the keys give their policies, each once. */
  policyNames: string[];
  /** At most as many policies can have to be attached: one for each secret of the keys that name one of these policies. */
  mostPolicies: number;
  updateTrust: boolean;
}

/** What the steps are given to work with. */
export interface StepContext {
  aws: Aws;
  secrets: SecretReader;
  /** Reads policies for the inspection; two steps look at the same ones. */
  policies: PolicyReader;
  limits: Limits;
  /** Aborted when the user interrupts. */
  interrupt: AbortSignal;
  /** Told as soon as a change is done, so that a failure half-way can say what exists. */
  record(outcome: StepEvent): void;
  /** Prints a warning that the plan shown did not have, because it has been made again since. */
  warn(warning: string): void;
  /** Told which step begins to change things, and that it has done so. */
  begin(step: StepName): void;
  end(step: StepName): void;
  /** Tells the user what is being waited for, and for how long by now. */
  waiting(what: string, elapsedMs: number): void;
}

/** A secret that the role must be able to read. */
export interface SecretRef extends SecretOutcome {
  kmsKey?: KmsKeyRef;
  /** The resource policy that a secret which exists has, as JSON text. */
  resourcePolicy?: string;
}

/** What a step is planned with: what is wanted, the account, and what the steps before it produce. */
export interface StepInput<Request> {
  request: Request;
  identity: Identity;
  secrets: SecretRef[];
  policies: PolicyOutcome[];
  /** Whether a step before changes anything. */
  changing: boolean;
}

/** What every plan has. A step's own plan adds what `apply` needs. */
export interface StepPlan {
  changes: Change[];
  conflicts: Conflict[];
  /** Things the user should know that stop nothing. */
  warnings: string[];
  /** What the step will answer, with `??????` in ARNs that AWS has yet to make up. */
  expected: StepOutput;
}

/** What a step returns: its outcomes, from which the next step takes the ARNs. */
export interface StepOutput {
  secrets?: SecretRef[];
  policies?: PolicyOutcome[];
  role?: RoleOutcome;
  /** The key that is stored: the user's, or the one that was there and is kept. */
  key?: KeyMaterial;
}

/** One step of the procedure. */
export interface Step<Request, Found, Plan extends StepPlan> {
  name: StepName;
  /** Reads what exists. Changes nothing. */
  observe(context: StepContext, request: Request): Promise<Found>;
  /** Compares what exists with what is wanted. Pure. */
  plan(input: StepInput<Request>, found: Found): Plan;
  /** Carries the plan out and returns the ARNs. */
  apply(context: StepContext, input: StepInput<Request>, plan: Plan): Promise<StepOutput>;
}

type Warned = Pick<StepPlan, 'warnings'>;

/** Prints the warnings of a plan that was made again which the plan before it did not have. */
export function warnOfNew({ warn }: Pick<StepContext, 'warn'>, before: Warned, again: Warned): void {
  const known = new Set(before.warnings);
  for (const warning of again.warnings) if (!known.has(warning)) warn(warning);
}
