import { createHash, randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { kmsKeyIdIn } from '../aws/kms.ts';
import { type FoundSecret, readSecret } from '../aws/secrets.ts';
import { DEFAULTS } from '../defaults.ts';
import { hasAwsCode } from '../failure.ts';
import type { KeyMaterial } from '../key/index.ts';
import { tagsFor } from './tags.ts';
import type { SecretRef, SetupRequest, StepContext } from './types.ts';

/** Stores the key in a new secret. Answers nothing when one of the name turns out to exist by now. */
export async function createSecret(
  { aws }: StepContext,
  request: SetupRequest,
  ref: SecretRef,
  key: KeyMaterial,
): Promise<SecretRef | undefined> {
  const call = {
    action: 'secretsmanager:CreateSecret',
    resource: ref.name,
    region: ref.region,
    change: true,
    holds: key,
  };
  const id = request.secret.kind === 'store' ? request.secret.kmsKeyId : undefined;
  const kmsKeyId = id && kmsKeyIdIn(id, ref.region, ref.kmsKey);
  try {
    const made = await aws.call(call, (options) =>
      aws.clients.secretsManager(ref.region).send(
        new CreateSecretCommand({
          Name: ref.name,
          Description: DEFAULTS.secretDescription,
          SecretString: key.reveal(),
          // The same token in every retry of this call, so that a lost answer does not make a second version.
          ClientRequestToken: randomUUID(),
          Tags: tagsFor('store-secret', request),
          ...(kmsKeyId ? { KmsKeyId: kmsKeyId } : {}),
        }),
        options,
      ),
    );
    return { ...ref, arn: made.ARN ?? ref.arn, versionId: made.VersionId ?? null };
  } catch (error) {
    if (hasAwsCode(error, 'ResourceExistsException')) return undefined;
    throw error;
  }
}

/**
 * Makes the key the current version of a secret that exists. Answers nothing when the secret does not hold any more what
 * was found there.
 */
export async function replaceValue(
  context: StepContext,
  { ref, found }: { ref: SecretRef; found: FoundSecret },
  key: KeyMaterial,
): Promise<SecretRef | undefined> {
  try {
    const made = await putValue(context, ref, key, replacing(found));
    // The token stands for a version that was the current one once, and is not now: somebody has gone back to the one before.
    const current = made.VersionStages?.includes('AWSCURRENT') ?? true;
    const { VersionId } = current ? made : await putValue(context, ref, key, randomUUID());
    return { ...ref, versionId: VersionId ?? ref.versionId };
  } catch (error) {
    if (hasAwsCode(error, 'ResourceExistsException')) return undefined;
    throw error;
  }
}

/**
 * A token for the one value that comes after the current one. Of two runs that replace the same version at the same time,
 * with the same key both make one version, and with different keys one is told that there is a version already.
 * The version before belongs to it: who has gone back to an older version may store another key than the one after it was.
 */
function replacing({ arn, versionId = '', previousId = '' }: FoundSecret): string {
  return createHash('sha256').update(`${arn} ${versionId} ${previousId}`).digest('hex');
}

function putValue({ aws }: StepContext, ref: SecretRef, key: KeyMaterial, token: string) {
  const call = {
    action: 'secretsmanager:PutSecretValue',
    resource: ref.arn,
    region: ref.region,
    change: true,
    holds: key,
  };
  const command = new PutSecretValueCommand({
    SecretId: ref.arn,
    SecretString: key.reveal(),
    ClientRequestToken: token,
  });
  return aws.call(call, (options) => aws.clients.secretsManager(ref.region).send(command, options));
}

/** Restores a secret, and reads what it holds. */
export async function restoreSecret(context: StepContext, ref: SecretRef): Promise<FoundSecret | undefined> {
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
