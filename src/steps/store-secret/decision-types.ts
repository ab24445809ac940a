import { maybeSameKmsKey } from '../../aws/kms/index.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import type { KeyMaterial } from '../../key/index.ts';
import type { Choice } from '../../plan-types.ts';
import type { AccountRef } from '../../policy/index.ts';
import type { SecretRef, StepPlan } from '../types.ts';
import { secretMessages as messages } from './messages.ts';

/** The observed state: for each Region (or given ARN) the secret, if it exists. */
export interface ObservedSecrets {
  places: { region: string; secret: SecretState | undefined }[];
}

export interface SecretPlan extends StepPlan {
  decisions: SecretDecision[];
  /** The key to store. Absent if existing secrets are used as is. */
  key?: KeyMaterial;
}

/** What to do about the secret in one Region. */
export type SecretDecision =
  | ({ kind: 'create' } & Settled)
  | ({ kind: 'keep'; found: SecretState } & Settled)
  | ({ kind: 'replace'; found: SecretState } & Settled)
  | ({ kind: 'restore'; found: SecretState } & Settled)
  | Conflicted;

interface Settled {
  ref: SecretRef;
  reason: string;
  warnings: string[];
}

export interface Conflicted {
  kind: 'conflict';
  conflict: { step: 'store-secret'; found: string; details: string[]; choices: Choice[] };
}

/**
 * Returns warnings about an existing secret that is used.
 * @param wanted the requested KMS key, if any
 */
export function warningsFor(
  { name, region, rotates, kmsKeyId }: SecretState,
  wanted: string | undefined,
  where: AccountRef,
): string[] {
  const otherKey =
    wanted !== undefined && (kmsKeyId === undefined || !maybeSameKmsKey(wanted, kmsKeyId, region, where));
  return [
    ...(rotates ? [messages.rotates(name, region)] : []),
    ...(otherKey ? [messages.otherKmsKey(name, region)] : []),
  ];
}

/** Returns warnings about side effects of a new value, and about what may overwrite it. */
export function replaceWarnings({ name, region, replicas, stack }: SecretState): string[] {
  return [
    ...(stack ? [messages.replaceInStack(name, region, stack)] : []),
    ...(replicas ? [messages.replaceReplicas(name, region, replicas)] : []),
  ];
}
