import {
  CreateFlowCommand,
  type CreateFlowCommandInput,
  type Encryption,
  type Protocol,
  UpdateFlowOutputCommand,
} from '@aws-sdk/client-mediaconnect';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf } from '../clients.ts';
import { PASSWORD, ROLE_ARN, SECRET_ARN, SPEKE, STATIC_KEY, ZIXI_OUTPUT, ZIXI_SOURCE } from './set-up.ts';

type Parts = Partial<CreateFlowCommandInput>;

let sandbox: Sandbox;
let client: ReturnType<typeof clientsFor>['mediaConnect'];
beforeAll(async () => {
  sandbox = await startSandbox();
  client = clientsFor(sandbox).mediaConnect;
});
afterAll(() => sandbox.close());

const create = (parts: Parts) =>
  client.send(new CreateFlowCommand({ Name: 'game', Source: ZIXI_SOURCE, ...parts }));
const output = (Protocol: Protocol, Encryption: Encryption): Parts => ({
  Outputs: [{ ...ZIXI_OUTPUT, Protocol, Encryption }],
});
const source = (Protocol: Protocol, Decryption: Encryption): Parts => ({
  Source: { ...ZIXI_SOURCE, Protocol, Decryption },
});
const entitlement = (encryption: Encryption): Parts => ({
  Entitlements: [{ Subscribers: ['444455556666'], Encryption: encryption }],
});
const without = (encryption: Encryption, member: keyof Encryption): Encryption => ({
  ...encryption,
  [member]: undefined,
});
const { KeyType: _, ...USUAL } = STATIC_KEY;

describe('encryption settings that MediaConnect accepts', () => {
  it.each<[string, Parts, string]>([
    ['a static key on a Zixi source', source('zixi-push', STATIC_KEY), 'static-key'],
    ['a static key on a Zixi output', output('zixi-pull', STATIC_KEY), 'static-key'],
    ['a static key on an entitlement', entitlement(STATIC_KEY), 'static-key'],
    ['no key type, which means a static key', output('zixi-push', USUAL), 'static-key'],
    ['a password on an SRT source', source('srt-listener', PASSWORD), 'srt-password'],
    ['a password on an SRT output', output('srt-caller', PASSWORD), 'srt-password'],
    ['SPEKE on an entitlement', entitlement(SPEKE), 'speke'],
    [
      'a static key on a source from an entitlement',
      {
        Source: {
          EntitlementArn: 'arn:aws:mediaconnect:us-west-2:444455556666:entitlement:1-a:b',
          Decryption: STATIC_KEY,
        },
      },
      'static-key',
    ],
  ])('%s', async (_what, parts, keyType) => {
    const { Flow } = await create(parts);
    expect(JSON.stringify(Flow)).toContain(`"KeyType":"${keyType}"`);
  });
});

describe('encryption settings that MediaConnect rejects', () => {
  it.each<[string, Parts, RegExp]>([
    ['a static key on an SRT output', output('srt-listener', STATIC_KEY), /static-key is not valid/],
    ['a static key on an RTP source', source('rtp', STATIC_KEY), /static-key is not valid/],
    ['a password on a Zixi output', output('zixi-push', PASSWORD), /srt-password is not valid/],
    ['a password on an entitlement', entitlement(PASSWORD), /srt-password is not valid/],
    ['SPEKE on an output', output('zixi-push', SPEKE), /speke is not valid/],
    ['a static key without an algorithm', entitlement(without(STATIC_KEY, 'Algorithm')), /^algorithm is req/],
    [
      'a static key without a secret',
      entitlement(without(STATIC_KEY, 'SecretArn')),
      /^secretArn is required/,
    ],
    [
      'a static key with a URL',
      entitlement({ ...STATIC_KEY, Url: 'https://x.example' }),
      /^url is not valid/,
    ],
    [
      'a password with an algorithm',
      output('srt-caller', { ...PASSWORD, Algorithm: 'aes128' }),
      /^algorithm/,
    ],
    ['SPEKE without a device', entitlement(without(SPEKE, 'DeviceId')), /^deviceId is required/],
    ['SPEKE with a secret', entitlement({ ...SPEKE, SecretArn: SECRET_ARN }), /^secretArn is not valid/],
    ['no role', entitlement(without(STATIC_KEY, 'RoleArn')), /roleArn/],
    ['an unknown algorithm', entitlement({ ...STATIC_KEY, Algorithm: 'rot13' as never }), /enum value set/],
    ...[
      SECRET_ARN.replace('us-west-2', 'eu-west-1'),
      SECRET_ARN.replace('111122223333', '444455556666'),
      SECRET_ARN.replace('secretsmanager', 'ssm'),
      'game',
    ].map<[string, Parts, RegExp]>((SecretArn) => [
      `the secret ${SecretArn}`,
      entitlement({ ...STATIC_KEY, SecretArn }),
      /is not the ARN of a secret in us-west-2/,
    ]),
    ...[
      ROLE_ARN.replace('111122223333', '444455556666'),
      ROLE_ARN.replace('role/', 'role/path/'),
      ROLE_ARN.replace('role/', 'user/'),
      'MediaConnect-ASM',
    ].map<[string, Parts, RegExp]>((RoleArn) => [
      `the role ${RoleArn}`,
      entitlement({ ...STATIC_KEY, RoleArn }),
      /is not the ARN of a role of this account/,
    ]),
  ])('%s', async (_what, parts, message) => {
    const failure = await failureOf(create(parts));
    expect(failure).toMatchObject({ name: 'BadRequestException', status: 400 });
    expect(failure.message).toMatch(message);
  });
});

describe('an update of encryption settings', () => {
  it('changes what it names, starts over with another key type, and is validated as a whole', async () => {
    const { Flow } = await create(output('zixi-push', STATIC_KEY));
    const parts = { FlowArn: Flow?.FlowArn, OutputArn: Flow?.Outputs?.[0]?.OutputArn };
    const update = async (change: object) => {
      const { Output } = await client.send(new UpdateFlowOutputCommand({ ...parts, ...change }));
      return Output?.Encryption;
    };
    const longer = await update({ Encryption: { Algorithm: 'aes256' } });
    expect(longer).toEqual({ ...STATIC_KEY, Algorithm: 'aes256' });
    expect((await failureOf(update({ Protocol: 'srt-caller' }))).name).toBe('BadRequestException');
    const { RoleArn: _role, ...password } = PASSWORD;
    expect(await update({ Protocol: 'srt-caller', Encryption: password })).toEqual(PASSWORD);
    expect((await failureOf(update({ Encryption: { Algorithm: 'aes256' } }))).name).toBe(
      'BadRequestException',
    );
    expect(await update({ Description: 'kept' })).toEqual(PASSWORD);
  });
});
