import type { FoundRole } from '../aws/roles.ts';
import { evaluateAccess, type PolicyDocument, parsePolicy, tryParsePolicy } from '../policy/index.ts';
import { readRequests } from '../proof/reading.ts';
import { roleWords as words } from '../report/words/steps.ts';
import type { SecretRef, StepInput } from './types.ts';

/** What there is besides the permissions that the role gets, each with the name it has in a sentence. */
interface Limits {
  boundary?: Limit;
  policies: Limit[];
}

interface Limit {
  name: string;
  document: PolicyDocument;
}

/** Allows everything: what the role still may not do with it, no policy that is attached to it can change. */
const EVERYTHING = parsePolicy(
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }),
);
/** What a document counts for that cannot be read. */
const NOTHING: PolicyDocument = { version: '2012-10-17', statements: [], unknownElements: [] };

/**
 * What will keep the role from reading the secrets, whatever is attached to it: a statement that denies it, or a
 * permissions boundary that does not allow it. Answers a sentence for each secret of which that is so.
 */
export function readingObstacles(
  { secrets, identity, request }: Pick<StepInput, 'secrets' | 'identity' | 'request'>,
  role: Pick<FoundRole, 'arn' | 'policies' | 'boundary'>,
): string[] {
  const limits = limitsOf(role);
  return secrets.flatMap((secret) => {
    const own = tryParsePolicy(secret.resourcePolicy ?? '');
    for (const asked of readRequests(secret, identity, role.arn)) {
      const allowed = (policies: Limit[], boundary?: Limit, resourcePolicy?: PolicyDocument) =>
        evaluateAccess({
          identityPolicies: [EVERYTHING, ...policies.map(({ document }) => document)],
          ...(boundary ? { permissionsBoundary: boundary.document } : {}),
          ...(resourcePolicy ? { resourcePolicy } : {}),
          request: asked,
        }).verdict === 'allowed';
      const resourcePolicy = asked.resource === secret.arn ? own : undefined;
      if (!allowed([]) || allowed(limits.policies, limits.boundary, resourcePolicy)) continue;
      const by =
        limits.policies.find((limit) => !allowed([limit]))?.name ??
        (allowed([], undefined, resourcePolicy) ? limits.boundary?.name : undefined) ??
        words.resourcePolicyOf(secret.name);
      return [words.cannotRead(request.role.name, nameOf(secret), asked.action, by)];
    }
    return [];
  });
}

function limitsOf({ policies, boundary }: Pick<FoundRole, 'policies' | 'boundary'>): Limits {
  const read = (name: string, text: string | undefined): Limit => ({
    name,
    document: tryParsePolicy(text ?? '') ?? NOTHING,
  });
  return {
    policies: policies.map(({ name, arn, document }) =>
      read(arn ? words.attachedPolicy(name) : words.inlinePolicy(name), document),
    ),
    ...(boundary ? { boundary: read(words.boundary(boundary.arn), boundary.document) } : {}),
  };
}

function nameOf({ name, region }: SecretRef): string {
  return `${name} (${region})`;
}
