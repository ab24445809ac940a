import type { Encryption, Protocol } from '@aws-sdk/client-mediaconnect';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VerifyCheck } from '../../../src/checks/verify/result.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
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
import { saying, troubles, type VerifyDocument, verifyIt, verifyText } from '../../support/runs/verify.ts';

let sandbox: Sandbox;
let settings: Encryption;
let password: Encryption;
let far: Encryption;
beforeAll(async () => {
  sandbox = await startSandbox();
  const attached = [await makePolicy(sandbox, 'Read', guidePolicy('*'))];
  const RoleArn = await makeRole(sandbox, { attached });
  const SecretArn = await makeSecret(sandbox);
  settings = { KeyType: 'static-key', Algorithm: 'aes256', RoleArn, SecretArn };
  const srt = await makeSecret(sandbox, { Name: 'srt', SecretString: 'a-long-passphrase' });
  password = { KeyType: 'srt-password', RoleArn, SecretArn: srt };
  far = { ...settings, SecretArn: await makeSecret(sandbox, { region: FAR_REGION }) };
});
afterAll(() => sandbox.close());

const output = (Protocol: Protocol, Encryption: Encryption) => ({ Transport: { Protocol }, Encryption });
const without = (encryption: Encryption, member: keyof Encryption): Encryption => ({
  ...encryption,
  [member]: undefined,
});
const ofFlow = (checks: VerifyCheck[]) => checks.filter(({ id }) => id.startsWith('flow-'));

describe('an output of a flow', () => {
  const ROWS: [what: string, part: () => object, trouble: string, says: string[]][] = [
    [
      'an algorithm that does not match the key',
      () => output('zixi-push', { ...settings, Algorithm: 'aes128' }),
      'flow-algorithm',
      [
        'has algorithm AES-128, but the key in the secret is for AES-256',
        'aws mediaconnect update-flow-output --region us-west-2',
        '"Algorithm":"aes256"',
      ],
    ],
    [
      'a static key without an algorithm',
      () => output('zixi-pull', without(settings, 'Algorithm')),
      'flow-algorithm',
      ['has no algorithm', 'Set the algorithm to AES-256'],
    ],
    [
      'a static key on SRT',
      () => output('srt-caller', settings),
      'flow-protocol',
      ["has key type static-key, but srt-caller doesn't support it", '"KeyType":"srt-password"'],
    ],
    [
      'a static key on RTP',
      () => output('rtp', settings),
      'flow-protocol',
      ["but rtp doesn't support it", 'Use Zixi or SRT'],
    ],
    [
      'a password on Zixi',
      () => output('zixi-push', password),
      'flow-protocol',
      ["has key type srt-password, but zixi-push doesn't support it", 'Use key type static-key'],
    ],
    [
      'a password with an algorithm',
      () => output('srt-listener', { ...password, Algorithm: 'aes128' }),
      'flow-algorithm',
      ['an SRT password must have none', 'add it again without an algorithm'],
    ],
    [
      'a secret in another Region',
      () => output('zixi-push', far),
      'flow-secret',
      ['uses a secret in eu-west-1, but the flow is in us-west-2'],
    ],
    [
      'no secret',
      () => output('zixi-push', without(settings, 'SecretArn')),
      'flow-secret',
      ['has no full secret ARN'],
    ],
    ['no role', () => output('zixi-push', without(settings, 'RoleArn')), 'flow-role', ['has no role']],
  ];
  let json: VerifyDocument;
  beforeAll(async () => {
    const outputs = ROWS.map(([, part], index) => ({ Name: `part-${index}`, ...part() }));
    const flowArn = sandbox.addFlow({ region: REGION, name: 'game', outputs });
    json = (await verifyIt(sandbox, { flowArn })).json;
  });

  test.each(ROWS.map((row, at) => [...row, at] as const))(
    'fails with %s',
    (_what, _part, trouble, says, at) => {
      const found = ofFlow(json.checks).filter(({ detail }) => detail.startsWith(`output part-${at} `));
      expect(troubles(found)).toEqual([`failed ${trouble}`]);
      for (const words of says) expect(saying(found[0] as VerifyCheck)).toContain(words);
    },
  );
});

