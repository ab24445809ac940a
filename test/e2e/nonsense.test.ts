import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { KEYS, readAccount } from '../support/account.ts';
import { CHOICE, flagsWithout, openAccount, Q, type Refused, STUDIO_KEY, startWizard } from './wizard.ts';

const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-nonsense-'));
afterAll(() => rmSync(folder, { recursive: true }));

const looksLikeKey = 'The name looks like a key. Enter keys only at the key prompt.';
const nameOf = (characters: string) => `The name must be 1–${characters} only.`;

describe('setup in a terminal', () => {
  test.concurrent('rejects an invalid name with the reason, and keeps the question open', async () => {
    const sandbox = await openAccount();
    const names = flagsWithout('--secret-name', '--policy-name', '--role-name');
    const wizard = startWizard(names, { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    const secretName = nameOf('512 characters: letters, digits and /_+=.@-');
    await wizard.insist(
      Q.secretName,
      [
        ['   ', secretName],
        ['x'.repeat(513), secretName],
        ['studio\x1b]0;owned\x07 a', secretName],
        [KEYS.aes128, looksLikeKey],
        [KEYS.other, looksLikeKey],
        // There is no default.
        ['', 'Enter a name.'],
      ],
      'studio-a',
    );
    const policyName = nameOf('128 characters: letters, digits and +=,.@_-');
    const wrongPolicies: Refused[] = [
      ['studio/a', policyName],
      [KEYS.aes256, looksLikeKey],
    ];
    await wizard.choose(Q.names, 'Change the policy name');
    await wizard.insist(Q.policyName, wrongPolicies, 'ReadKeys');
    const wrongRoles: Refused[] = [
      ['x'.repeat(65), nameOf('64 characters: letters, digits and +=,.@_-')],
      ['mediaconnectACCESSrole', "The name can't be MediaConnectAccessRole"],
    ];
    await wizard.choose(Q.names, 'Change the role name');
    await wizard.insist(Q.roleName, wrongRoles, 'Keys-For-MediaConnect');
    await wizard.choose(Q.names, 'Yes');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const { secrets, policies, roles } = await readAccount(sandbox);
    expect([...secrets, ...policies, ...roles].map(({ name }) => name)).toEqual([
      'studio-a',
      'ReadKeys',
      'Keys-For-MediaConnect',
    ]);
    for (const key of Object.values(KEYS)) expect(wizard.raw()).not.toContain(key.slice(0, 12));
    expect(wizard.raw()).not.toContain('\x1b]0;owned');
    // Only valid answers are marked as done.
    expect(wizard.transcript().match(/^✔ (Secret|Policy|Role) name/gm)).toHaveLength(3);
  });

  test.concurrent('rejects an unknown Region, but accepts one that is only missing from its list', async () => {
    const wizard = startWizard(flagsWithout('--region'), { env: STUDIO_KEY });
    await wizard.reply(Q.region, 'atlantis');
    await wizard.waitFor('✖ No results found');
    await wizard.type('\x15mx-central-1');
    await wizard.waitFor('❯ mx-central-1 (not a Region that this version knows)');
    await wizard.press('enter');
    await wizard.waitFor('create secret studio-a mx-central-1');
  });

  const wrongKeys: Refused[] = [
    ['', 'The key is empty. Provide the whole key.'],
    ['      ', 'The key is empty.'],
    [
      `${KEYS.aes128.slice(0, -1)}g`,
      'The key has 1 character other than 0–9 and a–f, the first at position 32.',
    ],
    [KEYS.aes128.slice(1), 'The key has 31 digits. It needs 32 (AES-128)'],
    [KEYS.aes256.repeat(2), 'The key has 128 digits. It needs 32 (AES-128)'],
    // With what can be removed, but not valid without it.
    [`0x${KEYS.aes128.slice(1)}`, 'The key starts with 0x. Provide only the digits after it.'],
    [`"${KEYS.aes128.slice(1)}"`, 'The key has quotation marks around it.'],
    // Two keys, not one that is twice as long.
    [`${KEYS.aes128} ${KEYS.aes128}`, 'The key contains 1 space or tab.'],
    [`{"key":"${KEYS.aes128}"}`, 'The key is JSON'],
  ];

  test.concurrent('rejects an invalid key with the reason, empties the question, and keeps it open', async () => {
    const wizard = startWizard(flagsWithout('--key-env'));
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.typed);
    await wizard.waitFor(`? ${Q.key}`);
    for (const [key, sentence] of wrongKeys) {
      await wizard.clear();
      await wizard.type(`${key}\r`);
      await wizard.waitFor(`✖ ${sentence}`);
      expect(wizard.screen()).toMatch(/^\? Static key$/m);
    }
    expect(wizard.transcript()).not.toContain(`✔ ${Q.key}`);
    // The first line of a paste is not taken for the whole, and the second one answers no other question.
    await wizard.clear();
    await wizard.type(`${KEYS.aes192}\r${KEYS.aes192}\r`);
    await wizard.waitFor('✖ The key contains 1 space or tab.');
    await wizard.clear();
    await wizard.type(`${KEYS.aes192}\r`);
    await wizard.waitFor('AES-192 (48 digits)');
    await wizard.waitFor(`? ${Q.confirm}`);
    for (const key of [KEYS.aes128, KEYS.aes128.toUpperCase()]) {
      expect(wizard.raw()).not.toContain(key.slice(0, 12));
      expect(wizard.raw()).not.toContain(key.slice(-12));
    }
  });

  test.concurrent('rejects a key whose length does not match --algorithm', async () => {
    const wizard = startWizard([...flagsWithout('--key-env'), '--algorithm', 'aes256']);
    await wizard.choose(Q.keyFrom, CHOICE.typed);
    await wizard.reply(Q.key, KEYS.aes128);
    await wizard.waitFor('✖ The key has 32 digits, but AES-256 needs 64.');
    expect(wizard.screen()).toMatch(/^\? Static key$/m);
  });

  test.concurrent('rejects an unusable key file with the reason, and keeps the path for a correction', async () => {
    const write = (name: string, text: string, mode = 0o600) =>
      writeFileSync(join(folder, name), text, { mode });
    write('bad.key', `${KEYS.aes256.slice(1)}\n`);
    write('studio.key', `${KEYS.aes256}\n`, 0o644);
    const wizard = startWizard(flagsWithout('--key-env'), { cwd: folder, env: { HOME: folder } });
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.file);
    const wrongPaths: Refused[] = [
      ['', 'Enter the path to a file.'],
      [KEYS.aes256, 'That looks like the key itself.'],
      ['absent.key', 'File not found'],
      ['.', '. is a folder'],
    ];
    await wizard.insist(Q.file, wrongPaths, 'bad.key');
    await wizard.waitFor('The key has 63 digits');
    expect(wizard.screen()).toMatch(/^\? Path to the key file bad\.key$/m);
    expect(wizard.transcript()).not.toContain(`✔ ${Q.file}`);
    await wizard.type('\x15~/studio.key\r');
    await wizard.waitFor('! Other users can read');
    await wizard.waitFor(`? ${Q.confirm}`);
    expect(wizard.raw()).not.toContain(KEYS.aes256.slice(-12));
  });
});
