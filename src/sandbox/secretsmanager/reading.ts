import { AwsError } from '../errors.ts';
import { type Call, type Operations, operation, type Page } from '../service.ts';
import { type InputOf, list, number } from '../shapes.ts';
import { liveSecret } from './access.ts';
import { decryptWith } from './keys.ts';
import { filters, passesAll, secretPage } from './listing.ts';
import {
  invalidNextToken,
  invalidParameter,
  invalidRequest,
  nextToken,
  noValueFor,
  secretId,
  versionId,
  versionStage,
} from './members.ts';
import type { Secret, SecretVersion } from './store.ts';
import { CURRENT, demandVersion, keyOf, versionWith } from './versions.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MOST_IN_A_BATCH = 20;

const oneRead = { SecretId: secretId, VersionId: versionId, VersionStage: versionStage };

const batchRead = {
  SecretIdList: list(secretId, { min: 1, max: MOST_IN_A_BATCH }),
  Filters: filters,
  MaxResults: number({ min: 1, max: MOST_IN_A_BATCH }),
  NextToken: nextToken,
};

/**
 * The operations that read values. For each secret that cannot be read, a batch returns the error that GetSecretValue would
 * return. That includes a missing permission for that one secret or its key.
 * Source: BatchGetSecretValue in the Secrets Manager API reference.
 */
export const reading: Operations = {
  GetSecretValue: operation(oneRead, readValue),
  BatchGetSecretValue: operation(batchRead, (call, input, admit) => {
    const { items, next } = chosenIds(call, input);
    const SecretValues: object[] = [];
    const Errors: object[] = [];
    for (const SecretId of items) {
      try {
        admit({ SecretId }, 'GetSecretValue');
        SecretValues.push(readValue(call, { SecretId }));
      } catch (error) {
        if (!(error instanceof AwsError)) {
          throw error;
        }
        Errors.push({ SecretId, ErrorCode: error.code, Message: error.message });
      }
    }
    return { SecretValues, NextToken: next, Errors };
  }),
};

function readValue(call: Call, input: InputOf<typeof oneRead>): object {
  const secret = liveSecret(call, input.SecretId, 'GetSecretValue');
  const version = chosenVersion(secret, input.VersionId, input.VersionStage);
  decryptWith(call, keyOf(secret, version));
  noteAccess(call, secret, version);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    ...version.content,
    VersionStages: version.stages,
    CreatedDate: new Date(version.createdAt),
  };
}

/** Returns the secrets of a batch: those in the list as it names them, or the ARNs of a page of those that pass the filters. */
function chosenIds(call: Call, input: InputOf<typeof batchRead>): Page<string> {
  const { SecretIdList, Filters = [], MaxResults, NextToken } = input;
  if ((SecretIdList === undefined) === (Filters.length === 0)) {
    throw invalidParameter('You must include Filters or SecretIdList, but not both.');
  }
  if (SecretIdList === undefined) {
    const arns = call.world
      .secretsIn(call.region)
      .all(call.now)
      .filter((secret) => secret.deletedAt === undefined && passesAll(secret, Filters))
      .map(({ arn }) => arn);
    return secretPage(arns, NextToken, MaxResults ?? MOST_IN_A_BATCH);
  }
  if (MaxResults !== undefined) {
    throw invalidParameter('To use the MaxResults parameter, you must also use the Filters parameter.');
  }
  if (NextToken !== undefined) {
    throw invalidNextToken();
  }
  return { items: SecretIdList };
}

function chosenVersion(secret: Secret, id: string | undefined, stage: string | undefined): SecretVersion {
  if (id === undefined) {
    const label = stage ?? CURRENT;
    const version = versionWith(secret, label);
    if (!version) {
      throw noValueFor(`staging label: ${label}`);
    }
    return version;
  }
  const version = demandVersion(secret, id);
  if (stage !== undefined && !version.stages.includes(stage)) {
    throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
  }
  return version;
}

/** Records an access. Secrets Manager keeps the day of the last access, not the time. */
function noteAccess(call: Call, secret: Secret, version: SecretVersion): void {
  const day = Math.floor(call.now / DAY_MS) * DAY_MS;
  secret.accessedAt = day;
  version.lastAccessedAt = day;
}
