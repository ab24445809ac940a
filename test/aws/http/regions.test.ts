import { describe, expect, test } from 'vitest';
import { readAccount } from '../../support/account.ts';
import { setUp } from '../../support/runs/setup.ts';
import { openSandbox } from './scene.ts';

describe('a Region that is not enabled in the account', () => {
  test('is named when the credentials work in another Region', async () => {
    const sandbox = await openSandbox({ disabledRegions: ['me-central-1'] });
    const { code, json } = await setUp(sandbox, { region: ['us-west-2', 'me-central-1'] });
    expect(code).toBe(1);
    expect(json.error).toMatchObject({
      code: 'region-not-enabled',
      message: 'Region me-central-1 is not enabled for this account.',
      hint: expect.stringContaining('(--region)'),
    });
    expect((await readAccount(sandbox)).secrets).toEqual([]);
  });

  test('is named as a possible cause beside wrong credentials if no other Region was used', async () => {
    const sandbox = await openSandbox({ disabledRegions: ['me-central-1', 'xx-new-1'] });
    for (const region of ['me-central-1', 'xx-new-1']) {
      const { code, json } = await setUp(sandbox, { region: [region] });
      expect([code, json.error.code]).toEqual([4, 'invalid-credentials']);
      expect(json.error.message).toMatch(new RegExp(`${region}.*are invalid.*isn't enabled`));
    }
  });

  test('is not named for a Region that every account has', async () => {
    const sandbox = await openSandbox({ disabledRegions: ['us-west-2', 'eu-west-1'] });
    const { code, json } = await setUp(sandbox, { region: ['us-west-2', 'eu-west-1'] });
    expect([code, json.error.code]).toEqual([4, 'invalid-credentials']);
    expect(json.error.message).not.toContain('Region');
  });
});
