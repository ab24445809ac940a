import { ReplicateSecretToRegionsCommand } from '@aws-sdk/client-secrets-manager';
import { beforeEach, expect, test } from 'vitest';
import { clientsOf, FAR_REGION, KEYS, REGION } from '../../support/account.ts';
import { rotate } from '../../support/runs/rotate.ts';
import { setUp } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const roleArn = 'arn:aws:iam::111122223333:role/MediaConnect-ASM';
let secretArn = '';
let routerInput = '';
beforeEach(async () => {
  const { json } = await setUp(sandbox());
  secretArn = json.secrets[0]?.arn ?? '';
  routerInput = addRouterInput(REGION, secretArn);
});

function addRouterInput(region: string, arn: string): string {
  const secretsManager = { secretArn: arn, roleArn };
  const sourceTransitDecryption = { encryptionKeyConfiguration: { secretsManager } };
  const configuration = { mediaConnectFlow: { sourceTransitDecryption } };
  return sandbox().addRouterEnd({ region, kind: 'routerInput', name: 'studio', configuration });
}

const PATH = 'configuration.mediaConnectFlow.sourceTransitDecryption';
const named = (arn: string) => `is used by the router input ${arn} (${PATH}), which will read the new key`;

test('rotate names what uses the secret, before it changes anything', async () => {
  const dry = await rotate(sandbox(), { region: [REGION], dryRun: true });
  expect(dry.log).toContain(named(routerInput));
  const { code, log } = await rotate(sandbox(), { region: [REGION] });
  expect([code, log]).toEqual([0, expect.stringContaining(named(routerInput))]);
});

test('rotate --rollback names it too', async () => {
  await rotate(sandbox(), { region: [REGION] });
  const { code, log } = await rotate(sandbox(), { region: [REGION], rollback: true });
  expect([code, log]).toEqual([0, expect.stringContaining(named(routerInput))]);
});

test('a setup that replaces the key names what uses the secret; one that keeps it does not look', async () => {
  const replaced = await setUp(sandbox(), { key: KEYS.other, existingKey: 'replace' });
  expect([replaced.code, replaced.log]).toEqual([0, expect.stringContaining(named(routerInput))]);
  sandbox().clearRequests();
  await setUp(sandbox(), { key: KEYS.other });
  expect(sandbox().requests.filter(({ service }) => service === 'mediaconnect')).toEqual([]);
});

test('what uses a replica of the secret is named', async () => {
  const AddReplicaRegions = [{ Region: FAR_REGION }];
  await clientsOf(sandbox()).secrets.send(
    new ReplicateSecretToRegionsCommand({ SecretId: secretArn, AddReplicaRegions }),
  );
  const far = addRouterInput(FAR_REGION, secretArn.replace(REGION, FAR_REGION));
  const { log } = await rotate(sandbox(), { region: [REGION, FAR_REGION] });
  expect(log).toContain(named(far));
});

test.each([
  ['access-denied', 'mediaconnect:ListRouterInputs is not allowed'],
  ['internal-error', 'mediaconnect:ListRouterInputs'],
] as const)('rotate goes on after %s in a list, and says what could not be looked up', async (kind, why) => {
  sandbox().addFault({ action: 'ListRouterInputs', kind, times: Number.POSITIVE_INFINITY });
  const { code, log } = await rotate(sandbox(), { region: [REGION] });
  expect(code, log).toBe(0);
  expect(log).toMatch(/Couldn't check whether a router input uses the secret in us-west-2/);
  expect(log).toContain(why);
});
