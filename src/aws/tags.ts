import { KEY_TYPE_TAG, OVERFLOW_TAG_VALUE, TOOL_TAG } from '../defaults.ts';
import type { KeyType } from '../key/index.ts';
import type { StepName } from '../plan-types.ts';

/** Tags as AWS returns them. */
type Tags = readonly { Key?: string; Value?: string | undefined }[] | undefined;

/**
 * Returns the CloudFormation stack that a resource belongs to, if any. Only CloudFormation can set this tag. Source:
 * CloudFormation User Guide, "Resource tags".
 */
export function stackOf(tags: Tags): string | undefined {
  return tags?.find(({ Key }) => Key === 'aws:cloudformation:stack-name')?.Value;
}

/** Returns true if this program created the resource. The program tags everything that it creates, and nothing else. */
export function hasToolTag(tags: Tags): boolean {
  return tags?.some(({ Key }) => Key === TOOL_TAG) ?? false;
}

/** Returns true if this program created a policy because the previous one was full: `NAME-2`, `NAME-3`, … */
export function isOverflow(tags: Tags): boolean {
  return tags?.some(({ Key, Value }) => Key === TOOL_TAG && Value === OVERFLOW_TAG_VALUE) ?? false;
}

/** Returns the key type from a secret's tag; undefined if the tag is missing or its value unknown. */
export function keyTypeOf(tags: Tags): KeyType | undefined {
  const value = tags?.find(({ Key }) => Key === KEY_TYPE_TAG)?.Value;
  return value === 'static-key' || value === 'srt-password' ? value : undefined;
}

/** Returns the tags that neither this program nor AWS has set. The keys of AWS's own tags start with `aws:`. */
export function userDefinedTags(tags: Tags): Tag[] {
  return (tags ?? []).flatMap(({ Key = '', Value = '' }) =>
    Key === TOOL_TAG || Key === KEY_TYPE_TAG || Key.startsWith('aws:') ? [] : [{ key: Key, value: Value }],
  );
}

/** Returns the tags that are identical in all lists. */
export function commonTags([firstTags = [], ...otherLists]: Tag[][]): Tag[] {
  return firstTags.filter(({ key, value }) =>
    otherLists.every((tags) => tags.some((tag) => tag.key === key && tag.value === value)),
  );
}

/** A tag that the user has chosen. */
export interface Tag {
  key: string;
  value: string;
}

/** Returns the tags of a new resource: the program's own, with the step that created it, and the user's. */
export function tagsFor(
  step: StepName | typeof OVERFLOW_TAG_VALUE,
  { tags }: { tags: Tag[] },
): { Key: string; Value: string }[] {
  return [{ Key: TOOL_TAG, Value: step }, ...tags.map(({ key, value }) => ({ Key: key, Value: value }))];
}

/** Returns the tags of a new secret, with its key type if the user's tags leave room. AWS allows 50. */
export function secretTags({ keyType, tags }: { keyType: KeyType; tags: Tag[] }) {
  const withoutKeyType = tagsFor('store-secret', { tags });
  return withoutKeyType.length < 50
    ? [...withoutKeyType, { Key: KEY_TYPE_TAG, Value: keyType }]
    : withoutKeyType;
}

/** Returns the tags of a new policy. `overflowOf` is set for a numbered policy, created because another policy is full. */
export function policyTags({ overflowOf }: { overflowOf?: unknown }, request: { tags: Tag[] }) {
  return tagsFor(overflowOf === undefined ? 'read-policy' : OVERFLOW_TAG_VALUE, request);
}
