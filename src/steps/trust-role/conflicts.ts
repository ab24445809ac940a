import { roleArn } from '../../aws/arn.ts';
import { DEFAULT_ROLE_QUOTAS, type RoleQuotas } from '../../aws/iam/quotas.ts';
import type { RolePolicy, RoleState } from '../../aws/iam/roles.ts';
import { groupedBy } from '../../grouping.ts';
import { sharedPrefix } from '../../options/rules.ts';
import type { Choice, Conflict } from '../../plan-types.ts';
import { isReadPolicyShape, type PolicyScope, tryParsePolicy } from '../../policy/index.ts';
import { beginsLike, matches, pattern } from '../../policy/match.ts';
import { extend } from '../read-policy/fill.ts';
import { policyMessages } from '../read-policy/messages.ts';
import type { RoleRequest, SecretRef, StepInput } from '../types.ts';
import { readingObstacles } from './limits.ts';
import { roleMessages as messages } from './messages.ts';

/** The observed state of the role. */
export interface TrustState {
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
  found: TrustState,
  addedCount: number,
): Conflict[] {
  return [
    ...sourceArnConflict(input),
    ...boundaryConflict(input.request, found),
    ...(found.role ? serviceConflict(found.role) : []),
    ...quotaConflict(input, found, addedCount),
  ];
}

/** Returns a conflict of this step in the form that `TrustDecision` has for one. */
export function conflict(found: string, choices: Choice[]): { conflict: Conflict } {
  return { conflict: { step: 'trust-role', found, details: [], choices } };
}

/** Returns a conflict if the `aws:SourceArn` patterns exclude a Region of the keys. */
function sourceArnConflict({ request, identity }: StepInput<RoleRequest>): Conflict[] {
  const { role, regions } = request;
  const { partition, account } = identity;
  const patterns = role.sourceArns.map(partsOf);
  const isMatch = (patternPart: string | undefined, text: string) =>
    matches(pattern(patternPart ?? ''), text);
  const excludedRegions = regions.filter(
    (region) =>
      !patterns.some(
        ([, ofPartition, , ofRegion, ofAccount]) =>
          isMatch(ofPartition, partition) && isMatch(ofRegion, region) && isMatch(ofAccount, account),
      ),
  );
  if (patterns.length === 0 || excludedRegions.length === 0) return [];
  const missing = excludedRegions.map(
    (region) => `arn:${partition}:mediaconnect:${region}:${account}:flow:*`,
  );
  const withoutDetails = conflict(messages.shutsOut(role.name, excludedRegions, account), []).conflict;
  return [{ ...withoutDetails, details: [messages.shutsOutHint(missing)] }];
}

/** Returns warnings if the `aws:SourceArn` patterns exclude uses of the keys. */
export function sourceArnWarnings({ role, forRouters }: RoleRequest): string[] {
  const resources = role.sourceArns.map((each) => partsOf(each).slice(5).join(':'));
  const mayMatch = (kind: string) =>
    resources.some((resource) => resource.startsWith(kind) || beginsLike(resource, kind));
  const allowsRouters = mayMatch('routerInput:') || mayMatch('routerOutput:');
  if (resources.length === 0) return [];
  if (forRouters && !allowsRouters) return [messages.shutsOutRouters];
  return !forRouters && allowsRouters && !mayMatch('flow:') ? [messages.onlyRouters] : [];
}

function partsOf(arn: string): string[] {
  return arn.split(':');
}

function boundaryConflict({ role: requestedRole }: RoleRequest, { role, boundary }: TrustState): Conflict[] {
  const { permissionsBoundary } = requestedRole;
  if (!permissionsBoundary || permissionsBoundary === role?.boundary?.arn) return [];
  if (boundary === undefined) return [conflict(messages.noSuchBoundary(permissionsBoundary), []).conflict];
  if (!role) return [];
  return [conflict(messages.otherBoundary(role.name, role.boundary?.arn), [OTHER_NAME]).conflict];
}

/** Only an AWS service can change its service-linked role (IAM User Guide, "Service-linked roles"). */
function serviceConflict({ name, path }: RoleState): Conflict[] {
  if (!path.startsWith('/aws-service-role/')) return [];
  return [conflict(messages.serviceLinked(name), [OTHER_NAME]).conflict];
}

/** Conflicts for what certainly prevents the role from reading the secrets, and warnings for what might. */
export interface AccessProblems {
  conflicts: Conflict[];
  warnings: string[];
}

/** Returns what will or might prevent the existing or planned role from reading the secrets. */
export function findAccessProblems(
  input: StepInput<RoleRequest>,
  { role, boundary }: TrustState,
): AccessProblems {
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
      const remains = remainingObstacles.get(secret.arn)?.verdict === 'denied';
      const found = messages.cannotRead(name, nameOf(secret), action, because);
      return {
        ...conflict(found, remains ? [] : [OTHER_ROLE]).conflict,
        details: remains ? [hintFor(remainingObstacles.get(secret.arn)?.because ?? '', action)] : [],
        about: secret.arn,
      };
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
  { role, quotas = DEFAULT_ROLE_QUOTAS }: TrustState,
  addedCount: number,
): Conflict[] {
  const { name } = request.role;
  const attachedCount = role?.attachedArns.length ?? 0;
  const quota = quotas.attachedPolicies;
  if (attachedCount + addedCount <= quota.limit) return [];
  const nameCount = request.policyNames.length;
  const hasNamedPolicy = request.policyNames.some((each) => attachedPolicy(role, each));
  const choices = [
    ...(nameCount > 1 && (hasNamedPolicy || attachedCount < quota.limit) ? [ONE_NAME] : []),
    // Each name needs a policy, no matter what it allows. A wider scope only saves the additional policies.
    ...(nameCount === 1 || policies.length > nameCount
      ? scopeChoices(secrets, (scope) => attachedCount + neededFor(scope) <= quota.limit)
      : []),
    OTHER_ROLE,
  ];
  return [conflict(messages.full(name, attachedCount, addedCount, quota), choices).conflict];

  /**
   * Returns how many policies the role would need with a wider scope: one for each name, unless the role's own policy has room
   * for it.
   */
  function neededFor(scope: PolicyScope): number {
    const fits = ({ document }: RolePolicy) =>
      extend(document, secrets, scope, identity).secrets.length === secrets.length;
    return request.policyNames.filter((each) => {
      const existing = attachedPolicy(role, each);
      const parsed = existing && tryParsePolicy(existing.document);
      return !(existing && parsed && isReadPolicyShape(parsed) && fits(existing));
    }).length;
  }
}

/** Returns the choices of wider policy scopes with which the role's policies stay within the quota. */
function scopeChoices(secrets: SecretRef[], hasRoom: (scope: PolicyScope) => boolean): Choice[] {
  const prefix = sharedPrefix(secrets.map(({ name }) => name));
  const flag = policyMessages.prefixFlags(prefix);
  const wider = (['region', 'account'] as const).filter(hasRoom);
  return [
    ...(hasRoom({ prefix: prefix ?? '' })
      ? [{ id: 'policy-prefix' as const, flag, text: policyMessages.choicePrefix }]
      : []),
    ...(wider.length > 0
      ? [
          {
            id: 'policy-scope' as const,
            flag: `--policy-scope ${wider.join('|')}`,
            text: policyMessages.choiceScope,
          },
        ]
      : []),
  ];
}

function attachedPolicy(role: RoleState | undefined, name: string): RolePolicy | undefined {
  return role?.policies.find(
    (policy) => policy.arn !== undefined && policy.name.toLowerCase() === name.toLowerCase(),
  );
}
