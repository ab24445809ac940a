import type { AwsError } from '../errors.ts';

/** The values of condition keys as a service states them; a key without a value is not in the request. */
export type Facts = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One permission that a request must have. */
export interface Need {
  /** The permission, such as `secretsmanager:GetSecretValue`. */
  readonly action: string;
  /** The ARN of what it is on; `*` for an action on which AWS has no resource-level permission. */
  readonly resource: string;
  /** What a denial names as the resource, where that is not the ARN; empty where it names none. */
  readonly shown?: string;
  /** The condition keys that the service adds to those of every request. */
  readonly facts?: Facts;
  /** The policy of the resource itself, where it has one. */
  readonly resourcePolicy?: string | undefined;
  /** Whether that policy must let the caller in, be it by its account: so a role's trust policy, but not a secret's. */
  readonly resourcePolicyMustAllow?: boolean;
  /** The denial of a service that does not pass IAM's words on. */
  readonly refusal?: AwsError;
}

interface LooseTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** The condition keys for tags that a request gives: `aws:RequestTag/KEY` and `aws:TagKeys`. */
export function requestTags(tags: readonly LooseTag[] | undefined): Facts {
  return tags === undefined
    ? {}
    : { ...tagFacts('aws:RequestTag', tags), 'aws:TagKeys': tags.map(({ Key = '' }) => Key) };
}

/** The condition keys for tags that a resource has, `aws:ResourceTag/KEY` and the service's own of that name. */
export function resourceTags(service: string, tags: readonly LooseTag[]): Facts {
  return { ...tagFacts('aws:ResourceTag', tags), ...tagFacts(`${service}:ResourceTag`, tags) };
}

/** Condition keys `PREFIX/KEY`, one for each tag. */
export function tagFacts(prefix: string, tags: readonly LooseTag[]): Facts {
  return Object.fromEntries(tags.map(({ Key, Value }) => [`${prefix}/${Key}`, Value ?? '']));
}
