import type { RolePolicy } from '../aws/iam/roles.ts';
import { checkExcess } from '../checks/access/excess.ts';
import { groupedBy } from '../grouping.ts';
import { type PolicyDocument, prefixOfEntry, tryParsePolicy } from '../policy/index.ts';
import { matchesArn } from '../policy/match.ts';
import { dayOf } from '../text.ts';
import {
  checkNaming,
  checkReadAccess,
  checkSecret,
  checksOf,
  checkTrustOf,
  namedDocumentsOf,
} from './check-role.ts';
import type { AccountSnapshot } from './collect.ts';
import { closestAmong, inRegion, targetsIn } from './named-secrets.ts';
import type { RoleSnapshot } from './roles.ts';
import type { SecretSnapshot } from './secrets.ts';
import type { Status, StatusCheck, StatusNote, StatusPolicy, StatusRole, StatusSecret } from './types.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What was found. `closest` describes how an ARN without a secret differs from the closest secret that exists. */
type StatusSource = AccountSnapshot & { closest(named: string): string | undefined };

/** Builds the status from what was found: roles with their policies and secrets, and their checks. Pure. */
export function statusOf(snapshot: AccountSnapshot, notes: StatusNote[], now: Date): Status {
  const { identity, regions, policies } = snapshot;
  const arns = [...snapshot.secrets.map(({ arn }) => arn), ...(snapshot.similarArns ?? [])];
  const closest = closestAmong(arns);
  const roles = snapshot.roles.map((role) => roleStatus(role, { ...snapshot, closest }));
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

/** Returns the roles with a policy that names each secret. */
function roleArnsBySecret(roles: StatusRole[]): Map<string, string[]> {
  const readers = new Map<string, string[]>();
  for (const role of roles) {
    const named = new Set(role.policies.flatMap(({ secrets }) => secrets));
    for (const secret of named) readers.set(secret, [...(readers.get(secret) ?? []), role.arn]);
  }
  return readers;
}

/** Returns the Regions with replicas of each secret. The ARN of a replica differs from its primary's only in the Region. */
function replicasIn(secrets: SecretSnapshot[]): Map<string, string[]> {
  const replicas = secrets.flatMap(({ arn, region, replicaOf }) =>
    replicaOf === undefined ? [] : [{ region, primary: inRegion(arn, replicaOf) }],
  );
  const byPrimary = groupedBy(replicas, ({ primary }) => primary);
  return new Map([...byPrimary].map(([primary, all]) => [primary, all.map(({ region }) => region)]));
}

function secretStatus(
  secret: SecretSnapshot,
  now: Date,
): Omit<StatusSecret, 'replicas' | 'roles' | 'checks'> {
  const {
    region,
    name,
    arn,
    hasToolTag: own,
    currentSince,
    changedAt,
    lastAccessedAt,
    deletedAt,
    replicaOf,
  } = secret;
  const keySince = currentSince ?? (secret.hasCurrentVersion && !deletedAt ? changedAt : undefined);
  const keyAgeDays = keySince && Math.max(0, Math.floor((now.getTime() - keySince.getTime()) / DAY_MS));
  return {
    region,
    name,
    arn,
    own,
    keySince: keySince?.toISOString() ?? null,
    keySinceFrom: keySince ? (currentSince ? 'version' : 'last-change') : null,
    keyAgeDays: keyAgeDays ?? null,
    lastRead: lastAccessedAt ? dayOf(lastAccessedAt) : null,
    deletedAt: deletedAt?.toISOString() ?? null,
    replicaOf: replicaOf ?? null,
  };
}

function roleStatus(role: RoleSnapshot, snapshot: StatusSource): StatusRole {
  const { identity, secrets } = snapshot;
  const statuses = (role.found?.policies ?? []).map((policy) => policyStatus(policy, snapshot));
  const policies = statuses.flatMap(({ policy }) => policy ?? []);
  const arns = new Set(policies.flatMap((policy) => policy.secrets));
  const readableSecrets = secrets.filter(({ arn }) => arns.has(arn));
  const regions = [...new Set(readableSecrets.map(({ region }) => region))];
  return {
    name: role.name,
    arn: role.arn,
    own: role.found?.hasToolTag ?? null,
    policies,
    checks: [
      ...checkNaming(role),
      // If the Regions of the role's flows are unknown, the role may serve flows in any one Region.
      ...checkTrustOf(
        role,
        regions.length > 0 ? [regions] : snapshot.regions.map((each) => [each]),
        identity,
      ),
      ...statuses.flatMap(({ checks }) => checks),
      ...readingChecks(role, readableSecrets, snapshot),
    ],
  };
}

function readingChecks(
  role: RoleSnapshot,
  read: SecretSnapshot[],
  { identity }: AccountSnapshot,
): StatusCheck[] {
  const documents = namedDocumentsOf(role);
  const check = checksOf(role.arn);
  if (!documents) return [check('role-policies', 'cannot-tell', (say) => say.policiesUnseen)];
  if ('unreadable' in documents)
    return [check('role-policies', 'cannot-tell', (say) => say.policyUnreadable(documents.unreadable))];
  return read.map((secret) => checkReadAccess(role, documents, secret, identity));
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
function checkAbsent(subject: string, { closest, unreadable }: StatusSource): StatusCheck {
  const check = checksOf(subject);
  const difference = closest(subject);
  // A secret that was force-deleted and created again has a new ARN, which a list may not show yet.
  if (unreadable?.has(subject))
    return check('policy-names-secret', 'cannot-tell', (say) => say.notListed(difference));
  return check('policy-names-secret', 'failed', (say) =>
    difference === undefined ? say.namesNothing : say.namesNearly(difference),
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
  const { furtherAction, anySecret } = checkExcess(document, regions, identity);
  if (furtherAction !== undefined) {
    const actionWarning = check('policy-reads-only', 'warning', (say) => say.allowsMore(furtherAction));
    // For a policy that allows everything, one warning is enough.
    return anySecret ? [actionWarning] : [actionWarning, ...scope()];
  }
  return [check('policy-reads-only', 'ok', (say) => say.readsOnly()), ...scope()];

  function scope(): StatusCheck[] {
    if (regions.length === 0) return [];
    return anySecret
      ? [check('policy-scope', 'warning', (say) => say.anySecret())]
      : [check('policy-scope', 'ok', (say) => say.namedSecrets())];
  }
}
