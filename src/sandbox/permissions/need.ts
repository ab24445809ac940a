import type { AwsError } from '../errors.ts';
import type { Tag } from '../shapes.ts';

/** The values of condition keys that a service provides. A key without a value is not in the request. */
export type ConditionValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One permission that a request must have. */
export interface RequiredPermission {
  /** The action, such as `secretsmanager:GetSecretValue`. */
  readonly action: string;
  /** The ARN of the resource; `*` for an action for which AWS has no resource-level permissions. */
  readonly resource: string;
  /** The resource in the access denied message, if it is not the ARN; empty if the message names none. */
  readonly resourceInMessage?: string;
  /** The service's condition keys, in addition to those of every request. */
  readonly conditionValues?: ConditionValues;
  /** The resource-based policy, if the resource has one. */
  readonly resourcePolicy?: string;
  /**
   * True if the resource-based policy must allow the caller, directly or through its account: true for a role's trust policy, but
   * not for a secret's policy.
   */
  readonly resourcePolicyMustAllow?: boolean;
  /** The error for a missing permission, if the service does not pass on IAM's message. */
  readonly deniedError?: AwsError;
}

/** Returns the condition values for the tags in a request: `aws:RequestTag/KEY` and `aws:TagKeys`. */
export function requestTagValues(tags: readonly Partial<Tag>[] | undefined): ConditionValues {
  if (tags === undefined) return {};
  return { ...tagValues('aws:RequestTag', tags), 'aws:TagKeys': tags.map(({ Key = '' }) => Key) };
}

/** Returns the condition values for the tags of a resource: `aws:ResourceTag/KEY`, and the service's own key of that name. */
export function resourceTagValues(service: string, tags: readonly Partial<Tag>[]): ConditionValues {
  return { ...tagValues('aws:ResourceTag', tags), ...tagValues(`${service}:ResourceTag`, tags) };
}

/** Returns the condition values `PREFIX/KEY`, one for each tag. */
export function tagValues(prefix: string, tags: readonly Partial<Tag>[]): ConditionValues {
  return Object.fromEntries(tags.map(({ Key, Value }) => [`${prefix}/${Key}`, Value ?? '']));
}
