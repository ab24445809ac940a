import { describe, expect, test } from 'vitest';
import { KEYS } from '../support/account.ts';
import { CHOICE, openAccount, Q, startWizard, type Wizard } from './wizard.ts';

/** The prompts that were answered, and the one of the plan. */
const countPrompts = (wizard: Wizard) => wizard.transcript().match(/^[✔?] /gm)?.length;

describe('the setup wizard, with the defaults', () => {
  const most = [
    { how: 'for a generated key in a real account', real: true, pasted: false, count: 7 },
    { how: 'for a pasted key in a real account', real: true, pasted: true, count: 8 },
    { how: 'for a generated key in the sandbox', real: false, pasted: false, count: 6 },
    { how: 'for a pasted key in the sandbox', real: false, pasted: true, count: 7 },
  ];

  test.concurrent.for(most)('has at most $count prompts $how', async ({ real, pasted, count }) => {
    const wizard = startWizard([], real ? { sandbox: await openAccount() } : {});
    if (real) await wizard.reply(Q.account);
    await wizard.reply(Q.region);
    await wizard.reply(Q.keyType);
    await wizard.choose(Q.keyFrom, pasted ? CHOICE.typed : CHOICE.generate);
    if (pasted) await wizard.reply(Q.key, KEYS.aes256);
    await wizard.reply(Q.secretName, 'studio-a');
    await wizard.reply(Q.names);
    await wizard.waitFor(`? ${Q.confirm}`);
    expect(countPrompts(wizard)).toBeLessThanOrEqual(count);
    await wizard.press('enter');
    expect(await wizard.exit()).toEqual({ code: 0 });
  });
});

describe('a hint', () => {
  test.concurrent('stands below its question, and goes when the question is answered', async () => {
    const wizard = startWizard([]);
    const hints: [question: string, hint: string, answer: () => Promise<void>][] = [
      [Q.region, 'The secret must be in the same Region as the flow.', () => wizard.reply(Q.region)],
      [
        Q.keyFrom,
        'Sender and receiver must use the same key.',
        () => wizard.choose(Q.keyFrom, CHOICE.generateOther),
      ],
      [Q.algorithm, 'Both ends must support it.', () => wizard.reply(Q.algorithm)],
      [Q.secretName, 'Name it after the feed, for example', () => wizard.reply(Q.secretName, 'studio-a')],
    ];
    for (const [question, hint, answer] of hints) {
      if (question === Q.keyFrom) await wizard.reply(Q.keyType);
      await wizard.waitFor(`? ${question}`);
      await wizard.waitFor(hint);
      const lines = wizard.screen().split('\n');
      const at = (text: string) => lines.findIndex((line) => line.includes(text));
      expect(at(hint)).toBeGreaterThan(at(`? ${question}`));
      await answer();
    }
    await wizard.waitFor(`? ${Q.names}`);
    for (const [, hint] of hints) expect(wizard.transcript()).not.toContain(hint);
  });
});
