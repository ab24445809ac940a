import { roleArn } from '../../aws/arn.ts';
import { DEFAULT_ROLE_QUOTAS, type RoleQuotas } from '../../aws/iam/quotas.ts';
import type { RolePolicy, RoleState } from '../../aws/iam/roles.ts';
import { groupedBy } from '../../grouping.ts';
import { sharedPrefix } from '../../options/rules.ts';
import type { Choice, Conflict } from '../../plan-types.ts';
import { isReadPolicyShape, type PolicyScope, tryParsePolicy } from '../../policy/index.ts';
import { beginsLike, matches, pattern } from '../../policy/match.ts';
import { roleMessages as messages, policyMessages } from '../messages.ts';
import { extend } from '../read-policy/fill.ts';
import type { RoleRequest, SecretRef, StepInput } from '../types.ts';
import { readingObstacles } from './limits.ts';

/** What there is of the role. */
export interface TrustState {
  role: RoleState | undefined;
  /** The document of the permissions boundary that is asked for; absent when none is, or when there is no such policy. */
  boundary?: string;
  /** The account's quotas; absent where the defaults are enough, so that they were not asked for. */
  quotas?: RoleQuotas;
}

export const OTHER_NAME: Choice = { id: 'role-name', flag: '--role-name NAME', text: messages.choiceName };
const OTHER_ROLE: Choice = { id: 'role-name', flag: '--role-name NAME', text: messages.choiceOtherRole };

/** Keys that each name a policy of their own need as many, whatever each allows. */
const ONE_NAME: Choice = {
  id: 'policy-name',
  flag: '--policy-name NAME',
  text: policyMessages.choiceOneName,
};

/** What stands in the way of using the role, its trust policy aside. */
export function roleConflicts(input: StepInput<RoleRequest>, found: TrustState, more: number): Conflict[] {
  return [
    ...sourceArnConflict(input),
    ...boundaryConflict(input.request, found),
    ...(found.role ? serviceConflict(found.role) : []),
    ...quotaConflict(input, found, more),
  ];
}

/** A conflict of this step, as the one that decides on the trust policy. */
export function conflict(found: string, choices: Choice[]): { conflict: Conflict } {
  return { conflict: { step: 'trust-role', found, details: [], choices } };
}

/** Patterns for `aws:SourceArn` that shut out a Region of the keys. */
function sourceArnConflict({ request, identity }: StepInput<RoleRequest>): Conflict[] {
  const { role, regions } = request;
  const { partition, account } = identity;
  const patterns = role.sourceArns.map(partsOf);
  const isFor = (part: string | undefined, text: string) => matches(pattern(part ?? ''), text);
  const shutOut = regions.filter(
    (region) =>
      !patterns.some(
        ([, ofPartition, , ofRegion, ofAccount]) =>
          isFor(ofPartition, partition) && isFor(ofRegion, region) && isFor(ofAccount, account),
      ),
  );
  if (patterns.length === 0 || shutOut.length === 0) return [];
  const missing = shutOut.map((region) => `arn:${partition}:mediaconnect:${region}:${account}:flow:*`);
  const { conflict: made } = conflict(messages.shutsOut(role.name, shutOut, account), []);
  return [{ ...made, details: [messages.shutsOutHint(missing)] }];
}

/** Sentences on patterns for `aws:SourceArn` that shut out what the keys can be used for. */
export function sourceArnWarnings({ role, forRouters }: RoleRequest): string[] {
  const resources = role.sourceArns.map((each) => partsOf(each).slice(5).join(':'));
  const mayBe = (kind: string) =>
    resources.some((resource) => resource.startsWith(kind) || beginsLike(resource, kind));
  const routers = mayBe('routerInput:') || mayBe('routerOutput:');
  if (resources.length === 0) return [];
  if (forRouters && !routers) return [messages.shutsOutRouters];
  return !forRouters && routers && !mayBe('flow:') ? [messages.onlyRouters] : [];
}

function partsOf(arn: string): string[] {
  return arn.split(':');
}

