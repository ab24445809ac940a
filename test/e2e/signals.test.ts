import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Fault, Sandbox } from '../../src/sandbox/index.ts';
import { readAccount, writesTo } from '../support/account.ts';
import { closing } from '../support/closing.ts';
import { flagsWithout, openAccount, Q, STUDIO_KEY, shown, startWizard, type Wizard } from './wizard.ts';

const STOPPING = 'Stopping after the current change. Press Ctrl-C again to stop immediately.';
const EXISTS_SECRET =
  /Changed so far: arn:\S+:secret:studio-a-\S+ \(created\) To continue, run the same command again./;

/** Waits until the account has received a request. The answer can come much later. */
const asksFor = (sandbox: Sandbox, action: string) =>
  vi.waitFor(() => expect(sandbox.requests.map((request) => request.action)).toContain(action), 5_000);

const slow = (action: string, delayMs: number): Fault => ({ action, kind: 'delay', delayMs });

function hasTheCursorBack(wizard: Wizard): void {
  const [shownAt, hiddenAt] = ['\x1b[?25h', '\x1b[?25l'].map((sequence) =>
    wizard.raw().lastIndexOf(sequence),
  );
  expect(shownAt).toBeGreaterThan(hiddenAt ?? -1);
}

/** Starts a run in a terminal and returns it while CreateSecret, which takes this long, is under way. */
async function whileStoring(sandbox: Sandbox, delayMs: number): Promise<Wizard> {
  sandbox.addFault(slow('CreateSecret', delayMs));
  const wizard = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY, signalled: true });
  await wizard.reply(Q.account);
  await wizard.choose(Q.confirm, 'Yes');
  await asksFor(sandbox, 'CreateSecret');
  return wizard;
}

describe('setup that is stopped during a change', () => {
  test.concurrent.for([
    { how: 'Ctrl-C', stop: (wizard: Wizard) => wizard.press('ctrl-c'), code: 130 },
    { how: 'SIGTERM', stop: (wizard: Wizard) => wizard.signal('SIGTERM'), code: 143 },
  ])(
    'finishes the change on $how and reports what exists; the next run completes the setup',
    async ({ stop, code }) => {
      const sandbox = await openAccount();
      const wizard = await whileStoring(sandbox, 700);
      await stop(wizard);
      await wizard.waitFor(STOPPING);
      expect(await wizard.exit()).toEqual({ code });
      expect(shown(wizard)).toMatch(EXISTS_SECRET);
      hasTheCursorBack(wizard);
      expect(writesTo(sandbox)).toEqual(['secretsmanager:CreateSecret']);
      const { secrets } = await readAccount(sandbox);
      expect(shown(wizard)).toContain(`${secrets[0]?.arn} (created)`);

      const again = startWizard([...flagsWithout(), '--yes'], { sandbox, env: STUDIO_KEY });
      expect(await again.exit()).toEqual({ code: 0 });
      const { roles, ...rest } = await readAccount(sandbox);
      expect(rest.secrets).toEqual(secrets);
      expect(roles).toMatchObject([{ name: 'MediaConnect-Keys', attached: ['ReadKeys'] }]);
    },
  );

  test.concurrent('exits at once on a second Ctrl-C and says that the change may have been made', async () => {
    const sandbox = await openAccount();
    const wizard = await whileStoring(sandbox, 30_000);
    await wizard.press('ctrl-c');
    await wizard.waitFor(STOPPING);
    await wizard.press('ctrl-c');
    expect(await wizard.exit()).toEqual({ code: 130 });
    expect(shown(wizard)).toContain('The last change (secretsmanager:CreateSecret) may have gone through.');
    hasTheCursorBack(wizard);
  });

  test.concurrent('prints one JSON document with --json', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-signals-'));
    closing(() => rmSync(folder, { recursive: true }));
    const sandbox = await openAccount();
    sandbox.addFault(slow('CreatePolicy', 700));
    const flags = [...flagsWithout(), '--yes', '--json'];
    const redirect = `> ${join(folder, 'out.json')}`;
    const wizard = startWizard(flags, { sandbox, env: STUDIO_KEY, signalled: true, redirect });
    await asksFor(sandbox, 'CreatePolicy');
    wizard.signal('SIGTERM');
    expect(await wizard.exit()).toEqual({ code: 143 });
    const document = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'));
    expect(document).toMatchObject({
      error: { code: 'interrupted' },
      completed: {
        secrets: [{ name: 'studio-a', action: 'created' }],
        policies: [{ name: 'ReadKeys', action: 'created' }],
      },
    });
    expect(document.completed.role).toBeUndefined();
  });
});

describe('setup that is stopped between changes', () => {
  test.concurrent('exits at once and changes nothing while it waits for an answer', async () => {
    const sandbox = await openAccount();
    sandbox.addFault({ action: 'GetCallerIdentity', kind: 'hang' });
    const wizard = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY });
    await asksFor(sandbox, 'GetCallerIdentity');
    await wizard.press('ctrl-c');
    expect(await wizard.exit()).toEqual({ code: 130 });
    expect(shown(wizard)).toContain('Interrupted. Nothing was changed.');
    hasTheCursorBack(wizard);
  });

  test.concurrent('exits at once and reports what exists while it waits for IAM', async () => {
    const sandbox = await openAccount({ iamPropagationMs: 30_000 });
    const wizard = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await wizard.choose(Q.confirm, 'Yes');
    await wizard.waitFor(/Waiting for .* s, up to 60 s\)/);
    await wizard.press('ctrl-c');
    expect(await wizard.exit()).toEqual({ code: 130 });
    expect(shown(wizard)).toMatch(
      /Changed so far: .*:secret:studio-a-\S+ \(created\) .*:policy\/ReadKeys \(created\)/,
    );
    hasTheCursorBack(wizard);
  });

  test.concurrent.for([
    { signal: 'SIGTERM', code: 143 },
    { signal: 'SIGINT', code: 130 },
  ] as const)('exits and changes nothing on $signal at a question', async ({ signal, code }) => {
    const wizard = startWizard(flagsWithout(), { env: STUDIO_KEY, signalled: true });
    await wizard.waitFor(`? ${Q.confirm}`);
    wizard.signal(signal);
    expect(await wizard.exit()).toEqual({ code });
    expect(shown(wizard)).toContain('Interrupted. Nothing was changed.');
    hasTheCursorBack(wizard);
  });
});
