import {
  GetPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListPoliciesCommand,
  ListRolesCommand,
  paginateListRolePolicies,
  type Role,
} from '@aws-sdk/client-iam';
import { decodePolicy } from '../../policy/index.ts';
import { type Page, pages } from '../requests/concurrency.ts';
import { type Aws, orAbsent } from '../session.ts';
import { isOwn, stackOf } from '../tags.ts';
import type { PolicyReader } from './policies.ts';
import type { PolicyState } from './policy-versions.ts';

/** A policy on a role, with its document as JSON text. */
export interface RolePolicy {
  name: string;
  /** Absent for an inline policy. */
  arn?: string;
  document: string;
}

/** A role as it exists, with everything that decides what it may do. */
export interface RoleState {
  name: string;
  arn: string;
  path: string;
  description?: string;
  /** The trust policy as JSON text. */
  trust: string;
  /** Managed policies attached and inline policies embedded. */
  policies: RolePolicy[];
  /** ARNs of the attached managed policies. */
  attached: string[];
  boundary?: { arn: string; document?: string };
  /** The CloudFormation stack that the role belongs to, if it belongs to one. */
  stack?: string;
  /** Whether this program made it, as its tag says. */
  own: boolean;
}

/**
 * Reads a role with its trust policy, its policies and its permissions boundary.
 * `known` says that it surely exists: then its policies are asked for at once, instead of after it was found.
 */
export async function readRole(
  aws: Aws,
  reader: PolicyReader,
  name: string,
  { known = false } = {},
): Promise<RoleState | undefined> {
  const early = known ? listPolicies(aws, reader, name) : undefined;
  early?.catch(() => undefined);
  const role = await describeRole(aws, name);
  if (!role) return undefined;
  const [attached, inlineNames] = await (early ?? listPolicies(aws, reader, name));
  if (!attached || !inlineNames) return undefined;
  const { boundaryArn, ...described } = role;
  const [managed, inline, boundary] = await Promise.all([
    Promise.all(attached.map((arn) => reader.read(arn))),
    Promise.all(inlineNames.map((policy) => readInline(aws, name, policy))),
    boundaryArn ? reader.read(boundaryArn) : undefined,
  ]);
  return {
    ...described,
    policies: [...managed.filter(isFound), ...inline.filter((policy) => policy !== undefined)],
    attached,
    ...(boundaryArn
      ? { boundary: { arn: boundaryArn, ...(boundary ? { document: boundary.document } : {}) } }
      : {}),
  };
}

/** A role as its description has it: without the documents that decide what it may do. */
export interface DescribedRole
  extends Pick<RoleState, 'name' | 'arn' | 'path' | 'description' | 'trust' | 'own' | 'stack'> {
  boundaryArn?: string;
}

export async function describeRole(aws: Aws, name: string): Promise<DescribedRole | undefined> {
  const role = await getRole(aws, name);
  if (!role?.Arn) return undefined;
  const stack = stackOf(role.Tags);
  const boundaryArn = role.PermissionsBoundary?.PermissionsBoundaryArn;
  return {
    name: role.RoleName ?? name,
    arn: role.Arn,
    path: role.Path ?? '/',
    trust: decodePolicy(role.AssumeRolePolicyDocument ?? '%7B%7D'),
    own: isOwn(role.Tags),
    ...(role.Description ? { description: role.Description } : {}),
    ...(boundaryArn ? { boundaryArn } : {}),
    ...(stack ? { stack } : {}),
  };
}

function isFound(policy: PolicyState | undefined): policy is PolicyState {
  return policy !== undefined;
}

async function getRole(aws: Aws, name: string): Promise<Role | undefined> {
  const answer = await orAbsent(
    aws.call({ action: 'iam:GetRole', resource: name }, (options) =>
      aws.clients.iam().send(new GetRoleCommand({ RoleName: name }), options),
    ),
  );
  return answer?.Role;
}

/** The attached managed policies and the names of the inline ones; nothing when the role is not there. */
function listPolicies(aws: Aws, reader: PolicyReader, name: string) {
  return Promise.all([reader.attachedTo(name), orAbsent(listInline(aws, name))]);
}

/** The names of the policies embedded in a role. */
export function listInline(aws: Aws, name: string): Promise<string[]> {
  return aws.call({ action: 'iam:ListRolePolicies', resource: name }, async (options) => {
    const names: string[] = [];
    const pages = paginateListRolePolicies({ client: aws.clients.iam() }, { RoleName: name }, options);
    for await (const page of pages) names.push(...(page.PolicyNames ?? []));
    return names;
  });
}

/** A policy that is embedded in a role. */
export async function readInline(aws: Aws, role: string, name: string): Promise<RolePolicy | undefined> {
  const answer = await orAbsent(
    aws.call({ action: 'iam:GetRolePolicy', resource: role }, (options) =>
      aws.clients.iam().send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name }), options),
    ),
  );
  return answer?.PolicyDocument === undefined
    ? undefined
    : { name, document: decodePolicy(answer.PolicyDocument) };
}

/** A role as the list of roles shows it: without tags and without its permissions boundary. */
export interface ListedRole {
  name: string;
  arn: string;
  path: string;
  description: string;
  /** The trust policy as JSON text. */
  trust: string;
}

/** With the longest trust policies, a page of so many is still well below `HTTP.longestAnswerBytes`. */
const PAGE_SIZE = 200;

/** All roles of the account, page by page. */
export function rolePages(aws: Aws): AsyncGenerator<Page<ListedRole>> {
  return pages(async (token) => {
    const answer = await aws.call({ action: 'iam:ListRoles', resource: '*' }, (options) =>
      aws.clients.iam().send(new ListRolesCommand({ MaxItems: PAGE_SIZE, Marker: token }), options),
    );
    const items = (answer.Roles ?? []).flatMap(
      ({ RoleName, Arn, Path, Description, AssumeRolePolicyDocument }) =>
        RoleName && Arn
          ? [
              {
                name: RoleName,
                arn: Arn,
                path: Path ?? '/',
                description: Description ?? '',
                trust: decodePolicy(AssumeRolePolicyDocument ?? '%7B%7D'),
              },
            ]
          : [],
    );
    return { items, next: answer.IsTruncated ? answer.Marker : undefined };
  });
}

/** A managed policy as the list of policies shows it: without tags. */
export interface ListedPolicy {
  name: string;
  arn: string;
  /** Whether any user, group or role has it. */
  attached: boolean;
}

/** All customer-managed policies of the account, page by page. */
export function policyPages(aws: Aws): AsyncGenerator<Page<ListedPolicy>> {
  return pages(async (token) => {
    const input = { Scope: 'Local', MaxItems: 1000, Marker: token } as const;
    const answer = await aws.call({ action: 'iam:ListPolicies', resource: '*' }, (options) =>
      aws.clients.iam().send(new ListPoliciesCommand(input), options),
    );
    const items = (answer.Policies ?? []).flatMap(({ PolicyName, Arn, AttachmentCount }) =>
      PolicyName && Arn ? [{ name: PolicyName, arn: Arn, attached: AttachmentCount !== 0 }] : [],
    );
    return { items, next: answer.IsTruncated ? answer.Marker : undefined };
  });
}

/** Whether this program made a policy, as its tag says; one that no longer exists was not. */
export async function isToolPolicy(aws: Aws, arn: string): Promise<boolean> {
  const answer = await orAbsent(
    aws.call({ action: 'iam:GetPolicy', resource: arn }, (options) =>
      aws.clients.iam().send(new GetPolicyCommand({ PolicyArn: arn }), options),
    ),
  );
  return isOwn(answer?.Policy?.Tags);
}
