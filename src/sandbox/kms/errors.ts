import { AwsError } from '../errors.ts';
import { parseKeyName } from './names.ts';
import type { Key } from './store.ts';

// The errors of KMS, in its own words.

const notFound = (message: string): AwsError => new AwsError('NotFoundException', message);

const invalidState = (message: string): AwsError => new AwsError('KMSInvalidStateException', message);

export const aliasExists = (arn: string): AwsError =>
  new AwsError('AlreadyExistsException', `An alias with the name ${arn} already exists`);

export const invalidAlias = (name: string): AwsError =>
  name.startsWith('alias/')
    ? new AwsError('InvalidAliasNameException', `${name} contains invalid characters for an alias`)
    : new AwsError(
        'ValidationException',
        'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
      );

export const invalidTags = (message: string): AwsError => new AwsError('TagException', message);

export const invalidMarker = (): AwsError => new AwsError('InvalidMarkerException', 'Invalid marker');

export const pendingDeletion = (key: Key): AwsError => invalidState(`${key.arn} is pending deletion.`);

export const notPendingDeletion = (key: Key): AwsError => invalidState(`${key.arn} is not pending deletion.`);

/**
 * Returns the KMS error for a name that does not refer to a key.
 * @param arnPrefix `arn:PARTITION:kms:REGION:ACCOUNT:` of the request's Region and account.
 */
export function noSuchKey(reference: string, arnPrefix: string): AwsError {
  const name = parseKeyName(reference, arnPrefix);
  if (name?.kind === 'alias') return notFound(`Alias ${arnPrefix}${name.text} is not found.`);
  if (name) return notFound(`Key '${arnPrefix}key/${name.text}' does not exist`);
  const [prefix, , service, region] = reference.split(':');
  if (prefix !== 'arn') return notFound(`Invalid keyId '${reference}'`);
  if (service !== 'kms') return new AwsError('InvalidArnException', `Invalid arn ${reference}`);
  return notFound(`Invalid arn ${region}`);
}
