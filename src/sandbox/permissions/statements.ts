import {
  isObject,
  type JsonObject,
  parseObject,
  type Span,
  statementSpans,
  stringsOf,
} from '../documents/json.ts';
import {
  ANYTHING,
  type Context,
  couldMatch,
  expandVariables,
  matches,
  type Pattern,
  parsePattern,
} from './glob.ts';
import { conditionHolds, keysIn } from './operators.ts';

/** The request for which policies are evaluated: an action on a resource, with the values of its condition keys. */
export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

/** Returns the statements of a document that match a request, whatever their effect. */
export function matchingStatements(document: string, request: AccessRequest): JsonObject[] {
  const { statements, hasVariables } = parsePolicy(document);
  return statements.filter(
    (statement) =>
      matchesActionAndResource(statement, request, hasVariables) &&
      conditionHolds(statement.Condition, request.context, hasVariables),
  );
}

/** Returns the positions in a document of the statements that match a request and have this effect. */
export function matchingSpans(document: string, request: AccessRequest, effect: string): Span[] {
  const matching = matchingStatements(document, request).filter(({ Effect }) => Effect === effect);
  if (matching.length === 0) return [];
  const { statements } = parsePolicy(document);
  const spans = statementSpans(document);
  return matching.flatMap((statement) => spans[statements.indexOf(statement)] ?? []);
}

/**
 * Returns the condition keys for which the request has no value, although a statement on its action and resource has a condition
 * on them.
 */
export function missingContextKeys(document: string, request: AccessRequest): string[] {
  const { statements, hasVariables } = parsePolicy(document);
  return statements
    .filter((statement) => matchesActionAndResource(statement, request, hasVariables))
    .flatMap(({ Condition }) => keysIn(Condition))
    .filter((key) => !request.context.has(key.toLowerCase()));
}

/** Enough for the policies of several roles. One SimulatePrincipalPolicy evaluates the same few documents thousands of times. */
const CACHED_DOCUMENTS = 100;

const parsePolicy = memoize((document): { statements: JsonObject[]; hasVariables: boolean } => {
  const policy = parseObject(document) ?? {};
  const rawStatements: unknown[] = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  return { statements: rawStatements.filter(isObject), hasVariables: policy.Version === '2012-10-17' };
}, CACHED_DOCUMENTS);

function matchesActionAndResource(
  statement: JsonObject,
  request: AccessRequest,
  hasVariables: boolean,
): boolean {
  return (
    matchesAction(statement, request.action.toLowerCase()) &&
    matchesResource(statement, request.resource, hasVariables ? request.context : undefined)
  );
}

function matchesAction(statement: JsonObject, action: string): boolean {
  const isMatch = (text: string) => matches(parsePattern(text.toLowerCase()), action);
  return statement.Action === undefined
    ? !stringsOf(statement.NotAction)?.some(isMatch)
    : (stringsOf(statement.Action)?.some(isMatch) ?? false);
}

/** True if a statement covers a resource. The statements of trust policies name no resource, and cover the role itself. */
function matchesResource(statement: JsonObject, resource: string, variables: Context | undefined): boolean {
  const isMatch = (text: string, fallback?: Pattern) => {
    if (!couldMatch(text, resource)) return false;
    const expanded = expandVariables(text, variables, { wildcards: true, fallback });
    return expanded !== undefined && matches(expanded, resource);
  };
  return statement.Resource === undefined
    ? // In NotResource, a variable without a value matches everything that it could stand for.
      !stringsOf(statement.NotResource)?.some((text) => isMatch(text, ANYTHING))
    : (stringsOf(statement.Resource)?.some((text) => isMatch(text)) ?? false);
}

/**
 * Returns the function with a cache of its results. Callers share the results, so nobody may change them.
 * @param maxEntries how many results are kept.
 */
function memoize<T>(compute: (text: string) => T, maxEntries: number): (text: string) => T {
  const cache = new Map<string, T>();
  return (text) => {
    const cached = cache.get(text);
    if (cached !== undefined) return cached;
    const result = compute(text);
    const [oldestKey] = cache.keys();
    if (oldestKey !== undefined && cache.size >= maxEntries) cache.delete(oldestKey);
    cache.set(text, result);
    return result;
  };
}
