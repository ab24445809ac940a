import { type Operations, operation } from '../service.ts';
import {
  countUserTags,
  isReservedTagKey,
  MAX_TAGS,
  mergeTags,
  required,
  type Tag,
  tagKeyList,
  tagList,
  withoutTags,
} from '../shapes.ts';
import { invalidInput, limitExceeded, paging, policyArn, roleName } from './members.ts';
import {
  iamWrite,
  pageResponse,
  policyOrThrow,
  roleOrThrow,
  writablePolicy,
  writableRole,
} from './operation.ts';

/**
 * Returns the tags of a request, after the checks that IAM makes in addition to the API model's constraints.
 * @throws AwsError InvalidInput for reserved keys and for keys that differ only by case.
 */
export function checkedTags(tags: readonly Tag[]): Tag[] {
  rejectReservedKeys(tags.map((tag) => tag.Key));
  if (new Set(tags.map((tag) => tag.Key.toLowerCase())).size < tags.length) {
    throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  return [...tags];
}

function rejectReservedKeys(keys: readonly string[]): void {
  if (keys.some(isReservedTagKey)) {
    throw invalidInput("Tag keys that start with 'aws:' are reserved for system use.");
  }
}

function addTags(resource: { tags: Tag[] }, tags: readonly Tag[]): undefined {
  const merged = mergeTags(resource.tags, checkedTags(tags));
  if (countUserTags(merged) > MAX_TAGS) {
    throw limitExceeded(`The number of tags has reached the maximum limit of ${MAX_TAGS}.`);
  }
  resource.tags = merged;
  return undefined;
}

function removeTags(resource: { tags: Tag[] }, keys: readonly string[]): undefined {
  rejectReservedKeys(keys);
  resource.tags = withoutTags(resource.tags, keys);
  return undefined;
}

/** The operations on the tags of roles and policies. */
export const tagOperations: Operations = {
  TagRole: iamWrite({ RoleName: roleName, Tags: required(tagList) }, (call, input) =>
    addTags(writableRole(call, input.RoleName), input.Tags),
  ),
  UntagRole: iamWrite({ RoleName: roleName, TagKeys: required(tagKeyList) }, (call, input) =>
    removeTags(writableRole(call, input.RoleName), input.TagKeys),
  ),
  ListRoleTags: operation({ ...paging, RoleName: roleName }, (call, input) =>
    pageResponse(input, roleOrThrow(call.iam.visible, input.RoleName).tags, 'Tags', (tag) => tag),
  ),
  TagPolicy: iamWrite({ PolicyArn: policyArn, Tags: required(tagList) }, (call, input) =>
    addTags(writablePolicy(call, input.PolicyArn, 'TagPolicy'), input.Tags),
  ),
  UntagPolicy: iamWrite({ PolicyArn: policyArn, TagKeys: required(tagKeyList) }, (call, input) =>
    removeTags(writablePolicy(call, input.PolicyArn, 'UntagPolicy'), input.TagKeys),
  ),
  ListPolicyTags: operation({ ...paging, PolicyArn: policyArn }, (call, input) =>
    pageResponse(input, policyOrThrow(call.iam.visible, input.PolicyArn).tags, 'Tags', (tag) => tag),
  ),
};
