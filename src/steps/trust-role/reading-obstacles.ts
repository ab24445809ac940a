import type { RoleState } from '../../aws/iam/roles.ts';
import { evaluateForSession, requestsForReading } from '../../checks/access/read-requests.ts';
import {
  type AccessRequest,
  CURRENT_VERSION,
  type Evaluation,
  type EvaluationInput,
  type PolicyDocument,
  parsePolicy,
  tryParsePolicy,
} from '../../policy/index.ts';
import type { RoleRequest, SecretRef, StepInput } from '../types.ts';
import { roleMessages as messages } from './messages.ts';

/** A document that can restrict the role, with its name for messages. */
interface LimitingDocument extends Partial<Omit<EvaluationInput, 'request'>> {
  name: string;
}

/** Allows everything. If the role still can't do something, no attached policy can change that. */
const ALLOW_EVERYTHING = parsePolicy(
  JSON.stringify({ Version: CURRENT_VERSION, Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }),
);

/** A secret that the role can't read no matter what is attached (`denied`), or might not be able to read. */
export interface ReadingObstacle {
  secret: SecretRef;
  verdict: 'denied' | 'cannot-tell';
  action: string;
  /** If `denied`, the name of the document that denies the action. If `cannot-tell`, the deciding condition and its location. */
  because: string;
}

/**
 * Returns what will or might prevent the role from reading the secrets: a Deny statement, or a permissions boundary that doesn't
 * allow it. At most one obstacle for each secret, a certain one if there is one.
 */
export function readingObstacles(
  { secrets, identity }: Pick<StepInput<RoleRequest>, 'secrets' | 'identity'>,
  role: Pick<RoleState, 'arn' | 'policies' | 'boundary'>,
): ReadingObstacle[] {
  const roleLimits = limitsOfRole(role);
  return secrets.flatMap((secret) => {
    const secretLimits = limitsOfSecret(secret);
    const obstacles = requestsForReading(secret, identity, role.arn).flatMap((request) => {
      // A secret's resource policy applies to the secret, not to the KMS key.
      const limits = [...roleLimits, ...(request.resource === secret.arn ? secretLimits : [])];
      const obstacle = obstacleIn(limits, request);
      return obstacle ? [{ secret, action: request.action, ...obstacle }] : [];
    });
    const worst = obstacles.find(({ verdict }) => verdict === 'denied') ?? obstacles[0];
    return worst ? [worst] : [];
  });
}

function obstacleIn(
  limits: LimitingDocument[],
  request: AccessRequest,
): Pick<ReadingObstacle, 'verdict' | 'because'> | undefined {
  const { verdict, because } = evaluateWithin(limits, request);
  // A request may be undecided even without these documents, such as for a KMS key of another account.
  if (verdict === 'allowed' || verdict === evaluateWithin([], request).verdict) return undefined;
  if (verdict === 'cannot-tell') return { verdict, because };
  const decisive = limits.find((limit) => evaluateWithin([limit], request).verdict === 'denied');
  return { verdict, because: decisive?.name ?? because };
}

function evaluateWithin(limits: LimitingDocument[], request: AccessRequest): Evaluation {
  const policies = limits.flatMap(({ name, identityPolicies = [] }) =>
    identityPolicies.map((document) => ({ name, document })),
  );
  const permissionsBoundary = limits.find((limit) => limit.permissionsBoundary)?.permissionsBoundary;
  const resourcePolicy = limits.find((limit) => limit.resourcePolicy)?.resourcePolicy;
  return evaluateForSession({
    identityPolicies: [ALLOW_EVERYTHING, ...policies.map(({ document }) => document)],
    identityNames: ['a policy that allows everything', ...policies.map(({ name }) => name)],
    permissionsBoundary,
    resourcePolicy,
    request,
  });
}

function limitsOfRole({ policies, boundary }: Pick<RoleState, 'policies' | 'boundary'>): LimitingDocument[] {
  const limits = policies.map(({ name, arn, document }) => ({
    name: arn ? messages.attachedPolicy(name) : messages.inlinePolicy(name),
    identityPolicies: [parseOrEmpty(document)],
  }));
  const permissionsBoundary = parseOrEmpty(boundary?.document);
  return boundary ? [...limits, { name: messages.boundary(boundary.arn), permissionsBoundary }] : limits;
}

function limitsOfSecret({ name, resourcePolicy }: SecretRef): LimitingDocument[] {
  if (resourcePolicy === undefined) return [];
  return [{ name: messages.resourcePolicyOf(name), resourcePolicy: parseOrEmpty(resourcePolicy) }];
}

/** A document that can't be parsed has no statements. As a boundary, it allows nothing. */
function parseOrEmpty(text = ''): PolicyDocument {
  return tryParsePolicy(text) ?? { version: CURRENT_VERSION, statements: [], unknownElements: [] };
}
