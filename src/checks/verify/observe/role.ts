import { nameInIamArn, parseArn, roleArn } from '../../../aws/arn.ts';
import { listAttachedPolicies, type PolicyReader } from '../../../aws/iam/policies.ts';
import {
  type DescribedRole,
  describeRole,
  listInlinePolicies,
  type RolePolicy,
  readInlinePolicy,
} from '../../../aws/iam/roles.ts';
import { type Aws, type Identity, type Observed, observed, seenIn } from '../../../aws/session.ts';
import type { Failure } from '../../../failure.ts';
import { isForeign } from '../result.ts';

/** A role, as far as it could be read. */
export type RoleObservation =
  | { kind: 'foreign'; name: string; arn: string }
  /** `actualArn`: the ARN of the role with this name and a different path. */
  | { kind: 'absent'; name: string; arn: string; actualArn?: string }
  | PresentRole;

/** A role that exists or may exist. Without read permission, nothing else is known. */
export interface PresentRole {
  kind: 'present';
  name: string;
  arn: string;
  described: Observed<DescribedRole>;
  /** The policies that could be read, attached and inline. */
  policies: RolePolicy[];
  /** Why other policies could not be read. */
  unseen: Failure[];
  /** ARNs of the attached managed policies. */
  attached: Observed<string[]>;
  /** The document of the permissions boundary, as JSON text. */
  boundary?: { arn: string; document: Observed<string | undefined> };
}

/** Reads a role with everything that determines its permissions. `id` is its ARN, or its name if its path is `/`. */
export async function observeRole(
  aws: Aws,
  reader: PolicyReader,
  identity: Identity,
  id: string,
): Promise<RoleObservation> {
  const parsedArn = parseArn(id);
  const name = nameInIamArn(id);
  const arn = parsedArn ? id : roleArn(identity, name);
  if (parsedArn && isForeign(id, identity)) return { kind: 'foreign', name, arn };
  const described = await observed(describeRole(aws, name));
  if ('unseen' in described) return observePolicies(aws, reader, { name, arn }, described);
  const role = described.seen;
  if (!role) return { kind: 'absent', name, arn };
  if (parsedArn && role.arn !== id) return { kind: 'absent', name, arn, actualArn: role.arn };
  return observePolicies(aws, reader, role, { seen: role });
}

async function observePolicies(
  aws: Aws,
  reader: PolicyReader,
  { name, arn }: { name: string; arn: string },
  described: Observed<DescribedRole>,
): Promise<PresentRole> {
  const [attached, inline] = await Promise.all([
    observed(listAttachedPolicies(aws, name)),
    observed(listInlinePolicies(aws, name)),
  ]);
  const boundaryArn = seenIn(described)?.boundaryArn;
  const [documents, boundary] = await Promise.all([
    Promise.all([
      ...(seenIn(attached) ?? []).map((policy) => observed<RolePolicy | undefined>(reader.read(policy))),
      ...(seenIn(inline) ?? []).map((policy) => observed(readInlinePolicy(aws, name, policy))),
    ]),
    boundaryArn === undefined
      ? undefined
      : observed(reader.read(boundaryArn).then((found) => found?.document)),
  ]);
  const unseen = [described, attached, inline, ...documents, ...(boundary ? [boundary] : [])];
  return {
    kind: 'present',
    name,
    arn,
    described,
    policies: documents.flatMap((each) => seenIn(each) ?? []),
    unseen: unseen.flatMap((each) => ('unseen' in each ? [each.unseen] : [])),
    attached,
    boundary: boundaryArn !== undefined && boundary ? { arn: boundaryArn, document: boundary } : undefined,
  };
}
