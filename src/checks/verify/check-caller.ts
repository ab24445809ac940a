import { type Caller, simulatePassRole } from '../../aws/iam/simulation.ts';
import { look } from '../../aws/look.ts';
import type { Aws, Identity } from '../../aws/session.ts';
import { remedies } from './fixes.ts';
import { verifyWords as words } from './messages.ts';
import { checksOf } from './result.ts';
import type { VerifyCheck } from './types.ts';

/**
 * Whether the caller may pass the role to MediaConnect, which whoever puts it into a flow must. A warning only: the caller
 * need not be the one who makes flows.
 */
export async function judgeCaller(
  aws: Aws,
  identity: Identity,
  caller: Caller,
  roleArn: string,
): Promise<VerifyCheck> {
  const { ok, warning, unseen, open } = checksOf(identity.arn, roleArn);
  if (caller.kind === 'root') return ok('caller-pass-role', words.rootPasses);
  if (caller.kind === 'federated') return open('caller-pass-role', words.federated);
  const simulated = await look(simulatePassRole(aws, caller.arn, roleArn));
  if ('unseen' in simulated) {
    // An emulator of AWS may have no policy simulator. Its answer then is no network problem.
    return simulated.unseen.code === 'access-denied'
      ? unseen('caller-pass-role', simulated.unseen)
      : open('caller-pass-role', words.noSimulator);
  }
  if (simulated.seen === 'allowed') return ok('caller-pass-role', words.passes);
  const explicit = simulated.seen === 'explicitDeny';
  return warning(
    'caller-pass-role',
    explicit ? words.passDenied : words.passesNot,
    remedies.passRole(roleArn),
  );
}
