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
import { hasToolTag, isOverflow, stackOf } from '../tags.ts';
import {
  listPolicyVersions,
  type PolicyState,
  type PolicyVersion,
  readVersionDocument,
  versionFields,
} from './policy-versions.ts';

/**
 * Reads managed policies, each at most once, because the policy step and the role step read the same ones. To see changes, a new
 * reader is needed.
 */
export interface PolicyReader {
  /**
   * Returns the policy, or undefined if IAM says that it doesn't exist.
   * @throws Failure with the code `iam-propagation` if IAM lists the policy but doesn't return its default version
   */
  read(arn: string, options?: { withTags?: boolean }): Promise<PolicyState | undefined>;
  /** Starts reading a policy whose default version can be guessed. Versions and document are then requested at once. */
  prefetch(arn: string, versionId: string): void;
  /** Returns the result of `GetPolicy`: tags and uses, without the document. */
  getPolicy(arn: string): Promise<Policy | undefined>;
  /** Returns the ARNs of the managed policies attached to a role, or undefined if the role doesn't exist. */
  arnsAttachedTo(role: string): Promise<string[] | undefined>;
  /**
   * Returns the ARNs of the account's policies named `name`, `name-2`, …, with any path and case; IAM allows each name only once.
   * Returns an empty list if the caller isn't allowed to list policies.
   */
  arnsNamedLike(name: string): Promise<string[]>;
}

export function policyReader(aws: Aws): PolicyReader {
  const reads = new Map<string, PolicyRead>();
  const startRead = (arn: string, likelyVersionId?: string) => {
    const policyRead = reads.get(arn) ?? startPolicyRead(aws, arn, likelyVersionId);
    reads.set(arn, policyRead);
    return policyRead;
  };
  let allPolicyArns: Promise<string[]> | undefined;
  const getPolicy = cachedByName((arn) => requestPolicy(aws, arn));
  const arnsAttachedTo = cachedByName((role) => orAbsent(listAttachedPolicies(aws, role)));
  return {
    async read(arn, { withTags = false } = {}) {
      const { versions, policy } = startRead(arn);
      const [found, description] = await Promise.all([
        policy,
        // If the caller isn't allowed to read the tags, they stay unknown.
        withTags
          ? versions.then((exists) => (exists ? unlessDenied(getPolicy(arn), undefined) : undefined))
          : undefined,
      ]);
      if (!found || !description) return found;
      return { ...found, overflow: isOverflow(description.Tags), stack: stackOf(description.Tags) };
    },
    prefetch: (arn, versionId) => void startRead(arn, versionId),
    getPolicy,
    arnsAttachedTo,
    async arnsNamedLike(name) {
      allPolicyArns ??= unlessDenied(listCustomerPolicies(aws), []);
      return (await allPolicyArns).filter((arn) => isNamedLike(nameInIamArn(arn), name));
    },
  };
}

/** Wraps a request so that it is sent once for each name. A failure that nobody awaits must not end the process. */
function cachedByName<T>(request: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const results = new Map<string, Promise<T>>();
  return (name) => {
    const result = results.get(name) ?? request(name);
    result.catch(() => undefined);
    results.set(name, result);
    return result;
  };
}

/** A policy being read: first its versions, and with them the document of the default version. */
interface PolicyRead {
  versions: Promise<PolicyVersion[] | undefined>;
  policy: Promise<PolicyState | undefined>;
}

/** @param likelyVersionId the default version, if it can be guessed; its document is then requested at once */
function startPolicyRead(aws: Aws, arn: string, likelyVersionId?: string): PolicyRead {
  const likelyDocument = likelyVersionId ? readVersionDocument(aws, arn, likelyVersionId) : undefined;
  const versions = orAbsent(listPolicyVersions(aws, arn));
  const readDocument = (id: string) =>
    likelyDocument && id === likelyVersionId ? likelyDocument : readVersionDocument(aws, arn, id);
  const policy = versions.then((found) => found && readUntilConsistent(aws, arn, found, readDocument));
  // Failures are thrown where these promises are awaited. One that nobody awaits must not end the process.
  for (const promise of [likelyDocument, versions, policy]) promise?.catch(() => undefined);
  return { versions, policy };
}

/**
 * Reads a policy with its default version. IAM can list a version that it doesn't return yet, or that has been deleted since. In
 * both cases, the policy exists, so it is read again until IAM returns its default version or says that the policy is gone.
 */
async function readUntilConsistent(
  aws: Aws,
  arn: string,
  firstVersions: PolicyVersion[],
  readDocument: (id: string) => Promise<string | undefined>,
): Promise<PolicyState | undefined> {
  const firstRead = await readDefaultVersion(arn, firstVersions, readDocument);
  if (firstRead) return firstRead;
  for (const pauseMs of CONTRADICTION_PAUSES_MS) {
    await aws.pause(pauseMs);
    const versions = await orAbsent(listPolicyVersions(aws, arn));
    if (!versions) return undefined;
    const policy = await readDefaultVersion(arn, versions, (id) => readVersionDocument(aws, arn, id));
    if (policy) return policy;
  }
  throw new Failure(messages.versionNotShown(nameInIamArn(arn)), {
    code: 'iam-propagation',
    exitCode: EXIT.failed,
    hint: messages.versionNotShownHint,
    awsAction: 'iam:GetPolicyVersion',
  });
}

