import { AwsError } from '../errors.ts';

/** The errors of IAM, in its own words. */
export const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntity', message, 404);

export const noSuchRole = (name: string): AwsError =>
  noSuchEntity(`The role with name ${name} cannot be found.`);

export const noSuchPolicy = (arn: string): AwsError => noSuchEntity(`Policy ${arn} was not found.`);

export const notAttachable = (arn: string): AwsError =>
  noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);

export const alreadyExists = (message: string): AwsError => new AwsError('EntityAlreadyExists', message, 409);

export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceeded', message, 409);

export const quotaExceeded = (quota: string, value: number): AwsError =>
  limitExceeded(`Cannot exceed quota for ${quota}: ${value}`);

export const deleteConflict = (message: string): AwsError => new AwsError('DeleteConflict', message, 409);

export const invalidInput = (message: string): AwsError => new AwsError('InvalidInput', message);

export const malformedPolicy = (message: string): AwsError =>
  new AwsError('MalformedPolicyDocument', message);

export const unmodifiable = (roleName: string): AwsError =>
  new AwsError(
    'UnmodifiableEntity',
    `Cannot perform the operation on the protected role '${roleName}' - this role is only modifiable by AWS`,
  );
