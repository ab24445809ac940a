import { normaliseTrust, principalArns, withPrincipals } from '../documents/normalise-trust.ts';
import { documentSize } from '../documents/size.ts';
import { checkTrustPolicy } from '../documents/trust-policy.ts';
import type { Call } from '../service.ts';
import { malformedPolicy, quotaExceeded } from './errors.ts';
import type { IamState, Role } from './store.ts';

/**
 * Takes a trust policy as CreateRole and UpdateAssumeRolePolicy do: checks it, and rewrites it into IAM's own form.
 * @throws AwsError MalformedPolicyDocument, LimitExceeded.
 */
export function takeTrust(call: Call, document: string): Pick<Role, 'trust' | 'trustedIds'> {
  const { live, seen } = call.iam;
  const idOf = (arn: string) =>
    principalId(call, seen, arn) === undefined ? undefined : principalId(call, live, arn);
  const exists = (arn: string) => idOf(arn) !== undefined;
  const problem = checkTrustPolicy(document, call.world, exists);
  if (problem !== undefined) {
    throw malformedPolicy(problem);
  }
  const { trustPolicySize } = call.world.iamQuotas;
  if (documentSize(document) > trustPolicySize) {
    throw quotaExceeded('ACLSizePerRole', trustPolicySize);
  }
  const trust = normaliseTrust(document, call.world);
  const ids = principalArns(trust).map((arn) => [arn, idOf(arn)] as const);
  const known = ids.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { trust, trustedIds: new Map(known) };
}

/**
 * The trust policy as IAM shows it: a user or role of this account that was deleted since appears as its unique ID, also when
 * another of that name was made.
 * Source: "AWS JSON policy elements: Principal" in the IAM user guide.
 */
export function shownTrust(call: Call, role: Role): string {
  const gone = [...role.trustedIds].filter(([arn, id]) => principalId(call, call.iam.seen, arn) !== id);
  return gone.length === 0 ? role.trust : withPrincipals(role.trust, new Map(gone));
}

/** The unique ID of a user or role of this account; undefined where there is none. */
function principalId(call: Call, state: IamState, arn: string): string | undefined {
  const { world } = call;
  const own = `arn:${world.partition}:iam::${world.account}:`;
  const { user } = world.sessions;
  if (arn === own + user.principal) {
    return user.userId;
  }
  return [...state.roles.values()].find((role) => role.arn === arn)?.id;
}
