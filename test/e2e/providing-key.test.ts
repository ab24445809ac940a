import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KEYS, makeSecret, REGION, readAccount } from '../support/account.ts';
import { closing } from '../support/closing.ts';
import { CHOICE, flagsWithout, openAccount, Q, STUDIO_KEY, startWizard, type Wizard } from './wizard.ts';

const key = KEYS.aes128;
const pairs = key.match(/../g) ?? [];

async function startAtKey(): Promise<Wizard> {
  const wizard = startWizard(flagsWithout('--key-env'));
  await wizard.choose(Q.keyType, 'Zixi');
  await wizard.choose(Q.keyFrom, CHOICE.typed);
  return wizard;
}

describe('a pasted static key', () => {
  test.concurrent.for([
    { notation: 'spaces around it', text: `  ${key} `, removed: '3 spaces' },
    { notation: 'spaces between pairs', text: pairs.join(' '), removed: '15 spaces' },
    { notation: 'colons between pairs', text: pairs.join(':'), removed: '15 separators' },
    { notation: '0x before it', text: `0x${key}`, removed: '1 0x prefix' },
    { notation: 'quotation marks around it', text: `"${key}"`, removed: '2 quotation marks' },
    {
      notation: '0x before each byte',
      text: pairs.map((pair) => `0x${pair}`).join(', '),
      removed: '16 0x prefixes, 15 spaces, 15 separators',
    },
  ])('is accepted with $notation, and it says what was removed', async ({ text, removed }) => {
    const sandbox = await openAccount();
    const wizard = startWizard(flagsWithout('--key-env'), { sandbox });
    await wizard.reply(Q.account);
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.typed);
    await wizard.reply(Q.key, text);
    await wizard.waitFor(`AES-128 (32 digits)`);
    await wizard.waitFor(`! Removed from the key: ${removed}.`);
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const { secrets } = await readAccount(sandbox);
    expect(secrets).toMatchObject([{ values: { AWSCURRENT: key } }]);
    expect(wizard.transcript()).not.toContain(Q.keyAgain);
  });

  test.concurrent('is refused if it has two lines, each of which could be a key', async () => {
    const wizard = startWizard(flagsWithout('--key-env'));
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.typed);
    await wizard.insist(
      Q.key,
      [[`${KEYS.aes128}\r${KEYS.other.slice(0, 32)}`, 'The key contains 1 space or tab.']],
      KEYS.aes128,
    );
    await wizard.waitFor(`? ${Q.confirm}`);
  });

  test.concurrent('is accepted as it is without a word about a repair', async () => {
    const wizard = await startAtKey();
    await wizard.reply(Q.key, key.toUpperCase());
    await wizard.waitFor(`? ${Q.confirm}`);
    expect(wizard.transcript()).not.toContain('Removed from the key');
  });

  test.concurrent('is hidden, but shows its length while the question is open', async () => {
    const wizard = await startAtKey();
    await wizard.waitFor('32, 48 or 64 hexadecimal digits. Input is hidden.');
    await wizard.type(key.slice(1));
    await wizard.waitFor(`? ${Q.key} ${'*'.repeat(31)}`);
    await wizard.waitFor('Input is hidden. 31 characters so far.');
    await wizard.type('\r');
    await wizard.waitFor('✖ The key has 31 digits');
    expect(wizard.screen()).not.toContain('so far');
  });
});

