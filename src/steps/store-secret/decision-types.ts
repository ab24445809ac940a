import { maybeSameKmsKey } from '../../aws/kms/index.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import type { KeyMaterial } from '../../key/index.ts';
import type { Choice } from '../../plan-types.ts';
import type { AccountRef } from '../../policy/index.ts';
import type { SecretRef, StepPlan } from '../types.ts';
import { secretMessages as messages } from './messages.ts';

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
  | ({ kind: 'create' } & Resolved)
  | ({ kind: 'keep'; found: SecretState } & Resolved)
  | ({ kind: 'replace'; found: SecretState } & Resolved)
  | ({ kind: 'restore'; found: SecretState } & Resolved)
  | ConflictDecision;

interface Resolved {
  ref: SecretRef;
  reason: string;
  warnings: string[];
}

export interface ConflictDecision {
  kind: 'conflict';
  conflict: { step: 'store-secret'; found: string; details: string[]; choices: Choice[] };
}

/**
 * Returns warnings about an existing secret that the run uses.
 * @param requestedKmsKeyId absent if no KMS key was requested
 */
export function warningsFor(
  { name, region, rotationEnabled, kmsKeyId }: SecretState,
  requestedKmsKeyId: string | undefined,
  account: AccountRef,
): string[] {
  const hasOtherKmsKey =
    requestedKmsKeyId !== undefined &&
    (kmsKeyId === undefined || !maybeSameKmsKey(requestedKmsKeyId, kmsKeyId, region, account));
  return [
    ...(rotationEnabled ? [messages.rotates(name, region)] : []),
    ...(hasOtherKmsKey ? [messages.otherKmsKey(name, region)] : []),
  ];
}

/** Returns warnings about side effects of a new value, and about what may overwrite it. */
export function replaceWarnings({ name, region, replicas, stack }: SecretState): string[] {
  return [
    ...(stack ? [messages.replaceInStack(name, region, stack)] : []),
    ...(replicas ? [messages.replaceReplicas(name, region, replicas)] : []),
  ];
}
