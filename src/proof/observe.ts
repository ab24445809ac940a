import { policyReader } from '../aws/policies.ts';
import { type FoundRole, readRole } from '../aws/roles.ts';
import type { FoundSecret } from '../aws/secrets.ts';
import type { Aws } from '../aws/session.ts';

/** What AWS holds: the secrets that are there, and the role with all that decides what it may do. */
export interface Observed {
  secrets: FoundSecret[];
  role?: FoundRole;
}

/** The role to look at. The versions of its policies are a guess that saves a round trip when it is right. */
export interface Subject {
  policies: { arn: string; versionId: string | null }[];
  roleName: string;
}

/** Reads a role back, with as few dependent round trips as can be. */
export function observeRole(aws: Aws, { policies, roleName }: Subject): Promise<FoundRole | undefined> {
  const reader = policyReader(aws);
  for (const { arn, versionId } of policies) if (versionId) reader.expect(arn, versionId);
  return readRole(aws, reader, roleName, { known: true });
}
