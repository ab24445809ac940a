import { roleArn } from '../../aws/arn.ts';
import { DEFAULT_ROLE_QUOTAS, type RoleQuotas } from '../../aws/iam/quotas.ts';
import type { RolePolicy, RoleState } from '../../aws/iam/roles.ts';
import type { Message } from '../../failure.ts';
import { sharedPrefix } from '../../options/rules.ts';
import type { Choice, Conflict } from '../../plan-types.ts';
import { isReadPolicyShape, type PolicyScope, tryParsePolicy } from '../../policy/index.ts';
import { beginsLike, matches, parsePattern } from '../../policy/match.ts';
import { groupedBy } from '../../text.ts';
import { extendPolicy } from '../read-policy/fill.ts';
import { policyMessages } from '../read-policy/messages.ts';
import type { RoleRequest, SecretRef, StepInput } from '../types.ts';
import { roleMessages as messages } from './messages.ts';
import { readingObstacles } from './reading-obstacles.ts';

/** The observed state of the role. */
export interface ObservedRole {
  role: RoleState | undefined;
  /** The document of the requested permissions boundary. Absent if none is requested, or if that policy doesn't exist. */
  boundary?: string;
  /** The account's quotas. Absent if they were not read because the defaults are enough. */
  quotas?: RoleQuotas;
}

export const OTHER_NAME: Choice = { id: 'role-name', flag: '--role-name NAME', text: messages.choiceName };
const OTHER_ROLE: Choice = { id: 'role-name', flag: '--role-name NAME', text: messages.choiceOtherRole };

/** Keys with different policy names need one policy for each name, no matter what it allows. */
const ONE_NAME: Choice = {
  id: 'policy-name',
  flag: '--policy-name NAME',
  text: policyMessages.choiceOneName,
};

/** Returns conflicts that prevent use of the role, except those of its trust policy. */
export function roleConflicts(
  input: StepInput<RoleRequest>,
  found: ObservedRole,
  addedCount: number,
): Conflict[] {
  return [
    ...sourceArnConflict(input),
    ...boundaryConflict(input.request, found),
    ...(found.role ? serviceConflict(found.role) : []),
    ...quotaConflict(input, found, addedCount),
  ];
}

export function conflict(found: string, choices: Choice[], details: Message[] = []): Conflict {
  return { step: 'trust-role', found, details, choices };
}

/** Returns a conflict if the `aws:SourceArn` patterns exclude a Region of the keys. */
function sourceArnConflict({ request, identity }: StepInput<RoleRequest>): Conflict[] {
  const { role, regions } = request;
  const { partition, account } = identity;
  const patterns = role.sourceArns.map((arn) => arn.split(':'));
  const isMatch = (patternPart: string | undefined, text: string) =>
    matches(parsePattern(patternPart ?? ''), text);
  const excludedRegions = regions.filter(
    (region) =>
      !patterns.some(
        ([, ofPartition, , ofRegion, ofAccount]) =>
          isMatch(ofPartition, partition) && isMatch(ofRegion, region) && isMatch(ofAccount, account),
      ),
  );
  if (patterns.length === 0 || excludedRegions.length === 0) return [];
  const missingPatterns = excludedRegions.map(
    (region) => `arn:${partition}:mediaconnect:${region}:${account}:flow:*`,
  );
  const found = messages.shutsOut(role.name, excludedRegions, account);
  return [conflict(found, [], [messages.shutsOutHint(missingPatterns)])];
}

/** Returns warnings if the `aws:SourceArn` patterns exclude uses of the keys. */
export function sourceArnWarnings({ role, forRouters }: RoleRequest): string[] {
  const resources = role.sourceArns.map((arn) => arn.split(':').slice(5).join(':'));
  const mayMatch = (kind: string) =>
    resources.some((resource) => resource.startsWith(kind) || beginsLike(resource, kind));
  const allowsRouters = mayMatch('routerInput:') || mayMatch('routerOutput:');
  if (resources.length === 0) return [];
  if (forRouters && !allowsRouters) return [messages.shutsOutRouters];
  return !forRouters && allowsRouters && !mayMatch('flow:') ? [messages.onlyRouters] : [];
}

function boundaryConflict(
  { role: requestedRole }: RoleRequest,
  { role, boundary }: ObservedRole,
): Conflict[] {
  const { permissionsBoundary } = requestedRole;
  if (!permissionsBoundary || permissionsBoundary === role?.boundary?.arn) return [];
  if (boundary === undefined) return [conflict(messages.noSuchBoundary(permissionsBoundary), [])];
  return role ? [conflict(messages.otherBoundary(role.name, role.boundary?.arn), [OTHER_NAME])] : [];
}

/** Only an AWS service can change its service-linked role (IAM User Guide, "Service-linked roles"). */
function serviceConflict({ name, path }: RoleState): Conflict[] {
  return path.startsWith('/aws-service-role/') ? [conflict(messages.serviceLinked(name), [OTHER_NAME])] : [];
}

