import { describe, expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { exhaustive } from '../support/exhaustive.ts';
import { actionsIn, type PrintedPolicy, printedPolicy, without } from '../support/permissions.ts';
import { type SetupResult, setUp } from '../support/setup.ts';
import { optionsFor, STORIES, type Story } from './stories.ts';

/** Plays a story by someone who has the policy that `permissions setup` prints for it, or what `change` makes of it. */
async function play(
  { prepare, wishes }: Story,
  change = (policy: PrintedPolicy) => policy,
): Promise<SetupResult & { policy: PrintedPolicy }> {
  const sandbox = await startSandbox();
  try {
    const asked = { ...wishes, ...(await prepare?.(sandbox)) };
    const policy = await printedPolicy(sandbox, 'setup', optionsFor(asked));
    const credentials = sandbox.credentialsFor(change(policy));
    return { policy, ...(await setUp(sandbox, asked, credentials)) };
  } finally {
    await sandbox.close();
  }
}

/** Secrets Manager does not say which of its two permissions on a KMS key is lacking. */
const namesFor = (action: string) =>
  action.startsWith('kms:') ? ['kms:GenerateDataKey', 'kms:Decrypt'] : [action];

describe('with exactly the policy that permissions setup prints, setup does', () => {
  const printed = new Set<string>();

  test.each(STORIES)('$name', async (story) => {
    const { code, json, policy } = await play(story);
    expect(json.error).toBeUndefined();
    expect(code).toBe(0);
    for (const action of actionsIn(policy)) printed.add(action);
  });

  test('and no action is printed that no story below needs', () => {
    expect([...printed].sort()).toEqual(STORIES.flatMap(({ shows }) => shows).sort());
  });
});

describe('without one action of that policy, setup ends with 4 and names it:', () => {
  const cases = STORIES.flatMap((story) => story.shows.map((action) => ({ action, story })));

  test.each(cases)('$action, for $story.name', async ({ action, story }) => {
    const { code, json, log } = await play(story, (policy) => without(action, policy));
    expect(json.error).toMatchObject({ code: 'access-denied', awsAction: expect.any(String) });
    expect(namesFor(action)).toContain(json.error.awsAction);
    expect(log).toContain(action);
    expect(code).toBe(4);
  });
});

describe.runIf(exhaustive)('without any one action of the policy of any story, setup', () => {
  test.each(STORIES)('does $name, or ends with 4 and names the action', async (story) => {
    const { policy } = await play(story);
    for (const action of actionsIn(policy)) {
      const { code, json } = await play(story, (whole) => without(action, whole));
      if (code === 0) continue;
      expect([action, code]).toEqual([action, 4]);
      expect(namesFor(action)).toContain(json.error.awsAction);
    }
  });
});
