import { AwsError } from '../errors.ts';
import { jsonObjectIn } from './json.ts';
import type { Protocol, WireRequest, WireResponse } from './protocol.ts';

/** The HTTP route of an operation. */
export interface Route {
  readonly action: string;
  readonly method: string;
  /** The HTTP status of a successful response. */
  readonly status: number;
  /** The parts of the path; a part in braces is an input member. */
  readonly path: readonly string[];
}

/**
 * REST JSON: method and path identify the operation; the input is in the path, the query string and a JSON body; the output is
 * JSON.
 * Source: the Smithy specification of `aws.protocols#restJson1`.
 * @param integerMembers the query string members that are numbers.
 */
export function restJsonProtocol(routes: readonly Route[], integerMembers: ReadonlySet<string>): Protocol {
  const statusByAction = new Map(routes.map(({ action, status }) => [action, status]));
  return {
    dialect: {
      validationCode: 'BadRequestException',
      wrongTypeCode: 'BadRequestException',
      scalarsAreText: false,
    },
    authErrors: {
      missing: ['MissingAuthenticationTokenException', 403],
      incomplete: ['IncompleteSignatureException', 403],
      'unknown-key': ['UnrecognizedClientException', 403],
      'wrong-signature': ['InvalidSignatureException', 403],
      'expired-token': ['ExpiredTokenException', 403],
    },
    throttleError: ['TooManyRequestsException', 429],
    deniedError: ['AccessDeniedException', 403],
    unknownOperation: () => new AwsError('UnknownOperationException', '', 404),
    actionOf: (request) => routeOf(routes, request)?.action ?? '',
    paramsOf(request) {
      const route = routeOf(routes, request);
      const pathMembers = route ? pathMembersIn(route, pathPartsOf(request) ?? []) : [];
      const body = jsonObjectIn(request.body);
      return { ...body, ...Object.fromEntries([...queryOf(request, integerMembers), ...pathMembers]) };
    },
    success: (action, output = {}, requestId) =>
      respond(statusByAction.get(action) ?? 200, output, requestId),
    failure: (error, requestId) =>
      respond(error.status, { message: error.message }, requestId, { 'x-amzn-errortype': error.code }),
  };
}

/** Returns the matching route with the most fixed parts: `flows/start/ARN` is not a flow named `start`. */
function routeOf(routes: readonly Route[], request: WireRequest): Route | undefined {
  const parts = pathPartsOf(request);
  const matchingRoutes = routes.filter(
    ({ method, path }) =>
      method === request.method &&
      path.length === parts?.length &&
      path.every((part, index) => isMember(part) || part === parts[index]),
  );
  const memberCount = ({ path }: Route) => path.filter(isMember).length;
  return matchingRoutes.sort((a, b) => memberCount(a) - memberCount(b))[0];
}

/** Returns the decoded parts of a request's path; undefined if one is empty or is not valid percent-encoding. */
function pathPartsOf(request: WireRequest): string[] | undefined {
  const [path = ''] = request.target.split('?');
  try {
    const parts = path.slice(1).split('/').map(decodeURIComponent);
    return parts.includes('') ? undefined : parts;
  } catch {
    return undefined;
  }
}

const isMember = (routePart: string): boolean => routePart.startsWith('{');

/** Returns the names and values of the input members in a request's path. */
function pathMembersIn({ path }: Route, parts: readonly string[]): [string, string][] {
  return path.flatMap((part, index) => (isMember(part) ? [[part.slice(1, -1), parts[index] ?? '']] : []));
}

function queryOf(request: WireRequest, integerMembers: ReadonlySet<string>): [string, string | number][] {
  const pairs = [...new URLSearchParams(request.target.replace(/^[^?]*/, ''))];
  return pairs.map(([name, text]) => [
    name,
    integerMembers.has(name) && /^\d+$/.test(text) ? Number(text) : text,
  ]);
}

function respond(
  status: number,
  body: object,
  requestId: string,
  headers: Record<string, string> = {},
): WireResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, ...headers },
    body: JSON.stringify(body),
  };
}
