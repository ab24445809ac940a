import { createHash, randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { kmsKeyIdIn } from '../../aws/kms/index.ts';
import { describeSecret, readSecret, type SecretState } from '../../aws/secrets/index.ts';
import { type ListedVersion, listVersions, type Stage } from '../../aws/secrets/versions.ts';
import { CONTRADICTION_PAUSES_MS, DEFAULTS } from '../../defaults.ts';
import { type Failure, hasAwsCode, isAccessDenied } from '../../failure.ts';
import type { KeyMaterial } from '../../key/index.ts';
import type { SetupRequest } from '../../options/setup-request.ts';
import type { Conflict } from '../../plan-types.ts';
import { conflictFailure } from '../conflict.ts';
import { secretMessages as messages } from '../messages.ts';
import { secretTags } from '../tags.ts';
import type { SecretRef, StepContext } from '../types.ts';

/** Stores the key in a new secret. Returns undefined if one of the name exists by now. */
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
    holds: key,
  };
  // The same token in every try, so that a lost answer does not make a second version.
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
          ...(kmsKeyId ? { KmsKeyId: kmsKeyId } : {}),
        }),
        options,
      ),
    );
  for (const pause of [...CONTRADICTION_PAUSES_MS, undefined]) {
    try {
      const made = await create();
      return { ...ref, arn: made.ARN ?? ref.arn, versionId: made.VersionId ?? null };
    } catch (error) {
      if (hasAwsCode(error, 'ResourceExistsException')) return undefined;
      if (!hasAwsCode(error, 'InvalidRequestException')) throw error;
      const present = await describeSecret(aws, ref.region, ref.name);
      // A secret that was created and deleted meanwhile keeps the name until its recovery window ends.
      if (present?.deletedAt) return undefined;
      // One that was deleted for good keeps it for some seconds, in which a description shows it no more.
      if (present || pause === undefined || !/scheduled for deletion/.test(error.message)) throw error;
      await aws.pause(pause);
    }
  }
  return undefined;
}

/**
 * Makes the key the current version of a secret that exists. Returns undefined when the secret does not hold any more what
 * was found there, as far as is known.
 */
export async function replaceValue(
  context: StepContext,
  { ref, found }: { ref: SecretRef; found: SecretState },
  key: KeyMaterial,
  refused: Set<string>,
): Promise<SecretRef | undefined> {
  for (;;) {
    const token = await nextToken(context, found, refused);
    if (token === undefined) return undefined;
    const made = await putValue(context, ref, key, token);
    const isCurrent = made && (made.VersionStages?.includes('AWSCURRENT') ?? true);
    if (isCurrent) return { ...ref, versionId: made.VersionId ?? ref.versionId };
    refused.add(token);
  }
}

/**
 * Chooses the token for the one value that comes after the current one: the first of a series that no version had before. Each
 * run that replaces the same version at the same time chooses the same one. Of two with different keys, one hears that there
 * is such a version already, and with the same key both make one version.
 * Returns nothing when a version that may be of another run's making, just now, has the token.
 * @throws Failure with a conflict if the first token is spent, and the versions may not be listed
 */
async function nextToken(
  { aws, limits }: StepContext,
  found: SecretState,
  refused: Set<string>,
): Promise<string | undefined> {
  const first = tokenAfter(found, 0);
  if (!refused.has(first)) return first;
  let spent: Set<string>;
  try {
    spent = spentTokens(await listVersions(aws, found), found, aws.clients.now() - limits.newVersionMs);
  } catch (error) {
    if (!isAccessDenied(error)) throw error;
    throw conflictFailure([versionsHidden(found, error)]);
  }
  for (let number = 0; ; number += 1) {
    const token = tokenAfter(found, number);
    if (spent.has(token)) continue;
    return refused.has(token) ? undefined : token;
  }
}

/** Returns the conflict of a secret whose next token is spent, where it cannot be seen by what. */
function versionsHidden({ name, region }: SecretState, { message }: Failure): Conflict {
  return {
    step: 'store-secret',
    found: messages.tokenSpent(name, region),
    details: [messages.versionsUnseen, message],
    choices: [],
  };
}

/**
 * Returns the tokens of versions that are not the current one and were made long enough ago to show so everywhere: who has moved
 * the labels by hand, say, may replace the same version a second time. Nothing is said when the labels are not where they were
 * found: then another run has been here.
 */
function spentTokens(versions: ListedVersion[], found: SecretState, before: number): Set<string> {
  const labeled = (stage: Stage) => versions.find(({ stages }) => stages.includes(stage))?.versionId;
  const isAsFound = labeled('AWSCURRENT') === found.versionId && labeled('AWSPREVIOUS') === found.previousId;
  const old = versions.filter(({ createdAt }) => createdAt.getTime() < before);
  return new Set(isAsFound ? old.map(({ versionId }) => versionId) : []);
}

/**
 * The token at that place in the series that belongs to the current version and the one before. The latter belongs to it: who has
 * gone back to an older version may store another key than the one after it was.
 */
function tokenAfter({ arn, versionId = '', previousId = '' }: SecretState, number: number): string {
  const place = number === 0 ? '' : ` ${number}`;
  return createHash('sha256').update(`${arn} ${versionId} ${previousId}${place}`).digest('hex');
}

/** Stores the value as the version of that token. Returns undefined if the token already stands for another value. */
async function putValue({ aws }: StepContext, ref: SecretRef, key: KeyMaterial, token: string) {
  const call = {
    action: 'secretsmanager:PutSecretValue',
    resource: ref.arn,
    region: ref.region,
    kmsKeyId: ref.kmsKey?.kind === 'alias' ? ref.kmsKey.alias : ref.kmsKey?.arn,
    change: true,
    holds: key,
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

/** Restores a secret, and reads what it holds. */
export async function restoreSecret(context: StepContext, ref: SecretRef): Promise<SecretState | undefined> {
  const { aws } = context;
  const call = {
    action: 'secretsmanager:RestoreSecret',
    resource: ref.arn,
    region: ref.region,
    change: true,
  };
  await aws.call(call, (options) =>
    aws.clients.secretsManager(ref.region).send(new RestoreSecretCommand({ SecretId: ref.arn }), options),
  );
  context.record({ secrets: [ref] });
  return readSecret(aws, ref.region, ref.arn, { known: true });
}
