import { paginateListEntitiesForPolicy } from '@aws-sdk/client-iam';
import { type Aws, orAbsent } from '../session.ts';
import { isOwn, stackOf } from '../tags.ts';
import type { PolicyReader } from './policies.ts';

/** Whose a managed policy is, and who uses it. */
export interface PolicyUses {
  /** Whether this program made it, as its tag says. */
  own: boolean;
  /** The CloudFormation stack that it belongs to, if it belongs to one. */
  stack?: string;
  /** The names of the roles to which it is attached. */
  roles: string[];
  /** How many users and groups it is attached to, and whose permissions boundary it is. */
  others: number;
}

/** Reads whose a policy is and who uses it; nothing when it is not there. */
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
    ...(stack ? { stack } : {}),
    roles: entities.roles,
    others: entities.others + PermissionsBoundaryUsageCount,
  };
}

function listEntities(aws: Aws, arn: string): Promise<{ roles: string[]; others: number }> {
  return aws.call({ action: 'iam:ListEntitiesForPolicy', resource: arn }, async (options) => {
    const found = { roles: [] as string[], others: 0 };
    // As a permissions boundary it is counted by `GetPolicy`.
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
