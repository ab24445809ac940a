import { encodeStrictly } from '../auth/signature.ts';
import { checkIdentityPolicy } from '../documents/identity-policy.ts';
import { documentSize } from '../documents/json.ts';
import {
  checkTrustPolicy,
  normalizeTrust,
  principalArns,
  withPrincipals,
} from '../documents/trust-policy.ts';
import { type Call, type Operations, operation } from '../service.ts';
import {
  document,
  limitExceeded,
  malformedPolicy,
  noSuchEntity,
  paging,
  policyName,
  quotaExceeded,
  roleName,
} from './members.ts';
import { iamWrite, paged, seenRole, writableRole } from './operation.ts';
import type { IamState, Role } from './store.ts';

const INLINE_QUOTA = 10_240;
const missing = (name: string) => noSuchEntity(`The role policy with name ${name} cannot be found.`);

export const inlinePolicies: Operations = {
  PutRolePolicy: iamWrite(
    { RoleName: roleName, PolicyName: policyName, PolicyDocument: document },
    (call, input) => {
      const role = writableRole(call, input.RoleName);
      const problem = checkIdentityPolicy(input.PolicyDocument, 'inline', call.world);
      if (problem !== undefined) {
        throw malformedPolicy(problem);
      }
      const others = [...role.inline].filter(([name]) => name !== input.PolicyName);
      const size = others.reduce(
        (sum, [, text]) => sum + documentSize(text),
        documentSize(input.PolicyDocument),
      );
      if (size > INLINE_QUOTA) {
        throw limitExceeded(`Maximum policy size of ${INLINE_QUOTA} bytes exceeded for role ${role.name}`);
      }
      role.inline.set(input.PolicyName, input.PolicyDocument);
      return undefined;
    },
  ),
  GetRolePolicy: operation({ RoleName: roleName, PolicyName: policyName }, (call, input) => {
    const role = seenRole(call.iam.seen, input.RoleName);
    const text = role.inline.get(input.PolicyName);
    if (text === undefined) {
      throw missing(input.PolicyName);
    }
    return { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument: encodeStrictly(text) };
  }),
  ListRolePolicies: operation({ ...paging, RoleName: roleName }, (call, input) => {
    const names = [...seenRole(call.iam.seen, input.RoleName).inline.keys()].sort();
    return paged(input, names, 'PolicyNames', (name) => name);
  }),
  DeleteRolePolicy: iamWrite({ RoleName: roleName, PolicyName: policyName }, (call, input) => {
    const role = writableRole(call, input.RoleName);
    if (!role.inline.delete(input.PolicyName)) {
      throw missing(input.PolicyName);
    }
    return undefined;
  }),
};

/**
 * Accepts a trust policy as CreateRole and UpdateAssumeRolePolicy do: checks it, and rewrites it in IAM's own form.
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
  const trust = normalizeTrust(document, call.world);
  const ids = principalArns(trust).map((arn) => [arn, idOf(arn)] as const);
  const known = ids.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { trust, trustedIds: new Map(known) };
}

/**
 * Returns the trust policy as IAM shows it. A user or role of this account that was deleted since appears as its unique ID, even
 * if another with that name was created.
 * Source: "AWS JSON policy elements: Principal" in the IAM user guide.
 */
export function shownTrust(call: Call, role: Role): string {
  const gone = [...role.trustedIds].filter(([arn, id]) => principalId(call, call.iam.seen, arn) !== id);
  return gone.length === 0 ? role.trust : withPrincipals(role.trust, new Map(gone));
}

/** Returns the unique ID of a user or role of this account; undefined if there is none. */
function principalId(call: Call, state: IamState, arn: string): string | undefined {
  const { world } = call;
  const own = `arn:${world.partition}:iam::${world.account}:`;
  const { user } = world.sessions;
  if (arn === own + user.principal) {
    return user.userId;
  }
  return [...state.roles.values()].find((role) => role.arn === arn)?.id;
}
