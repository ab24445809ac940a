import type { Machine } from '../machine.ts';
import { jsonProtocol } from '../protocols/json.ts';
import type { Operations, Service } from '../service.ts';
import { keys } from './keys.ts';
import { listing } from './listing.ts';
import { needs } from './needs.ts';
import type { ForcedKeyState } from './store.ts';

const operations: Operations = { ...keys, ...listing };

const ABSENT =
  `ConnectCustomKeyStore CreateCustomKeyStore CreateGrant Decrypt DeleteAlias DeleteCustomKeyStore DeleteImportedKeyMaterial
  DeriveSharedSecret DescribeCustomKeyStores DisableKeyRotation DisconnectCustomKeyStore EnableKeyRotation Encrypt
  GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac
  GenerateRandom GetKeyLastUsage GetKeyRotationStatus GetParametersForImport GetPublicKey ImportKeyMaterial
  ListGrants ListKeyPolicies ListKeyRotations ListResourceTags ListRetirableGrants ReEncrypt ReplicateKey
  RetireGrant RevokeGrant RotateKeyOnDemand Sign TagResource UntagResource UpdateAlias UpdateCustomKeyStore
  UpdateKeyDescription UpdatePrimaryRegion Verify VerifyMac`.split(/\s+/);

/** AWS Key Management Service, API version 2014-11-01: as much of it as tells the state of a key that a secret is encrypted with. */
export const kms: Service = {
  name: 'kms',
  protocol: jsonProtocol('TrentService', 'message'),
  operations,
  operationNames: new Set([...Object.keys(operations), ...ABSENT]),
  internalError: ['KMSInternalException', 'The request was rejected because an internal exception occurred.'],
  quotasOn: () => [],
  needs,
};

/**
 * Gives a KMS key a state that no request of the sandbox leads to; without one, the key is as its requests have left it.
 * @throws RangeError if there is no such key.
 */
export function setKmsKeyState(machine: Machine, arn: string, forced?: ForcedKeyState): void {
  const [, , , region = ''] = arn.split(':');
  const key = machine.worldOf(region)?.keysIn(region).find(arn, machine.now());
  if (!key) {
    throw new RangeError(`The sandbox has no KMS key ${arn}.`);
  }
  if (forced) {
    key.forcedState = forced;
  } else {
    delete key.forcedState;
  }
}
