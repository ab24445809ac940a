import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { KEYS, readAccount } from '../support/account.ts';
import { flagsWithout, openAccount, Q, type Refused, STUDIO_KEY, startWizard } from './wizard.ts';

const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-nonsense-'));
afterAll(() => rmSync(folder, { recursive: true }));

const looksLikeKey =
  'The name looks like a key. Keys are given with --key-file, --key-env or in the wizard, never as a name.';
const nameOf = (characters: string) => `The name takes 1 to ${characters} and nothing else.`;

describe('setup in a terminal', () => {
  test.concurrent('rejects an invalid name or description with the reason, and asks again', async () => {
    const sandbox = await openAccount();
    const names = flagsWithout('--secret-name', '--policy-name', '--role-name', '--role-description');
    const wizard = startWizard(names, { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    const secretName = nameOf('512 letters, digits or the characters /_+=.@-');
    await wizard.insist(
      Q.secretName,
      [
        ['   ', secretName],
        ['x'.repeat(513), secretName],
        ['studio\x1b]0;owned\x07 a', secretName],
        [KEYS.aes128, looksLikeKey],
        [KEYS.other, looksLikeKey],
        // The first backspace clears the default, and an empty name is invalid.
        ['\x7f', secretName],
      ],
      'studio-a',
    );
    const policyName = nameOf('128 letters, digits or the characters +=,.@_-');
    const wrongPolicies: Refused[] = [
      ['studio/a', policyName],
      [KEYS.aes256, looksLikeKey],
    ];
    await wizard.insist(Q.policyName, wrongPolicies, 'ReadKeys');
    const wrongRoles: Refused[] = [
      ['x'.repeat(65), nameOf('64 letters, digits or the characters +=,.@_-')],
      ['mediaconnectACCESSrole', 'The name must not be MediaConnectAccessRole'],
    ];
    await wizard.insist(Q.roleName, wrongRoles, 'Keys-For-MediaConnect');
    const wrongDescriptions: Refused[] = [
      ['キー', 'The description takes at most 1,000 characters'],
      ['x'.repeat(1001), 'The description takes at most 1,000 characters'],
    ];
    await wizard.insist(Q.roleDescription, wrongDescriptions, 'Clés');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const { secrets, policies, roles } = await readAccount(sandbox);
    expect([...secrets, ...policies, ...roles].map(({ name }) => name)).toEqual([
      'studio-a',
      'ReadKeys',
      'Keys-For-MediaConnect',
    ]);
    expect(roles).toMatchObject([{ description: 'Clés' }]);
    for (const key of Object.values(KEYS)) expect(wizard.raw()).not.toContain(key.slice(0, 12));
    expect(wizard.raw()).not.toContain('\x1b]0;owned');
  });

  test.concurrent('rejects an unknown Region, but accepts one that is only missing from its list', async () => {
    const wizard = startWizard(flagsWithout('--region'), { env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await wizard.reply(Q.region, 'atlantis');
    await wizard.waitFor('No results found');
    await wizard.type('\x15mx-central-1');
    await wizard.waitFor('❯ mx-central-1 (not in the list)');
    await wizard.press('enter');
    await wizard.reply(Q.anotherRegion);
    await wizard.waitFor('create secret studio-a (mx-central-1)');
  });

  const wrongKeys: [string, string][] = [
    ['', 'The key is empty. Give the whole key.'],
    ['      ', 'The key is empty.'],
    [`${KEYS.aes128.slice(0, -1)}g`, 'not hexadecimal (0-9, a-f), the first at position 32.'],
    [KEYS.aes128.slice(1), 'The key has 31 hexadecimal digits, an odd number'],
    [KEYS.aes256.repeat(2), 'The key has 128 hexadecimal digits. It takes 32 for aes128'],
    [`0x${KEYS.aes128}`, 'The key begins with 0x. Give only the digits after it.'],
    [`"${KEYS.aes128}"`, 'The key has quotation marks around it.'],
    [`{"key":"${KEYS.aes128}"}`, 'The key is JSON'],
  ];

  test.concurrent('rejects an invalid key with the reason, and asks again', async () => {
    const wizard = startWizard(flagsWithout('--key-env'));
    await wizard.reply(Q.account);
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, 'I paste or type it');
    for (const [key, sentence] of wrongKeys) {
      await wizard.reply(Q.key, key);
      await wizard.waitFor(sentence);
    }
    await wizard.reply(Q.key, KEYS.aes128);
    await wizard.reply(Q.keyAgain, KEYS.aes128.replace('0', '1'));
    await wizard.waitFor('The two differ. Give the key again from the beginning.');
    // MediaConnect ignores letter case, but the key is stored as typed, so a difference is a typing mistake.
    await wizard.reply(Q.key, KEYS.aes128);
    await wizard.reply(Q.keyAgain, KEYS.aes128.toUpperCase());
    await wizard.waitFor('The two differ. Give the key again from the beginning.');
    await wizard.reply(Q.key, `${KEYS.aes192}\r${KEYS.aes192}`);
    await wizard.reply(Q.keyAgain, KEYS.aes192);
    await wizard.waitFor('48 hexadecimal digits: aes192.');
    await wizard.waitFor(`? ${Q.confirm}`);
    for (const key of [KEYS.aes128, KEYS.aes128.toUpperCase()]) {
      expect(wizard.raw()).not.toContain(key.slice(0, 12));
      expect(wizard.raw()).not.toContain(key.slice(-12));
    }
  });

  test.concurrent('rejects a key whose length does not match --algorithm', async () => {
    const wizard = startWizard([...flagsWithout('--key-env'), '--algorithm', 'aes256']);
    await wizard.reply(Q.account);
    await wizard.choose(Q.keyFrom, 'I paste or type it');
    await wizard.reply(Q.key, KEYS.aes128);
    await wizard.waitFor('The key has 32 hexadecimal digits, but aes256 takes 64.');
    await wizard.waitFor(/\? Key$/);
  });

  test.concurrent('rejects an unusable key file and asks for the key source again', async () => {
    const write = (name: string, text: string, mode = 0o600) =>
      writeFileSync(join(folder, name), text, { mode });
    write('bad.key', `${KEYS.aes256.slice(1)}\n`);
    write('studio.key', `${KEYS.aes256}\n`, 0o644);
    const wizard = startWizard(flagsWithout('--key-env'), { cwd: folder, env: { HOME: folder } });
    await wizard.reply(Q.account);
    await wizard.choose(Q.keyType, 'Zixi');
    const file = () => wizard.choose(Q.keyFrom, 'From a file');
    await file();
    const noPaths: Refused[] = [
      ['', 'It holds the key and nothing else.'],
      [KEYS.aes256, 'This looks like the key itself.'],
    ];
    await wizard.insist(Q.file, noPaths, 'absent.key');
    await wizard.waitFor('there is no file of that name');
    await file();
    await wizard.reply(Q.file, '.');
    await wizard.waitFor('. is a folder');
    await file();
    await wizard.reply(Q.file, 'bad.key');
    await wizard.waitFor('The key has 63 hexadecimal digits');
    await file();
    await wizard.reply(Q.file, '~/studio.key');
    await wizard.waitFor('! Other users of this machine can read');
    await wizard.waitFor(`? ${Q.confirm}`);
    expect(wizard.raw()).not.toContain(KEYS.aes256.slice(-12));
  });
});
