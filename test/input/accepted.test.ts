import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { KEYS, readAccount } from '../support/account.ts';
import { runHere } from '../support/runs/run-here.ts';
import { cases, expectWellTold } from './nasty.ts';

const of = (unit: fc.Arbitrary<string>, minLength: number, maxLength: number) =>
  fc.string({ unit, minLength, maxLength, size: 'max' });
const characters = (pattern: RegExp) => fc.stringMatching(pattern);

const secretName = of(characters(/^[A-Za-z0-9/_+=.@-]$/), 1, 512);
const policyName = of(characters(/^[\w+=,.@-]$/), 1, 128);
const roleName = of(characters(/^[\w+=,.@-]$/), 1, 64);
const description = of(characters(/^[\t\n\r\x20-\x7e\xa1-\xff]$/), 1, 1_000);
const tagText = characters(/^[\p{L}\p{N}\u00a0 _.:/=+@-]$/u);
const tagKey = of(
  tagText.filter((each) => each !== '='),
  1,
  60,
).filter((key) => !/^(aws:|mc-static-key$)/i.test(key));
const tags = fc.uniqueArray(fc.tuple(tagKey, of(tagText, 0, 120)), {
  selector: ([key]) => key.toLowerCase(),
  maxLength: 10,
});
const noKey = (text: string) => !/[0-9a-f]{2}([ :._-]?[0-9a-f]{2}){15}/i.test(text);

test('setup passes on every name, description and tag that AWS accepts, unchanged', async () => {
  const wish = fc
    .tuple(secretName, policyName, roleName, description, tags)
    .filter((texts) => texts.flat(2).every(noKey));
  await fc.assert(
    fc.asyncProperty(wish, async ([secret, policy, role, about, labels]) => {
      const sandbox = await startSandbox();
      const args = [
        `--secret-name=${secret}`,
        `--policy-name=${policy}`,
        `--role-name=${role}`,
        `--role-description=${about}`,
        ...labels.map(([key, value]) => `--tag=${key}=${value}`),
      ];
      const env = { ...sandbox.env, STUDIO_KEY: KEYS.aes256 };
      const result = await runHere(
        ['setup', '--region=us-west-2', '--key-env=STUDIO_KEY', ...args, '--yes', '--json'],
        env,
      );
      expectWellTold(result, { json: true });
      expect(result.code, result.stderr).toBe(0);
      const account = await readAccount(sandbox);
      const expected = Object.fromEntries(labels);
      expect(account.secrets.find(({ name }) => name === secret)?.tags).toMatchObject(expected);
      expect(account.policies.find(({ name }) => name === policy)).toBeDefined();
      expect(account.roles.find(({ name }) => name === role)).toBeDefined();
      // XML does not preserve all white space in the response, so the description is compared in the request.
      const made = sandbox.requests.find(({ action }) => action === 'CreateRole');
      expect(made?.params).toMatchObject({ Description: about });
      await sandbox.close();
    }),
    cases(3, 150),
  );
});