describe('a flow', () => {
  test('passes with correct settings, and reports what is not encrypted', async () => {
    const flowArn = sandbox.addFlow({
      region: REGION,
      name: 'right',
      source: { Name: 'camera', Transport: { Protocol: 'zixi-push' }, Decryption: settings },
      outputs: [{ Name: 'studio', ...output('srt-listener', password) }],
      entitlements: [{ Name: 'partner', Encryption: settings }, { Name: 'open' }],
    });
    const { code, json } = await verifyIt(sandbox, { flowArn });
    expect([code, json.verdict]).toEqual([0, 'warning']);
    expect(ofFlow(json.checks).map(({ detail }) => detail)).toEqual([
      'exists',
      'source camera (zixi-push): AES-256',
      'output studio (srt-listener): SRT password',
      'entitlement partner: AES-256',
      'entitlement open: not encrypted',
    ]);
    expect(json.encryption).toHaveLength(2);
    const { stdout } = await verifyText(sandbox, { flowArn }, { common: { json: false } });
    expect(stdout).toMatch(/^✔ MediaConnect can read all 2 keys, with 2 warnings\. {2,}account \d{12}\n/);
  });

  test('fails if the role trusts MediaConnect only for other flows', async () => {
    const [only] = guideTrust().Statement;
    const other = `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:flow:1-Other:other`;
    const trust = {
      Version: '2012-10-17',
      Statement: [{ ...only, Condition: { ArnLike: { 'aws:SourceArn': other } } }],
    };
    const RoleArn = await makeRole(sandbox, { name: 'MediaConnect-Other', trust });
    const entitlements = [{ Encryption: { ...settings, RoleArn } }];
    const flowArn = sandbox.addFlow({ region: REGION, name: 'untrusted', entitlements });
    const { json } = await verifyIt(sandbox, { flowArn });
    const [trusts] = json.checks.filter(({ id }) => id === 'role-trust');
    expect([trusts?.verdict, trusts?.detail]).toEqual([
      'failed',
      expect.stringContaining("can't assume it for this flow"),
    ]);
    expect((await verifyIt(sandbox, { roleName: 'MediaConnect-Other' })).json.checks).toContainEqual(
      expect.objectContaining({ id: 'role-trust', verdict: 'ok' }),
    );
  });

  test('is verified together with a named secret, and checks of both are reported once', async () => {
    const flowArn = sandbox.addFlow({
      region: REGION,
      name: 'both',
      entitlements: [{ Encryption: settings }],
    });
    const { json } = await verifyIt(sandbox, {
      flowArn,
      secretName: 'studio-a',
      region: [REGION],
      key: KEYS.aes256,
    });
    const told = json.checks.map(({ id, subject }) => `${id} ${subject}`);
    expect(told.filter((each) => each.startsWith('secret-key'))).toHaveLength(1);
    expect(new Set(told).size).toBe(told.length);
  });

  test('is reported as having no key if nothing is encrypted', async () => {
    const flowArn = sandbox.addFlow({ region: REGION, name: 'open', entitlements: [{ Name: 'open' }] });
    const { code, stdout } = await verifyText(sandbox, { flowArn }, { common: { json: false } });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^✔ No encryption key is used here\. /)]);
  });

  test.each([
    [
      'is in another partition',
      `arn:aws-us-gov:mediaconnect:us-gov-west-1:${ACCOUNT}:flow:1-None:none`,
      1,
      'failed flow-account',
    ],
    ['does not exist', `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:flow:1-None:none`, 1, 'failed flow-exists'],
    [
      'is in another account',
      `arn:aws:mediaconnect:${REGION}:444455556666:flow:1-None:none`,
      1,
      'failed flow-account',
    ],
  ])('fails if it %s', async (_what, flowArn, expected, trouble) => {
    const { code, json } = await verifyIt(sandbox, { flowArn });
    expect([code, troubles(json.checks)]).toEqual([expected, [trouble]]);
  });

  test('is reported as cannot-tell, with the action, if it may not be described', async () => {
    const flowArn = sandbox.addFlow({ region: REGION, name: 'hidden' });
    sandbox.addFault({ action: 'DescribeFlow', kind: 'access-denied' });
    const { code, json } = await verifyIt(sandbox, { flowArn });
    expect([code, troubles(json.checks)]).toEqual([4, ['cannot-tell flow-exists']]);
    expect(json.checks[0]?.awsAction).toBe('mediaconnect:DescribeFlow');
  });
});