describe('a typed key', () => {
  test.concurrent('is asked for twice, and the second question stays open until both are the same', async () => {
    const wizard = await startAtKey();
    await wizard.enter(Q.key, key);
    await wizard.waitFor(`? ${Q.keyAgain}`);
    await wizard.waitFor('A typo would go unnoticed until the stream fails to decrypt.');
    for (const wrong of [key.replace('0', '1'), key.slice(1), '']) {
      await wizard.clear();
      await wizard.type(`${wrong}\r`);
      await wizard.waitFor("✖ The keys don't match. Confirm the key again, or press Esc to start over.");
      expect(wizard.screen()).toMatch(/^\? Confirm static key$/m);
    }
    // MediaConnect ignores letter case, so this is the same key.
    await wizard.type(`${key.toUpperCase()}\r`);
    await wizard.waitFor('AES-128 (32 digits)');
    await wizard.waitFor(`? ${Q.confirm}`);
  });

  test.concurrent('is asked for twice after a paste that was rejected', async () => {
    const wizard = await startAtKey();
    await wizard.reply(Q.key, key.slice(1));
    await wizard.waitFor('✖ The key has 31 digits');
    for (const digit of key) await wizard.type(digit);
    await wizard.press('enter');
    await wizard.waitFor(`? ${Q.keyAgain}`);
    expect(wizard.transcript()).not.toContain('AES-128');
  });

  test.concurrent('is asked for twice if a key that repeats itself, such as Backspace, was held', async () => {
    const wizard = await startAtKey();
    await wizard.waitFor(`? ${Q.key}`);
    for (const digit of '0123456789') await wizard.type(digit);
    await wizard.type('\x7f'.repeat(10));
    for (const digit of key) await wizard.type(digit);
    await wizard.press('enter');
    await wizard.waitFor(`? ${Q.keyAgain}`);
  });

  test.concurrent('that is an SRT password must be the same in each letter', async () => {
    const wizard = startWizard(flagsWithout('--key-env'));
    await wizard.choose(Q.keyType, 'SRT');
    await wizard.choose(Q.keyFrom, CHOICE.typed);
    await wizard.enter(Q.password, 'correct horse');
    await wizard.reply(Q.passwordAgain, 'Correct horse');
    await wizard.waitFor("✖ The keys don't match.");
    await wizard.type('correct horse\r');
    await wizard.waitFor(/^ {2}13 characters$/m);
    await wizard.waitFor(`? ${Q.confirm}`);
  });

  test.concurrent('can be generated for --algorithm only with its length', async () => {
    const wizard = startWizard([...flagsWithout('--key-env'), '--algorithm', 'aes192']);
    await wizard.waitFor(`❯ ${CHOICE.typed}`);
    expect(wizard.screen()).toContain('Generate a random key (AES-192)');
    expect(wizard.screen()).not.toMatch(/another length|AES-256/);
    await wizard.choose(Q.keyFrom, 'Generate a random key (AES-192)');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
  });
});

describe('the question for a key file', () => {
  /** A folder with key files, and the wizard at the question for one. */
  const startAtFile = async (prepare: (folder: string) => void) => {
    const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-completion-'));
    closing(() => rmSync(folder, { recursive: true }));
    prepare(folder);
    const wizard = startWizard(flagsWithout('--key-env'), { cwd: folder, env: { HOME: folder } });
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.file);
    await wizard.waitFor(`? ${Q.file}`);
    return wizard;
  };
  const give = (folder: string, name: string) =>
    writeFileSync(join(folder, name), `${key}\n`, { mode: 0o600 });

  test.concurrent('completes the path with Tab as far as it is unique', async () => {
    const wizard = await startAtFile((folder) => {
      mkdirSync(join(folder, 'keys'));
      for (const name of ['studio-a.key', 'studio-b.key', '.hidden']) give(join(folder, 'keys'), name);
    });
    const tab = async (typed: string, completed: string) => {
      await wizard.type(typed);
      await wizard.press('tab');
      await wizard.waitFor(new RegExp(`^\\? ${Q.file} ${completed}$`, 'm'));
    };
    await tab('k', 'keys/');
    await tab('', 'keys/studio-');
    await wizard.press('tab');
    await wizard.press('enter');
    await wizard.waitFor('✖ File not found');
    await tab('b', 'keys/studio-b.key');
    await wizard.press('enter');
    await wizard.waitFor(`? ${Q.confirm}`);
    expect(wizard.transcript()).toContain(`✔ ${Q.file} keys/studio-b.key`);
  });

  test.concurrent('completes a path in the home folder, and nothing for a folder that is not there', async () => {
    const wizard = await startAtFile((folder) => give(folder, 'studio-a.key'));
    await wizard.type('absent/st');
    await wizard.press('tab');
    await wizard.type('\x15~/stu');
    await wizard.press('tab');
    await wizard.waitFor(/^\? Path to the key file ~\/studio-a\.key$/m);
    await wizard.press('enter');
    await wizard.waitFor(`? ${Q.confirm}`);
  });

  test.concurrent('does not complete a name that would change the terminal', async () => {
    const wizard = await startAtFile((folder) => {
      give(folder, 'studio\x1b]0;owned\x07.key');
      give(folder, 'studio-a.key');
    });
    await wizard.type('stu');
    await wizard.press('tab');
    await wizard.waitFor(/^\? Path to the key file studio-a\.key$/m);
    await wizard.press('enter');
    await wizard.waitFor(`? ${Q.confirm}`);
    expect(wizard.raw()).not.toContain('owned');
  });

  test.concurrent('reads a named pipe once', async () => {
    let pipe = '';
    const wizard = await startAtFile((folder) => {
      pipe = join(folder, 'pipe');
      execFileSync('mkfifo', ['-m', '600', pipe]);
    });
    await wizard.type('pipe\r');
    await writeFile(pipe, key);
    await wizard.waitFor(`? ${Q.confirm}`);
  });
});

