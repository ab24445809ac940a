import { describe, expect, test } from 'vitest';
import { performTeardownManifest } from '../../../src/commands/teardown/batch.ts';
import { readTeardownAnswers, type TeardownOptions } from '../../../src/commands/teardown/options.ts';
import { performTeardown } from '../../../src/commands/teardown/run.ts';
import { dayOf } from '../../../src/text.ts';
import { FAR_REGION, KEYS, makeSecret, REGION, readAccount } from '../../support/account.ts';
import { commandsIn, runPrinted } from '../../support/printed.ts';
import { runInProcess } from '../../support/runs/command.ts';
import { feeds, runWith, setUpAll } from '../../support/runs/manifest.ts';
import { setUp } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const sandbox = freshSandbox({ now: () => NOW });

function inText(options: TeardownOptions = {}) {
  const { answers } = readTeardownAnswers({
    secretName: 'studio-a',
    region: [REGION, FAR_REGION],
    ...options,
  });
  return runInProcess(sandbox(), (run) => performTeardown({ ...run, answers }), { common: { json: false } });
}

const until = (days: number) => dayOf(new Date(NOW + days * 86_400_000));

describe('the result of teardown', () => {
  test('says what was removed, until when it can be restored, and how', async () => {
    await setUp(sandbox(), { region: [REGION, FAR_REGION] });
    const before = await readAccount(sandbox());
    const { code, stdout } = await inText({ recoveryDays: '7' });
    expect(code).toBe(0);
    const [near, far] = before.secrets.map(({ arn }) => arn);
    expect(stdout.split('\n')).toEqual([
      `✔ Removed. MediaConnect can no longer read this key in ${REGION} and ${FAR_REGION}.`,
      '2 secrets scheduled for deletion, 1 policy deleted, 1 role deleted.',
      '',
      `The 2 secrets can be restored until ${until(7)}, then they are permanently deleted:`,
      `  ${near}`,
      `  ${far}`,
      '',
      'To undo before then:',
      `  mc-static-key setup --restore --secret-arn ${near} --secret-arn ${far}`,
    ]);
    await runPrinted(sandbox(), commandsIn(stdout)[0]);
    expect(await readAccount(sandbox())).toEqual(before);
  });

  test('says for each date which secrets can be restored until then', async () => {
    await setUp(sandbox(), { region: [REGION, FAR_REGION] });
    await inText({ region: [FAR_REGION], recoveryDays: '7' });
    const { stdout } = await inText();
    expect(stdout).toContain('\n1 secret scheduled for deletion, 1 policy deleted, 1 role deleted.\n');
    for (const days of [7, 30])
      expect(stdout).toContain(
        `The secret can be restored until ${until(days)}, then it is permanently deleted:`,
      );
  });

  test('counts a policy that other keys use as changed', async () => {
    await setUp(sandbox(), { secretName: 'studio-b', key: KEYS.other });
    await setUp(sandbox());
    expect((await inText()).stdout).toContain('\n1 secret scheduled for deletion, 1 policy changed.\n');
  });

  test('has no totals if nothing was changed', async () => {
    await makeSecret(sandbox());
    expect((await inText()).stdout).not.toContain('0 ');
  });
});

test('the plan of teardown has a line for each role that loses a policy, and totals', async () => {
  await setUp(sandbox());
  const { log } = await inText({ dryRun: true, recoveryDays: '7' });
  expect(log).toContain('recovery window of 7 days, then permanently deleted');
  expect(log).toMatch(
    /- detach +policy +SecretsManagerForMediaConnect\s+from role MediaConnect-ASM\n.*- delete +policy +SecretsManagerForMediaConnect\n/,
  );
  expect(log).toContain('Plan: 0 to add, 0 to change, 4 to delete.');
});

describe('the result of teardown --manifest', () => {
  const removeAll = (count: number) =>
    runWith(
      sandbox(),
      { keys: feeds(count) },
      (run, manifest) =>
        performTeardownManifest(run, manifest, { recoveryDays: 30, includeUntagged: false, dryRun: false }),
      { common: { json: false } },
    );

  test('counts the secrets if there are more than 20', async () => {
    await setUpAll(sandbox(), { keys: feeds(21) });
    const { code, stdout } = await removeAll(21);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✔ Removed\. MediaConnect can no longer read 21 secrets\.\n21 secrets scheduled/);
    expect(stdout).toContain(`\nThe 21 secrets can be restored until ${until(30)}, then they are`);
    expect(stdout).toContain(`\n  21 secrets in ${REGION}\n`);
    expect(stdout).not.toContain('arn:');
  });
});
