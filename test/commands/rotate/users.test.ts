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
  return sandbox().addRouterEndpoint({ region, kind: 'routerInput', name: 'studio', configuration });
}

const PATH = 'configuration.mediaConnectFlow.sourceTransitDecryption';
const named = (arn: string) => `is used by the router input ${arn} (${PATH}), which will read the new key`;

test('rotate names the resources that use the secret, also with --dry-run', async () => {
  const dry = await rotate(sandbox(), { region: [REGION], dryRun: true });
  expect(dry.log).toContain(named(routerInput));
  const { code, log } = await rotate(sandbox(), { region: [REGION] });
  expect([code, log]).toEqual([0, expect.stringContaining(named(routerInput))]);
});

test('rotate --rollback names the resources that use the secret', async () => {
  await rotate(sandbox(), { region: [REGION] });
  const { code, log } = await rotate(sandbox(), { region: [REGION], rollback: true });
  expect([code, log]).toEqual([0, expect.stringContaining(named(routerInput))]);
});

test('setup names the resources that use the secret only if it replaces the key', async () => {
  const replaced = await setUp(sandbox(), { key: KEYS.other, existingKey: 'replace' });
  expect([replaced.code, replaced.log]).toEqual([0, expect.stringContaining(named(routerInput))]);
  sandbox().clearRequests();
  await setUp(sandbox(), { key: KEYS.other });
  expect(sandbox().requests.filter(({ service }) => service === 'mediaconnect')).toEqual([]);
});

test('rotate names the resources that use a replica of the secret', async () => {
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
] as const)('rotate continues after %s in a list, and reports what it could not check', async (kind, why) => {
  sandbox().addFault({ action: 'ListRouterInputs', kind, times: Number.POSITIVE_INFINITY });
  const { code, log } = await rotate(sandbox(), { region: [REGION] });
  expect(code, log).toBe(0);
  expect(log).toMatch(/Couldn't check whether a router input uses the secret in us-west-2/);
  expect(log).toContain(why);
});
