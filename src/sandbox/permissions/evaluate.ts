import type { JsonObject } from '../documents/json.ts';
import { type Asker, type Naming, namingOf, strongestOf } from './principals.ts';
import { type Question, statementsOn } from './statements.ts';

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
 * The result of an evaluation. For a denial, `by` names the kind of policy that explicitly denies, or the first kind that does
 * not allow.
 */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly explicit: boolean; readonly by: PolicyKind };

interface Findings {
  readonly allows: boolean;
  readonly denies: boolean;
}

/**
 * Evaluates the request of a principal on a resource in the same account.
 * Source: "Policy evaluation logic" in the IAM user guide.
 */
export function decide(question: Question, asker: Asker, policies: Policies): Decision {
  const resource = resourceFindings(question, asker, policies);
  const identity = findings(question, policies.identity);
  const boundary = policies.boundary === undefined ? undefined : findings(question, [policies.boundary]);
  const session = policies.session && findings(question, policies.session);
  const denier = (
    [
      ['identity-based policy', identity],
      ['resource-based policy', resource],
      ['permissions boundary', boundary],
      ['session policy', session],
    ] as const
  ).find(([, found]) => found?.denies);
  if (denier) {
    return { allowed: false, explicit: true, by: denier[0] };
  }
  const lacking = (
    [
      ['resource-based policy', !policies.resourceMustAllow || resource.grantedTo !== 'not'],
      ['identity-based policy', identity.allows || isAtLeast('role', resource.grantedTo)],
      ['permissions boundary', (boundary?.allows ?? true) || isAtLeast('everyone', resource.grantedTo)],
      ['session policy', (session?.allows ?? true) || isAtLeast('itself', resource.grantedTo)],
    ] as const
  ).find(([, allows]) => !allows);
  return lacking ? { allowed: false, explicit: false, by: lacking[0] } : { allowed: true };
}

function isAtLeast(wanted: Naming, actual: Naming): boolean {
  return strongestOf([wanted, actual]) === actual;
}

function findings(question: Question, documents: readonly string[]): Findings {
  const statements = documents.flatMap((document) => statementsOn(document, question));
  return { allows: statements.some(isAllow), denies: statements.some(isDeny) };
}

function resourceFindings(
  question: Question,
  asker: Asker,
  { resource, boundary }: Policies,
): { grantedTo: Naming; denies: boolean } {
  const statements = resource === undefined ? [] : statementsOn(resource, question);
  const namings = statements.filter(isAllow).map((statement) => namingOf(statement, asker));
  const isDenied = (statement: JsonObject) =>
    namingOf(statement, asker) !== 'not' || isDeniedByBoundary(statement, boundary);
  return {
    grantedTo: strongestOf(namings),
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
