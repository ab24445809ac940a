import {
  type AccountRef,
  type KmsPermission,
  kmsPermissions,
  kmsStatement,
  type PolicyScope,
  READ_ACTIONS,
  type ReadableSecret,
  secretResources,
  secretStatement,
  type TrustOptions,
  trustStatement,
} from './build.ts';
import { statementKey } from './compare.ts';
import {
  type JsonPolicy,
  type JsonStatement,
  parsePolicy,
  readJsonPolicy,
  readManagedPolicy,
  type Statement,
} from './document.ts';
import { coversArn, entriesFor, parsePattern } from './match.ts';
import { isFullRead, kmsPermissionOf, readsSecrets } from './shape.ts';

/** A read policy to extend: as its author wrote it, and parsed. Parsed only once, because many extensions are tried. */
export interface ExistingPolicy {
  json: JsonPolicy;
  statements: Statement[];
}

/**
 * Reads a policy to extend.
 * @throws PolicyParseError if the text is not a policy document
 */
export function readExistingPolicy(text: string): ExistingPolicy {
  return { json: readManagedPolicy(text), statements: parsePolicy(text).statements };
}

/**
 * Returns the existing read policy with the missing permissions for these secrets. Nothing is removed or narrowed; `Sid`, `Id`
 * and the order of statements stay the same. Doesn't add what a wildcard already allows. The document must pass
 * `isReadPolicyShape`.
 */
export function addToReadPolicy(
  { json, statements }: ExistingPolicy,
  secrets: ReadableSecret[],
  scope: PolicyScope,
  account: AccountRef,
): JsonPolicy {
  const reads = statements.filter(readsSecrets);
  const resources = secretResources(secrets, scope, account).filter((each) => !canRead(reads, each));
  const permissions = kmsPermissions(secrets, account).flatMap((each) => missingParts(statements, each));

  const list = [...json.Statement];
  addResources(list, statements.findIndex(isFullRead), resources, () => secretStatement(resources));
  for (const permission of permissions) {
    const index =
      permission.aliases.length > 0 ? -1 : statements.findIndex((each) => hasKeysOf(each, permission.region));
    addResources(list, index, permission.resources, () => kmsStatement(permission, account.partition));
  }
  return { ...json, Statement: list };
}

/**
 * Returns the existing trust policy with a statement for MediaConnect appended, unless it already has an equivalent one.
 * Everything else stays as the author wrote it. The new statement has no `Sid`, so it can't duplicate one.
 * @throws PolicyParseError if the text is not a policy document
 */
export function addTrust(text: string, options: TrustOptions): JsonPolicy {
  const policy = readJsonPolicy(text);
  const ours = trustStatement(options);
  const isPresent = policy.Statement.some((each) => statementKey(each) === statementKey(ours));
  return isPresent ? policy : { ...policy, Statement: [...policy.Statement, ours] };
}

/** Adds the resources to the statement at `statementIndex`, or to a new statement at the end if there is none. */
function addResources(
  list: JsonStatement[],
  statementIndex: number,
  resources: string[],
  newStatement: () => JsonStatement,
): void {
  if (resources.length === 0) return;
  const existing = list[statementIndex];
  if (existing === undefined) list.push(newStatement());
  else list[statementIndex] = { ...existing, Resource: [existing.Resource ?? [], resources].flat() };
}

/** Returns true if these statements allow all read actions on everything that the ARN or pattern matches. */
function canRead(reads: Statement[], resource: string): boolean {
  return READ_ACTIONS.every((action) =>
    reads.some(
      (statement) =>
        statement.actions.values.some((each) => each.toLowerCase() === action.toLowerCase()) &&
        coversResource(statement, resource),
    ),
  );
}

/** Returns the parts of a permission that the statements lack: one for its keys, or one for each account with aliases. */
function missingParts(statements: Statement[], permission: KmsPermission): KmsPermission[] {
  const existingPermissions = statements.flatMap((statement) => kmsPermissionOf(statement) ?? []);
  const inRegion = existingPermissions.filter(({ region }) => region === permission.region);
  if (permission.aliases.length > 0) {
    // Each resource matches the keys of one account, which has these aliases.
    return permission.resources.flatMap((anyKey) => {
      const known = inRegion.filter(({ resources }) => resources.includes(anyKey));
      const aliases = permission.aliases.filter(
        (alias) => !known.some((each) => each.aliases.includes(alias)),
      );
      return aliases.length > 0 ? [{ ...permission, resources: [anyKey], aliases }] : [];
    });
  }
  const known = inRegion.filter(({ aliases }) => aliases.length === 0).flatMap(({ resources }) => resources);
  const resources = permission.resources.filter((arn) => !known.includes(arn));
  return resources.length > 0 ? [{ ...permission, resources }] : [];
}

function hasKeysOf(statement: Statement, region: string): boolean {
  const permission = kmsPermissionOf(statement);
  return permission !== undefined && permission.region === region && permission.aliases.length === 0;
}

function coversResource({ resources }: Statement, resource: string): boolean {
  const entries = resources ? entriesFor(resources, resource) : [];
  return entries.some((each) => each === '*' || coversArn(parsePattern(each), parsePattern(resource)));
}

/**
 * Returns the read policy without the secrets to remove; undefined if it would allow no secrets. The permission to decrypt is
 * removed with the last secret of its Region, because it is unknown which keys the other secrets use. Everything else stays the
 * same. The document must pass `isReadPolicyShape`.
 * @param isToBeRemoved returns true for a `Resource` entry that matches only secrets to remove
 * @throws PolicyParseError if the text is not a policy document
 */
export function removeSecrets(
  text: string,
  isToBeRemoved: (resource: string) => boolean,
): JsonPolicy | undefined {
  const policy = readManagedPolicy(text);
  const { statements } = parsePolicy(text);
  const listed = statements.filter(readsSecrets).flatMap(({ resources }) => resources?.values ?? []);
  const remaining = listed.filter((resource) => !isToBeRemoved(resource));
  if (remaining.length === 0) return undefined;
  const changedRegions = new Set(listed.filter(isToBeRemoved).map(regionOf));
  const isInUse = (region: string) =>
    !changedRegions.has(region) || remaining.some((resource) => mayBeIn(resource, region));
  const Statement = policy.Statement.flatMap((raw, index): JsonStatement[] => {
    const statement = statements[index];
    const permission = statement && kmsPermissionOf(statement);
    if (permission) return isInUse(permission.region) ? [raw] : [];
    return withoutEntries(raw, isToBeRemoved);
  });
  return { ...policy, Statement };
}

function withoutEntries(raw: JsonStatement, isToBeRemoved: (resource: string) => boolean): JsonStatement[] {
  const entries = [raw.Resource ?? []].flat();
  const kept = entries.filter((entry) => typeof entry !== 'string' || !isToBeRemoved(entry));
  if (kept.length === entries.length) return [raw];
  return kept.length === 0 ? [] : [{ ...raw, Resource: kept }];
}

/** Returns true if a `Resource` entry can match a secret in that Region. */
function mayBeIn(resource: string, region: string): boolean {
  const entryRegion = regionOf(resource);
  return entryRegion === region || /[*?]/.test(entryRegion);
}

function regionOf(resource: string): string {
  return resource.split(':')[3] ?? '*';
}
