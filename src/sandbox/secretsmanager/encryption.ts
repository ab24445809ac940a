import { keyState } from '../kms/views.ts';
import type { Call } from '../service.ts';
import { decryptionFailure, encryptionFailure } from './errors.ts';

/**
 * Encrypts with a KMS key, as far as the sandbox goes: it looks at the key's state.
 * @param keyId as in `KmsKeyId`; undefined or empty is the AWS managed key, which is always there.
 * @throws AwsError EncryptionFailure for a key that is disabled, pending deletion, deleted, or none of this Region.
 */
export function encryptWith(call: Call, keyId: string | undefined): void {
  if (!isUsable(call, keyId)) {
    throw encryptionFailure();
  }
}

/** As `encryptWith`. @throws AwsError DecryptionFailure. */
export function decryptWith(call: Call, keyId: string | undefined): void {
  if (!isUsable(call, keyId)) {
    throw decryptionFailure();
  }
}

/**
 * Whether Secrets Manager can use a KMS key in a Region. One of another account is taken to be usable: that is allowed, and the
 * sandbox, which has one account, cannot tell its state.
 */
export function isUsable(call: Call, keyId: string | undefined, region = call.region): boolean {
  if (!keyId || isOfAnotherAccount(call, region, keyId)) {
    return true;
  }
  const key = call.world.keysIn(region).find(keyId, call.now);
  return key !== undefined && /^(Enabled|Updating)$/.test(keyState(key));
}

function isOfAnotherAccount({ world }: Call, region: string, keyId: string): boolean {
  const [, partition, service, place, account] = keyId.split(':');
  const isHere = partition === world.partition && service === 'kms' && place === region;
  return isHere && account !== world.account;
}
