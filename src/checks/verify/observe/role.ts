import { nameInIamArn, parseArn, roleArn } from '../../../aws/arn.ts';
import { listAttached, type PolicyReader } from '../../../aws/iam/policies.ts';
import {
  type DescribedRole,
  describeRole,
  listInline,
  type RolePolicy,
  readInline,
} from '../../../aws/iam/roles.ts';
import { type Observed, observed, seenIn } from '../../../aws/observed.ts';
import type { Aws, Identity } from '../../../aws/session.ts';
import type { Failure } from '../../../failure.ts';
import { isForeign } from '../result.ts';

/** A role as far as it could be looked at. */
export type RoleObservation = { name: string; arn: string } & (
  | { kind: 'foreign' }
  /** `actual`: the ARN of the role that has the name, but another path. */
  | { kind: 'absent'; actual?: string }
  | PresentRole
);

/** A role that exists or may exist: without the permission to look, nothing else is known. */
export interface PresentRole {
  kind: 'there';
  described: Observed<DescribedRole>;
  /** The policies that could be read, attached and inline. */
  policies: RolePolicy[];
  /** Why others could not be read. */
  unseen: Failure[];
  /** ARNs of the attached managed policies. */
  attached: Observed<string[]>;
  /** The document of the permissions boundary, as JSON text. */
  boundary?: { arn: string; document: Observed<string | undefined> };
}

/** Looks at a role with all that decides what it may do. `id` is its ARN, or its name for one with the path `/`. */
export async function observeRole(
  aws: Aws,
  reader: PolicyReader,
  { account, partition }: Identity,
  id: string,
): Promise<RoleObservation> {
  const given = parseArn(id);
  const name = nameInIamArn(id);
  const arn = given ? id : roleArn({ partition, account }, name);
  if (given && isForeign(id, { account, partition })) return { name, arn, kind: 'foreign' };
  const described = await observed(describeRole(aws, name));
  if ('unseen' in described) return { name, arn, ...(await observePolicies(aws, reader, name, described)) };
  const role = described.seen;
  if (!role) return { name, arn, kind: 'absent' };
  if (given && role.arn !== id) return { name, arn, kind: 'absent', actual: role.arn };
  return { name, arn: role.arn, ...(await observePolicies(aws, reader, role.name, { seen: role })) };
}

async function observePolicies(
  aws: Aws,
  reader: PolicyReader,
  name: string,
  described: Observed<DescribedRole>,
): Promise<PresentRole> {
  const [attached, inline] = await Promise.all([
    observed(listAttached(aws, name)),
    observed(listInline(aws, name)),
  ]);
  const boundaryArn = seenIn(described)?.boundaryArn;
  const [documents, boundary] = await Promise.all([
    Promise.all([
      ...(seenIn(attached) ?? []).map((arn) => observed<RolePolicy | undefined>(reader.read(arn))),
      ...(seenIn(inline) ?? []).map((policy) => observed(readInline(aws, name, policy))),
    ]),
    boundaryArn === undefined
      ? undefined
      : observed(reader.read(boundaryArn).then((found) => found?.document)),
  ]);
  const unseen = [described, attached, inline, ...documents, ...(boundary ? [boundary] : [])];
  return {
    kind: 'there',
    described,
    policies: documents.flatMap((each) => seenIn(each) ?? []),
    unseen: unseen.flatMap((each) => ('unseen' in each ? [each.unseen] : [])),
    attached,
    ...(boundaryArn !== undefined && boundary ? { boundary: { arn: boundaryArn, document: boundary } } : {}),
  };
}
