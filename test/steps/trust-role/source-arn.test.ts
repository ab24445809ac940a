import { describe, expect, test } from 'vitest';
import { ACCOUNT, FAR_REGION, guideTrust, KEYS, makeRole, REGION } from '../../support/account.ts';
import { setUp, setUpInVain } from '../../support/runs/setup.ts';
import { verifyIt } from '../../support/runs/verify.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const pattern = (kind: string, region = REGION) => `arn:aws:mediaconnect:${region}:${ACCOUNT}:${kind}:*`;
const SHUT_OUT = 'shut out routers';
const both = [REGION, FAR_REGION];

describe('a --source-arn', () => {
  test.each([
    ['of one Region of two', [pattern('flow')], `is for ${FAR_REGION} in account`],
    ['of another Region', [pattern('flow', 'eu-central-1')], `is for ${REGION} or ${FAR_REGION} in account`],
    ['of another account', [pattern('flow', '*').replace(ACCOUNT, '444455556666')], `is for ${REGION} or`],
  ])('%s is a conflict before the first change', async (_what, sourceArn, says) => {
    const { code, json } = await setUpInVain(sandbox(), { region: both, sourceArn });
    expect([code, json.error.message]).toEqual([3, expect.stringContaining(says)]);
    expect(json.error.details?.join()).toContain(pattern('flow', FAR_REGION));
  });

  test('for every Region of the key is none, and verify agrees', async () => {
    const sourceArn = [pattern('flow'), pattern('flow', FAR_REGION)];
    const { code, log } = await setUp(sandbox(), { region: both, sourceArn });
    expect(code, log).toBe(0);
    const { json } = await verifyIt(sandbox(), { secretName: 'studio-a', region: both });
    expect(json.checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  });

  test.each([
    ['for flows, with a key of 64 digits, is a warning', KEYS.aes256, ['flow'], SHUT_OUT],
    ['for flows, with a shorter key, is none', KEYS.aes256.slice(0, 32), ['flow'], undefined],
    ['for flows and routers is none', KEYS.aes256, ['flow', 'routerInput'], undefined],
    ['for everything is none', KEYS.aes256, ['*'], undefined],
    [
      'for routers, with a key of 64 digits, is none',
      KEYS.aes256,
      ['routerInput', 'routerOutput'],
      undefined,
    ],
    [
      'for routers, with a shorter key, is a warning',
      KEYS.aes256.slice(0, 32),
      ['routerInput'],
      'for routers only',
    ],
  ])('%s', async (_what, key, kinds, says) => {
    const { code, log } = await setUp(sandbox(), { key, sourceArn: kinds.map((kind) => pattern(kind)) });
    expect(code, log).toBe(0);
    if (says) expect(log).toContain(says);
    else expect(log).not.toMatch(/shut out routers|for routers only/);
  });
});

test('a role that is for router inputs only is right for its use', async () => {
  const [only] = guideTrust().Statement;
  const condition = {
    StringEquals: { 'aws:SourceAccount': ACCOUNT },
    ArnLike: { 'aws:SourceArn': pattern('routerInput') },
  };
  await makeRole(sandbox(), {
    trust: { Version: '2012-10-17', Statement: [{ ...only, Condition: condition }] },
  });
  const { code, log } = await setUp(sandbox());
  expect(code, log).toBe(0);
});
