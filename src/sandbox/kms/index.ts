import { AwsError } from '../errors.ts';
import type { Machine } from '../machine.ts';
import { jsonProtocol } from '../protocols/json.ts';
import { type Operations, operation, pageOf, type Service } from '../service.ts';
import { number, required, text } from '../shapes.ts';
import { aliasExists, invalidAlias, invalidMarker, pendingDeletion } from './errors.ts';
import { demandKey, keys } from './keys.ts';
import { needs } from './needs.ts';
import type { ForcedKeyState } from './store.ts';

const DEFAULT_ALIASES = 50;
const DEFAULT_KEYS = 100;

const keyId = text({ min: 1, max: 2048 });
const paging = { Limit: number({ min: 1, max: 1000 }), Marker: text({ min: 1, max: 1024 }) };

/** The operations on aliases, and ListKeys. */
const listing: Operations = {
  CreateAlias: operation(
    {
      AliasName: required(text({ min: 1, max: 256, pattern: /^[a-zA-Z0-9:/_-]+$/ })),
      TargetKeyId: required(keyId),
    },
    (call, input) => {
      const { AliasName } = input;
      if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(AliasName)) {
        throw invalidAlias(AliasName);
      }
      // Only AWS itself can create these. Source: `AliasName` in the API reference of CreateAlias.
      if (AliasName.startsWith('alias/aws/')) {
        throw new AwsError('NotAuthorizedException', '');
      }
      const key = demandKey(call, input.TargetKeyId, 'CreateAlias');
      if (key.deletedAt !== undefined) {
        throw pendingDeletion(key);
      }
      const store = call.world.keysIn(call.region);
      if (store.find(AliasName, call.now)) {
        throw aliasExists(store.arnPrefix + AliasName);
      }
      store.addAlias(AliasName, key.id, call.now);
      return undefined;
    },
  ),
  ListAliases: operation({ ...paging, KeyId: keyId }, (call, input) => {
    const only = input.KeyId === undefined ? undefined : demandKey(call, input.KeyId, 'ListAliases');
    const all = call.world.keysIn(call.region).aliases(call.now);
    const shown = all.filter((alias) => only === undefined || alias.keyId === only.id);
    return paged(input, shown, DEFAULT_ALIASES, 'Aliases', ({ name, arn, keyId: TargetKeyId, createdAt }) => {
      const date = new Date(createdAt);
      return { AliasName: name, AliasArn: arn, TargetKeyId, CreationDate: date, LastUpdatedDate: date };
    });
  }),
  ListKeys: operation(paging, (call, input) => {
    const all = call.world.keysIn(call.region).keys(call.now);
    return paged(input, all, DEFAULT_KEYS, 'Keys', ({ id, arn }) => ({ KeyId: id, KeyArn: arn }));
  }),
};

function paged<T>(
  input: { Marker?: string; Limit?: number | undefined },
  all: readonly T[],
  size: number,
  name: string,
  show: (item: T) => object,
): object {
  const page = pageOf(all, input.Marker, input.Limit ?? size);
  if (!page) {
    throw invalidMarker();
  }
  return { [name]: page.items.map(show), Truncated: page.next !== undefined, NextMarker: page.next };
}

const operations: Operations = { ...keys, ...listing };

const ABSENT =
  `ConnectCustomKeyStore CreateCustomKeyStore CreateGrant Decrypt DeleteAlias DeleteCustomKeyStore DeleteImportedKeyMaterial
  DeriveSharedSecret DescribeCustomKeyStores DisableKeyRotation DisconnectCustomKeyStore EnableKeyRotation Encrypt
  GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac
  GenerateRandom GetKeyLastUsage GetKeyRotationStatus GetParametersForImport GetPublicKey ImportKeyMaterial
  ListGrants ListKeyPolicies ListKeyRotations ListResourceTags ListRetirableGrants ReEncrypt ReplicateKey
  RetireGrant RevokeGrant RotateKeyOnDemand Sign TagResource UntagResource UpdateAlias UpdateCustomKeyStore
  UpdateKeyDescription UpdatePrimaryRegion Verify VerifyMac`.split(/\s+/);

/**
 * AWS Key Management Service, API version 2014-11-01, as far as needed to determine the state of the key that encrypts a secret.
 */
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
 * Puts a KMS key into a state that no request to the sandbox can produce. Without a state, the key returns to the one that
 * results from its requests.
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
