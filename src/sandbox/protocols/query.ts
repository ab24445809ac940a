import { XMLBuilder } from 'fast-xml-parser';
import { AwsError } from '../errors.ts';
import type { Protocol, WireRequest, WireResponse } from './protocol.ts';

/** Characters that XML does not allow. A message may repeat them from the request. */
const INVALID_XML_CHARACTERS = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/**
 * AWS Query: the operation is in the `Action` parameter, the input in form parameters, the output is XML.
 * Source: the Smithy specification of `aws.protocols#awsQuery`.
 */
export function queryProtocol(version: string, xmlNamespace: string): Protocol {
  const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true });
  const respond = (status: number, document: object, requestId: string): WireResponse => ({
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: builder.build(document).replace(INVALID_XML_CHARACTERS, '\ufffd'),
  });
  return {
    dialect: { validationCode: 'ValidationError', wrongTypeCode: 'MalformedInput', scalarsAreText: true },
    authErrors: {
      missing: ['MissingAuthenticationToken', 403],
      incomplete: ['IncompleteSignature', 400],
      'unknown-key': ['InvalidClientTokenId', 403],
      'wrong-signature': ['SignatureDoesNotMatch', 403],
      'expired-token': ['ExpiredToken', 403],
    },
    throttleError: ['Throttling', 400],
    deniedError: ['AccessDenied', 403],
    unknownOperation: (action) =>
      action === ''
        ? new AwsError('MissingAction', 'The request is missing an action or operation parameter.')
        : new AwsError('InvalidAction', `Could not find operation ${action} for version ${version}`),
    actionOf: (request) => parametersOf(request).get('Action') ?? '',
    paramsOf: (request) =>
      nestParameters([...parametersOf(request)].filter(([name]) => name !== 'Action' && name !== 'Version')),
    success(action, output, requestId) {
      // Even an empty output needs its element: clients that read the API model fail without it.
      const result = output && { [`${action}Result`]: toXml(output) };
      const content = { '@_xmlns': xmlNamespace, ...result, ResponseMetadata: { RequestId: requestId } };
      return respond(200, { [`${action}Response`]: content }, requestId);
    },
    failure(error, requestId) {
      const detail = {
        Type: error.status >= 500 ? 'Receiver' : 'Sender',
        Code: error.code,
        Message: error.message,
      };
      const content = { '@_xmlns': xmlNamespace, Error: detail, RequestId: requestId };
      return respond(error.status, { ErrorResponse: content }, requestId);
    },
  };
}

function parametersOf(request: WireRequest): URLSearchParams {
  if (request.method === 'GET') return new URLSearchParams(request.target.replace(/^[^?]*/, ''));
  return new URLSearchParams(request.body.toString('utf8'));
}

/**
 * Converts a value for the XML builder: lists become `<member>` elements, maps become `<entry>` elements, and dates become ISO
 * 8601 text without milliseconds.
 */
function toXml(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace(/\.\d+Z$/, 'Z');
  if (Array.isArray(value)) return value.length === 0 ? '' : { member: value.map(toXml) };
  if (value instanceof Map) return { entry: [...value].map(([key, item]) => ({ key, value: toXml(item) })) };
  if (typeof value === 'object' && value !== null) {
    const definedEntries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(definedEntries.map(([key, item]) => [key, toXml(item)]));
  }
  return value;
}

/** The parameters whose names start with the same parts, by the next part. */
interface Branch {
  [key: string]: string | Branch;
}

/** Deeper than any input of IAM and STS. */
const MAX_DEPTH = 8;

/**
 * Converts flat parameters such as `Tags.member.1.Key=a` into nested values.
 * @throws AwsError `MalformedInput` if a name is both a value and a structure, or is nested too deeply.
 */
function nestParameters(parameters: readonly (readonly [string, string])[]): Record<string, unknown> {
  const root: Branch = Object.create(null);
  for (const [name, value] of parameters) insert(root, name.split('.'), value);
  return Object.fromEntries(Object.entries(root).map(([key, item]) => [key, toInputValue(item)]));
}

function insert(root: Branch, path: string[], value: string): void {
  const lastKey = path.pop() ?? '';
  if (path.length > MAX_DEPTH) throw malformedInput();
  let branch = root;
  for (const key of path) {
    const next = branch[key] ?? (Object.create(null) as Branch);
    if (typeof next === 'string') throw malformedInput();
    branch[key] = next;
    branch = next;
  }
  if (typeof branch[lastKey] === 'object') throw malformedInput();
  branch[lastKey] = value;
}

/** Converts a branch into an object, or into a list if its items are numbered under `member`. */
function toInputValue(item: string | Branch): unknown {
  if (typeof item === 'string') return item;
  const members = item.member;
  if (typeof members === 'object') {
    const numbered = Object.entries(members).sort(([a], [b]) => Number(a) - Number(b));
    return numbered.map(([, member]) => toInputValue(member));
  }
  return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, toInputValue(inner)]));
}

function malformedInput(): AwsError {
  return new AwsError('MalformedInput', 'The request parameters could not be parsed.');
}
