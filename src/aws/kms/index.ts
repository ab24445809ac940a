import { DescribeKeyCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { type AccountRef, accountOfKey, type KmsKeyRef } from '../../policy/index.ts';
import { parseArn } from '../arn.ts';
import { type Aws, type CallRequest, orAbsent } from '../session.ts';

/**
 * Returns the customer-managed KMS key that a name means in one Region: a key ARN, a key ID, an alias, or an alias ARN. What an
 * ARN says of its account is never dropped: Secrets Manager takes the key of another account by its key ARN or its alias ARN
 * (API reference, `CreateSecret`, `KmsKeyId`).
 * A multi-Region key (`mrk-…`) has the same ID in every Region, so its ARN is carried over to this one, as is that of an alias.
 * Returns `undefined` for a key ARN that belongs to another Region, and for any ARN of another partition: Secrets Manager could
 * not use it.
 */
export function kmsKeyRef(id: string, region: string, where: AccountRef): KmsKeyRef | undefined {
  const arn = parseArn(id);
  if (arn && arn.partition !== where.partition) return undefined;
  const account = arn?.account ?? where.account;
  const resource = arn?.resource ?? (id.startsWith('alias/') ? id : `key/${id}`);
  if (resource.startsWith('alias/')) return { kind: 'alias', alias: resource, account };
  if (arn && arn.region !== region && !resource.startsWith('key/mrk-')) return undefined;
  return { kind: 'key', arn: kmsArn(where.partition, region, account, resource) };
}

/**
 * Returns the name of a KMS key as it is good in one Region. KMS takes an ARN in its own Region only, so that of a multi-Region
 * key or of an alias has to be the one there (KMS Developer Guide, "Multi-Region keys in AWS KMS").
 */
export function kmsKeyIdIn(id: string, region: string, ref: KmsKeyRef | undefined): string {
  const arn = parseArn(id);
  if (!arn || arn.region === region || !ref) return id;
  return ref.kind === 'key' ? ref.arn : kmsArn(arn.partition, region, ref.account, ref.alias);
}

/**
 * Returns whether two names of a KMS key in one Region may mean the same key. Only KMS knows whether an alias
 * and an ID of one account do, so they may.
 */
export function maybeSameKmsKey(a: string, b: string, region: string, where: AccountRef): boolean {
  const [first, second] = [kmsKeyRef(a, region, where), kmsKeyRef(b, region, where)];
  if (!first || !second || accountOfKey(first) !== accountOfKey(second)) return false;
  if (first.kind === 'key') return second.kind === 'alias' || first.arn === second.arn;
  return second.kind === 'key' || first.alias === second.alias;
}

function kmsArn(partition: string, region: string, account: string, resource: string): string {
  return `arn:${partition}:kms:${region}:${account}:${resource}`;
}

/** For how long KMS is asked at most. */
export type TimeLimit = Pick<CallRequest, 'limitMs'>;

/** A KMS key as it exists. The texts are those of the KMS API reference, `KeyMetadata`. */
export interface KmsKeyState {
  arn: string;
  /** `Enabled`, `Disabled`, `PendingDeletion`, … */
  state: string;
  /** `ENCRYPT_DECRYPT` for a key that a secret can be encrypted with. */
  usage: string;
  /** Whether it is AWS's own, such as `aws/secretsmanager`, which all of the account may use through its service. */
  managedByAws: boolean;
  /** The ID of the custom key store that has the key; absent for a key in the standard key store. */
  keyStoreId?: string;
}

/** Looks at a KMS key by its ID, its ARN or its alias; returns undefined if it does not exist. */
export async function readKmsKey(
  aws: Aws,
  region: string,
  id: string,
  limit: TimeLimit = {},
): Promise<KmsKeyState | undefined> {
  const client = await aws.clients.kms(region);
  const answer = await orAbsent(
    aws.call({ action: 'kms:DescribeKey', resource: id, region, ...limit }, (options) =>
      client.send(new DescribeKeyCommand({ KeyId: id }), options),
    ),
  );
  const key = answer?.KeyMetadata;
  if (!key?.Arn) return undefined;
  const { Arn: arn, KeyState: state = '', KeyUsage: usage = '', KeyManager, CustomKeyStoreId } = key;
  const keyStore = CustomKeyStoreId ? { keyStoreId: CustomKeyStoreId } : {};
  return { arn, state, usage, managedByAws: KeyManager === 'AWS', ...keyStore };
}

/** Reads the policy of a KMS key, as JSON text, by the ARN of the key; undefined when there is no such key. */
export async function readKeyPolicy(
  aws: Aws,
  region: string,
  arn: string,
  limit: TimeLimit = {},
): Promise<string | undefined> {
  const client = await aws.clients.kms(region);
  const answer = await orAbsent(
    aws.call({ action: 'kms:GetKeyPolicy', resource: arn, region, ...limit }, (options) =>
      client.send(new GetKeyPolicyCommand({ KeyId: arn }), options),
    ),
  );
  return answer?.Policy;
}
