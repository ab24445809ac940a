import { isRegionName, parseSecretArn } from '../aws/arn.ts';
import { isToolPolicy, type ListedPolicy, policyPages } from '../aws/iam/roles.ts';
import { mediaConnectRegionsIn } from '../aws/regions.ts';
import { atMost } from '../aws/requests/concurrency.ts';
import type { ListedSecret } from '../aws/secrets/listing.ts';
import type { Aws, Identity } from '../aws/session.ts';
import { tryParsePolicy } from '../policy/index.ts';
import { matchesArn } from '../policy/match.ts';
import { statusMessages as messages } from './messages.ts';
import { inRegion, type PolicyTargets, regionOf, similarTo, targetsIn } from './named-secrets.ts';
import type { ScanContext } from './notes.ts';
import { findRoles, type RoleSnapshot, rolesNamed, unattachedAmong } from './roles.ts';
import { findSecrets, type SecretId, type SecretSnapshot } from './secrets.ts';
import type { StatusMissing } from './types.ts';

/** What was found in an account, for `status` and `export manifest`. */
export interface AccountSnapshot {
  identity: Identity;
  /** The Regions that were searched for secrets. */
  regions: string[];
  roles: RoleSnapshot[];
  secrets: SecretSnapshot[];
  /** Policies that this program created and that none of the roles has. */
  policies: ListedPolicy[];
  /** Returns true if a secret that a policy names would have been found if it existed. */
  wasSearched(named: string): boolean;
  /**
   * For each wildcard that covers a whole Region or more: the number of matching secrets that are not in `secrets`, because no
   * policy names them and they lack the tool tag. Absent if only part of the account was read.
   */
  skippedCounts?: ReadonlyMap<string, number>;
  /** ARNs that the list of secrets lacks and that the caller isn't allowed to read. Absent if only names were searched for. */
  unreadable?: ReadonlySet<string>;
  /** ARNs of other secrets that differ from an ARN in a policy only in the suffix or in case. */
  similarArns?: string[];
  /** What was requested by name and doesn't exist. Absent if the whole account was read. */
  missing?: StatusMissing[];
}

/**
 * Reads an account. Changes nothing and reads no values of secrets, so their dates of last access stay the same.
 * @throws Failure if the caller isn't allowed to list roles, or a requested Region can't be read
 */
export async function collect(context: ScanContext): Promise<AccountSnapshot> {
  const identity = await context.aws.identity();
  const roles = await findRoles(context);
  const policyTargets = roles.flatMap(targetsOfPolicies);
  const namedSecrets = policyTargets.flatMap(({ names }) => names);
  const regions =
    context.requestedRegions.length > 0
      ? context.requestedRegions
      : await likelyRegions(context.aws, identity, namedSecrets);
  const isNamed = (arn: string) => namedSecrets.some((each) => matchesArn(each, arn));
  const isWanted = (secret: ListedSecret) =>
    secret.hasToolTag || isNamed(secret.arn) || isNamed(primaryOf(secret));
  const scopes = new Set(policyTargets.flatMap((targets) => targets.scopes));
  const { skippedCounts, countSkipped } = skippedCounter(scopes);
  const isSimilar = similarTo(namedSecrets);
  const similarArns: string[] = [];
  const onSkipped = (secret: ListedSecret) => {
    countSkipped(secret);
    if (isSimilar(secret.arn)) similarArns.push(secret.arn);
  };
  const arnsInAccount = [...new Set(namedSecrets)].filter((each) => isOfAccount(each, identity));
  const namedIds = arnsInAccount.flatMap(withRegion);
  const [{ secrets, regions: searchedRegions, unreadable: unreadableIds }, policies] = await Promise.all([
    findSecrets(context, regions, { isWanted, onSkipped, namedIds }),
    findUnattachedPolicies(context, roles),
  ]);
  const wasSearched = (named: string) =>
    searchedRegions.includes(regionOf(named) ?? searchedRegions[0] ?? '');
  const unreadable = new Set(unreadableIds.map(({ id }) => id));
  return {
    identity,
    regions: searchedRegions,
    roles,
    secrets,
    policies,
    wasSearched,
    unreadable,
    skippedCounts,
    similarArns,
  };
}

/** Returns the Regions with MediaConnect, the configured Region, and all Regions with a secret that a policy names. */
async function likelyRegions(aws: Aws, { partition }: Identity, named: string[]): Promise<string[]> {
  const mentioned = named
    .filter((each) => each.startsWith(`arn:${partition}:`))
    .flatMap((each) => regionOf(each) ?? [])
    .filter(isRegionName);
  return [...new Set([...mediaConnectRegionsIn(partition), aws.clients.homeRegion, ...mentioned])].sort();
}

/** Returns a counter of the skipped secrets that each wildcard matches. Deleted secrets don't count: they can't be read. */
function skippedCounter(scopes: ReadonlySet<string>) {
  const skippedCounts = new Map<string, number>();
  const countSkipped = ({ arn, deletedAt }: ListedSecret) => {
    if (deletedAt) return;
    for (const scope of scopes)
      if (matchesArn(scope, arn)) skippedCounts.set(scope, (skippedCounts.get(scope) ?? 0) + 1);
  };
  return { skippedCounts, countSkipped };
}

function withRegion(arn: string): SecretId[] {
  const region = regionOf(arn);
  return region === undefined ? [] : [{ region, id: arn }];
}

