import {
  GetRoleCommand,
  GetRolePolicyCommand,
  ListPoliciesCommand,
  ListRolesCommand,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam';
import { decodePolicy } from '../../policy/index.ts';
import { type Page, pages } from '../requests/concurrency.ts';
import { type Aws, orAbsent } from '../session.ts';
import { hasToolTag, stackOf } from '../tags.ts';
import { type PolicyReader, requestPolicy } from './policies.ts';

/** `{}`, percent-encoded as IAM returns documents. Stands in for a missing trust policy. */
const EMPTY_DOCUMENT = '%7B%7D';

/** A policy of a role, with its document as JSON text. */
export interface RolePolicy {
  name: string;
  /** Absent for an inline policy. */
  arn?: string;
  document: string;
}

/** A role, with all policies that determine its permissions. */
export interface RoleState {
  name: string;
  arn: string;
  path: string;
  description?: string;
  /** The trust policy as JSON text. */
  trust: string;
  /** Attached managed policies and inline policies. */
  policies: RolePolicy[];
  /** ARNs of the attached managed policies. */
  attachedArns: string[];
  boundary?: { arn: string; document?: string };
  /** The CloudFormation stack that the role belongs to, if any. */
  stack?: string;
  /** True if this program created the role, according to its tag. */
  hasToolTag: boolean;
}

/**
 * Reads a role with its trust policy, its policies and its permissions boundary. If `exists` is true, the role is known to
 * exist, and all requests are sent at once.
 */
export async function readRole(
  aws: Aws,
  reader: PolicyReader,
  name: string,
  { exists = false } = {},
): Promise<RoleState | undefined> {
  const earlyList = exists ? listPolicies(aws, reader, name) : undefined;
  // A failure counts only if the role exists, so it is thrown where the list is awaited.
  earlyList?.catch(() => undefined);
  const role = await describeRole(aws, name);
  if (!role) return undefined;
  const [attachedArns, inlineNames] = await (earlyList ?? listPolicies(aws, reader, name));
  if (!attachedArns || !inlineNames) return undefined;
  const { boundaryArn, ...description } = role;
  const [managed, inline, boundary] = await Promise.all([
    Promise.all(attachedArns.map((arn) => reader.read(arn))),
    Promise.all(inlineNames.map((policy) => readInlinePolicy(aws, name, policy))),
    boundaryArn ? reader.read(boundaryArn) : undefined,
  ]);
  return {
    ...description,
    policies: [...managed, ...inline].filter((policy) => policy !== undefined),
    attachedArns,
    boundary: boundaryArn ? { arn: boundaryArn, document: boundary?.document } : undefined,
  };
}

/** A role as described by IAM, without the documents that determine its permissions. */
export interface DescribedRole
  extends Pick<RoleState, 'name' | 'arn' | 'path' | 'description' | 'trust' | 'hasToolTag' | 'stack'> {
  boundaryArn?: string;
}

/** Reads a role without its policies. Returns undefined if it doesn't exist. */
export async function describeRole(aws: Aws, name: string): Promise<DescribedRole | undefined> {
  const response = await orAbsent(
    aws.call({ action: 'iam:GetRole', resource: name }, (options) =>
      aws.clients.iam().send(new GetRoleCommand({ RoleName: name }), options),
    ),
  );
  const role = response?.Role;
  if (!role?.Arn) return undefined;
  return {
    name: role.RoleName ?? name,
    arn: role.Arn,
    path: role.Path ?? '/',
    trust: decodePolicy(role.AssumeRolePolicyDocument ?? EMPTY_DOCUMENT),
    hasToolTag: hasToolTag(role.Tags),
    description: role.Description || undefined,
    boundaryArn: role.PermissionsBoundary?.PermissionsBoundaryArn,
    stack: stackOf(role.Tags),
  };
}

/** Returns the ARNs of the attached managed policies and the names of the inline policies; undefined if there is no such role. */
function listPolicies(aws: Aws, reader: PolicyReader, name: string) {
  return Promise.all([reader.arnsAttachedTo(name), orAbsent(listInlinePolicies(aws, name))]);
}

/** Returns the names of a role's inline policies. */
export function listInlinePolicies(aws: Aws, name: string): Promise<string[]> {
  return aws.call({ action: 'iam:ListRolePolicies', resource: name }, async (options) => {
    const names: string[] = [];
    const pages = paginateListRolePolicies({ client: aws.clients.iam() }, { RoleName: name }, options);
    for await (const page of pages) names.push(...(page.PolicyNames ?? []));
    return names;
  });
}

/** Returns an inline policy of a role; undefined if it doesn't exist. */
export async function readInlinePolicy(
  aws: Aws,
  role: string,
  name: string,
): Promise<RolePolicy | undefined> {
  const response = await orAbsent(
    aws.call({ action: 'iam:GetRolePolicy', resource: role }, (options) =>
      aws.clients.iam().send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name }), options),
    ),
  );
  const document = response?.PolicyDocument;
  return document === undefined ? undefined : { name, document: decodePolicy(document) };
}

/** A role from the list of roles, without tags and permissions boundary. */
export interface ListedRole extends Pick<RoleState, 'name' | 'arn' | 'path' | 'trust'> {
  description: string;
}

/** Even with the longest trust policies, a page of this size is well below `HTTP.longestAnswerBytes`. */
const PAGE_SIZE = 200;

/** Returns all roles of the account, page by page. */
export function rolePages(aws: Aws): AsyncGenerator<Page<ListedRole>> {
  return pages(async (token) => {
    const response = await aws.call({ action: 'iam:ListRoles', resource: '*' }, (options) =>
      aws.clients.iam().send(new ListRolesCommand({ MaxItems: PAGE_SIZE, Marker: token }), options),
    );
    const items = (response.Roles ?? []).flatMap((role) => {
      const { RoleName: name, Arn: arn, Path, Description } = role;
      if (!name || !arn) return [];
      const trust = decodePolicy(role.AssumeRolePolicyDocument ?? EMPTY_DOCUMENT);
      return [{ name, arn, path: Path ?? '/', description: Description ?? '', trust }];
    });
    return { items, next: response.IsTruncated ? response.Marker : undefined };
  });
}

/** A managed policy from the list of policies, without tags. */
export interface ListedPolicy {
  name: string;
  arn: string;
  /** True if it is attached to any user, group or role. */
  attached: boolean;
}

/** Returns all customer managed policies of the account, page by page. */
export function policyPages(aws: Aws): AsyncGenerator<Page<ListedPolicy>> {
  return pages(async (token) => {
    const input = { Scope: 'Local', MaxItems: 1000, Marker: token } as const;
    const response = await aws.call({ action: 'iam:ListPolicies', resource: '*' }, (options) =>
      aws.clients.iam().send(new ListPoliciesCommand(input), options),
    );
    const items = (response.Policies ?? []).flatMap(({ PolicyName, Arn, AttachmentCount }) =>
      PolicyName && Arn ? [{ name: PolicyName, arn: Arn, attached: AttachmentCount !== 0 }] : [],
    );
    return { items, next: response.IsTruncated ? response.Marker : undefined };
  });
}

/** Returns true if this program created a policy, according to its tag. Returns false if it no longer exists. */
export async function isToolPolicy(aws: Aws, arn: string): Promise<boolean> {
  return hasToolTag((await requestPolicy(aws, arn))?.Tags);
}
