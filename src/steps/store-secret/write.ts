import { createHash, randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { kmsKeyIdIn } from '../../aws/kms/index.ts';
import { describeSecret, readSecret, type SecretState } from '../../aws/secrets/index.ts';
import { type ListedVersion, listSecretVersions, type Stage } from '../../aws/secrets/versions.ts';
import { secretTags } from '../../aws/tags.ts';
import { DEFAULTS } from '../../defaults.ts';
import { hasAwsCode, isAccessDenied } from '../../failure.ts';
import type { KeyMaterial } from '../../key/index.ts';
import { CONTRADICTION_PAUSES_MS } from '../../limits.ts';
import type { SetupRequest } from '../../options/setup-request.ts';
import { conflictFailure, conflictWithoutChoices } from '../conflict.ts';
import type { SecretRef, StepContext } from '../types.ts';
import { secretMessages as messages } from './messages.ts';

/** Stores the key in a new secret. Returns undefined if another writer created it first. */
export async function createSecret(
  { aws }: StepContext,
  request: SetupRequest,
  ref: SecretRef,
  key: KeyMaterial,
): Promise<SecretRef | undefined> {
  const id = request.secret.kind === 'store' ? request.secret.kmsKeyId : undefined;
  const kmsKeyId = id && kmsKeyIdIn(id, ref.region, ref.kmsKey);
  const call = {
    action: 'secretsmanager:CreateSecret',
    resource: ref.name,
    region: ref.region,
    kmsKeyId,
    change: true,
    secretInRequest: key,
  };
  // All attempts have the same token, so that a lost response doesn't cause a second version.
  const token = randomUUID();
  const create = () =>
    aws.call(call, (options) =>
      aws.clients.secretsManager(ref.region).send(
        new CreateSecretCommand({
          Name: ref.name,
          Description: DEFAULTS.secretDescription,
          SecretString: key.reveal(),
          ClientRequestToken: token,
          Tags: secretTags(request),
          KmsKeyId: kmsKeyId,
        }),
        options,
      ),
    );
  for (const pause of [...CONTRADICTION_PAUSES_MS, undefined]) {
    try {
      const response = await create();
      return { ...ref, arn: response.ARN ?? ref.arn, versionId: response.VersionId ?? null };
    } catch (error) {
      if (hasAwsCode(error, 'ResourceExistsException')) return undefined;
      if (!hasAwsCode(error, 'InvalidRequestException')) throw error;
      const present = await describeSecret(aws, ref.region, ref.name);
      // A secret that was created and deleted in the meantime keeps the name until its recovery window ends.
      if (present?.deletedAt) return undefined;
      // A force-deleted secret keeps the name for a few seconds, although its description is gone.
      if (present || pause === undefined || !/scheduled for deletion/.test(error.message)) throw error;
      await aws.pause(pause);
    }
  }
  return undefined;
}

/**
 * Stores the key as the current version of an existing secret. Returns undefined if another run has probably replaced the value
 * that was found.
 */
export async function replaceValue(
  context: StepContext,
  { ref, found }: { ref: SecretRef; found: SecretState },
  key: KeyMaterial,
  refusedTokens: Set<string>,
): Promise<SecretRef | undefined> {
  for (;;) {
    const token = await nextToken(context, found, refusedTokens);
    if (token === undefined) return undefined;
    const response = await putValue(context, ref, key, token);
    const isCurrent = response && (response.VersionStages?.includes('AWSCURRENT') ?? true);
    if (isCurrent) return { ...ref, versionId: response.VersionId ?? ref.versionId };
    refusedTokens.add(token);
  }
}

/**
 * Chooses the token for the value that follows the current one: the first in a series that no version has used. All concurrent
 * runs that replace the same version choose the same token. If two runs have different keys, AWS refuses the second one. If they
 * have the same key, both requests create one version. Returns undefined if the token's version may just have been created by
 * another run.
 * @throws Failure with a conflict if the first token is spent and the caller isn't allowed to list the versions
 */
async function nextToken(
  { aws, limits }: StepContext,
  found: SecretState,
  refusedTokens: Set<string>,
): Promise<string | undefined> {
  const first = tokenAfter(found, 0);
  if (!refusedTokens.has(first)) return first;
  let spent: Set<string>;
  try {
    spent = spentTokens(await listSecretVersions(aws, found), found, aws.clients.now() - limits.newVersionMs);
  } catch (error) {
    if (!isAccessDenied(error)) throw error;
    const tokenSpent = messages.tokenSpent(found.name, found.region);
    const conflict = conflictWithoutChoices(tokenSpent, messages.versionsUnseen, error.message);
    throw conflictFailure([{ ...conflict, step: 'store-secret' }]);
  }
  for (let number = 0; ; number += 1) {
    const token = tokenAfter(found, number);
    if (spent.has(token)) continue;
    return refusedTokens.has(token) ? undefined : token;
  }
}

/**
 * Returns the tokens of versions that are old enough to show everywhere. Such a token is spent if, for example, a user moves the
 * staging labels back by hand and replaces the same version a second time. Returns none if the labels have moved since the secret
 * was read, because then another run has written.
 * @param before the time after which a version is too new, in milliseconds since the epoch
 */
function spentTokens(versions: ListedVersion[], found: SecretState, before: number): Set<string> {
  const versionWith = (stage: Stage) => versions.find(({ stages }) => stages.includes(stage))?.versionId;
  const isAsFound =
    versionWith('AWSCURRENT') === found.versionId && versionWith('AWSPREVIOUS') === found.previousVersionId;
  const oldVersions = versions.filter(({ createdAt }) => createdAt.getTime() < before);
  return new Set(isAsFound ? oldVersions.map(({ versionId }) => versionId) : []);
}

/**
 * Returns a token from the series for the current and the previous version. The previous version is included because a user who
 * rolled back to an older version may store a different key than the one that followed it.
 */
function tokenAfter({ arn, versionId = '', previousVersionId = '' }: SecretState, number: number): string {
  const suffix = number === 0 ? '' : ` ${number}`;
  return createHash('sha256').update(`${arn} ${versionId} ${previousVersionId}${suffix}`).digest('hex');
}

/** Stores the value as the version with this token. Returns undefined if the token already belongs to a different value. */
async function putValue({ aws }: StepContext, ref: SecretRef, key: KeyMaterial, token: string) {
  const call = {
    action: 'secretsmanager:PutSecretValue',
    resource: ref.arn,
    region: ref.region,
    kmsKeyId: ref.kmsKey?.kind === 'alias' ? ref.kmsKey.alias : ref.kmsKey?.arn,
    change: true,
    secretInRequest: key,
  };
  const command = new PutSecretValueCommand({
    SecretId: ref.arn,
    SecretString: key.reveal(),
    ClientRequestToken: token,
  });
  try {
    return await aws.call(call, (options) => aws.clients.secretsManager(ref.region).send(command, options));
  } catch (error) {
    if (hasAwsCode(error, 'ResourceExistsException')) return undefined;
    throw error;
  }
}

/** Restores a secret and reads its value. */
export async function restoreSecret(context: StepContext, ref: SecretRef): Promise<SecretState | undefined> {
  const { aws } = context;
  const { region, arn } = ref;
  const call = { action: 'secretsmanager:RestoreSecret', resource: arn, region, change: true };
  await aws.call(call, (options) =>
    aws.clients.secretsManager(region).send(new RestoreSecretCommand({ SecretId: arn }), options),
  );
  context.record({ secrets: [ref] });
  return readSecret(aws, region, arn, { exists: true });
}