function boundaryConflict({ role: wanted }: RoleRequest, { role, boundary }: TrustState): Conflict[] {
  const { permissionsBoundary } = wanted;
  if (!permissionsBoundary || permissionsBoundary === role?.boundary?.arn) return [];
  if (boundary === undefined) return [conflict(messages.noSuchBoundary(permissionsBoundary), []).conflict];
  if (!role) return [];
  return [conflict(messages.otherBoundary(role.name, role.boundary?.arn), [OTHER_NAME]).conflict];
}

/** What belongs to an AWS service can be changed by that service only (IAM User Guide, "Service-linked roles"). */
function serviceConflict({ name, path }: RoleState): Conflict[] {
  if (!path.startsWith('/aws-service-role/')) return [];
  return [conflict(messages.serviceLinked(name), [OTHER_NAME]).conflict];
}

/** What keeps the role from reading the secrets for sure, and sentences on what might. */
export interface ReadingProblems {
  conflicts: Conflict[];
  warnings: string[];
}

/** Returns what will keep the role, as it is or as it will be made, from reading the secrets, or might. */
export function readingProblems(
  input: StepInput<RoleRequest>,
  { role, boundary }: TrustState,
): ReadingProblems {
  const { name, permissionsBoundary } = input.request.role;
  const planned = {
    arn: roleArn(input.identity, name),
    policies: [],
    ...(permissionsBoundary ? { boundary: { arn: permissionsBoundary, document: boundary ?? '' } } : {}),
  };
  const obstacles = readingObstacles(input, role ?? planned);
  const denied = obstacles.filter(({ verdict }) => verdict === 'denied');
  // A role of another name would be made with the same boundary, and the secret's own policy stays what it is.
  const ofOther = readingObstacles(input, { ...planned, arn: roleArn(input.identity, OTHER_ROLE_NAME) });
  const staying = new Map(ofOther.map((obstacle) => [obstacle.secret.arn, obstacle]));
  const open = obstacles.filter(({ verdict }) => verdict === 'cannot-tell');
  return {
    conflicts: denied.map(({ secret, action, because }) => {
      const stays = staying.get(secret.arn)?.verdict === 'denied';
      const found = messages.cannotRead(name, nameOf(secret), action, because);
      return {
        ...conflict(found, stays ? [] : [OTHER_ROLE]).conflict,
        details: stays ? [helpAgainst(staying.get(secret.arn)?.because ?? '', action)] : [],
        about: secret.arn,
      };
    }),
    // Of many secrets that one condition decides on, one is named.
    warnings: [...groupedBy(open, ({ because }) => because).values()].map(
      ([{ secret, because }, ...others]) =>
        messages.mightNotRead(name, nameOf(secret), others.length, because),
    ),
  };
}

/** Stands for any role that does not exist yet. */
const OTHER_ROLE_NAME = 'MediaConnect-Another-Role';

/** What helps where another role does not. */
function helpAgainst(because: string, action: string): string {
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
  more: number,
): Conflict[] {
  const { name } = request.role;
  const have = role?.attached.length ?? 0;
  const quota = quotas.attachedPolicies;
  if (have + more <= quota.limit) return [];
  const named = request.policyNames.length;
  const hasOne = request.policyNames.some((each) => ownPolicy(role, each));
  const choices = [
    ...(named > 1 && (hasOne || have < quota.limit) ? [ONE_NAME] : []),
    // Whatever it allows, a name is one policy; a scope saves those after the first one.
    ...(named === 1 || policies.length > named
      ? scopeChoices(secrets, (scope) => have + neededFor(scope) <= quota.limit)
      : []),
    OTHER_ROLE,
  ];
  return [conflict(messages.full(name, have, more, quota), choices).conflict];

  /** How many policies the role would need with a wider scope: one for each name, unless the role's own one takes it in. */
  function neededFor(scope: PolicyScope): number {
    const fits = ({ document }: RolePolicy) =>
      extend(document, secrets, scope, identity).secrets.length === secrets.length;
    return request.policyNames.filter((each) => {
      const own = ownPolicy(role, each);
      const parsed = own && tryParsePolicy(own.document);
      return !(own && parsed && isReadPolicyShape(parsed) && fits(own));
    }).length;
  }
}

/** The wider scopes with which the role has room. */
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

function ownPolicy(role: RoleState | undefined, name: string): RolePolicy | undefined {
  return role?.policies.find(
    (policy) => policy.arn !== undefined && policy.name.toLowerCase() === name.toLowerCase(),
  );
}
