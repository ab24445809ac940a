import { DescribeKeyCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { type Aws, type CallRequest, orAbsent } from '../session.ts';

/** For how long KMS is asked at most. */
export type TimeLimit = Pick<CallRequest, 'limitMs'>;

/** A KMS key as it exists. The texts are those of the KMS API reference, `KeyMetadata`. */
export interface FoundKmsKey {
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

/** Looks at a KMS key by its ID, its ARN or its alias; answers `undefined` when it is not there. */
export async function readKmsKey(
  aws: Aws,
  region: string,
  id: string,
  limit: TimeLimit = {},
): Promise<FoundKmsKey | undefined> {
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
