import { expect, test } from 'vitest';
import { FAR_REGION, REGION } from '../support/account.ts';
import { feeds, setUpAll } from '../support/manifest.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox({ quotas: { secretCreationsPerSecond: 50 } });

test('the keys of one Region do not wait for those of another that stand before them in the file', async () => {
  const near = feeds(150, { regions: [REGION] });
  const far = Array.from({ length: 20 }, (_, at) => ({ secretName: `far-${at}`, regions: [FAR_REGION] }));
  const { code } = await setUpAll(sandbox(), { keys: [...near, ...far] });
  expect(code).toBe(0);
  const created = sandbox()
    .requests.filter(({ action, status }) => action === 'CreateSecret' && status === 200)
    .map(({ region }) => region);
  expect(created.lastIndexOf(FAR_REGION)).toBeLessThan(created.lastIndexOf(REGION) / 2);
});
