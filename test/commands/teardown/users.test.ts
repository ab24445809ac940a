import { Readable } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, test } from 'vitest';
import type { ExistingFlow } from '../../../src/sandbox/index.ts';
import { REGION } from '../../support/account.ts';
import { setUp } from '../../support/runs/setup.ts';
import { tearDown } from '../../support/runs/teardown.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const ROLE = 'arn:aws:iam::111122223333:role/MediaConnect-ASM';

async function storedSecret(): Promise<string> {
  const { json } = await setUp(sandbox());
  return json.secrets[0]?.arn ?? '';
}

/** Returns transit encryption with a secret in the spelling of the API. */
const transit = (secretArn: string) => ({
  encryptionKeyType: 'SECRETS_MANAGER',
  encryptionKeyConfiguration: { secretsManager: { secretArn, roleArn: ROLE } },
});

/** Returns the same in the spelling of the SDK. */
const sdkTransit = (SecretArn: string) => ({
  EncryptionKeyType: 'SECRETS_MANAGER',
  EncryptionKeyConfiguration: { SecretsManager: { SecretArn, RoleArn: ROLE } },
});

function addFlow(parts: Omit<ExistingFlow, 'region' | 'name'>): string {
  return sandbox().addFlow({ region: REGION, name: 'game', ...parts });
}

/** Runs `teardown`, and expects a conflict and no change. */
async function inVain() {
  const before = sandbox().requests.length;
  const result = await tearDown(sandbox());
  const changes = sandbox()
    .requests.slice(before)
    .filter(({ action }) => /^(Delete|Detach|Create)/.test(action));
  expect(changes).toEqual([]);
  expect(result.code).toBe(3);
  return result.json.error;
}

test.each(['output', 'source'] as const)(
  'teardown stops if a flow uses the secret in the transit settings of its %s',
  async (kind) => {
    const settings = sdkTransit(await storedSecret());
    const flow = addFlow(
      kind === 'output'
        ? { outputs: [{ Name: 'to-router', RouterIntegrationTransitEncryption: settings }] }
        : { source: { Name: 'to-router', RouterIntegrationTransitDecryption: settings } },
    );
    const member = `routerIntegrationTransit${kind === 'output' ? 'Encryption' : 'Decryption'}`;
    expect((await inVain()).message).toContain(`is used by the flow ${flow} (${kind} to-router: ${member})`);
  },
);

test.each([
  [
    'routerInput',
    'transitEncryption',
    (arn: string) => ({ transitEncryption: transit(arn), configuration: {} }),
  ],
  [
    'routerInput',
    'configuration.mediaConnectFlow.sourceTransitDecryption',
    (arn: string) => ({ configuration: { mediaConnectFlow: { sourceTransitDecryption: transit(arn) } } }),
  ],
  [
    'routerInput',
    'configuration.merge.protocolConfigurations[1].srtCaller.decryptionConfiguration',
    (secretArn: string) => {
      const decryptionConfiguration = { encryptionKey: { secretArn, roleArn: ROLE } };
      return {
        configuration: {
          merge: { protocolConfigurations: [{ srtCaller: {} }, { srtCaller: { decryptionConfiguration } }] },
        },
      };
    },
  ],
  [
    'routerOutput',
    'configuration.mediaLiveInput.destinationTransitEncryption',
    (arn: string) => ({ configuration: { mediaLiveInput: { destinationTransitEncryption: transit(arn) } } }),
  ],
] as const)('teardown stops if a %s uses the secret in %s', async (kind, path, settings) => {
  const secretArn = await storedSecret();
  const arn = sandbox().addRouterEndpoint({ region: REGION, kind, name: 'studio', ...settings(secretArn) });
  const what = kind === 'routerInput' ? 'router input' : 'router output';
  const { message, details = [] } = await inVain();
  expect(message).toContain(`is used by the ${what} ${arn} (${path})`);
  expect(details.join()).toContain(`delete the ${what}`);
});

test('teardown finds a resource that uses the secret after the first page of a list', async () => {
  const secretArn = await storedSecret();
  const configuration = { mediaConnectFlow: { sourceTransitDecryption: transit(`${secretArn}x`) } };
  for (let at = 0; at < 101; at += 1)
    sandbox().addRouterEndpoint({ region: REGION, kind: 'routerInput', name: `other-${at}`, configuration });
  const last = sandbox().addRouterEndpoint({
    region: REGION,
    kind: 'routerInput',
    name: 'last',
    configuration: { mediaConnectFlow: { sourceTransitDecryption: transit(secretArn) } },
  });
  expect((await inVain()).message).toContain(last);
});

test('teardown only warns about transit settings that are disabled', async () => {
  const settings = sdkTransit(await storedSecret());
  const integration = { RouterIntegrationState: 'DISABLED' as const };
  const flow = addFlow({
    outputs: [{ Name: 'to-router', ...integration, RouterIntegrationTransitEncryption: settings }],
  });
  const { code, log } = await tearDown(sandbox());
  expect(code, log).toBe(0);
  expect(log).toContain(`is configured in the flow ${flow}`);
});

test.each([
  ['ListRouterInputs', 'a router input'],
  ['ListRouterOutputs', 'a router output'],
  ['ListFlows', 'a flow'],
])(
  'teardown without permission for %s reports what it could not check, and continues',
  async (action, what) => {
    await storedSecret();
    sandbox().addFault({ action, kind: 'access-denied', times: Number.POSITIVE_INFINITY });
    const { code, log } = await tearDown(sandbox());
    expect(code, log).toBe(0);
    expect(log).toContain(
      `Couldn't check whether ${what} uses the secret in us-west-2 (mediaconnect:${action} is not allowed)`,
    );
  },
);

test('teardown stops if a readable flow uses the secret, even if another flow may not be read', async () => {
  const settings = sdkTransit(await storedSecret());
  for (const name of ['hidden', 'seen'])
    sandbox().addFlow({
      region: REGION,
      name,
      outputs: [{ Name: 'to-router', RouterIntegrationTransitEncryption: settings }],
    });
  sandbox().addFault({ action: 'DescribeFlow', kind: 'access-denied' });
  expect((await inVain()).message).toContain('is used by the flow');
});

test.each(['internal-error', 'html'] as const)(
  'teardown stops if AWS returns %s during the search for resources that use the secret',
  async (kind) => {
    await storedSecret();
    sandbox().addFault({ action: 'ListRouterInputs', kind, times: Number.POSITIVE_INFINITY });
    const { code, json } = await tearDown(sandbox());
    expect(code).toBe(1);
    expect(json.error.message).toContain('mediaconnect:ListRouterInputs');
  },
);

test.each([
  ['an object instead of a list', '{"routerInputs":{"arn":"x"}}'],
  ['a number instead of an ARN', '{"routerInputs":[{"arn":5}]}'],
  ['an array instead of an object', '[]'],
  ['text instead of JSON', 'hello'],
])('teardown does not accept %s as a response from AWS', async (_what, body) => {
  await storedSecret();
  const handler = new NodeHttpHandler();
  const requestHandler = {
    metadata: handler.metadata,
    destroy: () => handler.destroy(),
    async handle(...[request, options]: Parameters<NodeHttpHandler['handle']>) {
      const answer = await handler.handle(request, options);
      if (request.path === '/v1/routerInputs') {
        answer.response.body = Readable.from([Buffer.from(body)]);
        delete answer.response.headers['content-length'];
      }
      return answer;
    },
  };
  const { code, json } = await tearDown(sandbox(), {}, { requestHandler });
  expect([code, json.error.message]).toEqual([1, expect.stringContaining('mediaconnect:ListRouterInputs')]);
});
