import { expect, test } from 'vitest';
import { buildTemplate } from '../../../src/commands/export/cloudformation/template.ts';
import { planExport } from '../../../src/commands/export/plan.ts';
import { readManifest } from '../../../src/manifest/index.ts';
import { FAR_REGION, KEYS, REGION, readAccount, writesTo } from '../../support/account.ts';
import { feeds, type ManifestContent, manifestFile, setUpAll } from '../../support/runs/manifest.ts';
import { freshSandbox } from '../../support/sandbox.ts';
import { deploy } from './stack.ts';

const sandbox = freshSandbox();

test('setup --manifest changes nothing after the template of that manifest was deployed', async () => {
  const key = { env: 'FEED_KEY' };
  const content: ManifestContent = {
    defaults: { regions: [REGION], tags: { team: 'playout' } },
    keys: [
      // Long names, so that a policy is soon full.
      ...feeds(20, { key }).map((entry) => ({
        ...entry,
        secretName: `${entry.secretName}-${'x'.repeat(300)}`,
      })),
      { secretName: 'far', regions: [FAR_REGION, REGION], key, tags: { feed: 'far' } },
      { secretName: 'made', key: { generate: 'aes128' }, roleName: 'MediaConnect-Other' },
      { secretName: 'srt', key, keyType: 'srt-password', policyName: 'Passwords' },
    ],
  };
  const { keys } = await readManifest(manifestFile(content));
  const { template } = buildTemplate(planExport(keys.map(({ answers }) => answers)), REGION);
  const parameters = Object.keys(template.Parameters).filter((name) => name !== 'HomeRegion');
  const given = Object.fromEntries(parameters.map((name) => [name, KEYS.aes256]));
  for (const region of [FAR_REGION, REGION])
    await deploy(sandbox(), JSON.parse(JSON.stringify(template)), region, given);

  const before = await readAccount(sandbox());
  expect(before.policies.map(({ name }) => name)).toEqual([
    'Passwords',
    'SecretsManagerForMediaConnect',
    'SecretsManagerForMediaConnect-2',
  ]);
  sandbox().clearRequests();
  const { code, json } = await setUpAll(sandbox(), content);
  expect({ code, failed: json.failed }).toEqual({ code: 0, failed: [] });
  expect(writesTo(sandbox())).toEqual([]);
  expect(await readAccount(sandbox())).toEqual(before);
});
