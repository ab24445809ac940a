import { expect, test } from 'vitest';
import { FAR_REGION, REGION } from '../support/account.ts';
import { feeds, setUpAll } from '../support/runs/manifest.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();

test('does not delay the keys of one Region behind earlier keys of a slow Region', async () => {
  sandbox().addFault({ action: 'CreateSecret', region: REGION, kind: 'delay', delayMs: 1_000, times: 24 });
  const near = feeds(70, { regions: [REGION] });
  const { code } = await setUpAll(sandbox(), {
    keys: [...near, { secretName: 'far', regions: [FAR_REGION] }],
  });
  expect(code).toBe(0);
  const [far, first] = [FAR_REGION, REGION].map((where) => {
    const made = sandbox().requests.filter(
      ({ action, region }) => action === 'CreateSecret' && region === where,
    );
    return Math.min(...made.map(({ endedAt }) => endedAt));
  });
  expect(far).toBeLessThan(first ?? 0);
});
