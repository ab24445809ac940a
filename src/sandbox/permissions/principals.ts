import { isObject, type JsonObject, stringsOf } from '../documents/json.ts';

/** The requesting principal, as policies see it. */
export interface Principal {
  /** The ARN of the user or the role session. For a service, its service principal, such as `mediaconnect.amazonaws.com`. */
  readonly arn: string;
  /** The role, for a role session. */
  readonly roleArn?: string;
  /** The account; absent for a service. */
  readonly accountId?: string;
  readonly partition: string;
  /** The unique ID of the user or role, for a policy that names a principal by ID because it no longer has its ARN. */
  readonly id?: string;
}

/**
 * How a resource-based policy names the principal: directly, as everyone, by its role, by its account, or not at all. An Allow
 * that names the principal directly is sufficient. An Allow for everyone is limited by session policies; an Allow for the role is
 * limited by the permissions boundary too. An Allow for the account only lets the account's own policies decide.
 * Source: "How AWS enforcement code logic evaluates requests" and "Session policies" in the IAM user guide.
 */
export type PrincipalMatch = 'direct' | 'everyone' | 'role' | 'account' | 'none';

const STRONGEST_FIRST: readonly PrincipalMatch[] = ['direct', 'everyone', 'role', 'account'];

/** Returns the strongest of several matches; `none` if there are none. */
export function strongestMatch(principalMatches: readonly PrincipalMatch[]): PrincipalMatch {
  return STRONGEST_FIRST.find((match) => principalMatches.includes(match)) ?? 'none';
}

/** Returns how a statement's Principal or NotPrincipal names the requesting principal. */
export function matchPrincipal(statement: JsonObject, requester: Principal): PrincipalMatch {
  const { NotPrincipal } = statement;
  if (NotPrincipal === undefined) return matchElement(statement.Principal, requester);
  const isExempt =
    statement.Effect === 'Deny'
      ? isFullyNamed(NotPrincipal, requester)
      : matchElement(NotPrincipal, requester) !== 'none';
  return isExempt ? 'none' : 'everyone';
}

/**
 * True if the NotPrincipal of a Deny exempts the requesting principal. The element must also list the principal's account and, for
 * a role session, the role.
 * Source: "AWS JSON policy elements: NotPrincipal" in the IAM user guide.
 */
function isFullyNamed(notPrincipal: unknown, requester: Principal): boolean {
  const elementMatch = matchElement(notPrincipal, requester);
  if (requester.accountId === undefined || elementMatch === 'everyone') return elementMatch !== 'none';
  const listedNames = isObject(notPrincipal) ? (stringsOf(notPrincipal.AWS) ?? []) : [];
  const principalMatches = listedNames.map((name) => matchName('AWS', name, requester));
  const requiredMatches: PrincipalMatch[] =
    requester.roleArn === undefined ? ['direct', 'account'] : ['direct', 'role', 'account'];
  return requiredMatches.every((match) => principalMatches.includes(match));
}

function matchElement(principal: unknown, requester: Principal): PrincipalMatch {
  if (principal === '*') return 'everyone';
  const entries = isObject(principal) ? Object.entries(principal) : [];
  return strongestMatch(
    entries.flatMap(([kind, value]) =>
      (stringsOf(value) ?? []).map((name) => matchName(kind, name, requester)),
    ),
  );
}

function matchName(kind: string, name: string, requester: Principal): PrincipalMatch {
  if (kind === 'Service') {
    return requester.accountId === undefined && name === requester.arn ? 'direct' : 'none';
  }
  if (kind !== 'AWS' || requester.accountId === undefined) return 'none';
  if (name === '*') return 'everyone';
  if (name === requester.arn) return 'direct';
  if (name === requester.roleArn || name === requester.id) {
    return requester.roleArn === undefined ? 'direct' : 'role';
  }
  const root = `arn:${requester.partition}:iam::${requester.accountId}:root`;
  return name === requester.accountId || name === root ? 'account' : 'none';
}
