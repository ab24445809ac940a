import { checkIdentityPolicy } from '../documents/identity-policy.ts';
import type { Machine } from '../machine.ts';
import { PARTITIONS } from '../partitions.ts';
import { uniqueId } from '../random.ts';
import type { SandboxCredentials } from '../types.ts';

/**
 * Credentials whose bearer has exactly one identity policy, and a role that IAM does not list.
 * @throws RangeError for a document that IAM would not take as an inline policy.
 */
export function engineerCredentials(machine: Machine, policy: object | string): Required<SandboxCredentials> {
  const document = typeof policy === 'string' ? policy : JSON.stringify(policy);
  const problems = PARTITIONS.map((partition) =>
    checkIdentityPolicy(document, 'inline', { account: machine.account, partition }),
  );
  if (!problems.includes(undefined)) {
    throw new RangeError(`No identity policy: ${problems[0]}`);
  }
  return machine.sessions.open({
    principal: 'assumed-role/Engineer/test',
    service: 'sts',
    role: 'role/Engineer',
    bearer: { kind: 'holder', document },
    userId: `${uniqueId('AROA')}:test`,
    expiresAt: Number.POSITIVE_INFINITY,
    mfa: false,
  });
}
