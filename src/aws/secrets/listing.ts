import {
  DescribeSecretCommand,
  ListSecretsCommand,
  type SecretListEntry,
  type SortOrderType,
} from '@aws-sdk/client-secrets-manager';
import type { KeyType } from '../../key/index.ts';
import { type Page, pages } from '../requests/concurrency.ts';
import { type Aws, orAbsent } from '../session.ts';
import { hasToolTag, keyTypeOf, type Tag, userDefinedTags } from '../tags.ts';
import { isCustomerKey, isUnchangedSinceCreation } from './index.ts';

/** A secret from the list of secrets. Listing doesn't count as reading its value. */
export interface ListedSecret {
  region: string;
  name: string;
  arn: string;
  description?: string;
  /** True if this program created it, according to its tag. */
  hasToolTag: boolean;
  /** The key type, according to its tag. */
  keyType?: KeyType;
  /** Set if this program created the secret and it hasn't changed since. */
  unchangedSinceCreation?: true;
  /** The tags that neither this program nor AWS has set. */
  tags: Tag[];
  /** Set while the secret is scheduled for deletion. */
  deletedAt?: Date;
  /** The Region of the primary secret, if this is a replica. */
  replicaOf?: string;
  rotationEnabled: boolean;
  /** True if it has a version labeled `AWSCURRENT`. */
  hasCurrentVersion: boolean;
  /** When anything in the secret was last changed, including tags and description. */
  changedAt?: Date;
  /** The day on which the value was last read, at 0:00 UTC. Absent if it never was. */
  lastAccessedAt?: Date;
  /** The customer managed KMS key, as the secret names it (ARN, ID or alias). Absent for `aws/secretsmanager`. */
  kmsKeyId?: string;
}

/**
 * Returns all secrets of a Region, page by page, oldest first by default. Includes secrets scheduled for deletion only
 * if `withDeleted` is true.
 */
export function secretPages(
  aws: Aws,
  region: string,
  { withDeleted = false, order }: { withDeleted?: boolean; order?: SortOrderType } = {},
): AsyncGenerator<Page<ListedSecret>> {
  return pages(async (token) => {
    const input = {
      MaxResults: 100,
      NextToken: token,
      IncludePlannedDeletion: withDeleted,
      SortOrder: order,
    };
    const request = { action: 'secretsmanager:ListSecrets', resource: '*', region };
    const answer = await aws.call(request, (options) =>
      aws.clients.secretsManager(region).send(new ListSecretsCommand(input), options),
    );
    const items = (answer.SecretList ?? []).flatMap((entry) => toListedSecret(entry, region) ?? []);
    return { items, next: answer.NextToken };
  });
}

/**
 * Reads one secret by ARN or name; undefined if it doesn't exist. For secrets that `ListSecrets` doesn't show yet, because lists
 * can be five minutes out of date (Secrets Manager API reference, `ListSecrets`).
 */
export async function readListedSecret(
  aws: Aws,
  region: string,
  id: string,
): Promise<ListedSecret | undefined> {
  const answer = await orAbsent(
    aws.call({ action: 'secretsmanager:DescribeSecret', resource: id, region }, (options) =>
      aws.clients.secretsManager(region).send(new DescribeSecretCommand({ SecretId: id }), options),
    ),
  );
  // `DescribeSecret` returns the fields of a list entry, with another name for the labels.
  const { VersionIdsToStages: SecretVersionsToStages, ...otherFields } = answer ?? {};
  return toListedSecret({ ...otherFields, SecretVersionsToStages }, region);
}

/** Returns undefined for an entry without a name or an ARN. */
function toListedSecret(entry: SecretListEntry, region: string): ListedSecret | undefined {
  const { Name, ARN, Description, DeletedDate, LastChangedDate, LastAccessedDate, PrimaryRegion } = entry;
  if (!Name || !ARN) return undefined;
  const labels = Object.values(entry.SecretVersionsToStages ?? {}).flat();
  const keyType = keyTypeOf(entry.Tags);
  return {
    region,
    name: Name,
    arn: ARN,
    hasToolTag: hasToolTag(entry.Tags),
    tags: userDefinedTags(entry.Tags),
    rotationEnabled: entry.RotationEnabled ?? false,
    hasCurrentVersion: labels.includes('AWSCURRENT'),
    keyType,
    unchangedSinceCreation: isUnchangedSinceCreation(entry) || undefined,
    description: Description || undefined,
    deletedAt: DeletedDate,
    replicaOf: PrimaryRegion && PrimaryRegion !== region ? PrimaryRegion : undefined,
    changedAt: LastChangedDate,
    lastAccessedAt: LastAccessedDate,
    kmsKeyId: isCustomerKey(entry.KmsKeyId) ? entry.KmsKeyId : undefined,
  };
}

/** Returns the newest secrets of a Region, at most `limit`, for the wizard's list of choices. */
export async function listSecrets(
  aws: Aws,
  region: string,
  limit: number,
  prefix = '',
): Promise<ListedSecret[]> {
  const secrets: ListedSecret[] = [];
  for await (const { items } of secretPages(aws, region, { order: 'desc' })) {
    secrets.push(...items.filter(({ name }) => name.startsWith(prefix)));
    if (secrets.length >= limit) break;
  }
  return secrets.slice(0, limit);
}
