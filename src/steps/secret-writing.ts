import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { type FoundSecret, readSecret } from '../aws/secrets.ts';
import { DEFAULTS } from '../defaults.ts';
import { EXIT, Failure } from '../failure.ts';
import type { KeyMaterial } from '../key/index.ts';
import { secretWords as words } from '../report/words/steps.ts';
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
  const kmsKeyId = request.secret.kind === 'store' ? request.secret.kmsKeyId : undefined;
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
    if (error instanceof Failure && error.awsCode === 'ResourceExistsException') return undefined;
    throw error;
  }
}

/** Makes a new current version of a secret that exists. */
export async function putValue({ aws }: StepContext, ref: SecretRef, key: KeyMaterial): Promise<SecretRef> {
  const call = {
    action: 'secretsmanager:PutSecretValue',
    resource: ref.arn,
    region: ref.region,
    change: true,
    holds: key,
  };
  const made = await aws.call(call, (options) =>
    aws.clients.secretsManager(ref.region).send(
      new PutSecretValueCommand({
        SecretId: ref.arn,
        SecretString: key.reveal(),
        ClientRequestToken: randomUUID(),
      }),
      options,
    ),
  );
  return { ...ref, versionId: made.VersionId ?? ref.versionId };
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

/** A conflict that shows only once the step is being carried out. */
export function lateConflict(message: string, cause?: unknown): Failure {
  return new Failure(message, {
    code: 'conflict',
    exitCode: EXIT.conflict,
    hint: `--existing-key keep: ${words.choiceKeep}; --existing-key replace: ${words.choiceReplace}; --secret-name: ${words.choiceName}.`,
    cause,
  });
}
