import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AccessJudge } from './judges/policies.ts';
import { playStory, type Tale } from './play.ts';
import { warmUp } from './shard.ts';
import { FOUND } from './stories/found.ts';
import { storyLines, violationLines } from './stories/print.ts';
import { storyOf } from './stories/shrink.ts';
import type { Story } from './stories/story.ts';
import type { Snapshot } from './world/snapshot.ts';
import { installTime } from './world/virtual-time.ts';

/** `npm run simulate` plays other stories, and more of them. */
const SEED = 14;
const STORIES = 200;
const ON_THE_WIRE = 8;

const judge = new AccessJudge();
let restore: () => void = () => undefined;

beforeAll(async () => {
  await warmUp();
  restore = installTime();
  // The SDK loads some modules with its first requests, which would be too late for the story.
  await playStory(storyOf(SEED, 0).value, { judge, wire: true });
});
afterAll(() => restore());

describe('random stories, with concurrent commands and faults', () => {
  test(`break no rule (${STORIES} stories)`, async () => {
    for (let number = 0; number < STORIES; number += 1) {
      const { value: story } = storyOf(SEED, number);
      expectWell(story, await playStory(story, { judge }), number);
    }
  });

  test('have the same end each time they are played', async () => {
    for (const number of [3, 7, 11]) {
      const { value: story } = storyOf(SEED, number);
      const [first, second] = [await playStory(story, { judge }), await playStory(story, { judge })];
      expect(second.account).toEqual(first.account);
      expect(logsOf(second)).toEqual(logsOf(first));
    }
  });

  test(`have the same end with the SDK's own clients (${ON_THE_WIRE} stories)`, async () => {
    for (let number = 0; number < ON_THE_WIRE; number += 1) {
      const { value: story } = storyOf(SEED, number);
      const light = await playStory(story, { judge });
      const wire = await playStory(story, { judge, wire: true });
      const told = storyLines(story).join('\n');
      expect([told, codesOf(wire)]).toEqual([told, codesOf(light)]);
      expect([told, comparable(wire.account)]).toEqual([told, comparable(light.account)]);
    }
  });
});

describe('a story that has found a bug', () => {
  for (const { title, story } of FOUND) {
    test(title, async () => expectWell(story, await playStory(story, { judge })));
  }
});

function expectWell(story: Story, { violations }: Tale, number = 0): void {
  const lines = violations.length === 0 ? [] : [...storyLines(story), ...violations.flatMap(violationLines)];
  if (lines.length > 0) throw new Error([`story ${number}`, ...lines].join('\n'));
}

function codesOf({ played }: Tale) {
  return played.map(({ run }) => [
    run.name,
    run.state,
    run.code,
    run.writes.map(({ name, refused = false }) => [name, refused]),
  ]);
}

function logsOf({ played }: Tale): string[] {
  return played.map(({ run }) => run.log);
}

/** Returns an account without its random parts: version IDs and ARN suffixes. */
function comparable({ policies, roles, secrets }: Snapshot): unknown {
  const withoutIds = {
    policies: [...policies].map(([arn, { id: _id, versions, ...policy }]) => [
      arn,
      { ...policy, versions: [...versions] },
    ]),
    roles: [...roles].map(([key, { id: _id, ...role }]) => [key, role]),
    secrets: [...secrets].map(([arn, { versions, ...secret }]) => [
      arn,
      { ...secret, versions: [...versions.values()] },
    ]),
  };
  return JSON.parse(JSON.stringify(withoutIds).replace(/(:secret:[^"]+?)-[A-Za-z0-9]{6}(?=")/g, '$1-??????'));
}
