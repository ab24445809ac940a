import { parseSecretArn } from '../aws/arn.ts';
import { isToolPolicy, type ListedPolicy, policyPages } from '../aws/iam/roles.ts';
import { atMost } from '../aws/requests/concurrency.ts';
import type { ListedSecret } from '../aws/secrets/listing.ts';
import type { Identity } from '../aws/session.ts';
import { tryParsePolicy } from '../policy/index.ts';
import { standsFor } from '../policy/match.ts';
import { statusMessages as messages } from './messages.ts';
import { inRegion, type Naming, namedIn, regionOf, similarTo } from './named-secrets.ts';
import type { Looking } from './notes.ts';
import { likelyRegions } from './regions.ts';
import { findRoles, looseAmong, type RoleSnapshot, rolesNamed } from './roles.ts';
import { findSecrets, type SecretId, type SecretSnapshot } from './secrets.ts';
import type { StatusMissing } from './types.ts';

/** What was found in an account, as far as `status` shows it. */
export interface Seen {
  identity: Identity;
  /** The Regions that were searched for secrets. */
  regions: string[];
  roles: RoleSnapshot[];
  secrets: SecretSnapshot[];
  /** Policies that this program created and that none of the roles has. */
  policies: ListedPolicy[];
  /** Returns true if a secret that a policy names would have been found if it existed. */
  lookedFor(named: string): boolean;
  /**
   * For each wildcard that covers a whole Region or more: the number of matching secrets that are not in `secrets`. No policy
   * names those, and they lack the tool tag. Absent if only part of the account was read.
   */
  passedOver?: ReadonlyMap<string, number>;
  /** ARNs that the list lacks and that the caller isn't allowed to read. Absent if only names were searched for. */
  unreadable?: ReadonlySet<string>;
  /** ARNs of other secrets that differ from an ARN in a policy only in the suffix or in case. */
  similarArns?: string[];
  /** What was requested by name and doesn't exist. Absent if nothing is missing. */
  missing?: StatusMissing[];
}

/**
 * Reads an account. Changes nothing and reads no values of secrets, so their dates of last access stay the same.
 * @throws Failure if the caller isn't allowed to list roles, or a requested Region can't be read
 */
export async function collect(looking: Looking): Promise<Seen> {
  const identity = await looking.aws.identity();
  const roles = await findRoles(looking);
  const naming = roles.flatMap(namedBy);
  const named = naming.flatMap(({ names }) => names);
  const regions =
    looking.asked.length > 0 ? looking.asked : await likelyRegions(looking.aws, identity, named);
  const isNamed = (arn: string) => named.some((each) => standsFor(each, arn));
  const isWanted = (secret: ListedSecret) => secret.own || isNamed(secret.arn) || isNamed(primaryOf(secret));
  const { passedOver, count } = counterOf(new Set(naming.flatMap(({ scopes }) => scopes)));
  const isSimilar = similarTo(named);
  const similarArns: string[] = [];
  const passOver = (secret: ListedSecret) => {
    count(secret);
    if (isSimilar(secret.arn)) similarArns.push(secret.arn);
  };
  const arns = [...new Set(named)].filter((each) => isOfAccount(each, identity));
  const [{ secrets, regions: seen, unreadable: ids }, policies] = await Promise.all([
    findSecrets(looking, regions, { isWanted, passOver, others: arns.flatMap(withRegion) }),
    findLoosePolicies(looking, roles),
  ]);
  const lookedFor = (named: string) => seen.includes(regionOf(named) ?? seen[0] ?? '');
  const unreadable = new Set(ids.map(({ id }) => id));
  return {
    identity,
    regions: seen,
    roles,
    secrets,
    policies,
    lookedFor,
    unreadable,
    passedOver,
    similarArns,
  };
}

/** Counts the secrets that each of these wildcards matches. Deleted secrets don't count because they can't be read. */
function counterOf(scopes: ReadonlySet<string>) {
  const passedOver = new Map<string, number>();
  const count = ({ arn, deletedAt }: ListedSecret) => {
    if (deletedAt) return;
    for (const scope of scopes)
      if (standsFor(scope, arn)) passedOver.set(scope, (passedOver.get(scope) ?? 0) + 1);
  };
  return { passedOver, count };
}

function withRegion(arn: string): SecretId[] {
  const region = regionOf(arn);
  return region === undefined ? [] : [{ region, id: arn }];
}

/** Returns the ARN of the secret or, for a replica, of its primary secret. */
function primaryOf({ arn, replicaOf }: ListedSecret): string {
  return replicaOf ? inRegion(arn, replicaOf) : arn;
}

