import { parseManifest } from '../../src/manifest/index.ts';
import { AccessJudge } from './judges/policies.ts';
import type { Violation } from './judges/violation.ts';
import { isWanted, type Options } from './options.ts';
import { playStory, type Tale } from './play.ts';
import { storyLines, violationLines } from './stories/print.ts';
import { shrink, storyOf } from './stories/shrink.ts';
import type { Story } from './stories/story.ts';
import { installTime } from './world/virtual-time.ts';

/** What a process reports about the stories that it plays. */
export type Message =
  | { readonly kind: 'progress'; readonly stories: number; readonly requests: number }
  | { readonly kind: 'failure'; readonly number: number; readonly sort: string; readonly lines: string[] };

/** The time limit for shrinking a failure, in milliseconds. */
const SHRINKING_MS = 20_000;
const TELL_EVERY = 50;

/** Plays every nth story, and shrinks those that fail. */
export async function playShard(
  options: Options,
  shard: number,
  tell: (message: Message) => void,
): Promise<void> {
  await warmUp();
  installTime();
  const judge = new AccessJudge();
  const known = new Set<string>();
  let [stories, requests] = [0, 0];
  const end = options.from + options.stories;
  for (let number = options.from + shard; number < end; number += options.jobs) {
    const value = storyOf(options.seed, number);
    stories += 1;
    if (isWanted(options, value.value)) {
      const how = { judge, wire: options.wire };
      const tale = await playStory(value.value, how);
      requests += tale.requests;
      const [violation] = tale.violations;
      if (violation && !known.has(sortOf(violation))) {
        known.add(sortOf(violation));
        const { story, tale: least = tale } = await shrink(value, violation, how, SHRINKING_MS);
        tell({
          kind: 'failure',
          number,
          sort: sortOf(violation),
          lines: failureLines(options, number, { story, tale: least }),
        });
      }
    }
    if (stories % TELL_EVERY === 0) {
      tell({ kind: 'progress', stories, requests });
      [stories, requests] = [0, 0];
    }
  }
  tell({ kind: 'progress', stories, requests });
}

/** Loads modules that would otherwise be loaded during a story. */
export async function warmUp(): Promise<void> {
  await parseManifest(
    '{version: 1, keys: [{secretName: a, regions: [us-west-2], key: {existing: true}}]}',
    'a.yaml',
  );
  await Promise.all([import('@aws-sdk/client-kms'), import('@aws-sdk/client-mediaconnect')]);
}

/** Returns what two failures with one cause usually have in common. */
function sortOf({ invariant, what }: Violation): string {
  const short = what
    .replace(/(-x)+/g, '')
    .replace(/(us-west|eu-west)-\d/g, 'REGION')
    .replace(/ after .*/, '')
    .replace(/secret:[^ ]+/g, 'secret:…')
    .replace(/key\/[^ ]+/g, 'key/…')
    .replace(/\b(a|b|c|other|long\d|zzz-nobodys|[RSTrPQpq](-\d)?|\d+)\b/g, '…');
  return `${invariant}: ${short}`;
}

function failureLines(
  { seed, wire }: Options,
  number: number,
  { story, tale }: { story: Story; tale: Tale },
): string[] {
  return [
    ...storyLines(story),
    '',
    ...tale.played.map(
      ({ run }) =>
        `${run.name}: ${run.state === 'killed' ? 'killed' : `ended with ${run.code}`}${run.writes.map(
          ({ name, refused }) => ` ${name.replace(/^.*:/, '')}${refused ? ' (refused)' : ''}`,
        )}`,
    ),
    '',
    ...tale.violations.flatMap(violationLines),
    '',
    `The least story as JSON: ${JSON.stringify(story)}`,
    `Play it again: npm run simulate -- --seed ${seed} --from ${number} --stories 1${wire ? ' --wire' : ''}`,
  ];
}
