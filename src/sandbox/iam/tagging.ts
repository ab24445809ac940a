import { type Operations, operation } from '../service.ts';
import {
  countOf,
  isReserved,
  MAX_TAGS,
  mergeTags,
  required,
  type Tag,
  tagKeyList,
  tagList,
  withoutTags,
} from '../shapes.ts';
import { invalidInput, limitExceeded, paging, policyArn, roleName } from './members.ts';
import { iamWrite, paged, seenPolicy, seenRole, writablePolicy, writableRole } from './operation.ts';

/**
 * Returns the tags of a request, after the checks that IAM makes beyond their form.
 * @throws AwsError InvalidInput for reserved keys and for keys that differ only by case.
 */
export function checkedTags(given: readonly Tag[]): Tag[] {
  refuseReserved(given.map((tag) => tag.Key));
  if (new Set(given.map((tag) => tag.Key.toLowerCase())).size < given.length) {
    throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  return [...given];
}

function refuseReserved(keys: readonly string[]): void {
  if (keys.some(isReserved)) {
    throw invalidInput("Tag keys that start with 'aws:' are reserved for system use.");
  }
}

function added(owner: { tags: Tag[] }, given: readonly Tag[]): undefined {
  const merged = mergeTags(owner.tags, checkedTags(given));
  if (countOf(merged) > MAX_TAGS) {
    throw limitExceeded(`The number of tags has reached the maximum limit of ${MAX_TAGS}.`);
  }
  owner.tags = merged;
  return undefined;
}

function removed(owner: { tags: Tag[] }, keys: readonly string[]): undefined {
  refuseReserved(keys);
  owner.tags = withoutTags(owner.tags, keys);
  return undefined;
}

/** The operations on the tags of roles and policies. */
export const tagging: Operations = {
  TagRole: iamWrite({ RoleName: roleName, Tags: required(tagList) }, (call, input) =>
    added(writableRole(call, input.RoleName), input.Tags),
  ),
  UntagRole: iamWrite({ RoleName: roleName, TagKeys: required(tagKeyList) }, (call, input) =>
    removed(writableRole(call, input.RoleName), input.TagKeys),
  ),
  ListRoleTags: operation({ ...paging, RoleName: roleName }, (call, input) =>
    paged(input, seenRole(call.iam.seen, input.RoleName).tags, 'Tags', (tag) => tag),
  ),
  TagPolicy: iamWrite({ PolicyArn: policyArn, Tags: required(tagList) }, (call, input) =>
    added(writablePolicy(call, input.PolicyArn, 'TagPolicy'), input.Tags),
  ),
  UntagPolicy: iamWrite({ PolicyArn: policyArn, TagKeys: required(tagKeyList) }, (call, input) =>
    removed(writablePolicy(call, input.PolicyArn, 'UntagPolicy'), input.TagKeys),
  ),
  ListPolicyTags: operation({ ...paging, PolicyArn: policyArn }, (call, input) =>
    paged(input, seenPolicy(call.iam.seen, input.PolicyArn).tags, 'Tags', (tag) => tag),
  ),
};
