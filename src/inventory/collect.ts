import { isRegionName, parseSecretArn } from '../aws/arn.ts';
import { isToolPolicy, type ListedPolicy, policyPages } from '../aws/iam/roles.ts';
import { offeredRegions } from '../aws/regions.ts';
import { atMost } from '../aws/requests/concurrency.ts';
import type { ListedSecret } from '../aws/secrets/listing.ts';
import type { Aws, Identity } from '../aws/session.ts';
import { tryParsePolicy } from '../policy/index.ts';
import { standsFor } from '../policy/match.ts';
import { statusMessages as messages } from './messages.ts';
import { inRegion, type Naming, namedIn, regionOf, similarTo } from './named-secrets.ts';
import type { Looking } from './notes.ts';
import { findRoles, looseAmong, type RoleSnapshot, rolesNamed } from './roles.ts';
import { findSecrets, type SecretId, type SecretSnapshot } from './secrets.ts';
import type { StatusMissing } from './types.ts';

/** What was found in an account, as far as `status` shows it. */
export interface Seen {
  identity: Identity;
  /** Where secrets were looked for. */
  regions: string[];
  roles: RoleSnapshot[];
  secrets: SecretSnapshot[];
  /** Policies of this program's that none of the roles has. */
  policies: ListedPolicy[];
  /** Whether a secret that a policy names would have been seen, if it were there. */
  lookedFor(named: string): boolean;
  /**
   * How many secrets each wildcard for a whole Region or more stands for that are not among these, as no policy names them and
   * they lack this program's tag. Absent where the account was not gone through as a whole.
   */
  passedOver?: ReadonlyMap<string, number>;
  /** ARNs that the list lacks and that the caller is not allowed to read; absent where only names were looked for. */
  unreadable?: ReadonlySet<string>;
  /** ARNs of secrets that are not among these, and from which an ARN in a policy differs in its end or in letter case only. */
  similarArns?: string[];
  /** What was asked for by its name and is not there; absent where nothing was. */
  missing?: StatusMissing[];
}

/**
 * Looks through an account. Nothing is changed, and no secret's value is read, so that the date of the last reading stays
 * what it is.
 * @throws Failure when the roles may not be listed, or a Region that was asked for cannot be looked at
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

/** Counts the secrets under each of these wildcards; deleted ones can't be read. */
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

/** The ARN of the secret itself or, for a replica, of its primary secret. */
function primaryOf({ arn, replicaOf }: ListedSecret): string {
  return replicaOf ? inRegion(arn, replicaOf) : arn;
}

/** Whether a name in a policy is the full ARN of a secret of this account, and no pattern. */
function isOfAccount(named: string, { partition, account }: Identity): boolean {
  const arn = parseSecretArn(named);
  return arn?.account === account && arn.partition === partition;
}

/** What the policies of a role name. */
function namedBy({ found }: RoleSnapshot): Naming[] {
  return (found?.policies ?? []).flatMap(({ document }) => {
    const policy = tryParsePolicy(document);
    return policy ? [namedIn(policy)] : [];
  });
}

/** Where MediaConnect is offered, where this run is at home, and wherever a policy names a secret. */
async function likelyRegions(aws: Aws, { partition }: Identity, named: string[]): Promise<string[]> {
  const mentioned = named
    .filter((each) => each.startsWith(`arn:${partition}:`))
    .flatMap((each) => regionOf(each) ?? [])
    .filter(isRegionName);
  return [...new Set([...offeredRegions(partition), aws.clients.homeRegion, ...mentioned])].sort();
}

const POLICIES_AT_ONCE = 3;

/**
 * The policies that this program made and that none of these roles has. A list of policies has no tags, and an account may
 * have thousands of them: only those with `MediaConnect` in their names, as the default name has it, are asked for theirs.
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
    return candidates.filter((_, at) => own[at]);
  };
  return (await notes.unlessDenied(messages.loosePoliciesWhat, find())) ?? [];
}

/** What is looked for, and nothing else: each thing once. */
export interface Named {
  /** Names. */
  roles: string[];
  policies: string[];
  secrets: SecretId[];
}

/**
 * Looks at what is named in an account: as `collect` does, without a look at anything else.
 * @throws Failure when a Region that was asked for cannot be looked at
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

/** A policy may name other secrets too, and one of the same name that is there no more. */
function lookedForAmong(secrets: SecretId[]): Seen['lookedFor'] {
  const names = new Set(secrets.map(({ region, id }) => `${region} ${parseSecretArn(id)?.name ?? id}`));
  return (arn) => {
    const [, name = ''] = /:secret:(.+)-[A-Za-z0-9?]{6}$/.exec(arn) ?? [];
    return names.has(`${regionOf(arn) ?? ''} ${name}`);
  };
}

/** The policies of these names that none of the roles has, and the names of which there is none at all. */
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
