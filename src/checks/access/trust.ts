import { parseArn } from '../../aws/arn.ts';
import type { Identity } from '../../aws/session.ts';
import {
  type AccountRef,
  type Evaluation,
  evaluateTrust,
  MEDIACONNECT_SERVICE,
  type PolicyDocument,
  type Statement,
  tryParsePolicy,
} from '../../policy/index.ts';
import { matches, parsePattern } from '../../policy/match.ts';
import { timeContext } from './read-requests.ts';

/** Whether a trust policy lets MediaConnect assume the role, and why not. */
export type TrustResult =
  | { verdict: 'allowed'; scope: TrustScope }
  /** `uncertain`: the result depends on something that is unknown here. */
  | ({ verdict: 'not-allowed'; uncertain: boolean } & Pick<Evaluation, 'because' | 'deniedBy'>)
  | { verdict: 'unreadable' };

/**
 * The flows that may use the role:
 *
 * - `as-asked`: exactly the requested ones.
 * - `wider`: more than requested, because the document has no condition on the flow.
 * - `narrower`: only some, although any flow was requested.
 */
export type TrustScope = 'as-asked' | 'wider' | 'narrower';

/** The flows for which MediaConnect will assume the role. */
export interface FlowScope {
  /** ARN patterns. Empty for any flow in the Regions. */
  sourceArns: string[];
  regions: string[];
}

/** Context keys that MediaConnect's request may have, with values that are unknown here. */
const UNKNOWN_CONTEXT_KEYS = [
  'aws:SourceOrgID',
  'aws:SourceOrgPaths',
  'aws:PrincipalServiceNamesList',
  'aws:PrincipalType',
  'aws:RequestedRegion',
  'aws:ResourceAccount',
  'aws:ResourceOrg*',
  'aws:ResourceTag/*',
  'aws:SourceIp',
  'aws:SourceVpc',
  'aws:SourceVpce',
  'aws:UserAgent',
  'aws:ViaAWSService',
  'iam:ResourceTag/*',
  'sts:RoleSessionName',
];

/** Checks a trust policy (JSON text) for flows of this account. */
export function checkTrust(text: string, flows: FlowScope, identity: Identity): TrustResult {
  const trust = tryParsePolicy(text);
  if (!trust) return { verdict: 'unreadable' };
  const evaluate = (sourceArn: string) => evaluateForFlow(trust, sourceArn, identity);
  const hasRequestedFlows = flows.sourceArns.length > 0;
  const flowArns = hasRequestedFlows
    ? flows.sourceArns.map(exampleOf)
    : exampleFlows(flows.regions, identity);
  const refusals = flowArns.map(evaluate).filter((evaluation) => !isAllowed(evaluation));
  const denied = refusals.find(({ verdict }) => verdict === 'denied');
  const refusal = denied ?? refusals[0];
  const allowStatements = trust.statements.filter(({ effect }) => effect === 'Allow');
  const patterns = valuesOf(allowStatements, 'aws:SourceArn');
  if (!refusal)
    return { verdict: 'allowed', scope: hasRequestedFlows && patterns.length === 0 ? 'wider' : 'as-asked' };
  const isAllowedForSomeFlow = (region: string) =>
    patterns
      .flatMap((each) => exampleIn(each, region, identity))
      .map(evaluate)
      .some(isAllowed);
  if (!hasRequestedFlows && flows.regions.every(isAllowedForSomeFlow))
    return { verdict: 'allowed', scope: 'narrower' };
  return { ...refusal, verdict: 'not-allowed', uncertain: denied === undefined };
}

/** Evaluates the request that MediaConnect makes for a flow, or another resource, in an account. */
export function evaluateForFlow(
  trust: PolicyDocument,
  sourceArn: string,
  { account }: Pick<Identity, 'account'>,
): Evaluation {
  return evaluateTrust(trust, {
    service: MEDIACONNECT_SERVICE,
    context: {
      'aws:SourceAccount': account,
      'aws:SourceArn': sourceArn,
      'aws:PrincipalIsAWSService': 'true',
      'aws:PrincipalServiceName': MEDIACONNECT_SERVICE,
      'aws:SecureTransport': 'true',
      ...timeContext(),
    },
    unknownContext: UNKNOWN_CONTEXT_KEYS,
  });
}

function isAllowed({ verdict }: Evaluation): boolean {
  return verdict === 'allowed';
}

/** Returns an example flow ARN of this account for each Region. */
export function exampleFlows(regions: string[], { partition, account }: AccountRef): string[] {
  return regions.map(
    (region) => `arn:${partition}:mediaconnect:${region}:${account}:flow:1-AnyFlowOfThisAccount:any`,
  );
}

/** Returns the values that these statements compare with a context key, with any operator. */
export function valuesOf(statements: Statement[], name: string): string[] {
  return statements
    .flatMap(({ conditions }) => conditions)
    .filter(({ key }) => key.toLowerCase() === name.toLowerCase())
    .flatMap(({ values }) => values);
}

/**
 * Returns the example flow, router input or router output ARNs of this account and Region that match the pattern; empty if it is
 * for other resources.
 */
function exampleIn(pattern: string, region: string, { partition, account }: AccountRef): string[] {
  const resourcePattern = pattern.split(':').slice(5).join(':');
  const resources = ['flow:1-AnyFlowOfThisAccount:any', exampleOf(resourcePattern)];
  const arns = resources
    .filter((resource) => /^(flow|routerInput|routerOutput):/.test(resource))
    .map((resource) => `arn:${partition}:mediaconnect:${region}:${account}:${resource}`);
  return arns.filter((arn) => matches(parsePattern(pattern), arn)).slice(0, 1);
}

/** Returns an example ARN that matches the pattern. */
export function exampleOf(pattern: string): string {
  return pattern.replaceAll('*', 'example').replaceAll('?', 'x');
}

/** Returns whether AWS reserves the name of a role (MediaConnect User Guide), and its path if that is not `/`. Pure. */
export function checkRoleNaming({ name, arn }: { name: string; arn: string }) {
  const isReserved = /^mediaconnectaccessrole$/i.test(name);
  const [, path = '/'] = /^role(\/.*\/|\/)[^/]+$/.exec(parseArn(arn)?.resource ?? '') ?? [];
  return { isReserved, path: path === '/' ? undefined : path };
}
