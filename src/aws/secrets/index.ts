import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
  GetResourcePolicyCommand,
  type SecretListEntry,
} from '@aws-sdk/client-secrets-manager';
import { Failure, hasAwsCode } from '../../failure.ts';
import type { KeyType } from '../../key/index.ts';
import { type Aws, orAbsent } from '../session.ts';
import { hasToolTag, keyTypeOf, stackOf } from '../tags.ts';
import { type CurrentValue, readValue, type SecretContent, type Stage } from './versions.ts';

const POLICY_ACTION = 'secretsmanager:GetResourcePolicy';

/** The metadata of a secret that both `DescribeSecret` and `ListSecrets` return. */
export interface SecretMetadata {
  region: string;
  /** Set while the secret is scheduled for deletion. Its value can't be read until it is restored. */
  deletedAt?: Date;
  /** The Region of the primary secret, if this is a replica. */
  primaryRegion?: string;
  /** True if this program created the secret, according to its tag. */
  hasToolTag: boolean;
  /** The key type, according to the secret's tag. */
  keyType?: KeyType;
  /** Set if this program created the secret and it hasn't changed since. */
  unchangedSinceCreation?: true;
  rotationEnabled: boolean;
  /** The customer managed KMS key, as the secret names it (ARN, ID or alias). Absent for `aws/secretsmanager`. */
  kmsKeyId?: string;
}

/** A secret in one Region. */
export interface SecretState extends SecretMetadata {
  name: string;
  arn: string;
  /** The ID of the version labeled `AWSCURRENT`. */
  versionId?: string;
  /** When the version labeled `AWSCURRENT` was stored. Absent if its value was not read. */
  storedAt?: Date;
  /** The ID of the version labeled `AWSPREVIOUS`, if any. */
  previousVersionId?: string;
  content: SecretContent;
  /** Set if the value could not be decrypted, so `content` is meaningless. */
  undecryptable?: true;
  createdAt?: Date;
  /** The AWS service that owns the secret, if any. */
  owningService?: string;
  /** The Regions of the secret's replicas, which also get every new value. Absent if there are none. */
  replicas?: string[];
  /** The CloudFormation stack that the secret belongs to, if any. */
  stack?: string;
  /** The secret's resource policy as JSON text, if any. */
  resourcePolicy?: string;
  /** Why the resource policy could not be read, for example because the caller has fewer permissions in a replica's Region. */
  resourcePolicyFailure?: Failure;
}

/** What the caller already knows of a secret, and what to read of it. */
export interface SecretReadOptions {
  /** True if the secret is known to exist. All reads are then sent at once, instead of waiting for `DescribeSecret`. */
  exists?: boolean;
  /** The current value of the secret, if it was just read in a batch. */
  value?: CurrentValue;
  /** False to skip the secret's resource policy. Default: true. */
  withPolicy?: boolean;
}

/**
 * Reads a secret with its current value and its resource policy. Skips the resource policy if `DescribeSecret` shows that there
 * can be none: AWS allows 50 `GetResourcePolicy` requests a second, but thousands of the others.
 */
export async function readSecret(
  aws: Aws,
  region: string,
  id: string,
  { exists = false, value, withPolicy = true }: SecretReadOptions = {},
): Promise<SecretState | undefined> {
  const description = describeSecret(aws, region, id);
  const earlyContent = exists ? contentAndPolicy(aws, region, id, { withPolicy }) : undefined;
  // A failure of these reads counts only if the secret exists, so it is thrown where they are awaited.
  earlyContent?.catch(() => undefined);
  const found = await description;
  if (!found || found.deletedAt) return found;
  const contentOptions = {
    value,
    withPolicy: withPolicy && mayHaveResourcePolicy(found),
    kmsKeyId: found.kmsKeyId,
  };
  try {
    const content = await (earlyContent ?? contentAndPolicy(aws, region, found.arn, contentOptions));
    return withContent(found, content);
  } catch (error) {
    const isReplicaPolicy = found.primaryRegion !== undefined && contentOptions.withPolicy;
    if (isReplicaPolicy && error instanceof Failure && error.awsAction === POLICY_ACTION) {
      const withoutPolicy = { ...contentOptions, withPolicy: false };
      const content = await contentAndPolicy(aws, region, found.arn, withoutPolicy);
      return { ...withContent(found, content), resourcePolicyFailure: error };
    }
    if (!hasAwsCode(error, 'InvalidRequestException')) throw error;
    // The value can't be read if the secret was scheduled for deletion after the first read.
    const foundAgain = await describeSecret(aws, region, id);
    if (!foundAgain?.deletedAt) throw error;
    return foundAgain;
  }
}

/** Adds the content to a description. If the value is not visible yet, only the description has the version ID. */
function withContent(found: SecretState, content: Awaited<ReturnType<typeof contentAndPolicy>>): SecretState {
  return { ...found, ...content, versionId: content.versionId ?? found.versionId };
}