/** Returns the ARN of the secret or, for a replica, of its primary secret. */
function primaryOf({ arn, primaryRegion }: ListedSecret): string {
  return primaryRegion ? inRegion(arn, primaryRegion) : arn;
}

/** Returns true if a name in a policy is the full ARN of a secret in this account. */
function isOfAccount(named: string, { partition, account }: Identity): boolean {
  const arn = parseSecretArn(named);
  return arn?.account === account && arn.partition === partition;
}

/** Returns the secrets that each policy of a role names. */
function targetsOfPolicies({ found }: RoleSnapshot): PolicyTargets[] {
  return (found?.policies ?? []).flatMap(({ document }) => {
    const policy = tryParsePolicy(document);
    return policy ? [targetsIn(policy)] : [];
  });
}

/** IAM allows few requests a second. */
const POLICIES_AT_ONCE = 3;

/**
 * Returns the policies that this program created and that none of these roles has. The list of policies has no tags, and an
 * account may have thousands of policies. So tags are read only for names that contain `MediaConnect`, like the default name.
 */
async function findUnattachedPolicies(
  { aws, notes }: ScanContext,
  roles: RoleSnapshot[],
): Promise<ListedPolicy[]> {
  const isUnattached = unattachedAmong(roles);
  const isCandidate = (policy: ListedPolicy) => /mediaconnect/i.test(policy.name) && isUnattached(policy);
  const find = async () => {
    const candidates = await listPolicies(aws, isCandidate);
    const haveToolTag = await atMost(POLICIES_AT_ONCE, candidates, ({ arn }) => isToolPolicy(aws, arn));
    return candidates.filter((_, index) => haveToolTag[index]);
  };
  return (await notes.unlessDenied(messages.unattachedPolicies, find())) ?? [];
}

async function listPolicies(aws: Aws, isWanted: (policy: ListedPolicy) => boolean): Promise<ListedPolicy[]> {
  const policies: ListedPolicy[] = [];
  for await (const { items } of policyPages(aws)) policies.push(...items.filter(isWanted));
  return policies;
}

/** The only resources to search for, without duplicates. */
export interface NamedResources {
  /** Names. */
  roles: string[];
  policies: string[];
  secrets: SecretId[];
}

/**
 * Like `collect`, but reads only the named resources.
 * @throws Failure if a requested Region can't be read
 */
export async function collectNamed(context: ScanContext, named: NamedResources): Promise<AccountSnapshot> {
  const identity = await context.aws.identity();
  const ids = new Set(named.secrets.map(({ region, id }) => `${region} ${id}`));
  const isWanted = ({ region, name, arn }: ListedSecret) =>
    ids.has(`${region} ${name}`) || ids.has(`${region} ${arn}`);
  const [foundRoles, foundSecrets] = await Promise.all([
    rolesNamed(context, named.roles),
    findSecrets(context, context.requestedRegions, { isWanted, namedIds: named.secrets }),
  ]);
  const { roles } = foundRoles;
  const foundPolicies = await policiesNamed(context, named.policies, roles);
  return {
    identity,
    regions: foundSecrets.regions,
    roles,
    secrets: foundSecrets.secrets,
    policies: foundPolicies.unattached,
    wasSearched: searchedAmong(named.secrets.filter((each) => !foundSecrets.unreadable.includes(each))),
    missing: [
      ...foundRoles.missing.map((name): StatusMissing => ({ kind: 'role', name })),
      ...foundPolicies.missing.map((name): StatusMissing => ({ kind: 'policy', name })),
      ...foundSecrets.absent.map(missingSecret),
    ],
  };
}

function missingSecret({ region, id }: SecretId): StatusMissing {
  return { kind: 'secret', name: parseSecretArn(id)?.name ?? id, region };
}

/** Returns `wasSearched` for these secrets. A policy may also name other secrets, and deleted secrets with the same name. */
function searchedAmong(secrets: SecretId[]): AccountSnapshot['wasSearched'] {
  const names = new Set(secrets.map(({ region, id }) => `${region} ${parseSecretArn(id)?.name ?? id}`));
  return (arn) => {
    const [, name = ''] = /:secret:(.+)-[A-Za-z0-9?]{6}$/.exec(arn) ?? [];
    return names.has(`${regionOf(arn) ?? ''} ${name}`);
  };
}

/** Returns the policies with these names that none of the roles has, and the names without a policy. */
async function policiesNamed(
  { aws, notes }: ScanContext,
  names: string[],
  roles: RoleSnapshot[],
): Promise<{ unattached: ListedPolicy[]; missing: string[] }> {
  const rolePolicies = lowerCaseNames(roles.flatMap(({ found }) => found?.policies ?? []));
  const unattachedNames = names.filter((name) => !rolePolicies.has(name.toLowerCase()));
  if (unattachedNames.length === 0) return { unattached: [], missing: [] };
  const wantedNames = new Set(unattachedNames.map((name) => name.toLowerCase()));
  const listing = listPolicies(aws, ({ name }) => wantedNames.has(name.toLowerCase()));
  const found = await notes.unlessDenied(messages.unattachedPolicies, listing);
  if (!found) return { unattached: [], missing: [] };
  const foundNames = lowerCaseNames(found);
  return {
    unattached: found.filter(unattachedAmong(roles)),
    missing: unattachedNames.filter((name) => !foundNames.has(name.toLowerCase())),
  };
}

/** Returns names in lower case, because IAM names are case-insensitive. */
function lowerCaseNames(policies: { name: string }[]): Set<string> {
  return new Set(policies.map(({ name }) => name.toLowerCase()));
}
