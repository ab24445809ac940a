import {
  type AccountRef,
  type KmsGrant,
  kmsGrants,
  kmsStatement,
  type PolicyScope,
  READ_ACTIONS,
  type ReadableSecret,
  secretResources,
  secretStatement,
  type TrustOptions,
  trustStatement,
} from './build.ts';
import { sameStatement } from './compare.ts';
import {
  type JsonPolicy,
  type JsonStatement,
  parsePolicy,
  readJsonPolicy,
  readManagedPolicy,
  type Statement,
} from './document.ts';
import { coversArn, entriesFor, pattern } from './match.ts';
import { grantOf, isFullRead, readsSecrets } from './shape.ts';

/** A read policy that is to be added to. It is read once, for however many tries there are. */
export interface ExistingPolicy {
  json: JsonPolicy;
  statements: Statement[];
}

/**
 * Reads a policy that is to be added to.
 * @throws PolicyParseError when the text is not a policy document
 */
export function existingPolicy(text: string): ExistingPolicy {
  return { json: readManagedPolicy(text), statements: parsePolicy(text).statements };
}

/**
 * The existing read policy with what these secrets need added to it. Nothing is dropped or narrowed, and `Sid`, `Id`
 * and the order of statements stay as they are. What a wildcard there allows already is not added again.
 * The document must be one for which `isReadPolicyShape` holds.
 */
export function addToReadPolicy(
  existing: ExistingPolicy,
  secrets: ReadableSecret[],
  scope: PolicyScope,
  where: AccountRef,
): JsonPolicy {
  const resources = secretResources(secrets, scope, where);
  return addEntries(existing, { resources, grants: kmsGrants(secrets, where) }, where);
}

/** Returns the read policy with entries of `Resource` and permissions to decrypt added, as far as it lacks them. */
function addEntries(
  { json, statements }: ExistingPolicy,
  added: { resources: string[]; grants: KmsGrant[] },
  { partition }: Pick<AccountRef, 'partition'>,
): JsonPolicy {
  const reads = statements.filter(readsSecrets);
  const resources = added.resources.filter((each) => !canRead(reads, each));
  const grants = added.grants.flatMap((grant) => missingGrant(statements, grant));

  const list = [...json.Statement];
  addResources(list, statements.findIndex(isFullRead), resources, () => secretStatement(resources));
  for (const grant of grants) {
    const home =
      grant.aliases.length > 0 ? -1 : statements.findIndex((each) => hasKeysOf(each, grant.region));
    addResources(list, home, grant.resources, () => kmsStatement(grant, partition));
  }
  return { ...json, Statement: list };
}

/**
 * The existing trust policy with a statement for MediaConnect appended, unless that very statement is there already.
 * Everything else stays as its author wrote it. The new statement has no `Sid`, so it cannot repeat one.
 * @throws PolicyParseError when the text is not a policy document
 */
export function addTrust(text: string, options: TrustOptions): JsonPolicy {
  const policy = readJsonPolicy(text);
  const ours = trustStatement(options);
  const [wanted] = parsePolicy(JSON.stringify({ Statement: ours })).statements;
  const present = parsePolicy(text).statements.some((each) => wanted && sameStatement(each, wanted));
  return present ? policy : { ...policy, Statement: [...policy.Statement, ours] };
}

/** Puts the resources into the statement at `home`, or into one made for them at the end when there is no such. */
function addResources(
  list: JsonStatement[],
  home: number,
  resources: string[],
  make: () => JsonStatement,
): void {
  if (resources.length === 0) return;
  const existing = list[home];
  if (existing === undefined) {
    list.push(make());
    return;
  }
  list[home] = { ...existing, Resource: [existing.Resource ?? [], resources].flat() };
}

/** Whether these statements allow each of the read actions on everything that the ARN or pattern stands for. */
function canRead(reads: Statement[], resource: string): boolean {
  return READ_ACTIONS.every((action) =>
    reads.some(
      (statement) =>
        statement.actions.values.some((each) => each.toLowerCase() === action.toLowerCase()) &&
        coversResource(statement, resource),
    ),
  );
}

/** What of the grant is not there yet; nothing when all of it is. */
function missingGrant(statements: Statement[], grant: KmsGrant): KmsGrant[] {
  const present = statements.flatMap((statement) => grantOf(statement) ?? []);
  const sameRegion = present.filter(({ region }) => region === grant.region);
  if (grant.aliases.length > 0) {
    // Each resource stands for the keys of one account, whose aliases these are.
    return grant.resources.flatMap((anyKey) => {
      const known = sameRegion.filter(({ resources }) => resources.includes(anyKey));
      const aliases = grant.aliases.filter((alias) => !known.some((each) => each.aliases.includes(alias)));
      return aliases.length > 0 ? [{ ...grant, resources: [anyKey], aliases }] : [];
    });
  }
  const known = sameRegion
    .filter(({ aliases }) => aliases.length === 0)
    .flatMap(({ resources }) => resources);
  const resources = grant.resources.filter((arn) => !known.includes(arn));
  return resources.length > 0 ? [{ ...grant, resources }] : [];
}

function hasKeysOf(statement: Statement, region: string): boolean {
  const grant = grantOf(statement);
  return grant !== undefined && grant.region === region && grant.aliases.length === 0;
}

function coversResource({ resources }: Statement, resource: string): boolean {
  const entries = resources ? entriesFor(resources, resource) : [];
  return entries.some((each) => each === '*' || coversArn(pattern(each), pattern(resource)));
}

/**
 * The read policy without the secrets that are gone; nothing when it would allow no secret any more. The permission to
 * decrypt goes with the last secret of its Region: which key the others there are encrypted with is not known here. All
 * else stays as it is. The document must be one for which `isReadPolicyShape` holds.
 * @param isGone returns whether an entry of `Resource` stands only for secrets that are gone
 * @throws PolicyParseError when the text is not a policy document
 */
export function removeSecrets(text: string, isGone: (resource: string) => boolean): JsonPolicy | undefined {
  const policy = readManagedPolicy(text);
  const { statements } = parsePolicy(text);
  const listed = statements.filter(readsSecrets).flatMap(({ resources }) => resources?.values ?? []);
  const left = listed.filter((resource) => !isGone(resource));
  if (left.length === 0) return undefined;
  const lost = new Set(listed.filter(isGone).map(regionOf));
  const inUse = (region: string) => !lost.has(region) || left.some((resource) => mayBeIn(resource, region));
  const Statement = policy.Statement.flatMap((raw, at): JsonStatement[] => {
    const statement = statements[at];
    const grant = statement && grantOf(statement);
    if (grant) return inUse(grant.region) ? [raw] : [];
    return without(raw, isGone);
  });
  return { ...policy, Statement };
}

function without(raw: JsonStatement, isGone: (resource: string) => boolean): JsonStatement[] {
  const entries = [raw.Resource ?? []].flat();
  const kept = entries.filter((entry) => typeof entry !== 'string' || !isGone(entry));
  if (kept.length === entries.length) return [raw];
  return kept.length === 0 ? [] : [{ ...raw, Resource: kept }];
}

/** Whether an entry of `Resource` may stand for a secret of that Region. */
function mayBeIn(resource: string, region: string): boolean {
  const where = regionOf(resource);
  return where === region || /[*?]/.test(where);
}

function regionOf(resource: string): string {
  return resource.split(':')[3] ?? '*';
}
