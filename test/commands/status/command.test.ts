import { expect, test } from 'vitest';
import { readStatusAnswers } from '../../../src/inventory/types.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { reaching } from '../../cli/program.ts';
import { FAR_REGION, REGION } from '../../support/account.ts';
import { closing } from '../../support/closing.ts';
import { run } from '../../support/runs/run.ts';
import { setUp } from '../../support/runs/setup.ts';

test('prints the account on standard output, and progress on standard error', async () => {
  const sandbox = await startSandbox();
  closing(() => sandbox.close());
  await setUp(sandbox, { region: [REGION, FAR_REGION] });
  const env = reaching(sandbox, { MC_STATIC_KEY_REGION: `${REGION}, ${FAR_REGION}` });
  const { code, stdout, stderr } = await run(['status'], { env });
  expect([code, stderr]).toEqual([0, 'Scanning the account…\n']);
  expect(stdout).toMatch(/\nMediaConnect-ASM {2}✔ this account only +SecretsManagerForMediaConnect\n/);
  expect(stdout).toMatch(/\n {2}mc-static-key verify --secret-name studio-a --region \S+\n$/);
});

test('refuses an invalid Region, and reads a Region given twice only once', () => {
  expect(readStatusAnswers({ region: ['Frankfurt'] }).problems).toEqual([
    expect.stringContaining('--region'),
  ]);
  expect(readStatusAnswers({ region: [REGION, REGION] })).toEqual({
    answers: { regions: [REGION] },
    problems: [],
  });
});
