import { AwsError } from '../errors.ts';

/** The errors of Secrets Manager, in its own words. */
export const invalidRequest = (message: string): AwsError => new AwsError('InvalidRequestException', message);

export const invalidParameter = (message: string): AwsError =>
  new AwsError('InvalidParameterException', message);

export const notFound = (what = 'secret'): AwsError =>
  new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified ${what}.`);

export const noValueFor = (what: string): AwsError =>
  new AwsError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${what}`,
  );

export const exists = (message: string): AwsError => new AwsError('ResourceExistsException', message);

export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceededException', message);

export const invalidNextToken = (): AwsError =>
  new AwsError('InvalidNextTokenException', 'Invalid NextToken.');

/** Source: the errors of CreateSecret and GetSecretValue in the Secrets Manager API reference. */
export const encryptionFailure = (): AwsError =>
  new AwsError(
    'EncryptionFailure',
    "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is available, enabled, and not in an invalid state.",
  );

export const decryptionFailure = (): AwsError =>
  new AwsError(
    'DecryptionFailure',
    "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
  );

export const markedForDeletion = (): AwsError =>
  invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");

export const tokenInUse = (token: string, arn: string): AwsError =>
  exists(
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
  );
