import type { Call } from '../service.ts';
import type { Alias, Key } from './store.ts';

/** Source: "Key states of AWS KMS keys" in the KMS developer guide. */
export function keyState(key: Key): string {
  if (key.deletedAt !== undefined) return 'PendingDeletion';
  if (key.forcedState) return key.forcedState.state;
  return key.enabled ? 'Enabled' : 'Disabled';
}

/** Returns an alias as ListAliases returns it. */
export function aliasView({ name, arn, keyId, createdAt }: Alias): object {
  const date = new Date(createdAt);
  return { AliasName: name, AliasArn: arn, TargetKeyId: keyId, CreationDate: date, LastUpdatedDate: date };
}

/** Returns `KeyMetadata` as CreateKey and DescribeKey return it. */
export function keyMetadata(call: Call, key: Key): object {
  const state = keyState(key);
  return {
    AWSAccountId: call.account.accountId,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: new Date(key.createdAt),
    Enabled: state === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: state,
    DeletionDate: key.deletedAt === undefined ? undefined : new Date(key.deletedAt),
    CustomKeyStoreId: key.forcedState?.customKeyStoreId,
    Origin: 'AWS_KMS',
    KeyManager: key.manager,
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    CurrentKeyMaterialId: key.materialId,
    MultiRegion: key.multiRegion,
    MultiRegionConfiguration: key.multiRegion
      ? { MultiRegionKeyType: 'PRIMARY', PrimaryKey: { Arn: key.arn, Region: call.region }, ReplicaKeys: [] }
      : undefined,
  };
}
