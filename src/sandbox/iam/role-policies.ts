import { encodeStrictly } from '../auth/signature.ts';
import { checkIdentityPolicy } from '../documents/identity-policy.ts';
import { documentSize } from '../documents/json.ts';
import {
  checkTrustPolicy,
  normalizeTrustPolicy,
  principalArns,
  replacePrincipals,
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
import { arnPrefix, iamWrite, pageResponse, roleOrThrow, writableRole } from './operation.ts';
import type { IamState, Role } from './store.ts';

/** For all inline policies of a role together. Source: "IAM and AWS STS quotas" in the IAM user guide. */
const INLINE_QUOTA = 10_240;
const noSuchInlinePolicy = (name: string) =>
  noSuchEntity(`The role policy with name ${name} cannot be found.`);

export const inlinePolicyOperations: Operations = {
  PutRolePolicy: iamWrite(
    { RoleName: roleName, PolicyName: policyName, PolicyDocument: document },
    (call, input) => {
      const role = writableRole(call, input.RoleName);
      const problem = checkIdentityPolicy(input.PolicyDocument, 'inline', call.account);
      if (problem !== undefined) throw malformedPolicy(problem);
      const inlinePolicies = new Map(role.inlinePolicies).set(input.PolicyName, input.PolicyDocument);
      const size = documentSize([...inlinePolicies.values()].join(''));
      if (size > INLINE_QUOTA) {
        throw limitExceeded(`Maximum policy size of ${INLINE_QUOTA} bytes exceeded for role ${role.name}`);
      }
      role.inlinePolicies = inlinePolicies;
      return undefined;
    },
  ),
  GetRolePolicy: operation({ RoleName: roleName, PolicyName: policyName }, (call, input) => {
    const role = roleOrThrow(call.iam.visible, input.RoleName);
    const text = role.inlinePolicies.get(input.PolicyName);
    if (text === undefined) throw noSuchInlinePolicy(input.PolicyName);
    return { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument: encodeStrictly(text) };
  }),
  ListRolePolicies: operation({ ...paging, RoleName: roleName }, (call, input) => {
    const names = [...roleOrThrow(call.iam.visible, input.RoleName).inlinePolicies.keys()].sort();
    return pageResponse(input, names, 'PolicyNames', (name) => name);
  }),
  DeleteRolePolicy: iamWrite({ RoleName: roleName, PolicyName: policyName }, (call, input) => {
    const role = writableRole(call, input.RoleName);
    if (!role.inlinePolicies.delete(input.PolicyName)) throw noSuchInlinePolicy(input.PolicyName);
    return undefined;
  }),
};

/**
 * Checks a trust policy as CreateRole and UpdateAssumeRolePolicy do, and returns it in IAM's own form, with the unique IDs of the
 * principals that it names.
 * @throws AwsError MalformedPolicyDocument, LimitExceeded.
 */
export function validatedTrustPolicy(
  call: Call,
  text: string,
): Pick<Role, 'trustPolicy' | 'trustedPrincipalIds'> {
  const { latest, visible } = call.iam;
  // A principal counts only if its creation has propagated and it still exists.
  const idOf = (arn: string) =>
    principalId(call, visible, arn) === undefined ? undefined : principalId(call, latest, arn);
  const problem = checkTrustPolicy(text, call.account, (arn) => idOf(arn) !== undefined);
  if (problem !== undefined) throw malformedPolicy(problem);
  const { trustPolicySize } = call.account.iamQuotas;
  if (documentSize(text) > trustPolicySize) throw quotaExceeded('ACLSizePerRole', trustPolicySize);
  const trustPolicy = normalizeTrustPolicy(text, call.account);
  const ids = principalArns(trustPolicy).map((arn) => [arn, idOf(arn)] as const);
  const existingIds = ids.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { trustPolicy, trustedPrincipalIds: new Map(existingIds) };
}

/**
 * Returns the trust policy as IAM shows it. A user or role of this account that was deleted in the meantime appears as its
 * unique ID, even if another user or role with that name was created.
 * Source: "AWS JSON policy elements: Principal" in the IAM user guide.
 */
export function trustPolicyView(call: Call, role: Role): string {
  const deletedPrincipals = [...role.trustedPrincipalIds].filter(
    ([arn, id]) => principalId(call, call.iam.visible, arn) !== id,
  );
  if (deletedPrincipals.length === 0) return role.trustPolicy;
  return replacePrincipals(role.trustPolicy, new Map(deletedPrincipals));
}

/** Returns the unique ID of a user or role of this account; undefined if there is none. */
function principalId(call: Call, state: IamState, arn: string): string | undefined {
  const userKey = call.account.accessKeys.userKey;
  if (arn === arnPrefix(call) + userKey.principal) return userKey.userId;
  return [...state.roles.values()].find((role) => role.arn === arn)?.id;
}
