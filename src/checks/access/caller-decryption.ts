import { parseArn } from '../../aws/arn.ts';
import { seenIn } from '../../aws/observed.ts';
import type { Identity } from '../../aws/session.ts';
import { DECRYPT_ACTION, evaluateAccess, parsePolicy, tryParsePolicy } from '../../policy/index.ts';
import type { Decryption } from './decryption.ts';
import { proofMessages as messages } from './messages.ts';
import { readRequests, UNKNOWN_OF_SESSIONS, withTime } from './read-requests.ts';

/** Context keys that are known for the session of MediaConnect's role, but not for the caller, whose role path its session ARN omits. */
const UNKNOWN_OF_CALLERS = ['aws:PrincipalArn', 'aws:PrincipalType'];

const EVERYTHING = parsePolicy(
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
);

/**
 * Returns which statement of a key policy denies the caller the decryption of a secret, whatever else allows it; undefined where
 * none does for sure. Pure.
 */
export function callerDenial(
  secret: { arn: string; region: string },
  { keyPolicies }: Pick<Decryption, 'keyPolicies'>,
  identity: Identity,
): string | undefined {
  const principal = principalOf(identity);
  for (const { key, policy } of keyPolicies) {
    const resourcePolicy = tryParsePolicy(seenIn(policy) ?? '');
    const request = readRequests({ ...secret, kmsKey: key }, identity, principal.roleArn).find(
      ({ action }) => action === DECRYPT_ACTION,
    );
    if (!resourcePolicy || !request) continue;
    const context = Object.entries(request.context).filter(([name]) => !UNKNOWN_OF_CALLERS.includes(name));
    const { because, deniedBy } = evaluateAccess({
      identityPolicies: [EVERYTHING],
      resourcePolicy,
      request: withTime({ ...request, principal, context: Object.fromEntries(context) }),
      unknownContext: [...UNKNOWN_OF_SESSIONS, ...UNKNOWN_OF_CALLERS],
    });
    if (deniedBy === 'statement') return messages.ofKey(because, request.resource);
  }
  return undefined;
}

/** The caller as policies name it. A session's ARN is that of STS, which has the name of the role, and not its path. */
function principalOf({ arn, account, partition }: Identity): { roleArn: string; sessionName?: string } {
  const [kind, role, sessionName] = parseArn(arn)?.resource.split('/') ?? [];
  if (kind !== 'assumed-role' || role === undefined || sessionName === undefined) return { roleArn: arn };
  return { roleArn: `arn:${partition}:iam::${account}:role/${role}`, sessionName };
}
