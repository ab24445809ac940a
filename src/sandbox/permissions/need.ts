import type { AwsError } from '../errors.ts';

/** The values of condition keys that a service provides. A key without a value is not in the request. */
export type Facts = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One permission that a request must have. */
export interface Need {
  /** The permission, such as `secretsmanager:GetSecretValue`. */
  readonly action: string;
  /** The ARN of the resource; `*` for an action for which AWS has no resource-level permissions. */
  readonly resource: string;
  /** The resource that a denial names, if it is not the ARN; empty if it names none. */
  readonly shown?: string;
  /** The service's condition keys, in addition to those of every request. */
  readonly facts?: Facts;
  /** The resource-based policy, if the resource has one. */
  readonly resourcePolicy?: string;
  /**
   * True if that policy must allow the caller, directly or through its account. This holds for a role's trust policy, but not for
   * a secret's policy.
   */
  readonly resourcePolicyMustAllow?: boolean;
  /** The denial of a service that does not pass on IAM's message. */
  readonly refusal?: AwsError;
}

interface LooseTag {
  readonly Key?: string;
  readonly Value?: string;
}

/** Returns the condition keys for the tags in a request: `aws:RequestTag/KEY` and `aws:TagKeys`. */
export function requestTags(tags: readonly LooseTag[] | undefined): Facts {
  return tags === undefined
    ? {}
    : { ...tagFacts('aws:RequestTag', tags), 'aws:TagKeys': tags.map(({ Key = '' }) => Key) };
}

/** Returns the condition keys for the tags of a resource: `aws:ResourceTag/KEY`, and the service's own key of that name. */
export function resourceTags(service: string, tags: readonly LooseTag[]): Facts {
  return { ...tagFacts('aws:ResourceTag', tags), ...tagFacts(`${service}:ResourceTag`, tags) };
}

/** Returns the condition keys `PREFIX/KEY`, one for each tag. */
export function tagFacts(prefix: string, tags: readonly LooseTag[]): Facts {
  return Object.fromEntries(tags.map(({ Key, Value }) => [`${prefix}/${Key}`, Value ?? '']));
}