/**
 * Returns conflicts for what certainly prevents the existing or planned role from reading the secrets, and warnings for what might.
 */
export function findAccessProblems(
  input: StepInput<RoleRequest>,
  { role, boundary }: ObservedRole,
): { conflicts: Conflict[]; warnings: string[] } {
  const { name, permissionsBoundary } = input.request.role;
  const planned = {
    arn: roleArn(input.identity, name),
    policies: [],
    boundary: permissionsBoundary ? { arn: permissionsBoundary, document: boundary ?? '' } : undefined,
  };
  const obstacles = readingObstacles(input, role ?? planned);
  const denied = obstacles.filter(({ verdict }) => verdict === 'denied');
  // A new role with a different name would have the same boundary, and the secret's policy stays the same.
  const obstaclesOfOtherRole = readingObstacles(input, {
    ...planned,
    arn: roleArn(input.identity, OTHER_ROLE_NAME),
  });
  const remainingObstacles = new Map(obstaclesOfOtherRole.map((obstacle) => [obstacle.secret.arn, obstacle]));
  const undecided = obstacles.filter(({ verdict }) => verdict === 'cannot-tell');
  return {
    conflicts: denied.map(({ secret, action, because }) => {
      const found = messages.cannotRead(name, nameOf(secret), action, because);
      const remaining = remainingObstacles.get(secret.arn);
      const withoutSecret =
        remaining?.verdict === 'denied'
          ? conflict(found, [], [hintFor(remaining.because, action)])
          : conflict(found, [OTHER_ROLE]);
      return { ...withoutSecret, secretArn: secret.arn };
    }),
    // If one condition decides about many secrets, the warning names only the first of them.
    warnings: [...groupedBy(undecided, ({ because }) => because).values()].map(
      ([{ secret, because }, ...others]) =>
        messages.mightNotRead(name, nameOf(secret), others.length, because),
    ),
  };
}

/** Stands for any role that doesn't exist yet. */
const OTHER_ROLE_NAME = 'MediaConnect-Another-Role';

/** Returns the hint for a denial that a different role would have too. */
function hintFor(because: string, action: string): string {
  return /boundary/.test(because)
    ? messages.takeOtherBoundary(action)
    : messages.changeResourcePolicy(action);
}

function nameOf({ name, region }: SecretRef): string {
  return `${name} (${region})`;
}

function quotaConflict(
  { request, secrets, policies, identity }: StepInput<RoleRequest>,
  { role, quotas = DEFAULT_ROLE_QUOTAS }: ObservedRole,
  addedCount: number,
): Conflict[] {
  const { name } = request.role;
  const attachedCount = role?.attachedArns.length ?? 0;
  const quota = quotas.attachedPolicies;
  if (attachedCount + addedCount <= quota.limit) return [];
  const nameCount = request.policyNames.length;
  const hasNamedPolicy = request.policyNames.some((each) => attachedPolicy(role, each));
  // One for each policy name, unless the role's own policy of that name has room for all secrets.
  const countWith = (scope: PolicyScope) =>
    request.policyNames.filter((each) => {
      const existing = attachedPolicy(role, each);
      const document = existing && tryParsePolicy(existing.document);
      if (!existing || !document || !isReadPolicyShape(document)) return true;
      return extendPolicy(existing.document, secrets, scope, identity).secrets.length !== secrets.length;
    }).length;
  const choices = [
    ...(nameCount > 1 && (hasNamedPolicy || attachedCount < quota.limit) ? [ONE_NAME] : []),
    // Each name needs a policy, no matter what it allows. A wider scope only saves the additional policies.
    ...(nameCount === 1 || policies.length > nameCount
      ? scopeChoices(secrets, (scope) => attachedCount + countWith(scope) <= quota.limit)
      : []),
    OTHER_ROLE,
  ];
  return [conflict(messages.full(name, attachedCount, addedCount, quota), choices)];
}

/** Returns the choices of wider policy scopes with which the role's policies stay within the quota. */
function scopeChoices(secrets: SecretRef[], hasRoom: (scope: PolicyScope) => boolean): Choice[] {
  const choices: Choice[] = [];
  const prefix = sharedPrefix(secrets.map(({ name }) => name));
  const prefixFlags = policyMessages.prefixFlags(prefix);
  if (hasRoom({ prefix: prefix ?? '' }))
    choices.push({ id: 'policy-prefix', flag: prefixFlags, text: policyMessages.choicePrefix });
  const widerScopes = (['region', 'account'] as const).filter(hasRoom);
  const scopeFlag = `--policy-scope ${widerScopes.join('|')}`;
  if (widerScopes.length > 0)
    choices.push({ id: 'policy-scope', flag: scopeFlag, text: policyMessages.choiceScope });
  return choices;
}

function attachedPolicy(role: RoleState | undefined, name: string): RolePolicy | undefined {
  return role?.policies.find(
    (policy) => policy.arn !== undefined && policy.name.toLowerCase() === name.toLowerCase(),
  );
}
