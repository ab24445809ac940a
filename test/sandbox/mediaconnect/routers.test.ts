import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import { freshSandbox } from '../../support/sandbox.ts';
import { clientsFor, KEY, TRUST } from '../clients.ts';
import { sendSigned } from '../wire.ts';
import { ROLE_ARN, SECRET_ARN } from './set-up.ts';

const sandbox = freshSandbox();
const SECRETS_MANAGER = transit(SECRET_ARN, ROLE_ARN);
const AUTOMATIC = { encryptionKeyType: 'AUTOMATIC', encryptionKeyConfiguration: { automatic: {} } };
const COMMON = { name: 'studio', maximumBitrate: 20_000_000, routingScope: 'REGIONAL', tier: 'INPUT_50' };

function transit(secretArn: string, roleArn: string) {
  const secretsManager = { secretArn, roleArn };
  return { encryptionKeyType: 'SECRETS_MANAGER', encryptionKeyConfiguration: { secretsManager } };
}

/** Sends a signed request to MediaConnect, which the installed SDK has no command for. */
async function ask(method: string, path: string, body?: object) {
  const sent = { service: 'mediaconnect', body: body ? JSON.stringify(body) : '', method, path };
  const { status, text, headers } = await sendSigned(sandbox(), sent);
  return { status, code: headers['x-amzn-errortype'], body: JSON.parse(text) };
}

const flowTo = (decryption: object, flowOutputArn?: string) => ({
  mediaConnectFlow: { sourceTransitDecryption: decryption, ...(flowOutputArn ? { flowOutputArn } : {}) },
});
const createInput = (configuration: object, more: object = {}) =>
  ask('POST', '/v1/routerInput', { ...COMMON, configuration, ...more });
const createOutput = (configuration: object) =>
  ask('POST', '/v1/routerOutput', { ...COMMON, tier: 'OUTPUT_50', configuration });

it('a router input is created, shown, listed without its configuration, and deleted', async () => {
  const made = await createInput(flowTo(SECRETS_MANAGER));
  expect(made.status).toBe(201);
  const { arn, id } = made.body.routerInput;
  expect(arn).toMatch(/^arn:aws:mediaconnect:us-west-2:111122223333:routerInput:[a-z0-9]{12}$/);
  const path = `/v1/routerInput/${encodeURIComponent(arn)}`;
  expect((await ask('GET', path)).body.routerInput).toMatchObject({
    arn,
    id,
    inputType: 'MEDIACONNECT_FLOW',
    configuration: flowTo(SECRETS_MANAGER),
    transitEncryption: AUTOMATIC,
    messages: [],
  });
  const { routerInputs } = (await ask('POST', '/v1/routerInputs', {})).body;
  expect(routerInputs).toMatchObject([{ arn, name: 'studio' }]);
  expect(routerInputs[0].configuration).toBeUndefined();
  expect((await ask('DELETE', path)).status).toBe(200);
  expect(await ask('GET', path)).toMatchObject({ status: 404, code: 'NotFoundException' });
});

it('a router output with an SRT passphrase is created and shown', async () => {
  const encryptionConfiguration = { encryptionKey: { secretArn: SECRET_ARN, roleArn: ROLE_ARN } };
  const srtListener = { port: 5000, minimumLatencyMilliseconds: 120, encryptionConfiguration };
  const configuration = {
    standard: {
      networkInterfaceArn: 'arn:aws:mediaconnect:us-west-2:111122223333:routerNetworkInterface:a',
      protocol: 'SRT_LISTENER',
      protocolConfiguration: { srtListener },
    },
  };
  const made = await createOutput(configuration);
  expect(made).toMatchObject({ status: 201, body: { routerOutput: { outputType: 'STANDARD' } } });
  const got = await ask('GET', `/v1/routerOutput/${encodeURIComponent(made.body.routerOutput.arn)}`);
  expect(got.body.routerOutput.configuration).toEqual(configuration);
});

it.each([
  ['a role with a path', flowTo(transit(SECRET_ARN, ROLE_ARN.replace('role/', 'role/path/'))), /roleArn/],
  [
    'a secret of another Region',
    flowTo(transit(SECRET_ARN.replace('us-west-2', 'eu-west-1'), ROLE_ARN)),
    /secretArn/,
  ],
  [
    'a key type that does not match',
    flowTo({ ...SECRETS_MANAGER, encryptionKeyType: 'AUTOMATIC' }),
    /does not fit/,
  ],
  ['neither a secret nor automatic', flowTo({ encryptionKeyConfiguration: {} }), /exactly one/],
  ['no configuration', {}, /exactly one/],
])('a router input with %s is rejected', async (_what, configuration, message) => {
  const { status, code, body } = await createInput(configuration);
  expect({ status, code }).toEqual({ status: 400, code: 'BadRequestException' });
  expect(body.message).toMatch(message);
});

it('a flow keeps its transit encryption, shows the connected router input, and reads the secret when it runs', async () => {
  const flow = { name: 'game', source: { name: 'camera', protocol: 'rtp' } };
  const output = {
    name: 'to-router',
    routerIntegrationState: 'ENABLED',
    routerIntegrationTransitEncryption: SECRETS_MANAGER,
  };
  const made = (await ask('POST', '/v1/flows', { ...flow, outputs: [output] })).body.flow;
  expect(made.outputs).toMatchObject([output]);
  const path = `/v1/flows/${encodeURIComponent(made.flowArn)}`;
  const { routerInput } = (await createInput(flowTo(AUTOMATIC, made.outputs[0].outputArn))).body;
  const [shown] = (await ask('GET', path)).body.flow.outputs;
  expect(shown.connectedRouterInputArn).toBe(routerInput.arn);

  await ask('POST', `/v1/flows/start/${encodeURIComponent(made.flowArn)}`);
  expect((await ask('GET', path)).body.messages.errors[0]).toContain(`cannot assume the role ${ROLE_ARN}`);
  const clients = clientsFor(sandbox());
  await clients.iam.send(
    new CreateRoleCommand({ RoleName: 'MediaConnect-ASM', AssumeRolePolicyDocument: TRUST }),
  );
  await clients.secrets.send(new CreateSecretCommand({ Name: 'game', SecretString: KEY }));
  expect((await ask('GET', path)).body.messages.errors[0]).toContain('cannot read the secret');

  const without = await ask('POST', '/v1/flows', { ...flow, outputs: [{ name: 'nowhere' }] });
  expect(without.body.message).toBe('An output needs a protocol.');
});

it('a flow that a test adds with errors shows them', async () => {
  const arn = sandbox().addFlow({
    region: 'us-west-2',
    name: 'old',
    errors: ['Invalid encryption settings'],
  });
  const { messages } = (await ask('GET', `/v1/flows/${encodeURIComponent(arn)}`)).body;
  expect(messages).toEqual({ errors: ['Invalid encryption settings'] });
});

it('a request about a router is recorded with its action and its ARN', async () => {
  const { routerInput } = (await createInput(flowTo(SECRETS_MANAGER))).body;
  const path = `/v1/routerInput/${encodeURIComponent(routerInput.arn)}`;
  expect(sandbox().requests.at(-1)).toMatchObject({ action: 'CreateRouterInput', status: 201 });
  await ask('GET', path);
  expect(sandbox().requests.at(-1)).toMatchObject({
    action: 'GetRouterInput',
    params: { arn: routerInput.arn },
  });
});
