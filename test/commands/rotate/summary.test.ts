import { describe, expect, test } from 'vitest';
import { performRotateManifest } from '../../../src/commands/rotate/batch.ts';
import { FAR_REGION, KEYS, REGION, readAccount } from '../../support/account.ts';
import { commandsIn, runPrinted } from '../../support/printed.ts';
import { feeds, runWith, setUpAll } from '../../support/runs/manifest.ts';
import { type RotateWishes, rotate, rotateText } from '../../support/runs/rotate.ts';
import { setUp } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const VERIFIED = 'Verified: MediaConnect can assume role MediaConnect-ASM, and the role can read the key.';

async function currentKeys() {
  const { secrets } = await readAccount(sandbox());
  return secrets.map(({ values }) => values.AWSCURRENT);
}

const inRegion = (wishes: RotateWishes = {}) => rotateText(sandbox(), { region: [REGION], ...wishes });

describe('the result of rotate', () => {
  test('says in at most 14 lines what was verified, what to do next, and how to roll back', async () => {
    await setUp(sandbox(), { region: [REGION, FAR_REGION] });
    const { code, stdout } = await rotateText(sandbox(), { region: [] });
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.length).toBeLessThanOrEqual(14);
    expect(lines[0]).toBe('✔ Key rotated in 2 Regions.');
    for (const { arn } of (await readAccount(sandbox())).secrets) expect(lines).toContain(`  ${arn}`);
    expect(lines).toContain(`✔ ${VERIFIED}`);
    expect(lines).toContain('Next: set the new key at the other end of the stream. To read it:');
    const [read, rollback] = commandsIn(stdout);
    expect(read).toMatch(/^aws secretsmanager get-secret-value --region \S+ --secret-id studio-a --query/);
    expect(rollback).toBe('mc-static-key rotate --secret-name studio-a --rollback');
  });

  test('prints commands that work', async () => {
    await setUp(sandbox());
    const [read, rollback] = commandsIn((await inRegion()).stdout);
    await runPrinted(sandbox(), read);
    expect(rollback).toContain(`--region ${REGION}`);
    await runPrinted(sandbox(), rollback);
    expect(await currentKeys()).toEqual([KEYS.aes256]);
  });

  test('names the key type and the role in the rollback command if they are not the defaults', async () => {
    await setUp(sandbox(), { key: 'first password', keyType: 'srt-password', roleName: 'MediaConnect-Srt' });
    const { stdout } = await inRegion({ key: 'second password', roleName: 'MediaConnect-Srt' });
    const rollback = commandsIn(stdout)[1];
    expect(rollback).toContain('--key-type srt-password --role-name MediaConnect-Srt --rollback');
    await runPrinted(sandbox(), rollback);
    expect(await currentKeys()).toEqual(['first password']);
  });

  test('counts warnings, and prints the command that lists them', async () => {
    await setUp(sandbox(), { sourceAccount: false });
    const { stdout } = await inRegion();
    expect(stdout).toMatch(
      new RegExp(
        `✔ ${VERIFIED}\\n! 1 warning. For details:\\n  mc-static-key verify --secret-name studio-a --region ${REGION}\\n`,
      ),
    );
  });

  test('counts the checks that lack a permission', async () => {
    await setUp(sandbox());
    sandbox().addFault({ action: 'GetRole', kind: 'access-denied', times: Number.POSITIVE_INFINITY });
    const { code, stdout } = await inRegion();
    expect(code).toBe(0);
    expect(stdout).toMatch(/\? Not verified: \d+ checks? .*\. For details:\n {2}mc-static-key verify /);
    expect(stdout).not.toContain('Verified:');
  });

  test('ends with all checks if one has failed', async () => {
    await setUp(sandbox());
    const { code, stdout } = await inRegion({ roleName: 'MediaConnect-None' });
    expect(code).toBe(1);
    expect(stdout).toMatch(/✔ Key rotated\..*To roll back:.*✖/s);
    expect(stdout).not.toContain('Verified:');
  });

  test('has the previous key for the other end, and no rollback command, after a rollback', async () => {
    await setUp(sandbox());
    await rotate(sandbox());
    const { stdout } = await inRegion({ rollback: true });
    expect(stdout).toMatch(/^✔ Rolled back to the previous key\.\n/);
    expect(stdout).toContain('Next: set the previous key at the other end of the stream again.');
    expect(stdout).not.toContain('--rollback');
  });
});

describe('the result of rotate --manifest', () => {
  const rotateAll = (count: number) =>
    runWith(
      sandbox(),
      { keys: feeds(count, { key: { generate: 'aes256' } }) },
      (run, manifest) => performRotateManifest(run, manifest, { rollback: false, dryRun: false }),
      { common: { json: false } },
    );

  test('names the secrets, and prints how to read a key and how to roll back', async () => {
    await setUpAll(sandbox(), { keys: feeds(2) });
    const { code, stdout } = await rotateAll(2);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✔ 2 keys rotated\.\n/);
    for (const { arn, name } of (await readAccount(sandbox())).secrets)
      expect(stdout).toContain(`\n  ${name}  ${REGION}\n    ${arn}\n`);
    expect(stdout).toContain(VERIFIED);
    const [read, rollback] = commandsIn(stdout);
    await runPrinted(sandbox(), read);
    expect(rollback).toMatch(/^mc-static-key rotate --manifest \S+keys\.yaml --rollback$/);
    await runPrinted(sandbox(), rollback);
    expect(await currentKeys()).toEqual([KEYS.aes256, KEYS.aes256]);
  });

  test('counts the secrets if there are more than 20', async () => {
    await setUpAll(sandbox(), { keys: feeds(21) });
    const { stdout } = await rotateAll(21);
    expect(stdout).toContain(`\n  21 secrets in ${REGION}\n`);
    expect(stdout).not.toContain('arn:');
    expect(stdout.split('\n').length).toBeLessThanOrEqual(12);
  });
});
