import {
  GetPolicyCommand,
  type Policy,
  paginateListAttachedRolePolicies,
  paginateListEntitiesForPolicy,
  paginateListPolicies,
} from '@aws-sdk/client-iam';
import { EXIT, Failure, isAccessDenied } from '../../failure.ts';
import { CONTRADICTION_PAUSES_MS } from '../../limits.ts';
import { nameInIamArn } from '../arn.ts';
import { awsMessages as messages } from '../messages.ts';
import { type Aws, orAbsent } from '../session.ts';
import { isOverflow, isOwn, stackOf } from '../tags.ts';
import {
  listed,
  listVersions,
  type PolicyState,
  type PolicyVersion,
  readVersion,
} from './policy-versions.ts';

/**
 * Reads managed policies, each at most once, because the policy step and the role step read the same ones. Create a new reader to
 * see changes.
 */
export interface PolicyReader {
  /**
   * Returns the policy, or undefined if IAM says that it doesn't exist.
   * @throws Failure with the code `iam-propagation` if IAM lists the policy but doesn't return its default version
   */
  read(arn: string, options?: { withTags?: boolean }): Promise<PolicyState | undefined>;
  /** Starts reading a policy whose default version can be guessed, so that both requests are sent at once. */
  expect(arn: string, versionId: string): void;
  /** Returns the result of `GetPolicy`: tags and uses, without the document. */
  describe(arn: string): Promise<Policy | undefined>;
  /** Returns the ARNs of the managed policies attached to a role, or undefined if the role doesn't exist. */
  attachedTo(role: string): Promise<string[] | undefined>;
  /**
   * Returns the ARNs of the account's policies named `name`, `name-2`, …, with any path and case; IAM allows each name only once.
   * Returns an empty list if the caller isn't allowed to list policies.
   */
  namedLike(name: string): Promise<string[]>;
}

export function policyReader(aws: Aws): PolicyReader {
  const policies = new Map<string, Reading>();
  const begin = (arn: string, expected?: string) => {
    const reading = policies.get(arn) ?? beginReading(aws, arn, expected);
    policies.set(arn, reading);
    return reading;
  };
  let listed: Promise<string[]> | undefined;
  const describe = once((arn) => describePolicy(aws, arn));
  const attachedTo = once((role) => orAbsent(listAttached(aws, role)));
  return {
    async read(arn, { withTags = false } = {}) {
      const { versions, policy } = begin(arn);
      const [found, described] = await Promise.all([
        policy,
        // If the caller isn't allowed to read the tags, they stay unknown.
        withTags
          ? versions.then((exists) => (exists ? unlessDenied(describe(arn), undefined) : undefined))
          : undefined,
      ]);
      return found && { ...found, ...(described ? ownershipIn(described.Tags) : {}) };
    },
    expect: (arn, versionId) => void begin(arn, versionId),
    describe,
    attachedTo,
    async namedLike(name) {
      listed ??= unlessDenied(listLocal(aws), []);
      return (await listed).filter((arn) => isNamedLike(nameInIamArn(arn), name));
    },
  };
}

/** Caches the result for each name. A failure that is not awaited must not end the process. */
function once<T>(ask: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const asked = new Map<string, Promise<T>>();
  return (name) => {
    const answer = asked.get(name) ?? ask(name);
    answer.catch(() => undefined);
    asked.set(name, answer);
    return answer;
  };
}

function ownershipIn(tags: Policy['Tags']): Pick<PolicyState, 'stack' | 'overflow'> {
  const stack = stackOf(tags);
  return { overflow: isOverflow(tags), stack };
}

/** A policy being read: first its versions, and with them the document of the default version. */
interface Reading {
  versions: Promise<PolicyVersion[] | undefined>;
  policy: Promise<PolicyState | undefined>;
}

/** @param expected the likely default version, if it can be guessed */
function beginReading(aws: Aws, arn: string, expected?: string): Reading {
  const early = expected ? readVersion(aws, arn, expected) : undefined;
  const versions = orAbsent(listVersions(aws, arn));
  const document = (id: string) => (early && id === expected ? early : readVersion(aws, arn, id));
  const policy = versions.then((found) => found && readDefault(aws, arn, found, document));
  // Failures are thrown where these promises are awaited. A read that is not awaited must not end the process.
  for (const promise of [early, versions, policy]) promise?.catch(() => undefined);
  return { versions, policy };
}

/**
 * Reads the default version. IAM can list a version that it doesn't return yet, or that has been deleted since. In both cases,
 * the policy exists, so it is read again until its default version shows or the list says that the policy is gone.
 */
