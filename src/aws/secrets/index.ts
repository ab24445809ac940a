import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
  GetResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager';
import { Failure, hasAwsCode } from '../../failure.ts';
import type { KeyType } from '../../key/index.ts';
import { type Aws, orAbsent } from '../session.ts';
import { isOwn, keyTypeOf, stackOf } from '../tags.ts';
import { type CurrentValue, readValue, type SecretContent } from './versions.ts';

const POLICY_ACTION = 'secretsmanager:GetResourcePolicy';

/** A secret as it exists in one Region. */
export interface SecretState {
  region: string;
  name: string;
  arn: string;
  /** The ID of the version labeled `AWSCURRENT`. */
  versionId?: string;
  /** When that version was stored; absent where its value was not read. */
  storedAt?: Date;
  /** The ID of the version labeled `AWSPREVIOUS`, if there is one. */
  previousId?: string;
  content: SecretContent;
  /** Set where the value could not be decrypted, so that `content` says nothing. */
  hidden?: true;
  /** When the secret was made. */
  createdAt?: Date;
  /** Set while the secret is scheduled for deletion; its value cannot be read until it is restored. */
  deletedAt?: Date;
  /** The AWS service that owns the secret, if one does. */
  ownedBy?: string;
  /** The Region of the primary secret, when this one is a replica. */
  replicaOf?: string;
  /** The Regions in which the secret has replicas, which get every new value too; absent when there are none. */
  replicas?: string[];
  /** The CloudFormation stack that the secret belongs to, if it belongs to one. */
  stack?: string;
  /** Whether this program made it, as its tag says. */
  own: boolean;
  /** What kind of key it holds, as its tag says. */
  keyType?: KeyType;
  /** Set on a secret that this program made and that has not been changed since. */
  pristine?: true;
  rotates: boolean;
  /** The customer-managed KMS key, as the secret names it (ARN, ID or alias); absent for `aws/secretsmanager`. */
  kmsKeyId?: string;
  /** The secret's resource policy as JSON text, if it has one. */
  resourcePolicy?: string;
  /** Why that policy could not be read, as of a replica in a Region in which the caller has fewer permissions. */
  policyHidden?: Failure;
}

/** What is known of a secret that is to be read. */
export interface Reading {
  /** That it surely exists: then all reads go out at once, instead of the first one ahead. */
  known?: boolean;
  /** Its current value, read a moment ago with those of many others. */
  value?: CurrentValue;
  /** Whether its resource policy is read too; it is when left out. */
  withPolicy?: boolean;
}

/**
 * Reads a secret with its current value and its resource policy. That is not asked for where the description shows that there
 * can be none: AWS answers 50 such requests a second, and thousands of the others.
 */
export async function readSecret(
  aws: Aws,
  region: string,
  id: string,
  { known = false, value, withPolicy = true }: Reading = {},
): Promise<SecretState | undefined> {
  const describing = describeSecret(aws, region, id);
  const rest = known ? contentAndPolicy(aws, region, id, { withPolicy }) : undefined;
  // The description decides; a failure of the others counts only once it is known that the secret is there.
  rest?.catch(() => undefined);
  const found = await describing;
  if (!found || found.deletedAt) return found;
  const how = { value, withPolicy: withPolicy && mayHavePolicy(found), kmsKeyId: found.kmsKeyId };
  try {
    return { ...found, ...(await (rest ?? contentAndPolicy(aws, region, found.arn, how))) };
  } catch (error) {
    const isOfReplica = found.replicaOf !== undefined && how.withPolicy;
    if (isOfReplica && error instanceof Failure && error.awsAction === POLICY_ACTION) {
      const bare = await contentAndPolicy(aws, region, found.arn, { ...how, withPolicy: false });
      return { ...found, ...bare, policyHidden: error };
    }
    if (!hasAwsCode(error, 'InvalidRequestException')) throw error;
    // It was scheduled for deletion between the two looks, and then its value cannot be read.
    const now = await describeSecret(aws, region, id);
    if (!now?.deletedAt) throw error;
    return now;
  }
}

/** A secret as its description has it: without its value and its resource policy. */
export async function describeSecret(aws: Aws, region: string, id: string): Promise<SecretState | undefined> {
  const description = await describe(aws, region, id);
  return description?.ARN ? fromDescription(description, description.ARN, region, id) : undefined;
}

/** Returns whether a secret exists, without reading its value. */
export async function secretExists(aws: Aws, region: string, id: string, limitMs: number): Promise<boolean> {
  return (await describe(aws, region, id, { limitMs })) !== undefined;
}

