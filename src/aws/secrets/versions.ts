import {
  BatchGetSecretValueCommand,
  GetSecretValueCommand,
  type GetSecretValueResponse,
  ListSecretVersionIdsCommand,
  type SecretValueEntry,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { hasAwsCode } from '../../failure.ts';
import { KeyMaterial } from '../../key/index.ts';
import { pages } from '../requests/concurrency.ts';
import { type Aws, orAbsent } from '../session.ts';

/** The staging labels that Secrets Manager itself moves (User Guide, "What's in a Secrets Manager secret?"). */
export type Stage = 'AWSCURRENT' | 'AWSPREVIOUS';

/** A version of a secret that has a staging label. */
export interface StagedVersion {
  versionId: string;
  /** When the version was made, which is not when it got its label. */
  createdAt: Date;
  /** Absent when it holds bytes instead of text. */
  key?: KeyMaterial;
}

/** A secret, where it is asked about its versions. */
export interface SecretPlace {
  region: string;
  arn: string;
}

/** Reads the version of a secret with that label; nothing when no version has it. */
export async function readStage(
  aws: Aws,
  { region, arn }: SecretPlace,
  stage: Stage,
): Promise<StagedVersion | undefined> {
  const command = new GetSecretValueCommand({ SecretId: arn, VersionStage: stage });
  const request = { action: 'secretsmanager:GetSecretValue', resource: arn, region };
  const value = await orAbsent(
    aws.call(request, (options) => aws.clients.secretsManager(region).send(command, options)),
  );
  return value && toVersion(value);
}

function toVersion({
  VersionId,
  CreatedDate,
  SecretString,
}: GetSecretValueResponse): StagedVersion | undefined {
  if (VersionId === undefined) return undefined;
  return {
    versionId: VersionId,
    createdAt: CreatedDate ?? new Date(0),
    ...(SecretString === undefined ? {} : { key: KeyMaterial.from(SecretString) }),
  };
}

/** A version of a secret as the list of them has it: without its value. */
export interface ListedVersion {
  versionId: string;
  createdAt: Date;
  /** Its staging labels; none for a version that was replaced, and then another time. */
  stages: string[];
}

/** Lists all versions of a secret, those without a label too. */
export async function listVersions(aws: Aws, { region, arn }: SecretPlace): Promise<ListedVersion[]> {
  const request = { action: 'secretsmanager:ListSecretVersionIds', resource: arn, region };
  const all = pages(async (token) => {
    const command = new ListSecretVersionIdsCommand({
      SecretId: arn,
      IncludeDeprecated: true,
      MaxResults: 100,
      NextToken: token,
    });
    const page = await aws.call(request, (options) =>
      aws.clients.secretsManager(region).send(command, options),
    );
    return { items: page.Versions ?? [], next: page.NextToken };
  });
  const found: ListedVersion[] = [];
  for await (const { items } of all) {
    for (const { VersionId: versionId, CreatedDate, VersionStages: stages = [] } of items) {
      // One without a date may be as new as can be, and nothing can be said of it.
      if (versionId !== undefined && CreatedDate) found.push({ versionId, createdAt: CreatedDate, stages });
    }
  }
  return found;
}

/** The version labeled `AWSCURRENT` as the list of versions has it: without its value. */
export interface CurrentVersion {
  /** When it was stored; absent where AWS does not say. */
  createdAt?: Date;
  /**
   * The KMS keys that it is encrypted with, as AWS writes them: ARNs, or `DefaultEncryptionKey` for the AWS managed key; absent where
   * AWS does not name them.
   */
  kmsKeyIds?: string[];
}

/** Returns the current version of a secret; undefined when it has none. Listing versions does not count as reading a value. */
export async function readCurrentVersion(
  aws: Aws,
  { region, arn }: SecretPlace,
): Promise<CurrentVersion | undefined> {
  const request = { action: 'secretsmanager:ListSecretVersionIds', resource: arn, region };
  const all = pages(async (token) => {
    const command = new ListSecretVersionIdsCommand({ SecretId: arn, MaxResults: 100, NextToken: token });
    const page = await aws.call(request, (options) =>
      aws.clients.secretsManager(region).send(command, options),
    );
    return { items: page.Versions ?? [], next: page.NextToken };
  });
  for await (const { items } of all) {
    const current = items.find(({ VersionStages = [] }) => VersionStages.includes('AWSCURRENT'));
    if (!current) continue;
    const { CreatedDate: createdAt, KmsKeyIds: kmsKeyIds = [] } = current;
    return { ...(createdAt ? { createdAt } : {}), ...(kmsKeyIds.length > 0 ? { kmsKeyIds } : {}) };
  }
  return undefined;
}

/**
 * Makes another version the current one; Secrets Manager then labels the one before `AWSPREVIOUS`. Returns false if
 * the version that was the current one is not so any more: the label is moved from that very version or not at all.
 */
export async function makeCurrent(
  aws: Aws,
  { region, arn }: SecretPlace,
  { from, to }: { from: string; to: string },
): Promise<boolean> {
  const command = new UpdateSecretVersionStageCommand({
    SecretId: arn,
    VersionStage: 'AWSCURRENT',
    MoveToVersionId: to,
    RemoveFromVersionId: from,
  });
  const request = { action: 'secretsmanager:UpdateSecretVersionStage', resource: arn, region, change: true };
  try {
    await aws.call(request, (options) => aws.clients.secretsManager(region).send(command, options));
    return true;
  } catch (error) {
    if (hasAwsCode(error, 'InvalidParameterException')) return false;
    throw error;
  }
}

/** What a secret holds: text (wrapped at once), bytes, or no current value at all. */
export type SecretContent = { kind: 'text'; key: KeyMaterial } | { kind: 'binary' } | { kind: 'none' };

/** The current value of a secret, and the ARN of the secret that answered. This moves the secret's date of last access. */
export interface CurrentValue {
  content: SecretContent;
  versionId?: string;
  /** When that version was stored. */
  storedAt?: Date;
  arn?: string;
}

/** @param kmsKeyId the customer-managed KMS key that the secret names, where that is known: a denial names it */
export async function readValue(
  aws: Aws,
  region: string,
  id: string,
  kmsKeyId?: string,
): Promise<CurrentValue> {
  const value = await orAbsent(
    aws.call({ action: 'secretsmanager:GetSecretValue', resource: id, region, kmsKeyId }, (options) =>
      aws.clients.secretsManager(region).send(new GetSecretValueCommand({ SecretId: id }), options),
    ),
  );
  return toCurrentValue(value);
}

/** A value as AWS returns it, alone or among others; or that there is none. */
function toCurrentValue(value: SecretValueEntry | undefined): CurrentValue {
  return {
    content: contentOf(value),
    ...(value?.VersionId ? { versionId: value.VersionId } : {}),
    ...(value?.CreatedDate ? { storedAt: value.CreatedDate } : {}),
    ...(value?.ARN ? { arn: value.ARN } : {}),
  };
}

/** The results of a batch, by the names or ARNs that were requested. The others could not be read in it. */
export interface Values {
  found: ReadonlyMap<string, CurrentValue>;
  /** Those of which there is no secret. */
  absent: ReadonlySet<string>;
}

/** What Secrets Manager says when there is no secret, and not only no value of one. */
const NO_SECRET = /^Secrets Manager can't find the specified secret\.$/;

/** Reads the current values of several secrets with one request. This moves the secrets' dates of last access. */
export async function readValues(aws: Aws, region: string, ids: readonly string[]): Promise<Values> {
  const command = new BatchGetSecretValueCommand({ SecretIdList: [...new Set(ids)] });
  const request = { action: 'secretsmanager:BatchGetSecretValue', resource: '*', region };
  const answer = await aws.call(request, (options) =>
    aws.clients.secretsManager(region).send(command, options),
  );
  const found = new Map<string, CurrentValue>();
  for (const entry of answer.SecretValues ?? []) {
    const value = toCurrentValue(entry);
    for (const id of [entry.Name, entry.ARN]) if (id) found.set(id, value);
  }
  const absent = (answer.Errors ?? []).filter(
    ({ ErrorCode, Message = '' }) => ErrorCode === 'ResourceNotFoundException' && NO_SECRET.test(Message),
  );
  return { found, absent: new Set(absent.map(({ SecretId = '' }) => SecretId)) };
}

function contentOf(value: SecretValueEntry | undefined): SecretContent {
  if (value?.SecretString !== undefined) return { kind: 'text', key: KeyMaterial.from(value.SecretString) };
  return { kind: value?.SecretBinary === undefined ? 'none' : 'binary' };
}