/** Returns true if a name in a policy is the full ARN of a secret in this account. */
function isOfAccount(named: string, { partition, account }: Identity): boolean {
  const arn = parseSecretArn(named);
  return arn?.account === account && arn.partition === partition;
}

/** Returns what the policies of a role name. */
function namedBy({ found }: RoleSnapshot): Naming[] {
  return (found?.policies ?? []).flatMap(({ document }) => {
    const policy = tryParsePolicy(document);
    return policy ? [namedIn(policy)] : [];
  });
}

const POLICIES_AT_ONCE = 3;

/**
 * Returns the policies that this program created and that none of these roles has. The list of policies has no tags, and an
 * account may have thousands of policies. So tags are read only for names that contain `MediaConnect`, like the default name.
 */
async function findLoosePolicies({ aws, notes }: Looking, roles: RoleSnapshot[]): Promise<ListedPolicy[]> {
  const isLoose = looseAmong(roles);
  const isCandidate = (policy: ListedPolicy) => /mediaconnect/i.test(policy.name) && isLoose(policy);
  const find = async () => {
    const candidates: ListedPolicy[] = [];
    for await (const { items } of policyPages(aws)) {
      candidates.push(...items.filter(isCandidate));
    }
    const own = await atMost(POLICIES_AT_ONCE, candidates, ({ arn }) => isToolPolicy(aws, arn));
    return candidates.filter((_, index) => own[index]);
  };
  return (await notes.unlessDenied(messages.loosePoliciesWhat, find())) ?? [];
}

/** The only resources to search for, without duplicates. */
export interface Named {
  /** Names. */
  roles: string[];
  policies: string[];
  secrets: SecretId[];
}

/**
 * Like `collect`, but reads only the named resources.
 * @throws Failure if a requested Region can't be read
 */
export async function collectNamed(looking: Looking, named: Named): Promise<Seen> {
  const identity = await looking.aws.identity();
  const ids = new Set(named.secrets.map(({ region, id }) => `${region} ${id}`));
  const isWanted = ({ region, name, arn }: ListedSecret) =>
    ids.has(`${region} ${name}`) || ids.has(`${region} ${arn}`);
  const [ofRoles, ofSecrets] = await Promise.all([
    rolesNamed(looking, named.roles),
    findSecrets(looking, looking.asked, { isWanted, others: named.secrets }),
  ]);
  const { roles } = ofRoles;
  const ofPolicies = await policiesNamed(looking, named.policies, roles);
  return {
    identity,
    regions: ofSecrets.regions,
    roles,
    secrets: ofSecrets.secrets,
    policies: ofPolicies.loose,
    lookedFor: lookedForAmong(named.secrets.filter((each) => !ofSecrets.unreadable.includes(each))),
    missing: [
      ...ofRoles.missing.map((name): StatusMissing => ({ kind: 'role', name })),
      ...ofPolicies.missing.map((name): StatusMissing => ({ kind: 'policy', name })),
      ...ofSecrets.absent.map(missingSecret),
    ],
  };
}

function missingSecret({ region, id }: SecretId): StatusMissing {
  return { kind: 'secret', name: parseSecretArn(id)?.name ?? id, region };
}

/** A policy may also name other secrets, and deleted secrets with the same name. */
function lookedForAmong(secrets: SecretId[]): Seen['lookedFor'] {
  const names = new Set(secrets.map(({ region, id }) => `${region} ${parseSecretArn(id)?.name ?? id}`));
  return (arn) => {
    const [, name = ''] = /:secret:(.+)-[A-Za-z0-9?]{6}$/.exec(arn) ?? [];
    return names.has(`${regionOf(arn) ?? ''} ${name}`);
  };
}

/** Returns the policies with these names that none of the roles has, and the names without a policy. */
async function policiesNamed(
  { aws, notes }: Looking,
  names: string[],
  roles: RoleSnapshot[],
): Promise<{ loose: ListedPolicy[]; missing: string[] }> {
  const has = (policies: { name: string }[], name: string) =>
    policies.some((policy) => policy.name.toLowerCase() === name.toLowerCase());
  const had = roles.flatMap(({ found }) => found?.policies ?? []);
  const open = names.filter((name) => !has(had, name));
  if (open.length === 0) return { loose: [], missing: [] };
  const list = async () => {
    const found: ListedPolicy[] = [];
    for await (const { items } of policyPages(aws)) {
      found.push(
        ...items.filter(({ name }) =>
          has(
            open.map((each) => ({ name: each })),
            name,
          ),
        ),
      );
    }
    return found;
  };
  const found = await notes.unlessDenied(messages.loosePoliciesWhat, list());
  if (!found) return { loose: [], missing: [] };
  return { loose: found.filter(looseAmong(roles)), missing: open.filter((name) => !has(found, name)) };
}
