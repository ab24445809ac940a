import { jsonProtocol } from '../protocols/json.ts';
import type { Operations, Service } from '../service.ts';
import { keys } from './keys.ts';
import { listing } from './listing.ts';
import { needs } from './needs.ts';

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
