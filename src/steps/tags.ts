import type { Tag } from '../aws/tags.ts';
import { KEY_TYPE_TAG, OVERFLOW_TAG_VALUE, TOOL_TAG } from '../defaults.ts';
import type { KeyType } from '../key/index.ts';
import type { StepName } from '../plan-types.ts';
import type { CreateWork } from './read-policy/distribute.ts';

/** Returns the tags of a new resource: the program's own, with the step that created it, and the user's. */
export function tagsFor(
  step: StepName | typeof OVERFLOW_TAG_VALUE,
  { tags }: { tags: Tag[] },
): { Key: string; Value: string }[] {
  return [{ Key: TOOL_TAG, Value: step }, ...tags.map(({ key, value }) => ({ Key: key, Value: value }))];
}

/** Returns the tags of a new secret, with its key type if the user's tags leave room. AWS allows 50. */
export function secretTags({ keyType, tags }: { keyType: KeyType; tags: Tag[] }) {
  const all = tagsFor('store-secret', { tags });
  return all.length < 50 ? [...all, { Key: KEY_TYPE_TAG, Value: keyType }] : all;
}

/** Returns the tags of a new policy. A numbered policy is marked as such. */
export function policyTags({ overflowOf }: Pick<CreateWork, 'overflowOf'>, request: { tags: Tag[] }) {
  return tagsFor(overflowOf === undefined ? 'read-policy' : OVERFLOW_TAG_VALUE, request);
}
