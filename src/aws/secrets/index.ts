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

/** A secret in one Region. */
export interface SecretState {
  region: string;
  name: string;
  arn: string;
  /** The ID of the version labeled `AWSCURRENT`. */
  versionId?: string;
  /** When that version was stored. Absent if its value was not read. */
  storedAt?: Date;
  /** The ID of the version labeled `AWSPREVIOUS`, if any. */
  previousId?: string;
  content: SecretContent;
  /** Set if the value could not be decrypted, so `content` is meaningless. */
  hidden?: true;
  /** When the secret was created. */
  createdAt?: Date;
  /** Set while the secret is scheduled for deletion. Its value can't be read until it is restored. */
  deletedAt?: Date;
  /** The AWS service that owns the secret, if any. */
  ownedBy?: string;
  /** The Region of the primary secret, if this is a replica. */
  replicaOf?: string;
  /** The Regions of the secret's replicas, which also get every new value. Absent if there are none. */
  replicas?: string[];
  /** The CloudFormation stack that the secret belongs to, if any. */
  stack?: string;
  /** True if this program created it, according to its tag. */
  own: boolean;
  /** The key type, according to its tag. */
  keyType?: KeyType;
  /** Set if this program created the secret and it hasn't changed since. */
  pristine?: true;
  rotates: boolean;
  /** The customer managed KMS key, as the secret names it (ARN, ID or alias). Absent for `aws/secretsmanager`. */
  kmsKeyId?: string;
  /** The secret's resource policy as JSON text, if any. */
  resourcePolicy?: string;
  /** Why the resource policy could not be read, for example because the caller has fewer permissions in a replica's Region. */
  policyHidden?: Failure;
}

/** What is already known of a secret, and what to read of it. */
export interface Reading {
  /** True if the secret exists for certain. All reads are then sent at once, instead of after the first one. */
  known?: boolean;
  /** Its current value, which was just read together with others. */
  value?: CurrentValue;
  /** False to skip its resource policy. Default: true. */
  withPolicy?: boolean;
}

/**
 * Reads a secret with its current value and its resource policy. Skips the policy if the description shows that there can be
 * none: AWS allows 50 such requests a second, but thousands of the others.
 */
export async function readSecret(
  aws: Aws,
  region: string,
  id: string,
  { known = false, value, withPolicy = true }: Reading = {},
): Promise<SecretState | undefined> {
  const describing = describeSecret(aws, region, id);
  const rest = known ? contentAndPolicy(aws, region, id, { withPolicy }) : undefined;
  // The description comes first. A failure of the other reads counts only if the secret exists.
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
    // If it was scheduled for deletion between the two reads, its value can't be read.
    const now = await describeSecret(aws, region, id);
    if (!now?.deletedAt) throw error;
    return now;
  }
}

/** Returns a secret from its description, without its value and its resource policy. */
export async function describeSecret(aws: Aws, region: string, id: string): Promise<SecretState | undefined> {
  const description = await describe(aws, region, id);
  return description?.ARN ? fromDescription(description, description.ARN, region, id) : undefined;
}

/** Returns true if a secret exists, without reading its value. */
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
  }: { value?: CurrentValue; withPolicy: boolean; kmsKeyId?: string | undefined },
) {
  const [{ arn: _, ...current }, resourcePolicy] = await Promise.all([
    value ?? readValue(aws, region, id, kmsKeyId),
    withPolicy ? readResourcePolicy(aws, region, id) : undefined,
  ]);
  return { ...current, resourcePolicy: resourcePolicy || undefined };
}

/**
 * Returns true if a secret may have a resource policy. A secret that this program created has none unless it was changed, because
 * creating a secret can't set one (Secrets Manager API reference, `CreateSecret`).
 */
export function mayHavePolicy({ pristine }: Pick<SecretState, 'pristine'>): boolean {
  return pristine !== true;
}

/** Returns the resource policy of a secret as JSON text, if any. */
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
    pristine: isPristine(secret) || undefined,
    rotates: secret.RotationEnabled ?? false,
    createdAt: secret.CreatedDate,
    deletedAt: secret.DeletedDate,
    ownedBy: secret.OwningService || undefined,
    replicaOf: secret.PrimaryRegion && secret.PrimaryRegion !== region ? secret.PrimaryRegion : undefined,
    replicas: replicas.length > 0 ? replicas : undefined,
    stack,
    keyType,
    versionId,
    previousId,
    kmsKeyId: isCustomerKey(secret.KmsKeyId) ? secret.KmsKeyId : undefined,
  };
}

/**
 * Returns true if this program created a secret and it hasn't changed since. AWS records when a secret was last "modified in any
 * way" (Secrets Manager API reference, `DescribeSecret` and `SecretListEntry`).
 */
export function isPristine({
  Tags,
  CreatedDate,
  LastChangedDate,
}: Pick<DescribeSecretResponse, 'Tags' | 'CreatedDate' | 'LastChangedDate'>): boolean {
  return Boolean(CreatedDate && LastChangedDate && isOwn(Tags)) && isMadeWith(CreatedDate, LastChangedDate);
}

/** Returns true if a change to a secret, such as a version, is part of its creation, which takes AWS a few milliseconds. */
export function isMadeWith(created: Date | undefined, changed: Date | undefined): boolean {
  return (changed?.getTime() ?? 0) - (created?.getTime() ?? 0) < 100;
}

/** Returns true if a secret uses a customer managed KMS key, rather than `aws/secretsmanager` or none. */
export function isCustomerKey(kmsKeyId: string | undefined): kmsKeyId is string {
  return Boolean(kmsKeyId) && !/alias\/aws\/secretsmanager$/.test(kmsKeyId ?? '');
}
