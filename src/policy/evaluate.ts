import type { PolicyDocument } from './document.ts';
import {
  allOf,
  allows,
  anyOf,
  type DeniedBy,
  denies,
  type Finding,
  NOTHING_ALLOWS,
  type Source,
} from './finding.ts';
import { nearMiss } from './near-miss.ts';
import { EVERY_REACH, type Reach, type RequestPrincipal, type StatementRequest } from './statement.ts';
import { isUnknown, requestContext } from './variables.ts';

/** `cannot-tell`: something that this program doesn't know could change the result. */
export type Verdict = 'allowed' | 'denied' | 'cannot-tell';

export interface Evaluation {
  verdict: Verdict;
  /** A short clause, such as `statement 2 of policy 1 denies it`. */
  because: string;
  /** Absent if nothing is denied, or if only an `Allow` for the caller is missing. */
  deniedBy?: DeniedBy;
}

export interface AccessRequest {
  principal: RequestPrincipal;
  action: string;
  resource: string;
  /** Keys are case-insensitive. A key that is not here is absent from the request, unless `unknownContext` matches it. */
  context: Record<string, string | string[]>;
}

export interface EvaluationInput {
  identityPolicies: PolicyDocument[];
  /** Names of these policies for explanations. Default: `policy 1` and so on. */
  identityNames?: string[];
  permissionsBoundary?: PolicyDocument;
  /** For a KMS key, its key policy. Omit it to evaluate only the role's own policies. */
  resourcePolicy?: PolicyDocument;
  request: AccessRequest;
  /** Context keys that may or may not be in the request. `*` and `?` are wildcards. */
  unknownContext?: string[];
}

export interface TrustRequest {
  /** The service principal, such as `mediaconnect.amazonaws.com`. */
  service: string;
  context: Record<string, string | string[]>;
  unknownContext?: string[];
}

/**
 * Evaluates whether a role session may perform an action on a resource in the role's account. Doesn't consider the policies of
 * AWS Organizations or session policies. Source: IAM User Guide, "Policy evaluation logic", and for KMS keys, KMS Developer
 * Guide, "Key policies".
 */
export function evaluateAccess(input: EvaluationInput): Evaluation {
  const { principal, action, resource } = input.request;
  const context = requestContext(input.request.context, input.unknownContext ?? []);
  const request: StatementRequest = { caller: { role: principal }, action, resource, context };

  const identitySources = input.identityPolicies.map((document, index) =>
    identitySource(input.identityNames?.[index] ?? `policy ${index + 1}`, document),
  );
  const boundarySources = input.permissionsBoundary
    ? [identitySource('the permissions boundary', input.permissionsBoundary)]
    : [];
  const isForKmsKey = action.toLowerCase().startsWith('kms:');
  const resourceName = isForKmsKey ? 'the key policy' : 'the resource policy';
  const resourcePolicyFor = (reaches: readonly Reach[]) =>
    resourceSources(resourceName, reaches, input.resourcePolicy);
  const resourcePolicyAllows = (reach: Reach) => allows(resourcePolicyFor([reach]), request);
  const withinBoundary = boundaryAllows(boundarySources, request);
  // The role's own policies apply to a KMS key only if the key policy gives the account access.
  const keyPolicyDelegation =
    isForKmsKey && input.resourcePolicy
      ? [keyPolicyDelegates(resourcePolicyAllows('account'), input.resourcePolicy, request)]
      : [];

  const allowed = anyOf([
    allOf([allows(identitySources, request), ...keyPolicyDelegation, withinBoundary]),
    allOf([resourcePolicyAllows('role'), withinBoundary]),
    resourcePolicyAllows('direct'),
  ]);
  const sources = [...identitySources, ...boundarySources, ...resourcePolicyFor(EVERY_REACH)];
  const denied = denies(sources, request);
  const conclusion = conclude(denied, allOf([allowed, inOneAccount(principal.principalArn, resource)]));
  return withNearMiss(conclusion, identitySources, request);
}

/** Evaluates whether an AWS service may assume the role with this trust policy. */
export function evaluateTrust(
  trust: PolicyDocument,
  { service, context, unknownContext }: TrustRequest,
): Evaluation {
  const sources = resourceSources('the trust policy', EVERY_REACH, trust);
  const request: StatementRequest = {
    caller: { service },
    action: 'sts:AssumeRole',
    context: requestContext(context, unknownContext ?? []),
  };
  return withNearMiss(conclude(denies(sources, request), allows(sources, request)), sources, request);
}

function identitySource(name: string, document: PolicyDocument): Source {
  return { name, document, attachment: { to: 'identity' } };
}

function resourceSources(name: string, reaches: readonly Reach[], document?: PolicyDocument): Source[] {
  return document ? [{ name, document, attachment: { to: 'resource', reaches } }] : [];
}

function boundaryAllows(boundary: Source[], request: StatementRequest): Finding {
  if (boundary.length === 0) return { truth: 'yes', because: 'no permissions boundary limits it' };
  const finding = allows(boundary, request);
  if (finding.truth !== 'no') return finding;
  return { ...finding, because: 'the permissions boundary does not allow it', deniedBy: 'boundary' };
}

function keyPolicyDelegates(finding: Finding, keyPolicy: PolicyDocument, request: StatementRequest): Finding {
  if (finding.truth !== 'no') return finding;
  const because = 'the key policy allows neither the role nor its account';
  const miss = nearMiss(resourceSources('the key policy', EVERY_REACH, keyPolicy), request);
  return { ...finding, because: miss ? `${because}: ${miss}` : because, deniedBy: 'key-policy' };
}

/** Cross-account access has different rules. A resource whose ARN has no account counts as one of the role's account. */
function inOneAccount(roleArn: string, resource: string): Finding {
  const accountOf = (arn: string) => arn.split(':')[4] ?? '';
  const isSameAccount = ['', accountOf(roleArn)].includes(accountOf(resource));
  const because = isSameAccount
    ? 'role and resource are in one account'
    : 'the resource is in another account';
  return { truth: isSameAccount ? 'yes' : { unknown: because }, because };
}

/** Adds the closest statement to the explanation of an implicit denial. */
function withNearMiss(evaluation: Evaluation, sources: Source[], request: StatementRequest): Evaluation {
  if (evaluation.because !== NOTHING_ALLOWS) return evaluation;
  const miss = nearMiss(sources, request);
  return miss === undefined ? evaluation : { ...evaluation, because: `${NOTHING_ALLOWS}: ${miss}` };
}

function conclude(denied: Finding, allowed: Finding): Evaluation {
  if (denied.truth === 'yes') return { verdict: 'denied', because: denied.because, deniedBy: 'statement' };
  if (allowed.truth === 'no')
    return { verdict: 'denied', because: allowed.because, deniedBy: allowed.deniedBy };
  const undecided = [denied, allowed].find(({ truth }) => isUnknown(truth));
  return undecided
    ? { verdict: 'cannot-tell', because: undecided.because }
    : { verdict: 'allowed', because: allowed.because };
}

/**
 * Returns whether an identity policy by itself allows the request. For a resource in another account, the resource's policy must
 * allow it too; `evaluateAccess` checks that.
 */
export function allowsAccess(
  document: PolicyDocument,
  { principal, action, resource, context }: AccessRequest,
): boolean {
  const sources = [identitySource('the policy', document)];
  const request = { caller: { role: principal }, action, resource, context: requestContext(context, []) };
  return denies(sources, request).truth === 'no' && allows(sources, request).truth === 'yes';
}
