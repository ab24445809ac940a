import { AwsError } from '../errors.ts';

/**
 * The errors of MediaConnect. Their codes are from the API model; AWS publishes no text for them, so that the words are the
 * sandbox's own, except where noted.
 */
export const badRequest = (message: string): AwsError => new AwsError('BadRequestException', message);

export const notFound = (kind: string, arn: string): AwsError =>
  new AwsError('NotFoundException', `The ${kind} ${arn} was not found.`, 404);

/** Past a quota each operation has an exception of its own, such as `CreateFlow420Exception`, with a status to match. */
export const quotaExceeded = (action: string, message: string): AwsError =>
  new AwsError(`${action}420Exception`, message, 420);

/**
 * A caller that may not pass the role, in the service's own word.
 * Source: issue 4627 of aws/aws-sdk-js.
 */
export const forbidden = (): AwsError => new AwsError('AccessDeniedException', 'Forbidden', 403);
