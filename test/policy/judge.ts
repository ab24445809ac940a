import { runSimulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import {
  type Evaluation,
  evaluateAccess,
  evaluateTrust,
  type PolicyDocument,
  parsePolicy,
  type Verdict,
} from '../../src/policy/index.ts';
import { identityPolicy, type RawPolicy, resourcePolicy, trustPolicy } from './documents.ts';
import { ACCOUNT, type Context, context, ROLE_ARN, SESSION_NAME, target } from './vocabulary.ts';

/** A request that this program and the judge, `@cloud-copilot/iam-simulate`, both evaluate. */
export interface AccessCase {
  identity: RawPolicy[];
  boundary: RawPolicy | undefined;
  resourcePolicy: RawPolicy | undefined;
  target: { action: string; resource: string };
  context: Context;
}

export interface TrustCase {
  trust: RawPolicy;
  service: string;
  context: Context;
}

/** Left out: requests for a KMS key without a key policy. The judge treats those as denied, this program as not read. */
export const accessCase: fc.Arbitrary<AccessCase> = fc
  .record({
    identity: fc.array(identityPolicy, { minLength: 1, maxLength: 2 }),
    boundary: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, identityPolicy),
    resourcePolicy: fc.option(resourcePolicy, { nil: undefined, freq: 2 }),
    target,
    context,
  })
  .filter((each) => each.resourcePolicy !== undefined || !each.target.action.startsWith('kms:'));

export const trustCase: fc.Arbitrary<TrustCase> = fc.record({
  trust: trustPolicy,
  service: fc.constantFrom(
    'mediaconnect.amazonaws.com',
    'mediaconnect.amazonaws.com',
    'lambda.amazonaws.com',
  ),
  context,
});

export function parsed(policy: RawPolicy): PolicyDocument {
  return parsePolicy(JSON.stringify(policy));
}

export function ourAccess(each: AccessCase, unknownContext: string[] = []): Evaluation {
  return evaluateAccess({
    identityPolicies: each.identity.map(parsed),
    ...(each.boundary ? { permissionsBoundary: parsed(each.boundary) } : {}),
    ...(each.resourcePolicy ? { resourcePolicy: parsed(each.resourcePolicy) } : {}),
    request: {
      principal: { principalArn: ROLE_ARN, sessionName: SESSION_NAME },
      ...each.target,
      context: each.context,
    },
    unknownContext,
  });
}

export function ourTrust(
  { trust, service, context: known }: TrustCase,
  unknownContext: string[] = [],
): Evaluation {
  return evaluateTrust(parsed(trust), { service, context: known, unknownContext });
}

export function judgedAccess(each: AccessCase): Promise<Verdict> {
  return judge({
    principal: `arn:aws:sts::${ACCOUNT}:assumed-role/MediaConnect-ASM/${SESSION_NAME}`,
    action: each.target.action,
    resource: each.target.resource,
    context: each.context,
    identity: each.identity,
    boundary: each.boundary,
    resourcePolicy: each.resourcePolicy,
  });
}

export function judgedTrust({ trust, service, context: known }: TrustCase): Promise<Verdict> {
  return judge({
    principal: service,
    action: 'sts:AssumeRole',
    resource: ROLE_ARN,
    context: known,
    identity: [],
    boundary: undefined,
    resourcePolicy: trust,
  });
}

interface Question {
  principal: string;
  action: string;
  resource: string;
  context: Context;
  identity: RawPolicy[];
  boundary: RawPolicy | undefined;
  resourcePolicy: RawPolicy | undefined;
}

/**
 * Returns the document in a form that the judge evaluates as AWS documents the original. The judge deviates in two places:
 * - It resolves policy variables in documents of every version. Before 2012-10-17 they are literal text (IAM User Guide,
 *   "IAM policy elements: Variables and tags"), so it gets the dollar sign escaped there.
 * - It does not count an IPv6 address as outside an IPv4 address without a prefix. `/32` means the same (same guide,
 *   "IP address condition operators"), and the judge supports that.
 *
 * Three more deviations are kept out of the vocabulary and tested in conditions.test.ts: it treats `0.0.0.0/0` as a range
 * of one address, it splits an ARN at its colons before it resolves variables, which have a colon themselves, and
 * in operators without wildcards it does not treat `${*}` as an asterisk.
 */
function forJudge(policy: RawPolicy): unknown {
  const text = JSON.stringify(policy).replace(/"(\d+\.\d+\.\d+\.\d+)"/g, '"$1/32"');
  return JSON.parse(policy.Version === '2012-10-17' ? text : text.replaceAll('$' + '{', `\${$}{`));
}

async function judge(question: Question): Promise<Verdict> {
  const result = await runSimulation(
    {
      request: {
        principal: question.principal,
        action: question.action,
        resource: { resource: question.resource, accountId: ACCOUNT },
        contextVariables: question.context,
      },
      identityPolicies: question.identity.map((policy, index) => ({
        name: `p${index}`,
        policy: forJudge(policy),
      })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(question.resourcePolicy ? { resourcePolicy: forJudge(question.resourcePolicy) } : {}),
      ...(question.boundary
        ? { permissionBoundaryPolicies: [{ name: 'boundary', policy: forJudge(question.boundary) }] }
        : {}),
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  return result.overallResult === 'Allowed' ? 'allowed' : 'denied';
}
