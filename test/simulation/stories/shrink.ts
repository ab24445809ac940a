import fc from 'fast-check';
import type { Violation } from '../judges/violation.ts';
import { type PlayOptions, playStory, type Tale } from '../play.ts';
import { realNow } from '../world/virtual-time.ts';
import { story as stories } from './generate.ts';
import { Random } from './random.ts';
import type { Story } from './story.ts';

/** One of the stories that a seed decides. */
export function storyOf(seed: number, number: number): fc.Value<Story> {
  return stories.generate(new fc.Random(new Random(number, seed)), undefined);
}

/**
 * The least story that still breaks the same invariant, as far as one is found in the time.
 * @param limitMs for how long it is looked for
 */
export async function shrink(
  found: fc.Value<Story>,
  { invariant }: Pick<Violation, 'invariant'>,
  options: PlayOptions,
  limitMs: number,
): Promise<{ story: Story; tale: Tale | undefined }> {
  const until = realNow() + limitMs;
  let [best, tale]: [fc.Value<Story>, Tale | undefined] = [found, undefined];
  for (let again = true; again; ) {
    again = false;
    for (const smaller of stories.shrink(best.value_, best.context)) {
      if (realNow() > until) return { story: best.value, tale };
      const told = await playStory(smaller.value, options);
      if (!told.violations.some((each) => each.invariant === invariant)) continue;
      [best, tale, again] = [smaller, told, true];
      break;
    }
  }
  return { story: best.value, tale };
}
