import type { SecretState } from '../../aws/secrets/index.ts';
import type { KeyMaterial } from '../../key/index.ts';
import type { Conflict } from '../../plan-types.ts';
import type { SecretRef, StepPlan } from '../types.ts';

/** The observed state: the secret in each requested Region, or with each requested ARN, if it exists. */
export interface ObservedSecrets {
  targets: { region: string; secret: SecretState | undefined }[];
}

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
