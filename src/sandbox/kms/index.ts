import { AwsError } from '../errors.ts';
import { jsonProtocol } from '../protocols/json.ts';
import type { SandboxState } from '../sandbox-state.ts';
import { type Operations, operation, pageOf, type Service } from '../service.ts';
import { number, required, text } from '../shapes.ts';
import { aliasExists, invalidAlias, invalidMarker } from './errors.ts';
import { keyOperations, keyOrThrow, rejectPendingDeletion } from './keys.ts';
import { requiredPermissions } from './needs.ts';
import type { ForcedKeyState } from './store.ts';
import { aliasView } from './views.ts';

/** The sizes of pages for requests without `Limit`. */
const ALIASES_PER_PAGE = 50;
const KEYS_PER_PAGE = 100;

const keyId = text({ min: 1, max: 2048 });
const paging = { Limit: number({ min: 1, max: 1000 }), Marker: text({ min: 1, max: 1024 }) };

/** The operations on aliases, and ListKeys. */
const aliasAndListOperations: Operations = {
  CreateAlias: operation(
    {
      AliasName: required(text({ min: 1, max: 256, pattern: /^[a-zA-Z0-9:/_-]+$/ })),
      TargetKeyId: required(keyId),
    },
    (call, input) => {
      const { AliasName } = input;
      if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(AliasName)) throw invalidAlias(AliasName);
      // Only AWS itself can create such an alias. Source: `AliasName` in the API reference of CreateAlias.
      if (AliasName.startsWith('alias/aws/')) throw new AwsError('NotAuthorizedException', '');
      const key = keyOrThrow(call, input.TargetKeyId, 'CreateAlias');
      rejectPendingDeletion(key);
      const store = call.account.keysIn(call.region);
      if (store.find(AliasName, call.now)) throw aliasExists(store.arnPrefix + AliasName);
      store.addAlias(AliasName, key.id, call.now);
      return undefined;
    },
  ),
  ListAliases: operation({ ...paging, KeyId: keyId }, (call, input) => {
    const targetKey = input.KeyId === undefined ? undefined : keyOrThrow(call, input.KeyId, 'ListAliases');
    const aliases = call.account.keysIn(call.region).aliases(call.now);
    const matchingAliases = aliases.filter((alias) => !targetKey || alias.keyId === targetKey.id);
    return pageResponse(input, matchingAliases, ALIASES_PER_PAGE, 'Aliases', aliasView);
  }),
  ListKeys: operation(paging, (call, input) => {
    const allKeys = call.account.keysIn(call.region).keys(call.now);
    return pageResponse(input, allKeys, KEYS_PER_PAGE, 'Keys', ({ id, arn }) => ({ KeyId: id, KeyArn: arn }));
  }),
};

function pageResponse<T>(
  input: { Marker?: string; Limit?: number | undefined },
  items: readonly T[],
  defaultSize: number,
  memberName: string,
  toView: (item: T) => object,
): object {
  const page = pageOf(items, input.Marker, input.Limit ?? defaultSize);
  if (!page) throw invalidMarker();
  return { [memberName]: page.items.map(toView), Truncated: page.next !== undefined, NextMarker: page.next };
}

const operations: Operations = { ...keyOperations, ...aliasAndListOperations };

const NOT_IMPLEMENTED =
  `ConnectCustomKeyStore CreateCustomKeyStore CreateGrant Decrypt DeleteAlias DeleteCustomKeyStore DeleteImportedKeyMaterial
  DeriveSharedSecret DescribeCustomKeyStores DisableKeyRotation DisconnectCustomKeyStore EnableKeyRotation Encrypt
  GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac
  GenerateRandom GetKeyLastUsage GetKeyRotationStatus GetParametersForImport GetPublicKey ImportKeyMaterial
  ListGrants ListKeyPolicies ListKeyRotations ListResourceTags ListRetirableGrants ReEncrypt ReplicateKey
  RetireGrant RevokeGrant RotateKeyOnDemand Sign TagResource UntagResource UpdateAlias UpdateCustomKeyStore
  UpdateKeyDescription UpdatePrimaryRegion Verify VerifyMac`.split(/\s+/);

/** AWS Key Management Service, API version 2014-11-01: the operations that determine the state of the key of a secret. */
export const kms: Service = {
  name: 'kms',
  protocol: jsonProtocol('TrentService', 'message'),
  operations,
  operationNames: new Set([...Object.keys(operations), ...NOT_IMPLEMENTED]),
  internalError: ['KMSInternalException', 'The request was rejected because an internal exception occurred.'],
  quotasFor: () => [],
  requiredPermissions,
};

/**
 * Puts a KMS key into a state that no request to the sandbox can produce. Without a state, the key returns to the state
 * that results from its requests.
 * @throws RangeError if there is no such key.
 */
export function setKmsKeyState(sandbox: SandboxState, arn: string, forcedState?: ForcedKeyState): void {
  const [, , , region = ''] = arn.split(':');
  const key = sandbox.accountIn(region)?.keysIn(region).find(arn, sandbox.now());
  if (!key) throw new RangeError(`The sandbox has no KMS key ${arn}.`);
  key.forcedState = forcedState;
}