describe('the question for the name of a new secret', () => {
  test.concurrent('says at once that a name is taken, and stays open', async () => {
    const sandbox = await openAccount();
    await makeSecret(sandbox, { Name: 'theirs', SecretString: KEYS.other });
    const wizard = startWizard(flagsWithout('--secret-name'), { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    const taken = `theirs already exists in ${REGION}. Enter another name, or press Esc and use the existing secret.`;
    await wizard.insist(Q.secretName, [['theirs', taken]], 'studio-b');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    expect(wizard.transcript()).not.toContain(`✔ ${Q.secretName} theirs`);
  });

  test.concurrent('says so for a secret in any of the Regions, and for a key that is to be generated', async () => {
    const sandbox = await openAccount();
    await makeSecret(sandbox, { Name: 'theirs', region: 'eu-west-1' });
    const flags = ['--region', 'us-west-2', '--region', 'eu-west-1'];
    const wizard = startWizard([...flagsWithout('--secret-name', '--region', '--key-env'), ...flags], {
      sandbox,
    });
    await wizard.reply(Q.account);
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.generate);
    await wizard.insist(Q.secretName, [['theirs', 'theirs already exists in eu-west-1.']], 'studio-b');
    await wizard.waitFor('create secret studio-b eu-west-1');
  });

  test.concurrent('accepts a name that is taken by this very key, in either letter case', async () => {
    const sandbox = await openAccount();
    await makeSecret(sandbox, { Name: 'mine', SecretString: KEYS.aes256.toUpperCase() });
    const wizard = startWizard(flagsWithout('--secret-name'), { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await wizard.reply(Q.secretName, 'mine');
    await wizard.waitFor('= keep secret mine');
    await wizard.waitFor(`? ${Q.confirm}`);
  });

  test.concurrent('accepts a name that is taken if a flag says what is done about the key', async () => {
    const sandbox = await openAccount();
    await makeSecret(sandbox, { Name: 'theirs', SecretString: KEYS.other });
    const flags = [...flagsWithout('--secret-name'), '--existing-key', 'keep'];
    const wizard = startWizard(flags, { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await wizard.reply(Q.secretName, 'theirs');
    await wizard.waitFor('= keep secret theirs');
  });

  test.concurrent('accepts any name if the secrets may not be read', async () => {
    const sandbox = await openAccount();
    sandbox.addFault({ action: 'DescribeSecret', kind: 'access-denied' });
    const wizard = startWizard(flagsWithout('--secret-name'), { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await wizard.reply(Q.secretName, 'studio-b');
    await wizard.waitFor('create secret studio-b ');
  });

  test.concurrent('ends the run if the credentials expire while a name is checked', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard(flagsWithout('--secret-name'), { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await wizard.waitFor(`? ${Q.secretName}`);
    sandbox.addFault({ kind: 'expired-token', times: Number.POSITIVE_INFINITY });
    await wizard.type('studio-b\r');
    expect(await wizard.exit()).toEqual({ code: 4 });
    expect(wizard.transcript()).toContain('✖ The AWS credentials have expired.');
    expect(wizard.transcript()).toContain('Nothing was changed.');
  });
});
