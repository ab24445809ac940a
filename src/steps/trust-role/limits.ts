import type { RoleState } from '../../aws/iam/roles.ts';
import { evaluateOfSession, readRequests } from '../../checks/access/read-requests.ts';
import {
  type AccessRequest,
  type Evaluation,
  type EvaluationInput,
  type PolicyDocument,
  parsePolicy,
  tryParsePolicy,
} from '../../policy/index.ts';
import type { RoleRequest, SecretRef, StepInput } from '../types.ts';
import { roleMessages as messages } from './messages.ts';

/** A document that can restrict the role, with its name for messages. */
interface Limit extends Partial<Omit<EvaluationInput, 'request'>> {
  name: string;
}

/** Allows everything. If the role still can't do something, no attached policy can change that. */
const EVERYTHING = parsePolicy(
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }),
);

/** A secret that the role can't read no matter what is attached (`denied`), or might not be able to read. */
export interface ReadingObstacle {
  secret: SecretRef;
  verdict: 'denied' | 'cannot-tell';
  action: string;
  /** For a denial, the name of the document that denies it; otherwise, the deciding condition and its location. */
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
  const ofRole = limitsOfRole(role);
  return secrets.flatMap((secret) => {
    const ofSecret = limitsOfSecret(secret);
    const obstacles = readRequests(secret, identity, role.arn).flatMap((request) => {
      // A secret's resource policy applies to the secret, not to the KMS key.
      const limits = [...ofRole, ...(request.resource === secret.arn ? ofSecret : [])];
      const obstacle = obstacleIn(limits, request);
      return obstacle ? [{ secret, action: request.action, ...obstacle }] : [];
    });
    const sure = obstacles.find(({ verdict }) => verdict === 'denied');
    return [sure ?? obstacles[0] ?? []].flat();
  });
}

function obstacleIn(
  limits: Limit[],
  request: AccessRequest,
): Pick<ReadingObstacle, 'verdict' | 'because'> | undefined {
  const { verdict, because } = evaluateWithin(limits, request);
  // If it is undecided even without these documents (a KMS key of another account), they don't decide it.
  if (verdict === 'allowed' || verdict === evaluateWithin([], request).verdict) return undefined;
  if (verdict === 'cannot-tell') return { verdict, because };
  const decisive = limits.find((limit) => evaluateWithin([limit], request).verdict === 'denied');
  return { verdict, because: decisive?.name ?? because };
}

function evaluateWithin(limits: Limit[], request: AccessRequest): Evaluation {
  const own = limits.flatMap(({ name, identityPolicies = [] }) =>
    identityPolicies.map((document) => ({ name, document })),
  );
  const permissionsBoundary = limits.find((limit) => limit.permissionsBoundary)?.permissionsBoundary;
  const resourcePolicy = limits.find((limit) => limit.resourcePolicy)?.resourcePolicy;
  return evaluateOfSession({
    identityPolicies: [EVERYTHING, ...own.map(({ document }) => document)],
    identityNames: ['a policy that allows everything', ...own.map(({ name }) => name)],
    permissionsBoundary,
    resourcePolicy,
    request,
  });
}

function limitsOfRole({ policies, boundary }: Pick<RoleState, 'policies' | 'boundary'>): Limit[] {
  const own = policies.map(({ name, arn, document }) => ({
    name: arn ? messages.attachedPolicy(name) : messages.inlinePolicy(name),
    identityPolicies: [read(document)],
  }));
  const permissionsBoundary = read(boundary?.document);
  return boundary ? [...own, { name: messages.boundary(boundary.arn), permissionsBoundary }] : own;
}

function limitsOfSecret({ name, resourcePolicy }: SecretRef): Limit[] {
  if (resourcePolicy === undefined) return [];
  return [{ name: messages.resourcePolicyOf(name), resourcePolicy: read(resourcePolicy) }];
}

/** A document that can't be parsed has no statements. As a boundary, it allows nothing. */
function read(text = ''): PolicyDocument {
  return tryParsePolicy(text) ?? { version: '2012-10-17', statements: [], unknownElements: [] };
}
