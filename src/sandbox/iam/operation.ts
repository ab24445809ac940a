import { AwsError } from '../errors.ts';
import { type Call, type Operation, type Output, operation, pageOf } from '../service.ts';
import type { InputOf, Members } from '../shapes.ts';
import { invalidInput, noSuchPolicy, noSuchRole, notAttachable, unmodifiable } from './members.ts';
import { type IamState, type Policy, type Role, roleKey } from './store.ts';

/** Returns an operation that changes IAM. Its changes become visible after the propagation delay. */
export function iamWrite<M extends Members>(
  members: M,
  run: (call: Call, input: InputOf<M>) => Output,
): Operation {
  return operation(members, (call, input) => {
    const output = run(call, input);
    call.iam.commit();
    return output;
  });
}

/** Returns the beginning of the ARNs of IAM resources in the request's account. */
export const arnPrefix = ({ account }: Call): string => `arn:${account.partition}:iam::${account.accountId}:`;

/** @throws AwsError NoSuchEntity. */
export function roleOrThrow(state: IamState, name: string): Role {
  const role = state.roles.get(roleKey(name));
  if (!role) throw noSuchRole(name);
  return role;
}

/** @throws AwsError NoSuchEntity, ValidationError if the text is not an ARN, InvalidInput if it is not the ARN of a policy. */
export function policyOrThrow(state: IamState, arn: string): Policy {
  checkPolicyArn(arn);
  const policy = state.policies.get(arn);
  if (!policy) throw noSuchPolicy(arn);
  return policy;
}

/**
 * Returns the role that a write changes. The role must exist, and its creation must have propagated.
 * @throws AwsError NoSuchEntity, UnmodifiableEntity for a service-linked role.
 */
export function writableRole(call: Call, name: string): Role {
  roleOrThrow(call.iam.visible, name);
  const role = roleOrThrow(call.iam.latest, name);
  if (role.path.startsWith('/aws-service-role/')) throw unmodifiable(role.name);
  return role;
}

/**
 * Returns the customer managed policy that a write changes.
 * @throws AwsError NoSuchEntity, AccessDenied for an AWS managed policy.
 */
export function writablePolicy(call: Call, arn: string, action: string): Policy {
  policyOrThrow(call.iam.visible, arn);
  const policy = policyOrThrow(call.iam.latest, arn);
  if (policy.managedByAws) {
    const message = `User: ${call.caller.arn} is not authorized to perform: iam:${action} on resource: policy ${arn}`;
    throw new AwsError('AccessDenied', message, 403);
  }
  return policy;
}

/**
 * Returns the policy that a request attaches, or sets as a permissions boundary.
 * @throws AwsError NoSuchEntity, with IAM's message for this case.
 */
export function attachablePolicy(call: Call, arn: string): Policy {
  checkPolicyArn(arn);
  const policy = call.iam.latest.policies.get(arn);
  if (!policy || !call.iam.visible.policies.has(arn)) throw notAttachable(arn);
  return policy;
}

/** @throws AwsError ValidationError if the text is not an ARN, InvalidInput if it is not the ARN of a policy. */
export function checkPolicyArn(arn: string): void {
  if (!/^arn:([^:]*:){4}./.test(arn)) {
    throw new AwsError('ValidationError', 'Invalid ARN:  Could not be parsed!');
  }
  if (!/^arn:[^:]+:iam::(\d{12}|aws):policy\/.+$/.test(arn)) throw invalidInput(`ARN ${arn} is not valid.`);
}

/**
 * Returns one page of a list, with the members of every paginated IAM response.
 * @throws AwsError ValidationError for a marker that is not from an earlier response.
 */
export function pageResponse<T, U>(
  input: { Marker?: string; MaxItems?: number | undefined },
  items: readonly T[],
  memberName: string,
  toView: (item: T) => U,
): object {
  const page = pageOf(items, input.Marker, input.MaxItems ?? 100);
  if (!page) throw new AwsError('ValidationError', `Invalid Marker: ${input.Marker}`);
  return { [memberName]: page.items.map(toView), IsTruncated: page.next !== undefined, Marker: page.next };
}
