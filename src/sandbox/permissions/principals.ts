import { isObject, type JsonObject, stringsOf } from '../documents/json.ts';

/** The requesting principal, as policies see it. */
export interface Asker {
  /** The ARN of the user or the role session. For a service, its service principal, such as `mediaconnect.amazonaws.com`. */
  readonly arn: string;
  /** The role, for a role session. */
  readonly roleArn?: string;
  /** The account; absent for a service. */
  readonly account?: string;
  readonly partition: string;
  /** The unique ID of the user or role, for a policy that names a principal by ID because it no longer holds its ARN. */
  readonly id?: string;
}

/**
 * How a resource-based policy names the principal: directly, as everyone, by its role, by its account, or not at all. A direct
 * grant is sufficient. A grant to everyone is limited by session policies; a grant to the role is limited by the permissions
 * boundary too. A grant to the account only lets the account's own policies decide.
 * Source: "How AWS enforcement code logic evaluates requests" and "Session policies" in the IAM user guide.
 */
export type Naming = 'itself' | 'everyone' | 'role' | 'account' | 'not';

const STRENGTH: readonly Naming[] = ['itself', 'everyone', 'role', 'account'];

/** Returns the strongest of several namings. */
export function strongestOf(namings: readonly Naming[]): Naming {
  return STRENGTH.find((each) => namings.includes(each)) ?? 'not';
}

/** Returns how a statement's Principal or NotPrincipal names the requesting principal. */
export function namingOf(statement: JsonObject, asker: Asker): Naming {
  const { NotPrincipal } = statement;
  if (NotPrincipal === undefined) {
    return named(statement.Principal, asker);
  }
  const isExcepted =
    statement.Effect === 'Deny' ? isWhollyNamed(NotPrincipal, asker) : named(NotPrincipal, asker) !== 'not';
  return isExcepted ? 'not' : 'everyone';
}

/**
 * True if a Deny with NotPrincipal exempts the requesting principal. It must list the account too, and for a session its role.
 * Source: "AWS JSON policy elements: NotPrincipal" in the IAM user guide.
 */
function isWhollyNamed(principal: unknown, asker: Asker): boolean {
  if (asker.account === undefined || named(principal, asker) === 'everyone') {
    return named(principal, asker) !== 'not';
  }
  const listed = isObject(principal) ? (stringsOf(principal.AWS ?? []) ?? []) : [];
  const namings = listed.map((name) => naming('AWS', name, asker));
  const levels: Naming[] =
    asker.roleArn === undefined ? ['itself', 'account'] : ['itself', 'role', 'account'];
  return levels.every((level) => namings.includes(level));
}

function named(principal: unknown, asker: Asker): Naming {
  if (principal === '*') {
    return 'everyone';
  }
  const kinds = isObject(principal) ? Object.entries(principal) : [];
  return strongestOf(
    kinds.flatMap(([kind, value]) => (stringsOf(value) ?? []).map((name) => naming(kind, name, asker))),
  );
}

function naming(kind: string, name: string, asker: Asker): Naming {
  if (kind === 'Service') {
    return asker.account === undefined && name === asker.arn ? 'itself' : 'not';
  }
  if (kind !== 'AWS' || asker.account === undefined) {
    return 'not';
  }
  if (name === '*') {
    return 'everyone';
  }
  if (name === asker.arn) {
    return 'itself';
  }
  if (name === asker.roleArn || name === asker.id) {
    return asker.roleArn === undefined ? 'itself' : 'role';
  }
  const root = `arn:${asker.partition}:iam::${asker.account}:root`;
  return name === asker.account || name === root ? 'account' : 'not';
}
