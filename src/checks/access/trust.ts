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
import { matches, pattern as wildcards } from '../../policy/match.ts';
import { timeContext } from './read-requests.ts';

/** Whether a trust policy lets MediaConnect in, and why not. */
export type TrustResult =
  | { verdict: 'allowed'; scope: TrustScope }
  /** `uncertain`: something that cannot be known from here would decide. */
  | ({ verdict: 'not-allowed'; uncertain: boolean } & Pick<Evaluation, 'because' | 'deniedBy'>)
  | { verdict: 'unreadable' };

/**
 * For which flows: those asked for (`as-asked`), more than were asked for (`wider`: the document does not look at the
 * flow at all), or only some flows where any was asked for (`narrower`).
 */
export type TrustScope = 'as-asked' | 'wider' | 'narrower';

/** The flows for which MediaConnect will want the role. */
export interface FlowScope {
  /** ARN patterns; none means any flow in the Regions. */
  sourceArns: string[];
  regions: string[];
}

/** Context keys that MediaConnect's request may carry with values that cannot be known from here. */
const UNKNOWN_CONTEXT = [
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

/** Judges a trust policy (JSON text) for flows of this account. */
export function checkTrust(text: string, flows: FlowScope, identity: Identity): TrustResult {
  const trust = tryParsePolicy(text);
  if (!trust) return { verdict: 'unreadable' };
  const judge = (sourceArn: string) => evaluateForFlow(trust, sourceArn, identity);
  const asked = flows.sourceArns.length > 0;
  const wanted = asked ? flows.sourceArns.map(exampleOf) : anyFlow(flows.regions, identity);
  const refusals = wanted.map(judge).filter((evaluation) => !isAllowed(evaluation));
  const denied = refusals.find(({ verdict }) => verdict === 'denied');
  const refused = denied ?? refusals[0];
  const patterns = sourceArnPatterns(trust);
  if (!refused) return { verdict: 'allowed', scope: asked && patterns.length === 0 ? 'wider' : 'as-asked' };
  const someFlow = (region: string) =>
    patterns
      .flatMap((each) => exampleIn(each, region, identity))
      .map(judge)
      .some(isAllowed);
  if (!asked && flows.regions.every(someFlow)) return { verdict: 'allowed', scope: 'narrower' };
  return { ...refused, verdict: 'not-allowed', uncertain: denied === undefined };
}

/** Evaluates the request that MediaConnect makes for one flow, or another resource, of an account. */
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
    unknownContext: UNKNOWN_CONTEXT,
  });
}

function isAllowed({ verdict }: Evaluation): boolean {
  return verdict === 'allowed';
}

/** An ARN such as a flow of this account has, one for each Region. */
export function anyFlow(regions: string[], { partition, account }: AccountRef): string[] {
  return regions.map(
    (region) => `arn:${partition}:mediaconnect:${region}:${account}:flow:1-AnyFlowOfThisAccount:any`,
  );
}

/** The `aws:SourceArn` patterns in the Allow statements of a trust policy. */
function sourceArnPatterns({ statements }: PolicyDocument): string[] {
  return valuesOf(
    statements.filter(({ effect }) => effect === 'Allow'),
    'aws:SourceArn',
  );
}

/** The values that these statements compare a context key with, by whatever operator. */
export function valuesOf(statements: Statement[], name: string): string[] {
  return statements
    .flatMap(({ conditions }) => conditions)
    .filter(({ key }) => key.toLowerCase() === name.toLowerCase())
    .flatMap(({ values }) => values);
}

/** Some flow, router input or router output of this account in the Region whose ARN matches the pattern; none when it is for other things. */
function exampleIn(pattern: string, region: string, { partition, account }: AccountRef): string[] {
  const [, , , , , ...resource] = pattern.split(':');
  const flows = [`flow:1-AnyFlowOfThisAccount:any`, exampleOf(resource.join(':'))];
  const arns = flows
    .filter((user) => /^(flow|routerInput|routerOutput):/.test(user))
    .map((flow) => ['arn', partition, 'mediaconnect', region, account, flow].join(':'));
  return arns.filter((arn) => matches(wildcards(pattern), arn)).slice(0, 1);
}

/** Some ARN that matches the pattern. */
export function exampleOf(pattern: string): string {
  return pattern.replaceAll('*', 'example').replaceAll('?', 'x');
}

/** What MediaConnect has against the name of a role or its path. */
interface RoleNaming {
  /** Whether AWS reserves the name (MediaConnect User Guide). */
  isReserved: boolean;
  /** The path, if it has another one than `/`. */
  path?: string;
}

/** Checks the name and the path of a role. Pure. */
export function checkRoleNaming({ name, arn }: { name: string; arn: string }): RoleNaming {
  const isReserved = /^mediaconnectaccessrole$/i.test(name);
  const [, path = '/'] = /^role(\/.*\/|\/)[^/]+$/.exec(parseArn(arn)?.resource ?? '') ?? [];
  return path === '/' ? { isReserved } : { isReserved, path };
}
