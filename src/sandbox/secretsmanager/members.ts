import { AwsError } from '../errors.ts';
import { list, record, required, text } from '../shapes.ts';

/** The input members that several Secrets Manager operations share. Source: the service's API model. */

const INVALID_NAME =
  'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!';

export const secretName = required(
  text({ min: 1, max: 512, pattern: /^[A-Za-z0-9/_+=.@!-]+$/, mismatchMessage: INVALID_NAME }),
);
export const secretId = required(
  text({ min: 1, max: 2048, pattern: /^(?:arn:.*|[A-Za-z0-9/_+=.@!-]+)$/, mismatchMessage: INVALID_NAME }),
);

/**
 * The token that makes a request idempotent. SDKs and the AWS CLI generate one if it is missing; Secrets Manager rejects a
 * request without it.
 * @param code the error code for a request without a token.
 */
export const clientRequestToken = (code = 'InvalidRequestException') =>
  required(
    text({
      min: 32,
      max: 64,
      missingError: [code, 'You must provide a ClientRequestToken value. We recommend a UUID-type value.'],
    }),
  );

export const versionId = text({ min: 32, max: 64 });
export const versionStage = text({ min: 1, max: 256 });
export const description = text({ max: 2048 });
export const kmsKeyId = text({ max: 2048 });
export const region = text({ min: 1, max: 128, pattern: /^([a-z]+-)+\d+$/ });
export const nextToken = text({ min: 1, max: 4096 });

const MAX_VALUE_BYTES = 65_536;

export const secretString = text({ min: 1, max: MAX_VALUE_BYTES, secret: true });
/** Base64: four characters for three bytes. */
export const secretBinary = text({ min: 1, max: Math.ceil(MAX_VALUE_BYTES / 3) * 4, secret: true });

/** Key and value are optional here, because Secrets Manager checks for missing ones itself. */
export const tags = list(record({ Key: text({ min: 1, max: 128 }), Value: text({ max: 256 }) }));

export const replicaRegions = list(record({ Region: region, KmsKeyId: kmsKeyId }), { min: 1 });

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

export const alreadyExists = (message: string): AwsError => new AwsError('ResourceExistsException', message);

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
  alreadyExists(
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
  );
