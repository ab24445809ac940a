import type { FoundRole } from '../aws/roles.ts';
import {
  type AccessRequest,
  type EvaluationInput,
  evaluateAccess,
  type PolicyDocument,
  parsePolicy,
  tryParsePolicy,
} from '../policy/index.ts';
import { readRequests } from '../proof/reading.ts';
import { roleWords as words } from '../report/words/steps.ts';
import type { RoleRequest, SecretRef, StepInput } from './types.ts';

/** A document that can keep the role from something, by the name it has in a sentence. */
interface Limit extends Partial<Omit<EvaluationInput, 'request'>> {
  name: string;
}

/** Allows everything: what the role still may not do with it, no policy that is attached to it can change. */
const EVERYTHING = parsePolicy(
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }),
);

/**
 * What will keep the role from reading the secrets, whatever is attached to it: a statement that denies it, or a
 * permissions boundary that does not allow it. Answers a sentence for each secret of which that is so, with its ARN.
 */
export function readingObstacles(
  { secrets, identity, request }: Pick<StepInput<RoleRequest>, 'secrets' | 'identity' | 'request'>,
  role: Pick<FoundRole, 'arn' | 'policies' | 'boundary'>,
): { arn: string; found: string }[] {
  const ofRole = limitsOfRole(role);
  return secrets.flatMap((secret) => {
    const ofSecret = limitsOfSecret(secret);
    const obstacles = readRequests(secret, identity, role.arn).flatMap((asked) => {
      // The secret's resource policy speaks of the secret, not of the KMS key.
      const limit = decisiveLimit([...ofRole, ...(asked.resource === secret.arn ? ofSecret : [])], asked);
      if (!limit) return [];
      const found = words.cannotRead(request.role.name, nameOf(secret), asked.action, limit.name);
      return [{ arn: secret.arn, found }];
    });
    return obstacles.slice(0, 1);
  });
}

function decisiveLimit(limits: Limit[], request: AccessRequest): Limit | undefined {
  // What is not allowed with no limit at all (a KMS key of another account) is not for these documents to say.
  if (!isAllowed([], request) || isAllowed(limits, request)) return undefined;
  return limits.find((limit) => !isAllowed([limit], request));
}

function isAllowed(limits: Limit[], request: AccessRequest): boolean {
  const identityPolicies = [EVERYTHING, ...limits.flatMap((limit) => limit.identityPolicies ?? [])];
  const permissionsBoundary = limits.find((limit) => limit.permissionsBoundary)?.permissionsBoundary;
  const resourcePolicy = limits.find((limit) => limit.resourcePolicy)?.resourcePolicy;
  const { verdict } = evaluateAccess({
    identityPolicies,
    ...(permissionsBoundary ? { permissionsBoundary } : {}),
    ...(resourcePolicy ? { resourcePolicy } : {}),
    request,
  });
  return verdict === 'allowed';
}

function limitsOfRole({ policies, boundary }: Pick<FoundRole, 'policies' | 'boundary'>): Limit[] {
  const own = policies.map(({ name, arn, document }) => ({
    name: arn ? words.attachedPolicy(name) : words.inlinePolicy(name),
    identityPolicies: [read(document)],
  }));
  const permissionsBoundary = read(boundary?.document);
  return boundary ? [...own, { name: words.boundary(boundary.arn), permissionsBoundary }] : own;
}

function limitsOfSecret({ name, resourcePolicy }: SecretRef): Limit[] {
  if (resourcePolicy === undefined) return [];
  return [{ name: words.resourcePolicyOf(name), resourcePolicy: read(resourcePolicy) }];
}

/** A document that cannot be read says nothing; as a boundary it then allows nothing. */
function read(text = ''): PolicyDocument {
  return tryParsePolicy(text) ?? { version: '2012-10-17', statements: [], unknownElements: [] };
}

function nameOf({ name, region }: SecretRef): string {
  return `${name} (${region})`;
}