async function readDefault(
  aws: Aws,
  arn: string,
  listed: PolicyVersion[],
  read: (id: string) => Promise<string | undefined>,
): Promise<PolicyState | undefined> {
  const found = await readListed(arn, listed, read);
  if (found) return found;
  for (const pause of CONTRADICTION_PAUSES_MS) {
    await aws.pause(pause);
    const versions = await orAbsent(listVersions(aws, arn));
    if (!versions) return undefined;
    const again = await readListed(arn, versions, (id) => readVersion(aws, arn, id));
    if (again) return again;
  }
  throw new Failure(messages.versionNotShown(nameInIamArn(arn)), {
    code: 'iam-propagation',
    exitCode: EXIT.failed,
    hint: messages.versionNotShownHint,
    awsAction: 'iam:GetPolicyVersion',
  });
}

/** Returns the policy with its default version, or undefined if IAM doesn't return that version. */
async function readListed(
  arn: string,
  versions: PolicyVersion[],
  read: (id: string) => Promise<string | undefined>,
): Promise<PolicyState | undefined> {
  const current = versions.find((version) => version.isDefault);
  const document = current && (await read(current.id));
  return current && document !== undefined ? toPolicy(arn, versions, current.id, document) : undefined;
}

function toPolicy(arn: string, versions: PolicyVersion[], versionId: string, document: string): PolicyState {
  return { arn, name: nameInIamArn(arn), versionId, document, ...listed(versions) };
}

async function describePolicy(aws: Aws, arn: string): Promise<Policy | undefined> {
  const answer = await orAbsent(
    aws.call({ action: 'iam:GetPolicy', resource: arn }, (options) =>
      aws.clients.iam().send(new GetPolicyCommand({ PolicyArn: arn }), options),
    ),
  );
  return answer?.Policy;
}

function isNamedLike(name: string, wanted: string): boolean {
  const [other, first] = [name.toLowerCase(), wanted.toLowerCase()];
  return other === first || (other.startsWith(first) && /^-\d+$/.test(other.slice(first.length)));
}

/** Returns the ARNs of the account's customer managed policies. */
function listLocal(aws: Aws): Promise<string[]> {
  return aws.call({ action: 'iam:ListPolicies', resource: '*' }, async (options) => {
    const arns: string[] = [];
    const pages = paginateListPolicies(
      { client: aws.clients.iam(), pageSize: 1000 },
      { Scope: 'Local' },
      options,
    );
    for await (const { Policies = [] } of pages) arns.push(...Policies.flatMap(({ Arn }) => Arn ?? []));
    return arns;
  });
}

async function unlessDenied<T>(call: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (isAccessDenied(error)) return otherwise;
    throw error;
  }
}

/** Returns the ARNs of the managed policies attached to a role. */
export function listAttached(aws: Aws, name: string): Promise<string[]> {
  return aws.call({ action: 'iam:ListAttachedRolePolicies', resource: name }, async (options) => {
    const arns: string[] = [];
    const pages = paginateListAttachedRolePolicies(
      { client: aws.clients.iam() },
      { RoleName: name },
      options,
    );
    for await (const page of pages) {
      for (const { PolicyArn } of page.AttachedPolicies ?? []) if (PolicyArn) arns.push(PolicyArn);
    }
    return arns;
  });
}

/** The owner and the users of a managed policy. */
export interface PolicyUses {
  /** True if this program created it, according to its tag. */
  own: boolean;
  /** The CloudFormation stack that it belongs to, if any. */
  stack?: string;
  /** The names of the roles that it is attached to. */
  roles: string[];
  /** How many users and groups it is attached to, plus how many identities have it as permissions boundary. */
  others: number;
}

/** Reads the owner and the users of a policy; undefined if it doesn't exist. */
export async function readPolicyUses(
  aws: Aws,
  reader: Pick<PolicyReader, 'describe'>,
  arn: string,
): Promise<PolicyUses | undefined> {
  const [policy, entities] = await Promise.all([reader.describe(arn), orAbsent(listEntities(aws, arn))]);
  if (!policy || !entities) return undefined;
  const { Tags, PermissionsBoundaryUsageCount = 0 } = policy;
  const stack = stackOf(Tags);
  return {
    own: isOwn(Tags),
    stack,
    roles: entities.roles,
    others: entities.others + PermissionsBoundaryUsageCount,
  };
}

function listEntities(aws: Aws, arn: string): Promise<{ roles: string[]; others: number }> {
  return aws.call({ action: 'iam:ListEntitiesForPolicy', resource: arn }, async (options) => {
    const found = { roles: [] as string[], others: 0 };
    // `GetPolicy` counts its uses as a permissions boundary.
    const attached = { PolicyArn: arn, PolicyUsageFilter: 'PermissionsPolicy' as const };
    for await (const page of paginateListEntitiesForPolicy(
      { client: aws.clients.iam() },
      attached,
      options,
    )) {
      found.roles.push(...(page.PolicyRoles ?? []).flatMap(({ RoleName }) => RoleName ?? []));
      found.others += (page.PolicyUsers?.length ?? 0) + (page.PolicyGroups?.length ?? 0);
    }
    return found;
  });
}
