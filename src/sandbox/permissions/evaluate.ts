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

interface StatementEffects {
  readonly allows: boolean;
  readonly denies: boolean;
}

/**
 * Evaluates the request of a principal on a resource in the same account.
 * Source: "Policy evaluation logic" in the IAM user guide.
 */
export function decide(request: AccessRequest, principal: Principal, policies: Policies): Decision {
  const resource = resourceEffects(request, principal, policies);
  const identity = effectsOf(request, policies.identity);
  const boundary = policies.boundary === undefined ? undefined : effectsOf(request, [policies.boundary]);
  const session = policies.session && effectsOf(request, policies.session);
  const denials: readonly PolicyResult[] = [
    { policyKind: 'identity-based policy', result: identity.denies },
    { policyKind: 'resource-based policy', result: resource.denies },
    { policyKind: 'permissions boundary', result: boundary?.denies ?? false },
    { policyKind: 'session policy', result: session?.denies ?? false },
  ];
  const denial = denials.find(({ result }) => result);
  if (denial) {
    return { allowed: false, explicit: true, policyKind: denial.policyKind };
  }
  const { allowMatch } = resource;
  const permits: readonly PolicyResult[] = [
    { policyKind: 'resource-based policy', result: !policies.resourceMustAllow || allowMatch !== 'none' },
    { policyKind: 'identity-based policy', result: identity.allows || isAtLeast('role', allowMatch) },
    {
      policyKind: 'permissions boundary',
      result: (boundary?.allows ?? true) || isAtLeast('everyone', allowMatch),
    },
    { policyKind: 'session policy', result: (session?.allows ?? true) || isAtLeast('direct', allowMatch) },
  ];
  const missingPermit = permits.find(({ result }) => !result);
  return missingPermit
    ? { allowed: false, explicit: false, policyKind: missingPermit.policyKind }
    : { allowed: true };
}

/** Whether the policies of one kind deny, or whether they permit. */
interface PolicyResult {
  readonly policyKind: PolicyKind;
  readonly result: boolean;
}

/** True if a match is at least as strong as the minimum. */
function isAtLeast(minimum: PrincipalMatch, actual: PrincipalMatch): boolean {
  return strongestMatch([minimum, actual]) === actual;
}

function effectsOf(request: AccessRequest, documents: readonly string[]): StatementEffects {
  const statements = documents.flatMap((document) => matchingStatements(document, request));
  return { allows: statements.some(isAllow), denies: statements.some(isDeny) };
}

interface ResourcePolicyEffects {
  /** The strongest match of the statements that allow. */
  readonly allowMatch: PrincipalMatch;
  readonly denies: boolean;
}

function resourceEffects(
  request: AccessRequest,
  principal: Principal,
  { resource, boundary }: Policies,
): ResourcePolicyEffects {
  const statements = resource === undefined ? [] : matchingStatements(resource, request);
  const allowMatches = statements.filter(isAllow).map((statement) => matchPrincipal(statement, principal));
  const isDenied = (statement: JsonObject) =>
    matchPrincipal(statement, principal) !== 'none' || isDeniedByBoundary(statement, boundary);
  return {
    allowMatch: strongestMatch(allowMatches),
    denies: statements.filter(isDeny).some(isDenied),
  };
}

/**
 * True if a permissions boundary makes a Deny with NotPrincipal apply. Such a Deny applies to every principal that has a
 * boundary, even to those that it names.
 * Source: "AWS JSON policy elements: NotPrincipal" in the IAM user guide.
 */
function isDeniedByBoundary(statement: JsonObject, boundary: string | undefined): boolean {
  return statement.NotPrincipal !== undefined && boundary !== undefined;
}

const isAllow = (statement: JsonObject) => statement.Effect === 'Allow';
const isDeny = (statement: JsonObject) => statement.Effect === 'Deny';
