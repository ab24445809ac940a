import type { RolePolicy } from '../aws/iam/roles.ts';
import { checkExcess } from '../checks/access/excess.ts';
import { documentsOf } from '../checks/access/read-access.ts';
import { cannotTell, type Detail, detailOf } from '../checks/catalog/index.ts';
import { type PolicyDocument, prefixOfEntry, tryParsePolicy } from '../policy/index.ts';
import { matchesArn } from '../policy/match.ts';
import { dayOf, groupedBy } from '../text.ts';
import { checkNaming, checkReadAccess, checkSecret, checksOf, checkTrustPolicy } from './check-role.ts';
import type { AccountSnapshot } from './collect.ts';
import { differenceToClosestAmong, inRegion, targetsIn } from './named-secrets.ts';
import type { RoleSnapshot } from './roles.ts';
import type { SecretSnapshot } from './secrets.ts';
import type { Status, StatusCheck, StatusNote, StatusPolicy, StatusRole, StatusSecret } from './types.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What was found, and how an ARN without a secret differs from the closest secret that exists. */
type StatusSource = AccountSnapshot & { differenceToClosest(named: string): string | undefined };

/** Builds the status from what was found: roles with their policies and secrets, and their checks. Pure. */
export function statusOf(snapshot: AccountSnapshot, notes: StatusNote[], now: Date): Status {
  const { identity, regions, policies } = snapshot;
  const arns = [...snapshot.secrets.map(({ arn }) => arn), ...(snapshot.similarArns ?? [])];
  const source = { ...snapshot, differenceToClosest: differenceToClosestAmong(arns) };
  const roles = snapshot.roles.map((role) => roleStatus(role, source));
  const rolesBySecret = roleArnsBySecret(roles);
  const replicaRegions = replicasIn(snapshot.secrets);
  return {
    account: identity.account,
    partition: identity.partition,
    regions,
    roles,
    secrets: snapshot.secrets.map((secret) => {
      const secretRoles = rolesBySecret.get(secret.arn) ?? [];
      return {
        ...secretStatus(secret, now),
        replicas: replicaRegions.get(secret.arn) ?? [],
        roles: secretRoles,
        checks: checkSecret(secret, secretRoles.length > 0 || snapshot.missing !== undefined, identity),
      };
    }),
    policies: policies.map(({ name, arn }) => ({ name, arn })),
    missing: snapshot.missing,
    notes,
  };
}

/** Returns the ARNs of the roles with a policy that names a secret, by the ARN of the secret. */
function roleArnsBySecret(roles: StatusRole[]): Map<string, string[]> {
  const roleArns = new Map<string, string[]>();
  for (const role of roles) {
    const named = new Set(role.policies.flatMap(({ secrets }) => secrets));
    for (const secret of named) roleArns.set(secret, [...(roleArns.get(secret) ?? []), role.arn]);
  }
  return roleArns;
}

/** Returns the Regions with replicas of each secret. The ARN of a replica differs from its primary's only in the Region. */
function replicasIn(secrets: SecretSnapshot[]): Map<string, string[]> {
  const replicas = secrets.flatMap(({ arn, region, primaryRegion }) =>
    primaryRegion === undefined ? [] : [{ region, primary: inRegion(arn, primaryRegion) }],
  );
  const byPrimary = groupedBy(replicas, ({ primary }) => primary);
  return new Map([...byPrimary].map(([primary, all]) => [primary, all.map(({ region }) => region)]));
}

function secretStatus(
  secret: SecretSnapshot,
  now: Date,
): Omit<StatusSecret, 'replicas' | 'roles' | 'checks'> {
  const { region, name, arn, currentSince, lastAccessedAt, deletedAt } = secret;
  const keySince = currentSince ?? (secret.hasCurrentVersion && !deletedAt ? secret.changedAt : undefined);
  const keyAgeDays = keySince && Math.max(0, Math.floor((now.getTime() - keySince.getTime()) / DAY_MS));
  return {
    region,
    name,
    arn,
    own: secret.hasToolTag,
    keySince: keySince?.toISOString() ?? null,
    keySinceFrom: keySince ? (currentSince ? 'version' : 'last-change') : null,
    keyAgeDays: keyAgeDays ?? null,
    lastRead: lastAccessedAt ? dayOf(lastAccessedAt) : null,
    deletedAt: deletedAt?.toISOString() ?? null,
    replicaOf: secret.primaryRegion ?? null,
  };
}