/** Returns the policy with its default version, or undefined if IAM doesn't return that version. */
async function readDefaultVersion(
  arn: string,
  versions: PolicyVersion[],
  readDocument: (id: string) => Promise<string | undefined>,
): Promise<PolicyState | undefined> {
  const versionId = versions.find((version) => version.isDefault)?.id;
  const document = versionId && (await readDocument(versionId));
  if (!versionId || document === undefined) return undefined;
  return { arn, name: nameInIamArn(arn), versionId, document, ...versionFields(versions) };
}

/** Returns the response of `GetPolicy`; undefined if the policy doesn't exist. */
export async function requestPolicy(aws: Aws, arn: string): Promise<Policy | undefined> {
  const response = await orAbsent(
    aws.call({ action: 'iam:GetPolicy', resource: arn }, (options) =>
      aws.clients.iam().send(new GetPolicyCommand({ PolicyArn: arn }), options),
    ),
  );
  return response?.Policy;
}

/** Returns true for `baseName`, `baseName-2`, …, in any case. */
function isNamedLike(name: string, baseName: string): boolean {
  const [lower, lowerBase] = [name.toLowerCase(), baseName.toLowerCase()];
  return lower === lowerBase || (lower.startsWith(lowerBase) && /^-\d+$/.test(lower.slice(lowerBase.length)));
}

/** Returns the ARNs of the account's customer managed policies. */
function listCustomerPolicies(aws: Aws): Promise<string[]> {
  return aws.call({ action: 'iam:ListPolicies', resource: '*' }, async (options) => {
    const arns: string[] = [];
    const config = { client: aws.clients.iam(), pageSize: 1000 };
    const pages = paginateListPolicies(config, { Scope: 'Local' }, options);
    for await (const { Policies = [] } of pages) arns.push(...Policies.flatMap(({ Arn }) => Arn ?? []));
    return arns;
  });
}

async function unlessDenied<T>(call: Promise<T>, valueIfDenied: T): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (isAccessDenied(error)) return valueIfDenied;
    throw error;
  }
}

/** Returns the ARNs of the managed policies attached to a role. */
export function listAttachedPolicies(aws: Aws, name: string): Promise<string[]> {
  return aws.call({ action: 'iam:ListAttachedRolePolicies', resource: name }, async (options) => {
    const arns: string[] = [];
    const config = { client: aws.clients.iam() };
    const pages = paginateListAttachedRolePolicies(config, { RoleName: name }, options);
    for await (const page of pages) {
      for (const { PolicyArn } of page.AttachedPolicies ?? []) if (PolicyArn) arns.push(PolicyArn);
    }
    return arns;
  });
}

/** What a managed policy belongs to, and what it is attached to. */
export interface PolicyUses {
  /** True if this program created it, according to its tag. */
  hasToolTag: boolean;
  /** The CloudFormation stack that it belongs to, if any. */
  stack?: string;
  /** The names of the roles that it is attached to. */
  roles: string[];
  /** How many users and groups it is attached to, plus how many identities have it as permissions boundary. */
  otherAttachments: number;
}

/** Reads what a policy belongs to and what it is attached to. Returns undefined if it doesn't exist. */
export async function readPolicyUses(
  aws: Aws,
  reader: Pick<PolicyReader, 'getPolicy'>,
  arn: string,
): Promise<PolicyUses | undefined> {
  const [policy, entities] = await Promise.all([reader.getPolicy(arn), orAbsent(listEntities(aws, arn))]);
  if (!policy || !entities) return undefined;
  const { Tags, PermissionsBoundaryUsageCount = 0 } = policy;
  return {
    hasToolTag: hasToolTag(Tags),
    stack: stackOf(Tags),
    roles: entities.roles,
    otherAttachments: entities.otherAttachments + PermissionsBoundaryUsageCount,
  };
}

function listEntities(aws: Aws, arn: string): Promise<{ roles: string[]; otherAttachments: number }> {
  return aws.call({ action: 'iam:ListEntitiesForPolicy', resource: arn }, async (options) => {
    const entities = { roles: [] as string[], otherAttachments: 0 };
    // Uses as a permissions boundary are left out here, because `GetPolicy` counts them.
    const input = { PolicyArn: arn, PolicyUsageFilter: 'PermissionsPolicy' as const };
    for await (const page of paginateListEntitiesForPolicy({ client: aws.clients.iam() }, input, options)) {
      entities.roles.push(...(page.PolicyRoles ?? []).flatMap(({ RoleName }) => RoleName ?? []));
      entities.otherAttachments += (page.PolicyUsers?.length ?? 0) + (page.PolicyGroups?.length ?? 0);
    }
    return entities;
  });
}
