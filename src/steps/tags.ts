import type { Tag } from '../aws/names.ts';
import { OWN_TAG } from '../defaults.ts';
import type { StepName } from '../report/types.ts';

/** The tags of a new resource: the program's own, which says which step made it, and the user's. */
export function tagsFor(step: StepName, { tags }: { tags: Tag[] }): { Key: string; Value: string }[] {
  return [{ Key: OWN_TAG, Value: step }, ...tags.map(({ key, value }) => ({ Key: key, Value: value }))];
}
