import { describe, expect, test } from 'vitest';
import { ACCOUNT, FAR_REGION, guideTrust, KEYS, makeRole, REGION } from '../../support/account.ts';
import { setUp, setUpInVain } from '../../support/runs/setup.ts';
import { verifyIt } from '../../support/runs/verify.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const pattern = (kind: string, region = REGION) => `arn:aws:mediaconnect:${region}:${ACCOUNT}:${kind}:*`;
const SHUT_OUT = 'exclude routers';
const both = [REGION, FAR_REGION];

describe('a --source-arn', () => {
  test.each([
    ['of one Region of two', [pattern('flow')], `matches ${FAR_REGION} in account`],
    ['of another Region', [pattern('flow', 'eu-central-1')], `matches ${REGION} or ${FAR_REGION} in account`],
    ['of another account', [pattern('flow', '*').replace(ACCOUNT, '444455556666')], `matches ${REGION} or`],
  ])('is a conflict before the first change if it is %s', async (_what, sourceArn, says) => {
    const { code, json } = await setUpInVain(sandbox(), { region: both, sourceArn });
    expect([code, json.error.message]).toEqual([3, expect.stringContaining(says)]);
    expect(json.error.details?.join()).toContain(pattern('flow', FAR_REGION));
  });

  test('is accepted for every Region of the key, and verify agrees', async () => {
    const sourceArn = [pattern('flow'), pattern('flow', FAR_REGION)];
    const { code, log } = await setUp(sandbox(), { region: both, sourceArn });
    expect(code, log).toBe(0);
    const { json } = await verifyIt(sandbox(), { secretName: 'studio-a', region: both });
    expect(json.checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  });

  test.each([
    ['gives a warning for flows, with a key of 64 digits', KEYS.aes256, ['flow'], SHUT_OUT],
    ['gives no warning for flows, with a shorter key', KEYS.aes256.slice(0, 32), ['flow'], undefined],
    ['gives no warning for flows and routers', KEYS.aes256, ['flow', 'routerInput'], undefined],
    ['gives no warning for everything', KEYS.aes256, ['*'], undefined],
    [
      'gives no warning for routers, with a key of 64 digits',
      KEYS.aes256,
      ['routerInput', 'routerOutput'],
      undefined,
    ],
    [
      'gives a warning for routers, with a shorter key',
      KEYS.aes256.slice(0, 32),
      ['routerInput'],
      'match only routers',
    ],
  ])('%s', async (_what, key, kinds, says) => {
    const { code, log } = await setUp(sandbox(), { key, sourceArn: kinds.map((kind) => pattern(kind)) });
    expect(code, log).toBe(0);
    if (says) expect(log).toContain(says);
    else expect(log).not.toMatch(/exclude routers|only routers/);
  });
});

test('setup accepts a role for router inputs only', async () => {
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
