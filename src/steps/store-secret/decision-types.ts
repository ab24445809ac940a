import { maybeSameKmsKey } from '../../aws/kms/index.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import type { KeyMaterial } from '../../key/index.ts';
import type { Choice } from '../../plan-types.ts';
import type { AccountRef } from '../../policy/index.ts';
import { secretMessages as messages } from '../messages.ts';
import type { SecretRef, StepPlan } from '../types.ts';

/** What there is: for each Region (or each ARN given) the secret, or nothing. */
export interface ObservedSecrets {
  places: { region: string; secret: SecretState | undefined }[];
}

export interface SecretPlan extends StepPlan {
  decisions: SecretDecision[];
  /** The key that is stored where one is; absent when existing secrets are used as they are. */
  key?: KeyMaterial;
}

/** What is done about the secret of one Region. */
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
 * What the user should know of a secret that exists and is used.
 * @param wanted the KMS key that is asked for, if one is
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

/** What else a new value changes, or what may undo it. */
export function replaceWarnings({ name, region, replicas, stack }: SecretState): string[] {
  return [
    ...(stack ? [messages.replaceInStack(name, region, stack)] : []),
    ...(replicas ? [messages.replaceReplicas(name, region, replicas)] : []),
  ];
}
