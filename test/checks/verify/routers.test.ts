import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VerifyCheck } from '../../../src/checks/verify/result.ts';
import { type RouterIntegration, type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import {
  ACCOUNT,
  FAR_REGION,
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  REGION,
} from '../../support/account.ts';
import { saying, troubles, verifyIt, verifyText } from '../../support/runs/verify.ts';

let sandbox: Sandbox;
let roleArn: string;
let secretArn: string;
let otherArn: string;
let sameArn: string;
let shortArn: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  const attached = [await makePolicy(sandbox, 'Read', guidePolicy('*'))];
  roleArn = await makeRole(sandbox, { attached });
  secretArn = await makeSecret(sandbox);
  otherArn = await makeSecret(sandbox, { Name: 'other', SecretString: KEYS.other });
  sameArn = await makeSecret(sandbox, { Name: 'same', SecretString: KEYS.aes256.toUpperCase() });
  shortArn = await makeSecret(sandbox, { Name: 'short', SecretString: KEYS.aes256.slice(0, 32) });
});
afterAll(() => sandbox.close());

const AUTOMATIC = { encryptionKeyType: 'AUTOMATIC', encryptionKeyConfiguration: { automatic: {} } };
function transit(secret = secretArn, role = roleArn) {
  const secretsManager = { secretArn: secret, roleArn: role };
  return { encryptionKeyType: 'SECRETS_MANAGER', encryptionKeyConfiguration: { secretsManager } };
}

/** Adds a flow with an output for routers, and returns its ARNs. */
function addFlow(settings: object | undefined, more: RouterIntegration & { errors?: string[] } = {}) {
  const { errors = [], ...integration } = more;
  const OutputArn = `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:output:1-${Math.random()}:to-router`;
  const output = { Name: 'to-router', OutputArn, RouterIntegrationState: 'ENABLED' as const };
  const flowArn = sandbox.addFlow({
    region: REGION,
    name: 'game',
    errors,
    outputs: [
      { ...output, ...(settings ? { RouterIntegrationTransitEncryption: settings } : {}), ...integration },
    ],
  });
  return { flowArn, outputArn: OutputArn };
}

function addInput(
  { flowArn, outputArn }: { flowArn?: string; outputArn?: string },
  settings: object,
  messages: string[] = [],
): string {
  const mediaConnectFlow = { flowArn, flowOutputArn: outputArn, sourceTransitDecryption: settings };
  const configuration = { mediaConnectFlow };
  return sandbox.addRouterEndpoint({
    region: REGION,
    kind: 'routerInput',
    name: 'studio',
    configuration,
    messages,
  });
}

const media = (checks: VerifyCheck[]) => checks.filter(({ id }) => /^(flow|router)-/.test(id));

describe("a flow's transit encryption", () => {
  test('is checked with its secret and its role', async () => {
    const { json } = await verifyIt(sandbox, { flowArn: addFlow(transit()).flowArn });
    expect(media(json.checks).map(({ detail }) => detail)).toEqual([
      'exists',
      'output to-router: transit encryption with a secret',
    ]);
    expect(json.checks.map(({ id }) => id)).toEqual(expect.arrayContaining(['secret-length', 'role-trust']));
    expect(json.verdict).toBe('warning');
  });

  test.each<[string, () => object, string, string]>([
    ['a key that does not have 64 digits', () => transit(shortArn), 'failed secret-length', '64'],
    [
      'a secret in another Region',
      () => transit(secretArn.replace(REGION, FAR_REGION)),
      'failed flow-secret',
      'uses a secret in eu-west-1',
    ],
    ['no secret', () => transit(''), 'failed flow-secret', 'has no full secret ARN'],
    [
      'a role with a path',
      () => transit(secretArn, roleArn.replace('role/', 'role/video/')),
      'failed flow-role',
      'the path /video/',
    ],
  ])('fails with %s', async (_what, settings, trouble, says) => {
    const { code, json } = await verifyIt(sandbox, { flowArn: addFlow(settings()).flowArn });
    expect(code).toBe(1);
    expect(troubles(json.checks)).toContain(trouble);
    const found = json.checks.filter(({ id }) => trouble.endsWith(id));
    expect(found.map(saying).join('\n')).toContain(says);
  });

  test('is reported as automatic if it needs no key', async () => {
    const { code, json } = await verifyIt(sandbox, { flowArn: addFlow(AUTOMATIC).flowArn });
    expect([code, media(json.checks).at(-1)?.detail]).toEqual([
      0,
      'output to-router: automatic transit encryption, no key needed',
    ]);
  });

  test('is not checked if the router integration is disabled', async () => {
    const { code, json } = await verifyIt(
      sandbox,
      addFlow(transit(shortArn), { RouterIntegrationState: 'DISABLED' }),
    );
    expect([code, troubles(json.checks)]).toEqual([0, []]);
    expect(media(json.checks).at(-1)?.detail).toContain('is disabled');
  });
});

