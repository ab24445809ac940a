import { AwsError } from '../errors.ts';
import type { Protocol, WireResponse } from './protocol.ts';

/**
 * AWS JSON 1.1: the operation is in `X-Amz-Target`, input and output are JSON objects, dates are seconds since the epoch.
 * Source: the Smithy specification of `aws.protocols#awsJson1_1`.
 * @param targetPrefix what precedes the operation in `X-Amz-Target`.
 * @param messageMember the member with the message in the service's own errors, as named in its API model.
 */
export function jsonProtocol(
  targetPrefix: string,
  messageMember: 'message' | 'Message' = 'Message',
): Protocol {
  return {
    dialect: {
      validationCode: 'ValidationException',
      wrongTypeCode: 'SerializationException',
      scalarsAreText: false,
    },
    authErrors: {
      missing: ['MissingAuthenticationTokenException', 400],
      incomplete: ['IncompleteSignatureException', 400],
      'unknown-key': ['UnrecognizedClientException', 400],
      'wrong-signature': ['InvalidSignatureException', 400],
      'expired-token': ['ExpiredTokenException', 400],
    },
    throttleError: ['ThrottlingException', 400],
    deniedError: [ACCESS_DENIED, 400],
    unknownOperation: () => new AwsError('UnknownOperationException', ''),
    actionOf(request) {
      const target = request.headers['x-amz-target'];
      const prefix = `${targetPrefix}.`;
      return typeof target === 'string' && target.startsWith(prefix) ? target.slice(prefix.length) : '';
    },
    paramsOf: (request) => jsonObjectIn(request.body),
    success: (_action, output, requestId) => respond(200, output && withEpochSeconds(output), requestId),
    failure: (error, requestId) => respond(error.status, errorBody(error, messageMember), requestId),
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Returns the JSON object in a body; an empty object if the body is empty.
 * @throws AwsError SerializationException for anything else.
 */
export function jsonObjectIn(body: Buffer): Record<string, unknown> {
  const value = parseBody(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AwsError('SerializationException', 'Start of structure or map found where not expected.');
  }
  return { ...value };
}

function parseBody(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(utf8.decode(body));
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
}

/** In all services, the message of this error is in `Message`. */
const ACCESS_DENIED = 'AccessDeniedException';

/** Errors that are raised before the service's own code runs, and so are not in its API model. Their message is in `message`. */
const FRONT_END_ERRORS =
  /^(Validation|Serialization|UnknownOperation|UnrecognizedClient|(InvalidS|IncompleteS)ignature|MissingAuth|ExpiredToken|Throttling)/;

function errorBody(error: AwsError, messageMember: 'message' | 'Message'): object {
  if (error.message === '') return { __type: error.code };
  const usualMember = FRONT_END_ERRORS.test(error.code) ? 'message' : messageMember;
  return { __type: error.code, [error.code === ACCESS_DENIED ? 'Message' : usualMember]: error.message };
}

function respond(status: number, body: unknown, requestId: string): WireResponse {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId },
    body: body === undefined ? '' : JSON.stringify(body),
  };
}

function withEpochSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withEpochSeconds);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withEpochSeconds(item)]));
  }
  return value;
}