/** Reads a secret without its value and its resource policy. Returns undefined if it doesn't exist. */
export async function describeSecret(aws: Aws, region: string, id: string): Promise<SecretState | undefined> {
  const response = await requestDescription(aws, region, id);
  return response?.ARN ? toSecret(response, response.ARN, region, id) : undefined;
}

/** Returns true if a secret exists, without reading its value. */
export async function secretExists(aws: Aws, region: string, id: string, limitMs: number): Promise<boolean> {
  return (await requestDescription(aws, region, id, { limitMs })) !== undefined;
}

/** Returns the response of `DescribeSecret`; undefined if the secret doesn't exist. */
export function requestDescription(
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
  { value, withPolicy, kmsKeyId }: { value?: CurrentValue; withPolicy: boolean; kmsKeyId?: string },
) {
  const [{ arn: _arn, ...currentValue }, resourcePolicy] = await Promise.all([
    value ?? readValue(aws, region, id, kmsKeyId),
    withPolicy ? readResourcePolicy(aws, region, id) : undefined,
  ]);
  return { ...currentValue, resourcePolicy: resourcePolicy || undefined };
}

/**
 * Returns true if a secret may have a resource policy. A secret that this program created has none unless it was changed later,
 * because `CreateSecret` can't set one (Secrets Manager API reference).
 */
export function mayHaveResourcePolicy(secret: Pick<SecretState, 'unchangedSinceCreation'>): boolean {
  return secret.unchangedSinceCreation !== true;
}

/** Returns the resource policy of a secret as JSON text, if any. */
export async function readResourcePolicy(aws: Aws, region: string, id: string): Promise<string | undefined> {
  const response = await orAbsent(
    aws.call({ action: POLICY_ACTION, resource: id, region }, (options) =>
      aws.clients.secretsManager(region).send(new GetResourcePolicyCommand({ SecretId: id }), options),
    ),
  );
  return response?.ResourcePolicy;
}

function toSecret(secret: DescribeSecretResponse, arn: string, region: string, id: string): SecretState {
  const replicas = (secret.ReplicationStatus ?? []).flatMap(({ Region, Status }) =>
    Region && Status !== 'Failed' ? [Region] : [],
  );
  const stagesByVersion = Object.entries(secret.VersionIdsToStages ?? {});
  const versionLabeled = (stage: Stage) => stagesByVersion.find(([, stages]) => stages.includes(stage))?.[0];
  return {
    ...metadataOf(secret, region),
    name: secret.Name ?? id,
    arn,
    content: { kind: 'none' },
    createdAt: secret.CreatedDate,
    owningService: secret.OwningService || undefined,
    replicas: replicas.length > 0 ? replicas : undefined,
    stack: stackOf(secret.Tags),
    versionId: versionLabeled('AWSCURRENT'),
    previousVersionId: versionLabeled('AWSPREVIOUS'),
  };
}

export function metadataOf(secret: DescribeSecretResponse | SecretListEntry, region: string): SecretMetadata {
  const { Tags, PrimaryRegion, KmsKeyId } = secret;
  return {
    region,
    deletedAt: secret.DeletedDate,
    primaryRegion: PrimaryRegion && PrimaryRegion !== region ? PrimaryRegion : undefined,
    hasToolTag: hasToolTag(Tags),
    keyType: keyTypeOf(Tags),
    unchangedSinceCreation: isUnchangedSinceCreation(secret) || undefined,
    rotationEnabled: secret.RotationEnabled ?? false,
    kmsKeyId: isCustomerKey(KmsKeyId) ? KmsKeyId : undefined,
  };
}

/**
 * Returns true if this program created a secret and it hasn't changed since. AWS records when a secret was last "modified in any
 * way" (Secrets Manager API reference, `DescribeSecret` and `SecretListEntry`).
 */
function isUnchangedSinceCreation(secret: DescribeSecretResponse | SecretListEntry): boolean {
  const { Tags, CreatedDate, LastChangedDate } = secret;
  if (!CreatedDate || !LastChangedDate || !hasToolTag(Tags)) return false;
  return isPartOfCreation(CreatedDate, LastChangedDate);
}

/** Returns true if a change to a secret, such as a new version, belongs to its creation, which takes AWS a few milliseconds. */
export function isPartOfCreation(created: Date | undefined, changed: Date | undefined): boolean {
  return (changed?.getTime() ?? 0) - (created?.getTime() ?? 0) < 100;
}

/** Returns true for a customer managed KMS key, rather than `aws/secretsmanager` or none. */
function isCustomerKey(kmsKeyId: string | undefined): kmsKeyId is string {
  return Boolean(kmsKeyId) && !/alias\/aws\/secretsmanager$/.test(kmsKeyId ?? '');
}
