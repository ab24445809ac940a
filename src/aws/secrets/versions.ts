import {
  BatchGetSecretValueCommand,
  GetSecretValueCommand,
  type GetSecretValueResponse,
  ListSecretVersionIdsCommand,
  type SecretValueEntry,
  type SecretVersionsListEntry,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { hasAwsCode } from '../../failure.ts';
import { KeyMaterial } from '../../key/index.ts';
import { type Page, pages } from '../requests/concurrency.ts';
import { type Aws, orAbsent } from '../session.ts';

/** The staging labels that Secrets Manager itself moves (User Guide, "What's in a Secrets Manager secret?"). */
export type Stage = 'AWSCURRENT' | 'AWSPREVIOUS';

/** A version of a secret that has a staging label. */
export interface StagedVersion {
  versionId: string;
  /** When the version was created. Its label may be newer. */
  createdAt: Date;
  /** Absent if the value is binary. */
  key?: KeyMaterial;
}

/** Identifies a secret in one Region. */
export interface SecretLocation {
  region: string;
  arn: string;
}

/** Reads the version of a secret that has the staging label; undefined if there is none. */
export async function readStagedVersion(
  aws: Aws,
  { region, arn }: SecretLocation,
  stage: Stage,
): Promise<StagedVersion | undefined> {
  const command = new GetSecretValueCommand({ SecretId: arn, VersionStage: stage });
  const request = { action: 'secretsmanager:GetSecretValue', resource: arn, region };
  const value = await orAbsent(
    aws.call(request, (options) => aws.clients.secretsManager(region).send(command, options)),
  );
  return value && toVersion(value);
}

function toVersion(value: GetSecretValueResponse): StagedVersion | undefined {
  const { VersionId: versionId, CreatedDate, SecretString } = value;
  if (versionId === undefined) return undefined;
  const key = SecretString === undefined ? undefined : KeyMaterial.from(SecretString);
  return { versionId, createdAt: CreatedDate ?? new Date(0), key };
}

/** A version of a secret from its list of versions, without its value. */
export interface ListedVersion {
  versionId: string;
  createdAt: Date;
  /** The version's staging labels. Empty for a version that has been replaced twice. */
  stages: string[];
}

/** Lists all versions of a secret, including those without a label. */
export async function listSecretVersions(aws: Aws, secret: SecretLocation): Promise<ListedVersion[]> {
  const versions: ListedVersion[] = [];
  for await (const { items } of versionPages(aws, secret, { IncludeDeprecated: true })) {
    for (const { VersionId: versionId, CreatedDate, VersionStages: stages = [] } of items) {
      // A version without a date could be arbitrarily new, so skip it.
      if (versionId !== undefined && CreatedDate)
        versions.push({ versionId, createdAt: CreatedDate, stages });
    }
  }
  return versions;
}

/** The version labeled `AWSCURRENT` from the list of versions, without its value. */
export interface CurrentVersion {
  /** When the version was stored. Absent if AWS doesn't say. */
  createdAt?: Date;
  /**
   * The KMS keys that encrypt the version, as AWS writes them: ARNs, or `DefaultEncryptionKey` for the AWS managed key. Absent if
   * AWS doesn't name them.
   */
  kmsKeyIds?: string[];
}

/** Returns the current version of a secret; undefined if it has none. Listing versions doesn't count as reading a value. */
export async function readCurrentVersion(
  aws: Aws,
  secret: SecretLocation,
): Promise<CurrentVersion | undefined> {
  for await (const { items } of versionPages(aws, secret)) {
    const current = items.find(({ VersionStages = [] }) => VersionStages.includes('AWSCURRENT'));
    if (!current) continue;
    const { CreatedDate: createdAt, KmsKeyIds: kmsKeyIds = [] } = current;
    return { createdAt, kmsKeyIds: kmsKeyIds.length > 0 ? kmsKeyIds : undefined };
  }
  return undefined;
}

/** Returns the versions of a secret, page by page. Versions without a staging label require `IncludeDeprecated`. */
function versionPages(
  aws: Aws,
  { region, arn }: SecretLocation,
  filter: { IncludeDeprecated?: true } = {},
): AsyncGenerator<Page<SecretVersionsListEntry>> {
  const request = { action: 'secretsmanager:ListSecretVersionIds', resource: arn, region };
  return pages(async (token) => {
    const input = { SecretId: arn, ...filter, MaxResults: 100, NextToken: token };
    const page = await aws.call(request, (options) =>
      aws.clients.secretsManager(region).send(new ListSecretVersionIdsCommand(input), options),
    );
    return { items: page.Versions ?? [], next: page.NextToken };
  });
}

/**
 * Makes the version `to` the current one. Secrets Manager then labels the version `from` as `AWSPREVIOUS`. Returns false if
 * `from` is no longer the current version: AWS moves the label from exactly that version or not at all.
 */
export async function makeCurrent(
  aws: Aws,
  { region, arn }: SecretLocation,
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

/** The value of a secret: text, which is wrapped immediately so that it can't be printed; binary; or no current value. */
export type SecretContent = { kind: 'text'; key: KeyMaterial } | { kind: 'binary' } | { kind: 'none' };

/** The current value of a secret, and its ARN. Reading it updates the secret's date of last access. */
export interface CurrentValue {
  content: SecretContent;
  versionId?: string;
  /** When the current version was stored. */
  storedAt?: Date;
  arn?: string;
}

/**
 * Reads the current value of a secret. `kind: 'none'` if the secret doesn't exist or has no current value.
 * @param kmsKeyId the customer managed KMS key of the secret, if known, for the message about a denial
 */
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

/** Converts a value from a single or a batch read. @param value undefined if the secret has no value */
function toCurrentValue(value: SecretValueEntry | undefined): CurrentValue {
  return {
    content: contentOf(value),
    versionId: value?.VersionId || undefined,
    storedAt: value?.CreatedDate || undefined,
    arn: value?.ARN || undefined,
  };
}

/** The results of a batch read. A secret that is neither in `values` nor in `absentIds` could not be read in the batch. */
export interface BatchValues {
  /** Current values, by name and by ARN. */
  values: ReadonlyMap<string, CurrentValue>;
  /** Secrets that don't exist, by the name or ARN in the request. */
  absentIds: ReadonlySet<string>;
}

/** Secrets Manager's message if a secret doesn't exist. One that has no value causes the same error code. */
const NO_SECRET = /^Secrets Manager can't find the specified secret\.$/;

/** Reads the current values of several secrets in one request. This updates the secrets' dates of last access. */
export async function readValues(aws: Aws, region: string, ids: readonly string[]): Promise<BatchValues> {
  const command = new BatchGetSecretValueCommand({ SecretIdList: [...new Set(ids)] });
  const request = { action: 'secretsmanager:BatchGetSecretValue', resource: '*', region };
  const response = await aws.call(request, (options) =>
    aws.clients.secretsManager(region).send(command, options),
  );
  const values = new Map<string, CurrentValue>();
  for (const entry of response.SecretValues ?? []) {
    const value = toCurrentValue(entry);
    for (const id of [entry.Name, entry.ARN]) if (id) values.set(id, value);
  }
  const absentErrors = (response.Errors ?? []).filter(
    ({ ErrorCode, Message = '' }) => ErrorCode === 'ResourceNotFoundException' && NO_SECRET.test(Message),
  );
  return { values, absentIds: new Set(absentErrors.map(({ SecretId = '' }) => SecretId)) };
}

function contentOf(value: SecretValueEntry | undefined): SecretContent {
  if (value?.SecretString !== undefined) return { kind: 'text', key: KeyMaterial.from(value.SecretString) };
  return { kind: value?.SecretBinary === undefined ? 'none' : 'binary' };
}