function describe(
  aws: Aws,
  region: string,
  id: string,
  limit: { limitMs?: number } = {},
): Promise<DescribeSecretResponse | undefined> {
  return orAbsent(
    aws.call({ action: 'secretsmanager:DescribeSecret', resource: id, region, ...limit }, (options) =>
      aws.clients.secretsManager(region).send(new DescribeSecretCommand({ SecretId: id }), options),
    ),
  );
}

async function contentAndPolicy(
  aws: Aws,
  region: string,
  id: string,
  {
    value,
    withPolicy,
    kmsKeyId,
  }: { value?: CurrentValue | undefined; withPolicy: boolean; kmsKeyId?: string | undefined },
) {
  const [{ arn: _, ...current }, resourcePolicy] = await Promise.all([
    value ?? readValue(aws, region, id, kmsKeyId),
    withPolicy ? readResourcePolicy(aws, region, id) : undefined,
  ]);
  return { ...current, ...(resourcePolicy ? { resourcePolicy } : {}) };
}

/**
 * Whether a secret may have a resource policy: what nobody has changed since this program made it has none, as what makes a
 * secret cannot give it one (Secrets Manager API reference, `CreateSecret`).
 */
export function mayHavePolicy({ pristine }: Pick<SecretState, 'pristine'>): boolean {
  return pristine !== true;
}

/** The resource policy of a secret as JSON text, if it has one. */
export async function readResourcePolicy(aws: Aws, region: string, id: string): Promise<string | undefined> {
  const answer = await orAbsent(
    aws.call({ action: POLICY_ACTION, resource: id, region }, (options) =>
      aws.clients.secretsManager(region).send(new GetResourcePolicyCommand({ SecretId: id }), options),
    ),
  );
  return answer?.ResourcePolicy;
}

function fromDescription(
  secret: DescribeSecretResponse,
  arn: string,
  region: string,
  id: string,
): SecretState {
  const replicas = (secret.ReplicationStatus ?? []).flatMap(({ Region, Status }) =>
    Region && Status !== 'Failed' ? [Region] : [],
  );
  const stack = stackOf(secret.Tags);
  const keyType = keyTypeOf(secret.Tags);
  const labels = Object.entries(secret.VersionIdsToStages ?? {});
  const [versionId] = labels.find(([, stages]) => stages.includes('AWSCURRENT')) ?? [];
  const [previousId] = labels.find(([, stages]) => stages.includes('AWSPREVIOUS')) ?? [];
  return {
    region,
    name: secret.Name ?? id,
    arn,
    content: { kind: 'none' },
    own: isOwn(secret.Tags),
    ...(isPristine(secret) ? { pristine: true } : {}),
    rotates: secret.RotationEnabled ?? false,
    ...(secret.CreatedDate ? { createdAt: secret.CreatedDate } : {}),
    ...(secret.DeletedDate ? { deletedAt: secret.DeletedDate } : {}),
    ...(secret.OwningService ? { ownedBy: secret.OwningService } : {}),
    ...(secret.PrimaryRegion && secret.PrimaryRegion !== region ? { replicaOf: secret.PrimaryRegion } : {}),
    ...(replicas.length > 0 ? { replicas } : {}),
    ...(stack ? { stack } : {}),
    ...(keyType ? { keyType } : {}),
    ...(versionId ? { versionId } : {}),
    ...(previousId ? { previousId } : {}),
    ...(isCustomerKey(secret.KmsKeyId) ? { kmsKeyId: secret.KmsKeyId } : {}),
  };
}

/**
 * Returns whether this program made a secret and nobody has changed it since. AWS notes when a secret was last "modified in any way"
 * (Secrets Manager API reference, `DescribeSecret` and `SecretListEntry`).
 */
export function isPristine({
  Tags,
  CreatedDate,
  LastChangedDate,
}: Pick<DescribeSecretResponse, 'Tags' | 'CreatedDate' | 'LastChangedDate'>): boolean {
  return Boolean(CreatedDate && LastChangedDate && isOwn(Tags)) && isMadeWith(CreatedDate, LastChangedDate);
}

/** Whether a change to a secret, such as a version, is of its making. To make one takes AWS some milliseconds. */
export function isMadeWith(created: Date | undefined, changed: Date | undefined): boolean {
  return (changed?.getTime() ?? 0) - (created?.getTime() ?? 0) < 100;
}

/** Whether a secret names a customer-managed KMS key, and not AWS's own `aws/secretsmanager` or none. */
export function isCustomerKey(kmsKeyId: string | undefined): kmsKeyId is string {
  return Boolean(kmsKeyId) && !/alias\/aws\/secretsmanager$/.test(kmsKeyId ?? '');
}
