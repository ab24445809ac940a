import { list, record, required, text } from './shapes.ts';

export interface Tag {
  Key: string;
  Value: string;
}

export const MAX_TAGS = 50;

const ALLOWED = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]';
const keyPattern = new RegExp(`^${ALLOWED}+$`, 'u');
const valuePattern = new RegExp(`^${ALLOWED}*$`, 'u');

const tagKey = text({ min: 1, max: 128, pattern: keyPattern });
const tagValue = text({ max: 256, pattern: valuePattern });

/** Tags as IAM and STS take them. */
export const tagList = list(record({ Key: required(tagKey), Value: required(tagValue) }), { max: MAX_TAGS });
export const tagKeyList = list(tagKey, { max: MAX_TAGS });

/** Whether a key is one that only AWS itself can give. */
export const isReserved = (key: string): boolean => /^aws:/i.test(key);

/** The tags that count against the limit: those of AWS's own do not. */
export const countOf = (tags: readonly Tag[]): number => tags.filter((tag) => !isReserved(tag.Key)).length;

/** The tags after some were added; a key that is there already gets the new value. */
export function mergeTags(present: readonly Tag[], added: readonly Tag[]): Tag[] {
  const byKey = new Map(present.map((tag) => [tag.Key, tag]));
  for (const tag of added) {
    byKey.set(tag.Key, { Key: tag.Key, Value: tag.Value });
  }
  return [...byKey.values()];
}

export function withoutTags(present: readonly Tag[], keys: readonly string[]): Tag[] {
  return present.filter((tag) => !keys.includes(tag.Key));
}
