import { policyReader } from '../aws/policies.ts';
import { type FoundRole, readRole } from '../aws/roles.ts';
import { type FoundSecret, readSecret } from '../aws/secrets.ts';
import type { Aws } from '../aws/session.ts';

/** What AWS holds: the secrets that are there, and the role with all that decides what it may do. */
export interface Observed {
  secrets: FoundSecret[];
  role?: FoundRole;
}

/** What to look at. The versions of the policies are a guess that saves a round trip when it is right. */
export interface Subjects {
  secrets: { region: string; arn: string }[];
  policies: { arn: string; versionId: string | null }[];
  roleName: string;
}

/** Reads everything back, with as few dependent round trips as can be. */
export async function observe(aws: Aws, { secrets, policies, roleName }: Subjects): Promise<Observed> {
  const reader = policyReader(aws);
  for (const { arn, versionId } of policies) if (versionId) reader.expect(arn, versionId);
  const [role, ...found] = await Promise.all([
    readRole(aws, reader, roleName, { known: true }),
    ...secrets.map(({ region, arn }) => readSecret(aws, region, arn, { known: true })),
  ]);
  return { secrets: found.filter((secret) => secret !== undefined), ...(role ? { role } : {}) };
}
