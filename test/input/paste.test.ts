import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flagsWithout, openAccount, Q, STUDIO_KEY, startWizard, type Wizard } from '../e2e/wizard.ts';
import { KEYS, makeSecret, readAccount } from '../support/account.ts';
import { closing } from '../support/closing.ts';
import { exhaustive } from '../support/exhaustive.ts';
import { startMangler } from './mangler.ts';
import { cases, without } from './nasty.ts';

const CLEAR_LINE = '\x15';
/** After a flood the wizard takes the next key only when it has been quiet for a moment. */
const PAUSE_MS = 450;
const SIZES = exhaustive ? [3_000, 100_000, 1_000_000] : [1_000_000];

/** What prompts, colors and cursor movements are made of; nothing else may come out of the program. */
const PROMPT = /\[([0-9;]*[ABCDGHJKm]|\?(25|2026)[hl]|6n)/;

/** Expects that of what was written only a prompt's own sequences, and line breaks, are no text. */
function expectOnlyPrompts(wizard: Wizard): void {
  // A prompt beeps when there is nothing to erase.
  const rest = without(PROMPT, wizard.raw()).replaceAll('\r', '').replaceAll('\x07', '');
  const found = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u.exec(rest);
  if (found) expect.fail(JSON.stringify(rest.slice(Math.max(found.index - 60, 0), found.index + 20)));
}

/**
 * Pastes more than any answer has, and presses Enter until it is refused: while the prompt still draws what came through,
 * Enter counts as a part of the flood.
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

describe('the wrong file pasted', () => {
  test.concurrent.each(SIZES)(
    '(%i characters) into a name is refused, and answers no later question',
    async (size) => {
      const wizard = startWizard(flagsWithout('--secret-name', '--role-description'), { env: STUDIO_KEY });
      await wizard.reply(Q.account);
      await wizard.waitFor(`? ${Q.secretName}`);
      await flood(wizard, `${'studio-a/'.repeat(200)}\r\r`.repeat(size / 1_802), '> The name takes');
      expect(wizard.transcript()).not.toContain(Q.roleDescription);
      await wizard.type(`${CLEAR_LINE}studio-b\r`);
      await wizard.reply(Q.roleDescription);
      await wizard.waitFor('create secret studio-b');
      expectOnlyPrompts(wizard);
    },
    120_000,
  );

  test.concurrent.each(SIZES)(
    '(%i characters) for a key is refused, and never shown',
    async (size) => {
      const wizard = startWizard(flagsWithout('--key-env'));
      await wizard.reply(Q.account);
      await wizard.choose(Q.keyType, 'Zixi');
      await wizard.choose(Q.keyFrom, 'I paste or type it');
      await wizard.waitFor(`? ${Q.key}`);
      await flood(wizard, KEYS.other.repeat(Math.ceil(size / 64)), '✖ The key');
      // A terminal marks what is pasted; the marks are no part of the key.
      await wizard.reply(Q.key, `\x1b[200~${KEYS.aes128}\x1b[201~`);
      await wizard.reply(Q.keyAgain, KEYS.aes128);
      await wizard.waitFor('32 hexadecimal digits: aes128.');
      expect(wizard.raw()).not.toContain(KEYS.other.slice(0, 12));
      expectOnlyPrompts(wizard);
    },
    120_000,
  );
});

test.concurrent('any text pasted as a name is refused or cleaned, and the right answer after it is taken', async () => {
  const sandbox = await openAccount();
  const wizard = startWizard(flagsWithout('--secret-name'), { sandbox, env: STUDIO_KEY });
  await wizard.reply(Q.account);
  await wizard.waitFor(`? ${Q.secretName}`);
  // Without what a keyboard sends to leave, to answer or to complete: ^C, ^D, Enter and Tab, and the beginning of one that never ends.
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
      await wizard.type(`${CLEAR_LINE}${text}`);
      await sleep(50);
      await wizard.type('\r');
      await wizard.waitFor('> The name takes');
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

test.concurrent('names, descriptions and ARNs of what exists are shown harmless in the questions', async () => {
  const mangler = await startMangler();
  closing(() => mangler.close());
  await makeSecret(mangler.sandbox, { Name: 'theirs', Description: 'x' });
  const evil = '\x1b[2J\x1b]0;owned\x07\x1b]8;;http://evil.invalid/\x1b\\\x9b31m\u202eolleh\r\b\x00';
  mangler.spoil(['ARN', 'Name', 'Description'].map((member) => ({ member, change: { append: evil } })));
  const wizard = startWizard(['--region', 'us-west-2'], { sandbox: 'none', env: mangler.env });
  await wizard.reply(Q.account);
  await wizard.choose(Q.newOrExisting, 'Use a secret that exists');
  await wizard.waitFor('❯ theirs');
  await wizard.waitFor('olleh');
  expectOnlyPrompts(wizard);
  wizard.kill();
});
