import { describe, expect, test } from 'vitest';
import type { PermissionCommand } from '../../../src/commands/permissions/needs/index.ts';
import { type Sandbox, type SandboxCredentials, startSandbox } from '../../../src/sandbox/index.ts';
import { exhaustive } from '../../support/exhaustive.ts';
import { actionsIn, type PrintedPolicy, printedPolicy, without } from '../../support/runs/permissions.ts';
import { rotate } from '../../support/runs/rotate.ts';
import { setUp } from '../../support/runs/setup.ts';
import { tearDown } from '../../support/runs/teardown.ts';
import { ROTATE, TEARDOWN } from './later-stories.ts';
import { SETUP } from './setup-stories.ts';
import { optionsFor, type Story, type StoryWishes } from './stories.ts';

type Command = Extract<PermissionCommand, 'setup' | 'rotate' | 'teardown'>;

/** Runs each command with the given credentials. */
const RUNS = {
  setup: setUp,
  rotate: (sandbox: Sandbox, wishes: StoryWishes, credentials: SandboxCredentials) =>
    rotate(sandbox, wishes, { credentials }),
  teardown: (sandbox: Sandbox, wishes: StoryWishes, credentials: SandboxCredentials) =>
    tearDown(sandbox, wishes, { credentials }),
};

/** A prepared story that can run with any policy. */
interface Scene {
  /** What `permissions` prints for it. */
  policy: PrintedPolicy;
  run(policy: PrintedPolicy): Promise<{ code: number; json: { error: object }; log: string }>;
}

async function play(
  command: Command,
  { prepare, wishes, told }: Story,
  go: (scene: Scene) => Promise<void>,
): Promise<void> {
  const sandbox = await startSandbox();
  try {
    const ofSetup = command === 'setup' ? { region: ['us-west-2'] } : {};
    const asked = { ...wishes, ...(await prepare?.(sandbox)) };
    const policy = await printedPolicy(sandbox, command, optionsFor({ ...ofSetup, ...asked, ...told }));
    const run: Scene['run'] = (allowed) => RUNS[command](sandbox, asked, sandbox.credentialsFor(allowed));
    await go({ policy, run });
  } finally {
    await sandbox.close();
  }
}

/** Secrets Manager does not say which of its two permissions on a KMS key is missing. */
const namesFor = (action: string) =>
  action.startsWith('kms:') ? /^kms:(GenerateDataKey|Decrypt)$/ : new RegExp(`^${action}$`);

const denied = (action: string) => ({
  code: 'access-denied',
  awsAction: expect.stringMatching(namesFor(action)),
});

describe.each<[Command, Story[]]>([
  ['setup', SETUP],
  ['rotate', ROTATE],
  ['teardown', TEARDOWN],
])('%s', (command, stories) => {
  const printed = new Set<string>();

  test.each(stories)('works with exactly the policy that permissions prints: $name', (story) =>
    play(command, story, async ({ policy, run }) => {
      const { code, json } = await run(policy);
      expect([code, json.error]).toEqual([0, undefined]);
      for (const action of actionsIn(policy)) printed.add(action);
    }),
  );

  test('gets no action in these policies that no story needs', () => {
    const shown = new Set(stories.flatMap(({ shows }) => shows));
    expect([...printed].sort()).toEqual([...shown].sort());
  });

  const showing = stories.filter(({ shows }) => shows.length > 0);
  test.each(showing)('ends with exit code 4 and names the missing action: $name', (story) =>
    play(command, story, async ({ policy, run }) => {
      for (const action of story.shows) {
        const { code, json, log } = await run(without(action, policy));
        expect([action, code, json.error]).toEqual([action, 4, expect.objectContaining(denied(action))]);
        expect(log).toContain(action);
      }
    }),
  );

  test.runIf(exhaustive).each(stories)('works without an action, or names it: $name', async (story) => {
    const actions: string[] = [];
    await play(command, story, async ({ policy }) => void actions.push(...actionsIn(policy)));
    for (const action of actions) {
      await play(command, story, async ({ policy, run }) => {
        const { code, json } = await run(without(action, policy));
        if (code !== 0)
          expect([action, code, json.error]).toEqual([action, 4, expect.objectContaining(denied(action))]);
      });
    }
  });
});
