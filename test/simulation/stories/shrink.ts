import fc from 'fast-check';
import type { Violation } from '../judges/violation.ts';
import { type PlayOptions, playStory, type Tale } from '../play.ts';
import { realNow } from '../world/virtual-time.ts';
import { story as stories } from './generate.ts';
import { Random } from './random.ts';
import type { Story } from './story.ts';

/** Returns one of the stories of a seed. */
export function storyOf(seed: number, number: number): fc.Value<Story> {
  return stories.generate(new fc.Random(new Random(number, seed)), undefined);
}

/**
 * Returns the smallest story found in the time limit that still breaks the same rule.
 * @param limitMs the time limit, in milliseconds
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
