import { maybeSameKmsKey } from '../../aws/kms/index.ts';
import type { FoundSecret } from '../../aws/secrets/index.ts';
import type { AccountRef } from '../../policy/index.ts';
import { secretWords as words } from '../messages.ts';

/**
 * What the user should know of a secret that exists and is used.
 * @param wanted the KMS key that is asked for, if one is
 */
export function warningsFor(
  { name, region, rotates, kmsKeyId }: FoundSecret,
  wanted: string | undefined,
  where: AccountRef,
): string[] {
  const otherKey =
    wanted !== undefined && (kmsKeyId === undefined || !maybeSameKmsKey(wanted, kmsKeyId, region, where));
  return [
    ...(rotates ? [words.rotates(name, region)] : []),
    ...(otherKey ? [words.otherKmsKey(name, region)] : []),
  ];
}

/** What else a new value changes, or what may undo it. */
export function replaceWarnings({ name, region, replicas, stack }: FoundSecret): string[] {
  return [
    ...(stack ? [words.replaceInStack(name, region, stack)] : []),
    ...(replicas ? [words.replaceReplicas(name, region, replicas)] : []),
  ];
}
