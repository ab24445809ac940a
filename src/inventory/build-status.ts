import type { RolePolicy } from '../aws/iam/roles.ts';
import { checkExcess } from '../checks/access/excess.ts';
import { groupedBy } from '../grouping.ts';
import { type PolicyDocument, prefixOfEntry, tryParsePolicy } from '../policy/index.ts';
import { standsFor } from '../policy/match.ts';
import { dayOf } from '../text.ts';
import {
  checkNaming,
  checkReading,
  checkSecret,
  checksOf,
  checkTrustOf,
  namedDocumentsOf,
} from './check-role.ts';
import type { Seen } from './collect.ts';
import { closestAmong, inRegion, namedIn } from './named-secrets.ts';
import type { RoleSnapshot } from './roles.ts';
import type { SecretSnapshot } from './secrets.ts';
import type { Status, StatusCheck, StatusNote, StatusPolicy, StatusRole, StatusSecret } from './types.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What was found, and a function that compares an ARN without a secret with those that exist. */
type Known = Seen & { closest(named: string): string | undefined };

/** Builds the status from what was found: roles with their policies and secrets, and their checks. Pure. */
export function statusOf(seen: Seen, notes: StatusNote[], now: Date): Status {
  const { identity, regions, policies } = seen;
  const arns = [...seen.secrets.map(({ arn }) => arn), ...(seen.similarArns ?? [])];
  const closest = closestAmong(arns);
  const roles = seen.roles.map((role) => roleStatus(role, { ...seen, closest }));
  const readers = readersOf(roles);
  const replicas = replicasIn(seen.secrets);
  return {
    account: identity.account,
    partition: identity.partition,
    regions,
    roles,
    secrets: seen.secrets.map((secret) => {
      const ofSecret = readers.get(secret.arn) ?? [];
      return {
        ...secretStatus(secret, now),
        replicas: replicas.get(secret.arn) ?? [],
        roles: ofSecret,
        checks: checkSecret(secret, ofSecret.length > 0 || seen.missing !== undefined, identity),
      };
    }),
    policies: policies.map(({ name, arn }) => ({ name, arn })),
    missing: seen.missing,
    notes,
  };
}

/** Returns the roles with a policy that names each secret. */
function readersOf(roles: StatusRole[]): Map<string, string[]> {
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
  const { region, name, arn, own, currentSince, changedAt, readAt, deletedAt, replicaOf } = secret;
  const since = currentSince ?? (secret.current && !deletedAt ? changedAt : undefined);
  const age = since && Math.max(0, Math.floor((now.getTime() - since.getTime()) / DAY_MS));
  return {
    region,
    name,
    arn,
    own,
    keySince: since?.toISOString() ?? null,
    keySinceFrom: since ? (currentSince ? 'version' : 'last-change') : null,
    keyAgeDays: age ?? null,
    lastRead: readAt ? dayOf(readAt) : null,
    deletedAt: deletedAt?.toISOString() ?? null,
    replicaOf: replicaOf ?? null,
  };
}

function roleStatus(role: RoleSnapshot, seen: Known): StatusRole {
  const { identity, secrets } = seen;
  const statuses = (role.found?.policies ?? []).map((policy) => policyStatus(policy, seen));
  const policies = statuses.flatMap(({ policy }) => policy ?? []);
  const arns = new Set(policies.flatMap((policy) => policy.secrets));
  const read = secrets.filter(({ arn }) => arns.has(arn));
  const regions = [...new Set(read.map(({ region }) => region))];
  return {
    name: role.name,
    arn: role.arn,
    own: role.found?.own ?? null,
    policies,
    checks: [
      ...checkNaming(role),
      // If the Regions of the role's flows are unknown, the role may serve flows in any one Region.
      ...checkTrustOf(role, regions.length > 0 ? [regions] : seen.regions.map((each) => [each]), identity),
      ...statuses.flatMap(({ checks }) => checks),
      ...readingChecks(role, read, seen),
    ],
  };
}

function readingChecks(role: RoleSnapshot, read: SecretSnapshot[], { identity }: Seen): StatusCheck[] {
  const documents = namedDocumentsOf(role);
  const check = checksOf(role.arn);
  if (!documents) return [check('role-policies', 'cannot-tell', (say) => say.policiesUnseen)];
  if ('unreadable' in documents)
    return [check('role-policies', 'cannot-tell', (say) => say.policyUnreadable(documents.unreadable))];
  return read.map((secret) => checkReading(role, documents, secret, identity));
}

/** Returns a policy for display, if it concerns secrets at all, and its checks. */
function policyStatus(
  { name, arn, document }: RolePolicy,
  seen: Known,
): { policy?: StatusPolicy; checks: StatusCheck[] } {
  const parsed = tryParsePolicy(document);
  if (!parsed) return { checks: [] };
  const { names, scopes } = namedIn(parsed);
  if (names.length + scopes.length === 0) return { checks: [] };
  const there = seen.secrets.filter((secret) => isNamed(secret, names, scopes));
  // A prefix without matching secrets is not a mistake, because it is for future secrets too.
  const prefixes = names.filter((each) => prefixOfEntry(each) !== undefined);
  const absent = names.filter(
    (each) => !prefixes.includes(each) && !there.some((secret) => standsFor(each, secret.arn)),
  );
  const looked = (each: string) => seen.lookedFor(each);
  return {
    policy: {
      name,
      arn: arn ?? null,
      secrets: there.map((secret) => secret.arn),
      prefixes,
      scopes,
      missing: absent.filter(looked),
      unseen: absent.filter((each) => !looked(each)),
    },
    checks: [
      ...excessChecks(arn ?? name, parsed, seen),
      ...absent.filter(looked).map((subject) => checkAbsent(subject, seen)),
    ],
  };
}

/** Returns the check of an ARN or pattern that matches no secret. */
function checkAbsent(subject: string, { closest, unreadable }: Known): StatusCheck {
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
function isNamed({ arn, own }: SecretSnapshot, names: string[], scopes: string[]): boolean {
  return names.some((each) => standsFor(each, arn)) || (own && scopes.some((each) => standsFor(each, arn)));
}

/** Checks whether a policy allows more than reading named secrets. If no Region could be read, its scope is not checked. */
function excessChecks(subject: string, document: PolicyDocument, { regions, identity }: Seen): StatusCheck[] {
  const check = checksOf(subject);
  const { further, anySecret } = checkExcess(document, regions, identity);
  if (further !== undefined) {
    const more = check('policy-reads-only', 'warning', (say) => say.allowsMore(further));
    // For a policy that allows everything, one warning is enough.
    return anySecret ? [more] : [more, ...scope()];
  }
  return [check('policy-reads-only', 'ok', (say) => say.readsOnly()), ...scope()];

  function scope(): StatusCheck[] {
    if (regions.length === 0) return [];
    return anySecret
      ? [check('policy-scope', 'warning', (say) => say.anySecret())]
      : [check('policy-scope', 'ok', (say) => say.namedSecrets())];
  }
}
