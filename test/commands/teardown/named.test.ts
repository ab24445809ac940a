import { describe, expect, test } from 'vitest';
import { REGION, readAccount, writesTo } from '../../support/account.ts';
import { setUpAll } from '../../support/runs/manifest.ts';
import { setUp } from '../../support/runs/setup.ts';
import { tearDown, tearDownAll } from '../../support/runs/teardown.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const NAMES = { policyName: 'Read', roleName: 'MediaConnect-Read' };

async function inVain(run: () => Promise<{ code: number; json: unknown }>): Promise<string> {
  const before = await readAccount(sandbox());
  sandbox().clearRequests();
  const { code, json } = await run();
  expect([code, writesTo(sandbox())], JSON.stringify(json)).toEqual([3, []]);
  expect(await readAccount(sandbox())).toEqual(before);
  return JSON.stringify(json);
}

describe('teardown with a given name that does not exist', () => {
  test.each([
    ['policy', { policyName: 'TYPO' }, '--policy-name'],
    ['role', { roleName: 'TYPO' }, '--role-name'],
    ['policy', { policyName: 'TYPO', dryRun: true }, '--policy-name'],
  ])('refuses the name of a %s: %o', async (what, wishes, flag) => {
    await setUp(sandbox());
    const said = await inVain(() => tearDown(sandbox(), wishes));
    expect(said).toMatch(new RegExp(`${what} TYPO not found`, 'i'));
    expect(said).toContain(flag);
    expect(said).not.toContain('"undo"');
  });

  test('refuses the names of a policy and a role together', async () => {
    await setUp(sandbox());
    const said = await inVain(() => tearDown(sandbox(), { policyName: 'TYPO', roleName: 'OTHER' }));
    expect([said.includes('Policy TYPO not found'), said.includes('Role OTHER not found')]).toEqual([
      true,
      true,
    ]);
  });

  test('refuses the name in a manifest, and removes the other keys', async () => {
    await setUpAll(sandbox(), { keys: [{ secretName: 'one' }, { secretName: 'two' }] });
    const keys = [{ secretName: 'one', policyName: 'TYPO' }, { secretName: 'two' }];
    const { code, json } = await tearDownAll(sandbox(), { keys });
    const [failed] = json.failed;
    expect([code, json.failed.length, failed?.name]).toEqual([1, 1, 'one']);
    expect(failed?.error.message).toContain('Policy TYPO not found.');
    const scheduled = json.secrets.filter(({ action }) => action === 'scheduled');
    expect(scheduled.map(({ name }) => name)).toEqual(['two']);
  });
});

describe('teardown with given names', () => {
  test('removes the resources of these names, and reports on the next run that they are gone', async () => {
    await setUp(sandbox(), NAMES);
    const first = await tearDown(sandbox(), NAMES);
    expect([first.code, first.json.undo], first.log).toEqual([
      0,
      expect.stringContaining('--policy-name Read --role-name MediaConnect-Read'),
    ]);
    const again = await tearDown(sandbox(), NAMES);
    expect([again.code, again.json.undo]).toEqual([0, first.json.undo]);
    expect(again.log).toContain('Policy Read not found.');
  });

  test.each(['DeleteSecret', 'DetachRolePolicy', 'DeletePolicy', 'DeleteRole'])(
    'is completed by the same command after it stopped before or after %s',
    async (action) => {
      for (const kind of ['access-denied', 'drop-after'] as const) {
        await setUp(sandbox(), { ...NAMES, secretName: `studio-${kind}`, region: [REGION] });
        const wishes = { ...NAMES, secretName: `studio-${kind}`, region: [REGION] };
        sandbox().addFault({ action, kind, times: kind === 'access-denied' ? 1 : 9 });
        await tearDown(sandbox(), wishes);
        sandbox().clearFaults();
        const { code, log } = await tearDown(sandbox(), wishes);
        expect(code, log).toBe(0);
      }
      const { policies, roles } = await readAccount(sandbox());
      expect([policies, roles]).toEqual([[], []]);
    },
  );

  test('removes the secret of a setup that stopped before it created a policy', async () => {
    sandbox().addFault({ action: 'CreatePolicy', kind: 'access-denied' });
    expect((await setUp(sandbox())).code).toBe(4);
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
  });
});
