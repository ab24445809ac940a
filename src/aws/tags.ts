import { KEY_TYPE_TAG, OVERFLOW_TAG_VALUE, TOOL_TAG } from '../defaults.ts';
import type { KeyType } from '../key/index.ts';

/** Tags as AWS returns them. */
type Tags = readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined;

/**
 * The CloudFormation stack that a resource belongs to, if one does. CloudFormation puts this tag on what it makes, and
 * nobody else can. Source: CloudFormation User Guide, "Resource tags".
 */
export function stackOf(tags: Tags): string | undefined {
  return tags?.find(({ Key }) => Key === 'aws:cloudformation:stack-name')?.Value;
}

/** Whether this program made the resource: it puts its tag on all that it makes, and on nothing else. */
export function isOwn(tags: Tags): boolean {
  return tags?.some(({ Key }) => Key === TOOL_TAG) ?? false;
}

/** Whether this program made a policy because the one before it was full: `NAME-2`, `NAME-3`, … */
export function isOverflow(tags: Tags): boolean {
  return tags?.some(({ Key, Value }) => Key === TOOL_TAG && Value === OVERFLOW_TAG_VALUE) ?? false;
}

/** Returns what kind of key a secret holds, as its tag says; undefined if it has none, or an unknown one. */
export function keyTypeOf(tags: Tags): KeyType | undefined {
  const value = tags?.find(({ Key }) => Key === KEY_TYPE_TAG)?.Value;
  return value === 'static-key' || value === 'srt-password' ? value : undefined;
}

/** The tags that are neither this program's nor AWS's own, whose keys begin with `aws:`. */
export function tagsOfUser(tags: Tags): Tag[] {
  return (tags ?? []).flatMap(({ Key = '', Value = '' }) =>
    Key === TOOL_TAG || Key === KEY_TYPE_TAG || Key.startsWith('aws:') ? [] : [{ key: Key, value: Value }],
  );
}

/** The tags that are the same in all of the lists. */
export function commonTags([first = [], ...others]: Tag[][]): Tag[] {
  return first.filter(({ key, value }) =>
    others.every((tags) => tags.some((tag) => tag.key === key && tag.value === value)),
  );
}

export interface Tag {
  key: string;
  value: string;
}
