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

/** A secret as the list of secrets shows it. Listing does not count as reading its value. */
export interface ListedSecret {
  region: string;
  name: string;
  arn: string;
  description?: string;
  /** Whether this program made it, as its tag says. */
  own: boolean;
  /** What kind of key it holds, as its tag says. */
  keyType?: KeyType;
  /** Set on a secret that this program made and that has not been changed since. */
  pristine?: true;
  /** The other tags, without those of AWS. */
  tags: Tag[];
  /** Set while the secret is scheduled for deletion. */
  deletedAt?: Date;
  /** The Region of the primary secret, when this one is a replica. */
  replicaOf?: string;
  rotates: boolean;
  /** Whether one of its versions is labeled `AWSCURRENT`. */
  current: boolean;
  /** When anything about the secret was last changed, its tags and description too. */
  changedAt?: Date;
  /** The day on which the value was last read, at 0:00 UTC; absent if it never was. */
  readAt?: Date;
  /** The customer-managed KMS key, as the secret names it (ARN, ID or alias); absent for `aws/secretsmanager`. */
  kmsKeyId?: string;
}

/**
 * All secrets of a Region, page by page, the oldest first unless the order says otherwise; those scheduled for deletion only where
 * they are asked for.
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
 * The same of one secret, by its ARN or its name; `undefined` when it is not there. For what a list does not show: lists may be five
 * minutes behind (Secrets Manager API reference, `ListSecrets`).
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
      ...(keyType ? { keyType } : {}),
      ...(isPristine(entry) ? { pristine: true } : {}),
      ...(Description ? { description: Description } : {}),
      ...(DeletedDate ? { deletedAt: DeletedDate } : {}),
      ...(PrimaryRegion && PrimaryRegion !== region ? { replicaOf: PrimaryRegion } : {}),
      ...(LastChangedDate ? { changedAt: LastChangedDate } : {}),
      ...(LastAccessedDate ? { readAt: LastAccessedDate } : {}),
      ...(isCustomerKey(entry.KmsKeyId) ? { kmsKeyId: entry.KmsKeyId } : {}),
    },
  ];
}

const CURRENT = 'AWSCURRENT';

/** The newest secrets of a Region, at most `limit` of them (the wizard offers them, and thousands are no choice). */
export async function listSecrets(aws: Aws, region: string, limit: number): Promise<ListedSecret[]> {
  const found: ListedSecret[] = [];
  for await (const { items } of secretPages(aws, region, { order: 'desc' })) {
    found.push(...items);
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}
