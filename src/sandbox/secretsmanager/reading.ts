import { AwsError } from '../errors.ts';
import { type Call, type Operations, operation, type Page } from '../service.ts';
import { type InputOf, list, number } from '../shapes.ts';
import { activeSecretOrThrow } from './access.ts';
import { checkCanDecrypt } from './keys.ts';
import { filters, pageOrThrow, passesFilters } from './listing.ts';
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
import { DAY_MS, type Secret, type SecretVersion } from './store.ts';
import { CURRENT, encryptionKeyOf, versionOrThrow, versionWithLabel } from './versions.ts';

const MAX_BATCH_SIZE = 20;

const getMembers = { SecretId: secretId, VersionId: versionId, VersionStage: versionStage };

const batchMembers = {
  SecretIdList: list(secretId, { min: 1, max: MAX_BATCH_SIZE }),
  Filters: filters,
  MaxResults: number({ min: 1, max: MAX_BATCH_SIZE }),
  NextToken: nextToken,
};

/**
 * The operations that read values. For each secret that cannot be read, BatchGetSecretValue returns the error that GetSecretValue
 * would return, also for a missing permission on the secret or its key.
 * Source: BatchGetSecretValue in the Secrets Manager API reference.
 */
export const readOperations: Operations = {
  GetSecretValue: operation(getMembers, readValue),
  BatchGetSecretValue: operation(batchMembers, (call, input, checkPermissions) => {
    const { items, next } = requestedIds(call, input);
    const SecretValues: object[] = [];
    const Errors: object[] = [];
    for (const SecretId of items) {
      try {
        checkPermissions({ SecretId }, 'GetSecretValue');
        SecretValues.push(readValue(call, { SecretId }));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        Errors.push({ SecretId, ErrorCode: error.code, Message: error.message });
      }
    }
    return { SecretValues, NextToken: next, Errors };
  }),
};

function readValue(call: Call, input: InputOf<typeof getMembers>): object {
  const secret = activeSecretOrThrow(call, input.SecretId, 'GetSecretValue');
  const version = requestedVersion(secret, input.VersionId, input.VersionStage);
  checkCanDecrypt(call, encryptionKeyOf(secret, version));
  // Secrets Manager keeps the day of the last access, not the time.
  const today = Math.floor(call.now / DAY_MS) * DAY_MS;
  secret.accessedAt = today;
  version.lastAccessedAt = today;
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    ...version.content,
    VersionStages: version.stages,
    CreatedDate: new Date(version.createdAt),
  };
}

/** Returns the IDs of a batch: those in `SecretIdList`, or the ARNs of one page of secrets that pass `Filters`. */
function requestedIds(call: Call, input: InputOf<typeof batchMembers>): Page<string> {
  const { SecretIdList, Filters = [], MaxResults, NextToken } = input;
  if ((SecretIdList === undefined) === (Filters.length === 0)) {
    throw invalidParameter('You must include Filters or SecretIdList, but not both.');
  }
  if (SecretIdList === undefined) {
    const arns = call.account
      .secretsIn(call.region)
      .all(call.now)
      .filter((secret) => secret.deletedAt === undefined && passesFilters(secret, Filters))
      .map(({ arn }) => arn);
    return pageOrThrow(arns, NextToken, MaxResults ?? MAX_BATCH_SIZE);
  }
  if (MaxResults !== undefined) {
    throw invalidParameter('To use the MaxResults parameter, you must also use the Filters parameter.');
  }
  if (NextToken !== undefined) throw invalidNextToken();
  return { items: SecretIdList };
}

function requestedVersion(secret: Secret, id: string | undefined, stage: string | undefined): SecretVersion {
  if (id === undefined) {
    const label = stage ?? CURRENT;
    const version = versionWithLabel(secret, label);
    if (!version) throw noValueFor(`staging label: ${label}`);
    return version;
  }
  const version = versionOrThrow(secret, id);
  if (stage !== undefined && !version.stages.includes(stage)) {
    throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
  }
  return version;
}