describe('both ends of a connection', () => {
  test.each<[string, () => object, () => object, string[]]>([
    ['match with the same secret', () => transit(), () => transit(), []],
    ['match with two secrets of the same key', () => transit(), () => transit(sameArn), []],
    ['match with automatic encryption', () => AUTOMATIC, () => AUTOMATIC, []],
    ['do not match with two keys', () => transit(), () => transit(otherArn), ['other-end']],
    ['do not match with two key types', () => transit(), () => AUTOMATIC, ['other-end']],
    ['do not match with two key types, the other way round', () => AUTOMATIC, () => transit(), ['other-end']],
  ])('%s, checked from either end', async (_what, ofFlow, ofRouter, expected) => {
    const flow = addFlow(ofFlow());
    const input = addInput(flow, ofRouter());
    const [fromFlow, fromRouter] = [
      await verifyIt(sandbox, { flowArn: flow.flowArn }),
      await verifyIt(sandbox, { flowArn: input }),
    ];
    const failing = (checks: VerifyCheck[]) => troubles(checks).filter((each) => each.startsWith('failed'));
    expect(failing(fromFlow.json.checks)).toEqual(expected.map((end) => `failed flow-${end}`));
    expect(failing(fromRouter.json.checks)).toEqual(expected.map((end) => `failed router-${end}`));
    expect(fromRouter.code).toBe(expected.length > 0 ? 1 : 0);
  });

  test('cannot be compared without the permission, which is named', async () => {
    const flow = addFlow(transit());
    addInput(flow, transit());
    sandbox.addFault({ action: 'GetRouterInput', kind: 'access-denied' });
    const { code, json } = await verifyIt(sandbox, { flowArn: flow.flowArn });
    expect(code).toBe(4);
    expect(json.checks).toContainEqual(
      expect.objectContaining({
        id: 'flow-other-end',
        verdict: 'cannot-tell',
        awsAction: 'mediaconnect:GetRouterInput',
      }),
    );
  });

  test.each<[string, () => { flowArn?: string; outputArn?: string }, string]>([
    [
      'does not exist',
      () => ({ flowArn: `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:flow:1-None:none` }),
      'does not exist',
    ],
    ['has no such output', () => ({ ...addFlow(transit()), outputArn: 'arn:aws:none' }), 'has no such part'],
    [
      'has the integration disabled',
      () => addFlow(transit(), { RouterIntegrationState: 'DISABLED' }),
      'router integration is disabled',
    ],
  ])('fail if the flow %s', async (_what, flow, says) => {
    const { code, json } = await verifyIt(sandbox, { flowArn: addInput(flow(), transit()) });
    const [check] = json.checks.filter(({ id }) => id === 'router-other-end');
    expect([code, check?.verdict, check?.detail]).toEqual([1, 'failed', expect.stringContaining(says)]);
  });
});

