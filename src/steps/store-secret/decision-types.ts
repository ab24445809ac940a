import type { FoundSecret } from '../../aws/secrets/index.ts';
import type { KeyMaterial } from '../../key/index.ts';
import type { Choice } from '../../plan-types.ts';
import type { SecretRef, StepPlan } from '../types.ts';

/** What there is: for each Region (or each ARN given) the secret, or nothing. */
export interface FoundSecrets {
  places: { region: string; secret: FoundSecret | undefined }[];
}

export interface SecretPlan extends StepPlan {
  decisions: SecretDecision[];
  /** The key that is stored where one is; absent when existing secrets are used as they are. */
  key?: KeyMaterial;
}

/** What is done about the secret of one Region. */
export type SecretDecision =
  | ({ kind: 'create' } & Settled)
  | ({ kind: 'keep'; found: FoundSecret } & Settled)
  | ({ kind: 'replace'; found: FoundSecret } & Settled)
  | ({ kind: 'restore'; found: FoundSecret } & Settled)
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
