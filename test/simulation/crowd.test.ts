import { afterAll, beforeAll, expect, test } from 'vitest';
import { runs } from '../support/exhaustive.ts';
import { AccessJudge } from './judges/policies.ts';
import { playStory, type Tale } from './play.ts';
import { warmUp } from './shard.ts';
import { Random } from './stories/random.ts';
import type { Act, Command, Fault, Story } from './stories/story.ts';
import { MOST_CHOICE } from './world/schedule.ts';
import { installTime } from './world/virtual-time.ts';

/** Runs that all write to one policy at the same time, in random order. Random stories seldom have so many. */
interface Crowd {
  /** The secrets that are set up before, one after the other. */
  before: string[];
  tornDown: string[];
  setUp: string[];
}

const CROWDS: [string, Crowd][] = [
  ['two teardowns and a setup', { before: [...'abc'], tornDown: [...'ab'], setUp: ['d'] }],
  ['eight setups, on five versions', { before: [...'abcde'], tornDown: [], setUp: [...'fghijklm'] }],
  [
    'three teardowns and three setups, on five versions',
    { before: [...'abcde'], tornDown: [...'abc'], setUp: [...'fgh'] },
  ],
];
const NAMES = { policy: 'P', role: 'R' };
const CHOICES = 800;

const judge = new AccessJudge();
let restore: () => void = () => undefined;

beforeAll(async () => {
  await warmUp();
  restore = installTime();
});
afterAll(() => restore());

test.for(CROWDS)(
  'a policy has exactly the secrets that %s at the same time should leave in it',
  { timeout: 1_800_000 },
  async ([, crowd]) => {
    for (let seed = 1; seed <= runs(6, 500); seed += 1) {
      const tale = await playStory(storyOf(crowd, seed), { judge });
      expect([seed, tale.played.map(({ run }) => run.code)]).toEqual([seed, tale.played.map(() => 0)]);
      expect([seed, tale.violations]).toEqual([seed, []]);
      const left = crowd.before.filter((secret) => !crowd.tornDown.includes(secret));
      expect([seed, allowedIn(tale)]).toEqual([seed, [...left, ...crowd.setUp]]);
    }
  },
);

test('a policy has what eight concurrent setups add, although reads are out of date', async () => {
  const stale: Fault = { kind: 'stale', from: 0, count: 64, seconds: 1 };
  for (let seed = 1; seed <= runs(2, 100); seed += 1) {
    const crowd = { before: [...'abcde'], tornDown: [], setUp: [...'fghijklm'] };
    const tale = await playStory(storyOf(crowd, seed, [stale]), { judge });
    expect([seed, tale.violations, allowedIn(tale)]).toEqual([seed, [], [...'abcdefghijklm']]);
  }
});

function storyOf({ before, tornDown, setUp }: Crowd, seed: number, faults: Fault[] = []): Story {
  const random = new Random(seed);
  const inOrder = random.fraction();
  const most = 6 + random.below(MOST_CHOICE - 5);
  const choose = () => (random.fraction() < inOrder ? 0 : random.below(most + 1));
  const crowd = [...tornDown.map(teardown), ...setUp.map(setup)];
  return {
    account: [],
    acts: [...before.map((secret) => actOf([setup(secret)])), actOf(crowd, faults)],
    choices: Array.from({ length: CHOICES }, choose),
    again: false,
    tearsDown: false,
    seed,
  };
}

function actOf(commands: Command[], faults: Fault[] = []): Act {
  return { pause: 60, others: [], commands: commands.map((command) => ({ command, faults })) };
}

function setup(secret: string): Command {
  return { kind: 'setup', secret, regions: ['us-west-2'], key: 'k1', scope: 'secrets', ...NAMES };
}

function teardown(secret: string): Command {
  return { kind: 'teardown', secret, regions: ['us-west-2'], ...NAMES };
}

/** Returns the names of the secrets that the policy allows, in order. */
function allowedIn({ account }: Tale): string[] {
  const documents = [...account.policies.values()].map(({ document }) => document).join();
  return [...documents.matchAll(/:secret:(\w+)-/g)].map(([, name]) => name ?? '').sort();
}
