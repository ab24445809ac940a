import { DescribeKeyCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { type AccountRef, accountOfKey, type KmsKeyRef } from '../../policy/index.ts';
import { parseArn } from '../arn.ts';
import { type Aws, type CallRequest, orAbsent } from '../session.ts';

/**
 * Returns the customer managed KMS key that a key ARN, key ID, alias or alias ARN stands for in a secret of one Region. An ARN
 * keeps its account, because Secrets Manager accepts a key of another account by key ARN or alias ARN (API reference,
 * `CreateSecret`, `KmsKeyId`).
 *
 * A multi-Region key (`mrk-…`) has the same ID in all Regions, so its ARN is converted to the Region of the secret. The ARN of an
 * alias is converted too. Returns undefined for a key ARN of another Region and for any ARN of another partition, which Secrets
 * Manager can't use.
 */
export function kmsKeyRef(id: string, region: string, secretAccount: AccountRef): KmsKeyRef | undefined {
  const arn = parseArn(id);
  if (arn && arn.partition !== secretAccount.partition) return undefined;
  const account = arn?.account ?? secretAccount.account;
  const resource = arn?.resource ?? (id.startsWith('alias/') ? id : `key/${id}`);
  if (resource.startsWith('alias/')) return { kind: 'alias', alias: resource, account };
  if (arn && arn.region !== region && !resource.startsWith('key/mrk-')) return undefined;
  return { kind: 'key', arn: kmsArn(secretAccount.partition, region, account, resource) };
}

/**
 * Returns the key ID, ARN or alias that names a KMS key in requests to one Region. KMS accepts only ARNs of the same Region, so
 * the ARN of a multi-Region key or an alias is converted (KMS Developer Guide, "Multi-Region keys in AWS KMS").
 */
export function kmsKeyIdIn(id: string, region: string, ref: KmsKeyRef | undefined): string {
  const arn = parseArn(id);
  if (!arn || arn.region === region || !ref) return id;
  return ref.kind === 'key' ? ref.arn : kmsArn(arn.partition, region, ref.account, ref.alias);
}

/**
 * Returns true if two names may mean the same KMS key in one Region. For an alias and a key ID in the same account, the result is
 * true, because only KMS knows which key the alias means.
 */
export function maybeSameKmsKey(a: string, b: string, region: string, secretAccount: AccountRef): boolean {
  const first = kmsKeyRef(a, region, secretAccount);
  const second = kmsKeyRef(b, region, secretAccount);
  if (!first || !second || accountOfKey(first) !== accountOfKey(second)) return false;
  if (first.kind === 'key') return second.kind === 'alias' || first.arn === second.arn;
  return second.kind === 'key' || first.alias === second.alias;
}

function kmsArn(partition: string, region: string, account: string, resource: string): string {
  return `arn:${partition}:kms:${region}:${account}:${resource}`;
}

/** The time limit for requests to KMS, in milliseconds. */
export type TimeLimit = Pick<CallRequest, 'limitMs'>;

/** A KMS key. Source of the values: KMS API reference, `KeyMetadata`. */
export interface KmsKeyState {
  arn: string;
  /** `Enabled`, `Disabled`, `PendingDeletion`, … */
  state: string;
  /** `ENCRYPT_DECRYPT` for a key that can encrypt a secret. */
  usage: string;
  /** True for an AWS managed key, such as `aws/secretsmanager`, which everyone in the account may use through its service. */
  managedByAws: boolean;
  /** The ID of the key's custom key store. Absent for a key in the standard key store. */
  keyStoreId?: string;
}

/** Reads a KMS key by ID, ARN or alias. Returns undefined if it doesn't exist. */
export async function readKmsKey(
  aws: Aws,
  region: string,
  id: string,
  limit: TimeLimit = {},
): Promise<KmsKeyState | undefined> {
  const client = await aws.clients.kms(region);
  const response = await orAbsent(
    aws.call({ action: 'kms:DescribeKey', resource: id, region, ...limit }, (options) =>
      client.send(new DescribeKeyCommand({ KeyId: id }), options),
    ),
  );
  const key = response?.KeyMetadata;
  if (!key?.Arn) return undefined;
  const { Arn: arn, KeyState: state = '', KeyUsage: usage = '', KeyManager, CustomKeyStoreId } = key;
  return { arn, state, usage, managedByAws: KeyManager === 'AWS', keyStoreId: CustomKeyStoreId || undefined };
}

/** Reads the policy of a KMS key by key ARN, as JSON text. Returns undefined if the key doesn't exist. */
export async function readKeyPolicy(
  aws: Aws,
  region: string,
  arn: string,
  limit: TimeLimit = {},
): Promise<string | undefined> {
  const client = await aws.clients.kms(region);
  const response = await orAbsent(
    aws.call({ action: 'kms:GetKeyPolicy', resource: arn, region, ...limit }, (options) =>
      client.send(new GetKeyPolicyCommand({ KeyId: arn }), options),
    ),
  );
  return response?.Policy;
}
