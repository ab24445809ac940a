import { encodeStrictly } from '../auth/signature.ts';
import { checkIdentityPolicy } from '../documents/identity-policy.ts';
import { documentSize } from '../documents/size.ts';
import { type Operations, operation } from '../service.ts';
import { limitExceeded, malformedPolicy, noSuchEntity } from './errors.ts';
import { document, paging, policyName, roleName } from './members.ts';
import { iamWrite, paged, seenRole, writableRole } from './operation.ts';

const INLINE_QUOTA = 10_240;
const missing = (name: string) => noSuchEntity(`The role policy with name ${name} cannot be found.`);

/** The operations on the inline policies of roles. */
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
