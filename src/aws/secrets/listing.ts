import {
  DescribeSecretCommand,
  ListSecretsCommand,
  type SecretListEntry,
  type SortOrderType,
} from '@aws-sdk/client-secrets-manager';
import type { KeyType } from '../../key/index.ts';
import { type Page, pages } from '../requests/concurrency.ts';
import { type Aws, orAbsent } from '../session.ts';
import { isOwn, keyTypeOf, type Tag, tagsOfUser } from '../tags.ts';
import { isCustomerKey, isPristine } from './index.ts';

/** A secret from the list of secrets. Listing doesn't count as reading its value. */
export interface ListedSecret {
  region: string;
  name: string;
  arn: string;
  description?: string;
  /** True if this program created it, according to its tag. */
  own: boolean;
  /** The key type, according to its tag. */
  keyType?: KeyType;
  /** Set if this program created the secret and it hasn't changed since. */
  pristine?: true;
  /** The other tags, without those of AWS. */
  tags: Tag[];
  /** Set while the secret is scheduled for deletion. */
  deletedAt?: Date;
  /** The Region of the primary secret, if this is a replica. */
  replicaOf?: string;
  rotates: boolean;
  /** True if it has a version labeled `AWSCURRENT`. */
  current: boolean;
  /** When anything in the secret was last changed, including tags and description. */
  changedAt?: Date;
  /** The day on which the value was last read, at 0:00 UTC. Absent if it never was. */
  readAt?: Date;
  /** The customer managed KMS key, as the secret names it (ARN, ID or alias). Absent for `aws/secretsmanager`. */
  kmsKeyId?: string;
}

/**
 * Returns all secrets of a Region, page by page, oldest first by default. Includes those scheduled for deletion only if `deleted`
 * is true.
 */
export function secretPages(
  aws: Aws,
  region: string,
  { deleted = false, order }: { deleted?: boolean; order?: SortOrderType } = {},
): AsyncGenerator<Page<ListedSecret>> {
  return pages(async (token) => {
    const input = { MaxResults: 100, NextToken: token, IncludePlannedDeletion: deleted, SortOrder: order };
    const request = { action: 'secretsmanager:ListSecrets', resource: '*', region };
    const answer = await aws.call(request, (options) =>
      aws.clients.secretsManager(region).send(new ListSecretsCommand(input), options),
    );
    const items = (answer.SecretList ?? []).flatMap((entry) => fromEntry(entry, region));
    return { items, next: answer.NextToken };
  });
}

/**
 * Returns one secret by ARN or name; undefined if it doesn't exist. For secrets that a list doesn't show yet: lists can be five
 * minutes out of date (Secrets Manager API reference, `ListSecrets`).
 */
export async function listedSecret(aws: Aws, region: string, id: string): Promise<ListedSecret | undefined> {
  const answer = await orAbsent(
    aws.call({ action: 'secretsmanager:DescribeSecret', resource: id, region }, (options) =>
      aws.clients.secretsManager(region).send(new DescribeSecretCommand({ SecretId: id }), options),
    ),
  );
  const { VersionIdsToStages: SecretVersionsToStages, ...rest } = answer ?? {};
  return fromEntry({ ...rest, SecretVersionsToStages }, region)[0];
}

function fromEntry(entry: SecretListEntry, region: string): ListedSecret[] {
  const { Name, ARN, Description, DeletedDate, LastChangedDate, LastAccessedDate, PrimaryRegion } = entry;
  if (!Name || !ARN) return [];
  const labels = Object.values(entry.SecretVersionsToStages ?? {}).flat();
  const keyType = keyTypeOf(entry.Tags);
  return [
    {
      region,
      name: Name,
      arn: ARN,
      own: isOwn(entry.Tags),
      tags: tagsOfUser(entry.Tags),
      rotates: entry.RotationEnabled ?? false,
      current: labels.includes(CURRENT),
      keyType,
      pristine: isPristine(entry) || undefined,
      description: Description || undefined,
      deletedAt: DeletedDate,
      replicaOf: PrimaryRegion && PrimaryRegion !== region ? PrimaryRegion : undefined,
      changedAt: LastChangedDate,
      readAt: LastAccessedDate,
      kmsKeyId: isCustomerKey(entry.KmsKeyId) ? entry.KmsKeyId : undefined,
    },
  ];
}

const CURRENT = 'AWSCURRENT';

/** Returns the newest secrets of a Region, at most `limit`, for the wizard's list of choices. */
export async function listSecrets(aws: Aws, region: string, limit: number): Promise<ListedSecret[]> {
  const found: ListedSecret[] = [];
  for await (const { items } of secretPages(aws, region, { order: 'desc' })) {
    found.push(...items);
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}
