import { AwsError } from '../errors.ts';
import { descriptionPattern, documentPattern, number, required, text } from '../shapes.ts';

// The inputs that several IAM operations share. Source: the service's API model.

const NAME = /^[\w+=,.@-]+$/;

function nameMember(member: string, max: number) {
  const invalid = `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`;
  return required(text({ min: 1, max, pattern: NAME, mismatchMessage: invalid }));
}

const INVALID_PATH =
  'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.';

export const roleName = nameMember('roleName', 64);
export const policyName = nameMember('policyName', 128);
export const optionalPolicyArn = text({ min: 20, max: 2048 });
export const policyArn = required(optionalPolicyArn);
export const policyVersionId = required(text({ pattern: /^v[1-9][0-9]*(\.[A-Za-z0-9-]*)?$/ }));
export const rolePath = text({
  min: 1,
  max: 512,
  pattern: /^(?:\/|\/[\x21-\x7e]+\/)$/,
  mismatchMessage: INVALID_PATH,
});
export const policyPath = text({
  min: 1,
  max: 512,
  pattern: /^((\/[A-Za-z0-9.,+@=_-]+)*)\/$/,
  mismatchMessage: INVALID_PATH,
});
export const pathPrefix = text({ min: 1, max: 512, pattern: /^\/[\x21-\x7f]*$/ });
/** IAM accepts only Latin-1 characters in documents. */
export const optionalDocument = text({ min: 1, max: 131_072, pattern: documentPattern });
export const document = required(optionalDocument);
export const policyDescription = text({ max: 1000 });
export const roleDescription = text({ max: 1000, pattern: descriptionPattern });
export const sessionSeconds = number({ min: 3600, max: 43_200 });

/** The inputs of every paginated operation. */
export const paging = {
  Marker: text({ min: 1, max: 320, pattern: /^[\u0020-\u00FF]+$/ }),
  MaxItems: number({ min: 1, max: 1000 }),
};

// The errors of IAM, in its own words.

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

export const unmodifiable = (name: string): AwsError =>
  new AwsError(
    'UnmodifiableEntity',
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  );
