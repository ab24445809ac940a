import type { ChildProcess } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Fault, Sandbox } from '../../src/sandbox/index.ts';
import { readAccount } from '../support/account.ts';
import { exhaustive } from '../support/exhaustive.ts';
import { inAccount, type Played, play } from './playing.ts';
import { STORIES, type Story } from './stories.ts';

const story = firstOf(STORIES);

function firstOf([first]: readonly Story[]): Story {
  if (!first) throw new Error('there is no story');
  return first;
}

/** Plays the first story and interrupts the program when the fault strikes. */
async function interruptAt(sandbox: Sandbox, fault: Fault): Promise<Played> {
  let child: ChildProcess | undefined;
  sandbox.addFault({ ...fault, onStrike: () => child?.kill('SIGINT') });
  return play(story, sandbox, {
    onStart: (started) => {
      child = started;
    },
  });
}

describe.concurrent('setup that is interrupted during a change', () => {
  test('exits at once with nothing changed when AWS throttles', () =>
    inAccount(story, async (sandbox) => {
      const began = performance.now();
      const { code, json, stderr } = await interruptAt(sandbox, {
        action: 'CreateSecret',
        kind: 'throttle',
        times: Number.POSITIVE_INFINITY,
      });
      expect(code).toBe(130);
      expect(json.error).toEqual({ code: 'interrupted', message: 'Interrupted.' });
      expect(stderr).toContain('Nothing was changed.');
      // Eight tries with their pauses would take a minute.
      expect(performance.now() - began).toBeLessThan(10_000);
      expect((await readAccount(sandbox)).secrets).toEqual([]);
    }));

  test('says that the change may have been made when its answer is lost', () =>
    inAccount(story, async (sandbox) => {
      const { code, json, stderr } = await interruptAt(sandbox, { action: 'CreateRole', kind: 'drop-after' });
      expect(code).toBe(130);
      expect(json.error).toMatchObject({ code: 'interrupted', awsAction: 'iam:CreateRole' });
      expect(stderr).toContain('The last change (iam:CreateRole) may have gone through');
      expect((await readAccount(sandbox)).roles).toHaveLength(1);
    }));
});

describe.concurrent('setup that waits for AWS', () => {
  test('says for what, for how long so far, and for how long at most', () =>
    inAccount(story, async (sandbox) => {
      sandbox.addFault({ action: 'CreatePolicy', kind: 'delay', delayMs: 4_500 });
      const { code, stderr } = await play(story, sandbox);
      expect(code).toBe(0);
      expect(stderr).toMatch(/^Waiting for AWS to respond to iam:CreatePolicy \([34] s, up to 120 s\)$/m);
    }));

  test.runIf(exhaustive)('fails with the limit in its message when AWS never answers', () =>
    inAccount(story, async (sandbox) => {
      sandbox.addFault({ action: 'CreateRole', kind: 'hang', times: Number.POSITIVE_INFINITY });
      const began = performance.now();
      const { code, json } = await play(story, sandbox, { timeoutMs: 200_000 });
      expect(performance.now() - began).toBeLessThan(140_000);
      expect(code).toBe(1);
      expect(json.error.message).toMatch(
        /^The endpoint http:\S+ \(\S+\) did not answer iam:CreateRole in 120 s\.$/,
      );
      expect(json.completed.policies).toHaveLength(1);
    }),
  );
});
