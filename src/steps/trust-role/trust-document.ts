import type { FoundRole } from '../../aws/iam/roles.ts';
import type { Identity } from '../../aws/session.ts';
import { addTrust, buildTrustPolicy, type JsonPolicy } from '../../policy/index.ts';
import type { RoleRequest } from '../types.ts';

/** Returns the trust policy that is sent: that of a new role, or that of a role with the statement for MediaConnect. */
export function trustDocument(
  { role: desired }: RoleRequest,
  { account }: Pick<Identity, 'account'>,
  role?: Pick<FoundRole, 'trust'>,
): JsonPolicy {
  const { sourceAccount, sourceArns } = desired;
  const options = { account, sourceAccount, sourceArns };
  return role ? addTrust(role.trust, options) : buildTrustPolicy(options);
}
