import {
  BatchGetSecretValueCommand,
  GetSecretValueCommand,
  type SecretValueEntry,
} from '@aws-sdk/client-secrets-manager';
import { KeyMaterial } from '../../key/index.ts';
import { type Aws, orAbsent } from '../session.ts';

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

/** @param kmsKeyId the customer-managed KMS key that the secret names, where that is known: a denial is told with it */
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

/** A value as AWS answers it, alone or among others; or that there is none. */
function toCurrentValue(value: SecretValueEntry | undefined): CurrentValue {
  return {
    content: contentOf(value),
    ...(value?.VersionId ? { versionId: value.VersionId } : {}),
    ...(value?.CreatedDate ? { storedAt: value.CreatedDate } : {}),
    ...(value?.ARN ? { arn: value.ARN } : {}),
  };
}

/** What a batch tells of secrets, by the names or ARNs that were asked for. The others could not be read in it. */
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
