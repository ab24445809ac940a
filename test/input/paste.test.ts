import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHOICE, flagsWithout, openAccount, Q, STUDIO_KEY, startWizard, type Wizard } from '../e2e/wizard.ts';
import { KEYS, makeSecret, readAccount } from '../support/account.ts';
import { closing } from '../support/closing.ts';
import { exhaustive } from '../support/exhaustive.ts';
import { startMangler } from './mangler.ts';
import { cases, without } from './nasty.ts';

const CLEAR_LINE = '\x15';
/** After a large paste, the wizard accepts the next key press only after a pause. */
const PAUSE_MS = 450;
const SIZES = exhaustive ? [3_000, 100_000, 1_000_000] : [1_000_000];

/** The sequences of prompts, colors and cursor movements; the program may print no others. */
const PROMPT = /\[([0-9;]*[ABCDGHJKm]|\?(25|2026)[hl]|6n)/;

/** Expects that the program printed only text, line breaks, and the sequences of prompts. */
function expectOnlyPrompts(wizard: Wizard): void {
  // A prompt beeps when there is nothing to erase.
  const rest = without(PROMPT, wizard.raw()).replaceAll('\r', '').replaceAll('\x07', '');
  const found = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u.exec(rest);
  if (found) expect.fail(JSON.stringify(rest.slice(Math.max(found.index - 60, 0), found.index + 20)));
}

/**
 * Pastes a text that is too long for any answer, and presses Enter until it is rejected: while the prompt still draws,
 * Enter counts as a part of the paste.
 */
async function flood(wizard: Wizard, text: string, refusal: string): Promise<void> {
  await wizard.paste(text);
  for (let left = 40; ; left--) {
    await sleep(PAUSE_MS);
    await wizard.press('enter');
    const refused = await wizard.waitFor(refusal, 1_500).then(
      () => true,
      () => false,
    );
    if (refused) return;
    if (left === 0) expect.fail(wizard.screen());
  }
}

describe('a question, when a whole file is pasted', () => {
  test.concurrent.each(SIZES)(
    'rejects it as a name, and does not use it for later questions (%i characters)',
    async (size) => {
      const wizard = startWizard(flagsWithout('--secret-name', '--role-name'), { env: STUDIO_KEY });
      await wizard.waitFor(`? ${Q.secretName}`);
      await flood(wizard, `${'studio-a/'.repeat(200)}\r\r`.repeat(size / 1_802), '✖ The name must be');
      expect(wizard.transcript()).not.toContain(Q.names);
      await wizard.type(`${CLEAR_LINE}studio-b\r`);
      await wizard.reply(Q.names);
      await wizard.waitFor('create secret studio-b');
      expectOnlyPrompts(wizard);
    },
    120_000,
  );

  test.concurrent.each(SIZES)(
    'rejects it as a key, and never shows it (%i characters)',
    async (size) => {
      const wizard = startWizard(flagsWithout('--key-env'));
      await wizard.choose(Q.keyType, 'Zixi');
      await wizard.choose(Q.keyFrom, CHOICE.typed);
      await wizard.waitFor(`? ${Q.key}`);
      await flood(wizard, KEYS.other.repeat(Math.ceil(size / 64)), '✖ The key');
      // The marks of a bracketed paste are not part of the key.
      await wizard.type(`\x1b[200~${KEYS.aes128}\x1b[201~\r`);
      await wizard.waitFor('AES-128 (32 digits)');
      expect(wizard.raw()).not.toContain(KEYS.other.slice(0, 12));
      expectOnlyPrompts(wizard);
    },
    120_000,
  );
});

test.concurrent('the question for a name rejects any harmful text, and then accepts a valid name', async () => {
  const sandbox = await openAccount();
  const wizard = startWizard(flagsWithout('--secret-name'), { sandbox, env: STUDIO_KEY });
  await wizard.reply(Q.account);
  await wizard.waitFor(`? ${Q.secretName}`);
  // Without ^C, ^D, Enter and Tab, which leave, answer or complete, and without sequences that never end.
  const unit = fc.constantFrom(
    ...[
      '\x1b[2J',
      '\x1b]0;owned\x07',
      '\x1b]52;c;ZXZpbA==\x07',
      '\x1bc',
      '\x9b31m',
      '\x85',
      '\x00',
      '\x01',
      '\x7f',
      '\u202e',
      '\u2066',
    ],
    ...[
      '\u200b',
      '鍵',
      '🔑',
      'é',
      ' ',
      "'; touch owned; '",
      '\x1b[200~a b\x1b[201~',
      '\x1b[A',
      '\x1b[200~',
      '\\',
    ],
  );
  const texts = fc.array(unit, { minLength: 1, maxLength: 5 }).map((parts) => `${parts.join('')}!`);
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      await wizard.clear();
      await wizard.type(text);
      await sleep(50);
      await wizard.type('\r');
      await wizard.waitFor('✖ The name must be');
      expectOnlyPrompts(wizard);
    }),
    { ...cases(2, 40), endOnFailure: true },
  );
  await wizard.type(CLEAR_LINE);
  await wizard.type('studio-b\r');
  await wizard.choose(Q.confirm, 'Yes');
  expect(await wizard.exit()).toEqual({ code: 0 });
  expect((await readAccount(sandbox)).secrets.map(({ name }) => name)).toEqual(['studio-b']);
});

test.concurrent('the questions show names, descriptions and ARNs of existing resources harmlessly', async () => {
  const mangler = await startMangler();
  closing(() => mangler.close());
  await makeSecret(mangler.sandbox, { Name: 'theirs', Description: 'x' });
  const evil = '\x1b[2J\x1b]0;owned\x07\x1b]8;;http://evil.invalid/\x1b\\\x9b31m\u202eolleh\r\b\x00';
  mangler.spoil(['ARN', 'Name', 'Description'].map((member) => ({ member, change: { append: evil } })));
  const wizard = startWizard(['--region', 'us-west-2'], { sandbox: 'none', env: mangler.env });
  await wizard.reply(Q.account);
  await wizard.choose(Q.keyType, 'Zixi');
  await wizard.choose(Q.keyFrom, CHOICE.existing);
  await wizard.waitFor('❯ theirs');
  await wizard.waitFor('olleh');
  expectOnlyPrompts(wizard);
  wizard.kill();
});
