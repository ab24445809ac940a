import type { PolicyDocument } from './document.ts';
import {
  allows,
  both,
  type DeniedBy,
  denies,
  either,
  type Finding,
  NOTHING_ALLOWS,
  type Source,
} from './finding.ts';
import { nearMiss } from './near-miss.ts';
import { EVERY_REACH, type Reach, type RequestPrincipal, type StatementRequest } from './statement.ts';
import { isUnknown, requestContext } from './variables.ts';

/** `cannot-tell`: something that this program does not know could change the answer. */
export type Verdict = 'allowed' | 'denied' | 'cannot-tell';

export interface Evaluation {
  verdict: Verdict;
  /** One short clause, such as `statement 2 of policy 1 denies it`. */
  because: string;
  /** Left out where only a permission of the caller is missing, and where nothing is denied. */
  deniedBy?: DeniedBy;
}

export interface AccessRequest {
  principal: RequestPrincipal;
  action: string;
  resource: string;
  /** Keys are compared without case; a key that is not here is known to be absent, unless `unknownContext` names it. */
  context: Record<string, string | string[]>;
}

export interface EvaluationInput {
  identityPolicies: PolicyDocument[];
  /** What explanations call these policies; `policy 1` and so on without them. */
  identityNames?: string[];
  permissionsBoundary?: PolicyDocument;
  /** For a KMS key, its key policy. Leave it out to judge what the role's own policies say. */
  resourcePolicy?: PolicyDocument;
  request: AccessRequest;
  /** Context keys of which it is not known whether the request has them. `*` and `?` are wildcards. */
  unknownContext?: string[];
}

export interface TrustRequest {
  /** The service principal, such as `mediaconnect.amazonaws.com`. */
  service: string;
  context: Record<string, string | string[]>;
  unknownContext?: string[];
}

/**
 * Whether a role's session may do something to a resource in the role's own account. Organizations' policies and
 * session policies are not looked at.
 * Source: IAM User Guide, "Policy evaluation logic", and for KMS keys, KMS Developer Guide, "Key policies".
 */
export function evaluateAccess(input: EvaluationInput): Evaluation {
  const { principal, action, resource } = input.request;
  const context = requestContext(input.request.context, input.unknownContext ?? []);
  const request: StatementRequest = { caller: { role: principal }, action, resource, context };

  const identity = input.identityPolicies.map((document, at) =>
    ofRole(input.identityNames?.[at] ?? `policy ${at + 1}`, document),
  );
  const boundary = input.permissionsBoundary
    ? [ofRole('the permissions boundary', input.permissionsBoundary)]
    : [];
  const resourceName = isOfKms(action) ? 'the key policy' : 'the resource policy';
  const allowing = (reach: Reach) => allows(ofResource(input.resourcePolicy, [reach], resourceName), request);
  const withinBoundary = boundary.length > 0 ? boundaryAllows(boundary, request) : UNBOUNDED;
  const delegated = resourcePolicyMustAllow(input)
    ? [keyPolicyDelegates(allowing('account'), input.resourcePolicy, request)]
    : [];

  const granted = either([
    both([allows(identity, request), ...delegated, withinBoundary]),
    both([allowing('role'), withinBoundary]),
    allowing('direct'),
  ]);
  const denied = denies(
    [...identity, ...boundary, ...ofResource(input.resourcePolicy, EVERY_REACH, resourceName)],
    request,
  );
  const conclusion = conclude(denied, both([granted, inOneAccount(principal.roleArn, resource)]));
  return explained(conclusion, identity, request);
}

/** Whether the AWS service may assume the role that has this trust policy. */
export function evaluateTrust(
  trust: PolicyDocument,
  { service, context, unknownContext }: TrustRequest,
): Evaluation {
  const sources = ofResource(trust, EVERY_REACH, 'the trust policy');
  const request: StatementRequest = {
    caller: { service },
    action: 'sts:AssumeRole',
    context: requestContext(context, unknownContext ?? []),
  };
  return explained(conclude(denies(sources, request), allows(sources, request)), sources, request);
}

const UNBOUNDED: Finding = { truth: 'yes', because: 'no permissions boundary limits it' };

function ofRole(name: string, document: PolicyDocument): Source {
  return { name, document, attachment: { to: 'identity' } };
}

function ofResource(document: PolicyDocument | undefined, reaches: readonly Reach[], name: string): Source[] {
  return document ? [{ name, document, attachment: { to: 'resource', reaches } }] : [];
}

function boundaryAllows(boundary: Source[], request: StatementRequest): Finding {
  const finding = allows(boundary, request);
  return finding.truth === 'no'
    ? { ...finding, because: 'the permissions boundary does not allow it', deniedBy: 'boundary' }
    : finding;
}

function keyPolicyDelegates(
  finding: Finding,
  keyPolicy: PolicyDocument | undefined,
  request: StatementRequest,
): Finding {
  if (finding.truth !== 'no') return finding;
  const because = 'the key policy allows neither the role nor its account';
  const miss = nearMiss(ofResource(keyPolicy, EVERY_REACH, 'the key policy'), request);
  return {
    ...finding,
    because: miss === undefined ? because : `${because}: ${miss}`,
    deniedBy: 'key-policy',
  };
}

function isOfKms(action: string): boolean {
  return action.toLowerCase().startsWith('kms:');
}

/** A role's own policies count for a KMS key only as far as the key policy gives the account access. */
function resourcePolicyMustAllow({ request, resourcePolicy }: EvaluationInput): boolean {
  return resourcePolicy !== undefined && isOfKms(request.action);
}

/** Between two accounts other rules hold. A resource whose ARN names no account is taken for the role's own. */
function inOneAccount(roleArn: string, resource: string): Finding {
  const accountOf = (arn: string) => arn.split(':')[4] ?? '';
  const same = ['', accountOf(roleArn)].includes(accountOf(resource));
  const because = same ? 'role and resource are in one account' : 'the resource is in another account';
  return { truth: same ? 'yes' : { unknown: because }, because };
}

/** A denial for want of a permission, with the statement that comes closest. */
function explained(evaluation: Evaluation, sources: Source[], request: StatementRequest): Evaluation {
  if (evaluation.because !== NOTHING_ALLOWS) return evaluation;
  const miss = nearMiss(sources, request);
  return miss === undefined ? evaluation : { ...evaluation, because: `${NOTHING_ALLOWS}: ${miss}` };
}

function conclude(denied: Finding, granted: Finding): Evaluation {
  if (denied.truth === 'yes') return { verdict: 'denied', because: denied.because, deniedBy: 'statement' };
  if (granted.truth === 'no') {
    const { because, deniedBy } = granted;
    return { verdict: 'denied', because, ...(deniedBy ? { deniedBy } : {}) };
  }
  const open = [denied, granted].find(({ truth }) => isUnknown(truth));
  return open
    ? { verdict: 'cannot-tell', because: open.because }
    : { verdict: 'allowed', because: granted.because };
}

/**
 * Returns whether an identity policy by itself grants the request. That is a question about the document only: for a resource of
 * another account the policy over there must allow it too, which is left to `evaluateAccess`.
 */
export function grantsAccess(
  document: PolicyDocument,
  { principal, action, resource, context }: AccessRequest,
): boolean {
  const sources = [{ name: 'the policy', document, attachment: { to: 'identity' } as const }];
  const request = { caller: { role: principal }, action, resource, context: requestContext(context, []) };
  return denies(sources, request).truth === 'no' && allows(sources, request).truth === 'yes';
}