function roleStatus(role: RoleSnapshot, snapshot: StatusSource): StatusRole {
  const { identity, secrets } = snapshot;
  const policyStatuses = (role.found?.policies ?? []).map((policy) => policyStatus(policy, snapshot));
  const policies = policyStatuses.flatMap(({ policy }) => policy ?? []);
  const arns = new Set(policies.flatMap((policy) => policy.secrets));
  const readableSecrets = secrets.filter(({ arn }) => arns.has(arn));
  const regions = [...new Set(readableSecrets.map(({ region }) => region))];
  // If the Regions of the role's flows are unknown, the role may serve flows in any one Region.
  const regionLists = regions.length > 0 ? [regions] : snapshot.regions.map((each) => [each]);
  return {
    name: role.name,
    arn: role.arn,
    own: role.found?.hasToolTag ?? null,
    policies,
    checks: [
      ...checkNaming(role),
      ...checkTrustPolicy(role, regionLists, identity),
      ...policyStatuses.flatMap(({ checks }) => checks),
      ...readingChecks(role, readableSecrets, snapshot),
    ],
  };
}

function readingChecks(
  role: RoleSnapshot,
  readableSecrets: SecretSnapshot[],
  { identity }: AccountSnapshot,
): StatusCheck[] {
  const documents = role.found && documentsOf(role.found);
  const check = checksOf(role.arn);
  const cannotTellPolicies = (because: Detail<'role-policies'>) => [
    check('role-policies', 'cannot-tell', cannotTell('role-policies', detailOf('role-policies', because))),
  ];
  if (!documents) return cannotTellPolicies((words) => words.policiesUnseen);
  if ('unreadable' in documents)
    return cannotTellPolicies((words) => words.policyUnreadable(documents.unreadable));
  return readableSecrets.map((secret) => checkReadAccess(role, documents, secret, identity));
}

/** Returns a policy for display, if it concerns secrets at all, and its checks. */
function policyStatus(
  { name, arn, document }: RolePolicy,
  snapshot: StatusSource,
): { policy?: StatusPolicy; checks: StatusCheck[] } {
  const parsed = tryParsePolicy(document);
  if (!parsed) return { checks: [] };
  const { names, scopes } = targetsIn(parsed);
  if (names.length + scopes.length === 0) return { checks: [] };
  const namedSecrets = snapshot.secrets.filter((secret) => isNamed(secret, names, scopes));
  // A prefix without matching secrets is not a mistake, because it is for future secrets too.
  const prefixes = names.filter((each) => prefixOfEntry(each) !== undefined);
  const absent = names.filter(
    (each) => !prefixes.includes(each) && !namedSecrets.some((secret) => matchesArn(each, secret.arn)),
  );
  const wasSearched = (each: string) => snapshot.wasSearched(each);
  return {
    policy: {
      name,
      arn: arn ?? null,
      secrets: namedSecrets.map((secret) => secret.arn),
      prefixes,
      scopes,
      missing: absent.filter(wasSearched),
      unseen: absent.filter((each) => !wasSearched(each)),
    },
    checks: [
      ...excessChecks(arn ?? name, parsed, snapshot),
      ...absent.filter(wasSearched).map((subject) => checkAbsent(subject, snapshot)),
    ],
  };
}

/** Returns the check of an ARN or pattern that matches no secret. */
function checkAbsent(subject: string, { differenceToClosest, unreadable }: StatusSource): StatusCheck {
  const check = checksOf(subject);
  const difference = differenceToClosest(subject);
  // A secret that was force-deleted and created again has a new ARN, which a list may not show yet.
  if (unreadable?.has(subject))
    return check('policy-names-secret', 'cannot-tell', (words) =>
      cannotTell('policy-names-secret', words.notListed(difference)),
    );
  return check('policy-names-secret', 'failed', (words) =>
    difference === undefined ? words.namesNothing : words.namesNearly(difference),
  );
}

/**
 * Returns true if a policy names the secret. For wildcards that match all secrets, only secrets created by this program are
 * shown; the others may have nothing to do with keys.
 */
function isNamed({ arn, hasToolTag }: SecretSnapshot, names: string[], scopes: string[]): boolean {
  return (
    names.some((each) => matchesArn(each, arn)) ||
    (hasToolTag && scopes.some((each) => matchesArn(each, arn)))
  );
}

/** Checks whether a policy allows more than reading named secrets. If no Region could be read, its scope is not checked. */
function excessChecks(
  subject: string,
  document: PolicyDocument,
  { regions, identity }: AccountSnapshot,
): StatusCheck[] {
  const check = checksOf(subject);
  const { furtherAction, allowsAnySecret } = checkExcess(document, regions, identity);
  const scopeCheck = allowsAnySecret
    ? check('policy-scope', 'warning', (words) => words.anySecret())
    : check('policy-scope', 'ok', (words) => words.namedSecrets());
  const scopeChecks = regions.length === 0 ? [] : [scopeCheck];
  if (furtherAction === undefined)
    return [check('policy-reads-only', 'ok', (words) => words.readsOnly()), ...scopeChecks];
  const actionWarning = check('policy-reads-only', 'warning', (words) => words.allowsMore(furtherAction));
  // For a policy that allows everything, one warning is enough.
  return allowsAnySecret ? [actionWarning] : [actionWarning, ...scopeChecks];
}
