import type { JsonObject } from '../documents/json.ts';
import { matchPrincipal, type Principal, type PrincipalMatch, strongestMatch } from './principals.ts';
import { type AccessRequest, matchingStatements } from './statements.ts';

/** The policy documents that decide what a principal may do in its own account. */
export interface Policies {
  readonly identity: readonly string[];
  readonly boundary?: string;
  /** Session policies; undefined if the session has none. */
  readonly session?: readonly string[];
  /** The resource-based policy. */
  readonly resource?: string;
  /** True if the resource-based policy must allow the principal, directly or through its account. */
  readonly resourceMustAllow?: boolean;
}

export type PolicyKind =
  | 'identity-based policy'
  | 'resource-based policy'
  | 'permissions boundary'
  | 'session policy';

/**
 * The result of an evaluation. For a denial, `policyKind` is the kind of policy that explicitly denies, or the first kind that
 * does not allow.
 */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly explicit: boolean; readonly policyKind: PolicyKind };

/**
 * Evaluates the request of a principal on a resource in the same account.
 * Source: "Policy evaluation logic" in the IAM user guide.
 */
export function decide(request: AccessRequest, principal: Principal, policies: Policies): Decision {
  const resource = resourceEffects(request, principal, policies);
  const identity = effectsOf(request, policies.identity);
  const boundary = policies.boundary === undefined ? undefined : effectsOf(request, [policies.boundary]);
  const session = policies.session && effectsOf(request, policies.session);
  const denials: [PolicyKind, boolean][] = [
    ['identity-based policy', identity.denies],
    ['resource-based policy', resource.denies],
    ['permissions boundary', boundary?.denies ?? false],
    ['session policy', session?.denies ?? false],
  ];
  const denyingKind = denials.find(([, denies]) => denies)?.[0];
  if (denyingKind !== undefined) return { allowed: false, explicit: true, policyKind: denyingKind };
  const { allowMatch } = resource;
  const permits: [PolicyKind, boolean][] = [
    ['resource-based policy', !policies.resourceMustAllow || allowMatch !== 'none'],
    ['identity-based policy', identity.allows || isAtLeast('role', allowMatch)],
    ['permissions boundary', (boundary?.allows ?? true) || isAtLeast('everyone', allowMatch)],
    ['session policy', (session?.allows ?? true) || isAtLeast('direct', allowMatch)],
  ];
  const missingKind = permits.find(([, isPermitted]) => !isPermitted)?.[0];
  if (missingKind !== undefined) return { allowed: false, explicit: false, policyKind: missingKind };
  return { allowed: true };
}

/** True if a match is at least as strong as the minimum. */
function isAtLeast(minimum: PrincipalMatch, actual: PrincipalMatch): boolean {
  return strongestMatch([minimum, actual]) === actual;
}

function effectsOf(request: AccessRequest, documents: readonly string[]) {
  const statements = documents.flatMap((document) => matchingStatements(document, request));
  return { allows: statements.some(isAllow), denies: statements.some(isDeny) };
}

/** Returns whether the resource-based policy denies, and the strongest match of its statements that allow. */
function resourceEffects(request: AccessRequest, principal: Principal, { resource, boundary }: Policies) {
  const statements = resource === undefined ? [] : matchingStatements(resource, request);
  const allowMatches = statements.filter(isAllow).map((statement) => matchPrincipal(statement, principal));
  // A Deny with NotPrincipal applies to every principal that has a permissions boundary, even to those that it names.
  // Source: "AWS JSON policy elements: NotPrincipal" in the IAM user guide.
  const isDenied = (statement: JsonObject) =>
    matchPrincipal(statement, principal) !== 'none' ||
    (statement.NotPrincipal !== undefined && boundary !== undefined);
  return { allowMatch: strongestMatch(allowMatches), denies: statements.filter(isDeny).some(isDenied) };
}

const isAllow = (statement: JsonObject) => statement.Effect === 'Allow';
const isDeny = (statement: JsonObject) => statement.Effect === 'Deny';