describe('a router input or output', () => {
  test('is checked against a role that trusts its own ARN only', async () => {
    const [only] = guideTrust().Statement;
    const trust = (arn: string) => ({
      Version: '2012-10-17',
      Statement: [{ ...only, Condition: { ArnLike: { 'aws:SourceArn': arn } } }],
    });
    const attached = [await makePolicy(sandbox, 'ReadToo', guidePolicy('*'))];
    const pattern = (kind: string) => `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:${kind}:*`;
    const narrow = await makeRole(sandbox, {
      name: 'MediaConnect-Router',
      trust: trust(pattern('routerInput')),
      attached,
    });
    const forFlows = await makeRole(sandbox, {
      name: 'MediaConnect-Flows',
      trust: trust(pattern('flow')),
      attached,
    });
    const trusts = async (role: string) => {
      const { json } = await verifyIt(sandbox, { flowArn: addInput({}, transit(secretArn, role)) });
      return json.checks.find(({ id }) => id === 'role-trust');
    };
    expect(await trusts(narrow)).toMatchObject({ verdict: 'ok' });
    expect(await trusts(forFlows)).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining("can't assume it for this router input"),
    });
  });

  test('is checked for an SRT password if it has an SRT listener', async () => {
    const password = await makeSecret(sandbox, { Name: 'srt', SecretString: 'a-long-passphrase' });
    const encryptionConfiguration = { encryptionKey: { secretArn: password, roleArn } };
    const configuration = {
      standard: { protocolConfiguration: { srtListener: { encryptionConfiguration } } },
    };
    const arn = sandbox.addRouterEndpoint({
      region: REGION,
      kind: 'routerOutput',
      name: 'out',
      configuration,
    });
    const { json } = await verifyIt(sandbox, { flowArn: arn });
    expect(troubles(json.checks).filter((each) => each.startsWith('failed'))).toEqual([]);
    expect(media(json.checks).at(-1)?.detail).toBe(
      'configuration.standard.protocolConfiguration.srtListener.encryptionConfiguration: SRT password',
    );
    const { stdout } = await verifyText(sandbox, { flowArn: arn, all: true }, { common: { json: false } });
    expect(stdout).toMatch(/^ {2}Router output [a-z0-9]{12}$/m);
  });

  test.each([
    [
      'does not exist',
      `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:routerInput:aaaaaaaaaaaa`,
      'failed router-exists',
    ],
    [
      'is in another account',
      `arn:aws:mediaconnect:${REGION}:444455556666:routerOutput:aaaaaaaaaaaa`,
      'failed router-account',
    ],
  ])('fails if it %s', async (_what, flowArn, trouble) => {
    const { code, json } = await verifyIt(sandbox, { flowArn });
    expect([code, troubles(json.checks)]).toEqual([1, [trouble]]);
  });

  test('is reported as cannot-tell, with the action, if it may not be read', async () => {
    sandbox.addFault({ action: 'GetRouterInput', kind: 'access-denied' });
    const { code, json } = await verifyIt(sandbox, { flowArn: addInput({}, AUTOMATIC) });
    expect([code, json.checks[0]?.awsAction]).toEqual([4, 'mediaconnect:GetRouterInput']);
  });
});

describe("MediaConnect's own messages", () => {
  test('about a flow come first, word for word', async () => {
    const text = 'The encryption settings of output to-router are invalid.';
    const { code, json } = await verifyIt(sandbox, {
      flowArn: addFlow(transit(), { errors: [text] }).flowArn,
    });
    expect([code, json.checks[0]]).toEqual([
      1,
      expect.objectContaining({
        id: 'flow-messages',
        verdict: 'failed',
        detail: expect.stringContaining(text),
      }),
    ]);
    const { stdout } = await verifyText(sandbox, addFlow(transit(), { errors: [text] }), {
      common: { json: false },
    });
    expect(stdout.split('\n').slice(0, 4).join(' ')).toContain(text);
  });

  test('about a router input come first too', async () => {
    const { json } = await verifyIt(sandbox, { flowArn: addInput({}, AUTOMATIC, ['Key unreadable']) });
    expect(json.checks[0]).toMatchObject({ id: 'router-messages', verdict: 'warning' });
    expect(json.checks[0]?.detail).toContain('Key unreadable');
  });
});

test('refuses an ARN of another kind, and names the kinds that verify takes', async () => {
  const flowArn = `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:bridge:1-a:b`;
  await expect(verifyIt(sandbox, { flowArn })).rejects.toThrow(
    '--flow-arn must be the ARN of a flow, router input or router output',
  );
});
