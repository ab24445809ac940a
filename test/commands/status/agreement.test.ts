import {
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  ListSecretVersionIdsCommand,
  PutResourcePolicyCommand,
  TagResourceCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Status } from '../../../src/inventory/types.ts';
import { HTTP } from '../../../src/limits.ts';
import type { Verdict } from '../../../src/plan-types.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { worstVerdict } from '../../../src/ui/output.ts';
import { listen } from '../../aws/http/scene.ts';
import { clientsFor } from '../../sandbox/clients.ts';
import {
  ACCOUNT,
  clientsOf,
  guidePolicy,
  makePolicy,
  makeRole,
  makeSecret,
  READ_ACTIONS,
  REGION,
  type RoleFixture,
  roleArn,
} from '../../support/account.ts';
import { runHere } from '../../support/runs/run-here.ts';
import { setUp } from '../../support/runs/setup.ts';
import { troubles, verifyIt } from '../../support/runs/verify.ts';
import { freshSandbox } from '../../support/sandbox.ts';
import { statusOf } from './account.ts';

const ROLE = roleArn('MediaConnect-ASM');
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const ADMIN = `arn:aws:iam::${ACCOUNT}:user/sandbox`;
const SECRETS = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:`;

const policyOf = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const letIn = (...principals: string[]) => ({
  Effect: 'Allow',
  Principal: { AWS: principals },
  Action: 'kms:*',
  Resource: '*',
});
const keepOut = (Action: string) => ({ Effect: 'Deny', Principal: { AWS: ROLE }, Action, Resource: '*' });

/** Returns credentials that may perform all actions except these. */
const without = (sandbox: Sandbox, ...actions: string[]) =>
  sandbox.credentialsFor(
    policyOf(
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: actions, Resource: '*' },
    ),
  );

async function newKey(sandbox: Sandbox, ...statements: object[]): Promise<string> {
  const Policy = statements.length > 0 ? policyOf(...statements) : undefined;
  const { KeyMetadata } = await clientsOf(sandbox).kms.send(new CreateKeyCommand({ Policy }));
  return KeyMetadata?.Arn ?? '';
}

/** Runs `setup` with a new KMS key, and returns the ARN of the key. */
async function encrypted(sandbox: Sandbox, ...statements: object[]): Promise<string> {
  const kmsKeyId = await newKey(sandbox, ...statements);
  await setUp(sandbox, { kmsKeyId });
  return kmsKeyId;
}

/** Does the same, then gives the secret another key. The current version stays under the first one. */
async function underEarlierKey(sandbox: Sandbox): Promise<string> {
  const first = await encrypted(sandbox);
  await changed(sandbox);
  const { secrets } = clientsFor(sandbox, { credentials: without(sandbox, 'kms:Encrypt') });
  await secrets.send(new UpdateSecretCommand({ SecretId: 'studio-a', KmsKeyId: await newKey(sandbox) }));
  return first;
}

const putKeyPolicy = (sandbox: Sandbox, KeyId: string, ...statements: object[]) =>
  clientsOf(sandbox).kms.send(
    new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy: policyOf(...statements) }),
  );

const putResourcePolicy = (sandbox: Sandbox, ...statements: object[]) =>
  clientsOf(sandbox).secrets.send(
    new PutResourcePolicyCommand({ SecretId: 'studio-a', ResourcePolicy: policyOf(...statements) }),
  );

/** Changes the secret, so that it is no longer known to have no resource policy. */
async function changed(sandbox: Sandbox): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 150));
  const Tags = [{ Key: 'team', Value: 'sport' }];
  await clientsOf(sandbox).secrets.send(new TagResourceCommand({ SecretId: 'studio-a', Tags }));
}

/** Creates a secret and a role with this policy by hand. */
async function byHand(sandbox: Sandbox, policy: object, KmsKeyId?: string): Promise<void> {
  await makeSecret(sandbox, { KmsKeyId });
  await makeRole(sandbox, { attached: [await makePolicy(sandbox, 'Read', policy)] });
}

const reading = (Resource: string, Condition?: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: READ_ACTIONS, Resource, ...(Condition ? { Condition } : {}) }],
});

interface Account {
  what: string;
  make(sandbox: Sandbox): Promise<unknown>;
  /** Actions that the caller may not perform. */
  denied?: string[];
  /** The verdicts about reading the secret, and about its KMS keys. */
  reads: Verdict;
  kmsKey?: Verdict;
  /** Whether `status` shows the secret (default: true). Without a policy that names it, only a secret of this program is shown. */
  isShown?: boolean;
  /** The verdict of `setup`, which reads the value too. Undefined if `setup` would fix the fault. */
  setup?: Verdict;
}

const ACCOUNTS: Account[] = [
  { what: 'nothing is wrong', make: (sandbox) => setUp(sandbox), reads: 'ok', setup: 'ok' },
  { what: 'the KMS key allows the account', make: encrypted, reads: 'ok', setup: 'ok' },
  {
    what: 'the KMS key allows the role and not the account',
    make: (sandbox) => encrypted(sandbox, letIn(ADMIN, ROLE)),
    reads: 'ok',
    setup: 'ok',
  },
  {
    what: 'the policy of the KMS key does not allow the role',
    make: (sandbox) => encrypted(sandbox, letIn(ADMIN)),
    reads: 'failed',
    setup: 'failed',
  },
  {
    what: 'the policy of the KMS key denies the role',
    make: (sandbox) => encrypted(sandbox, letIn(ROOT), keepOut('kms:Decrypt')),
    reads: 'failed',
    setup: 'failed',
  },
  {
    what: 'the policy of the KMS key may not be read',
    make: (sandbox) => encrypted(sandbox),
    denied: ['kms:GetKeyPolicy'],
    reads: 'cannot-tell',
    setup: 'cannot-tell',
  },
  {
    what: 'the policy of the KMS key may not be read, and the role has no permission for the key',
    make: async (sandbox) => byHand(sandbox, guidePolicy(`${SECRETS}studio-a-??????`), await newKey(sandbox)),
    denied: ['kms:GetKeyPolicy'],
    reads: 'cannot-tell',
  },
  {
    what: 'the KMS key may not be described',
    make: (sandbox) => encrypted(sandbox),
    denied: ['kms:DescribeKey'],
    reads: 'ok',
    kmsKey: 'cannot-tell',
    setup: 'ok',
  },
  {
    what: 'the KMS key is disabled',
    make: async (sandbox) =>
      clientsOf(sandbox).kms.send(new DisableKeyCommand({ KeyId: await encrypted(sandbox) })),
    reads: 'ok',
    kmsKey: 'failed',
    setup: 'failed',
  },
  {
    what: 'the KMS key is pending deletion',
    make: async (sandbox) =>
      clientsOf(sandbox).kms.send(new ScheduleKeyDeletionCommand({ KeyId: await encrypted(sandbox) })),
    reads: 'ok',
    kmsKey: 'failed',
    setup: 'failed',
  },
  {
    what: 'the current version is under an earlier KMS key',
    make: underEarlierKey,
    reads: 'ok',
    kmsKey: 'warning',
  },
  {
    what: 'the earlier KMS key of the current version does not allow the role',
    make: async (sandbox) => putKeyPolicy(sandbox, await underEarlierKey(sandbox), letIn(ADMIN)),
    reads: 'failed',
    kmsKey: 'warning',
    setup: 'failed',
  },
  {
    what: 'the earlier KMS key of the current version is disabled',
    make: async (sandbox) =>
      clientsOf(sandbox).kms.send(new DisableKeyCommand({ KeyId: await underEarlierKey(sandbox) })),
    reads: 'ok',
    kmsKey: 'failed',
    setup: 'failed',
  },
  {
    what: 'the KMS key of the current version may not be listed',
    make: underEarlierKey,
    denied: ['secretsmanager:ListSecretVersionIds'],
    reads: 'cannot-tell',
    kmsKey: 'cannot-tell',
    setup: 'cannot-tell',
  },
  {
    what: 'the KMS key of the current version may not be listed, and the key of the secret denies the role',
    make: async (sandbox) => {
      await encrypted(sandbox, letIn(ROOT), keepOut('kms:Decrypt'));
      await changed(sandbox);
    },
    denied: ['secretsmanager:ListSecretVersionIds'],
    reads: 'cannot-tell',
    kmsKey: 'cannot-tell',
    setup: 'cannot-tell',
  },
  {
    what: 'the secret names the AWS managed key by its ARN',
    make: async (sandbox) => {
      const own = await clientsOf(sandbox).kms.send(
        new DescribeKeyCommand({ KeyId: 'alias/aws/secretsmanager' }),
      );
      await byHand(sandbox, guidePolicy(`${SECRETS}studio-a-??????`), own.KeyMetadata?.Arn);
    },
    reads: 'ok',
    setup: 'ok',
  },
  {
    what: 'the role has no permission for the KMS key',
    make: async (sandbox) => byHand(sandbox, guidePolicy(`${SECRETS}studio-a-??????`), await newKey(sandbox)),
    reads: 'failed',
  },
  {
    what: 'the resource policy denies the role',
    make: async (sandbox) => {
      await setUp(sandbox);
      await changed(sandbox);
      await putResourcePolicy(sandbox, keepOut('secretsmanager:GetSecretValue'));
    },
    reads: 'failed',
    setup: 'failed',
  },
  {
    what: 'the resource policy has a condition that cannot be evaluated',
    make: async (sandbox) => {
      await setUp(sandbox);
      await changed(sandbox);
      const Condition = { StringNotEquals: { 'aws:PrincipalTag/team': 'sport' } };
      await putResourcePolicy(sandbox, { ...keepOut('secretsmanager:GetSecretValue'), Condition });
    },
    reads: 'cannot-tell',
    setup: 'cannot-tell',
  },
  {
    what: 'the resource policy may not be read',
    make: async (sandbox) => {
      await setUp(sandbox);
      await changed(sandbox);
    },
    denied: ['secretsmanager:GetResourcePolicy'],
    reads: 'cannot-tell',
  },
  {
    what: 'the resource policy may not be read, and the role has only some of the permissions',
    make: (sandbox) =>
      byHand(sandbox, {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: READ_ACTIONS.slice(0, 3), Resource: `${SECRETS}studio-a-*` }],
      }),
    denied: ['secretsmanager:GetResourcePolicy'],
    reads: 'cannot-tell',
  },
  {
    what: 'the resource policy grants what the role policy does not',
    make: async (sandbox) => {
      const some = [{ Effect: 'Allow', Action: READ_ACTIONS.slice(0, 3), Resource: `${SECRETS}studio-a-*` }];
      await byHand(sandbox, { Version: '2012-10-17', Statement: some });
      const rest = { Principal: { AWS: ROLE }, Action: READ_ACTIONS[3], Resource: '*' };
      await putResourcePolicy(sandbox, { Effect: 'Allow', ...rest });
    },
    reads: 'ok',
  },
  {
    what: 'the policy lacks the suffix of the ARN',
    make: (sandbox) => byHand(sandbox, reading(`${SECRETS}studio-a`)),
    reads: 'failed',
    isShown: false,
  },
  {
    what: 'the policy has the suffix of another ARN',
    make: (sandbox) => byHand(sandbox, reading(`${SECRETS}studio-a-AbCdEf`)),
    reads: 'failed',
    isShown: false,
  },
  {
    what: 'the policy has a condition that is not met',
    make: (sandbox) =>
      byHand(
        sandbox,
        reading(`${SECRETS}studio-a-??????`, { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }),
      ),
    reads: 'failed',
  },
  {
    what: 'the policy has a condition that may be met',
    make: (sandbox) =>
      byHand(
        sandbox,
        reading(`${SECRETS}studio-a-??????`, { StringEquals: { 'aws:PrincipalTag/team': 'sport' } }),
      ),
    reads: 'cannot-tell',
  },
  {
    what: 'a permissions boundary does not allow reading',
    make: async (sandbox) => {
      const arn = await makeSecret(sandbox);
      const nothing = {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
      };
      await makeRole(sandbox, {
        attached: [await makePolicy(sandbox, 'Read', guidePolicy(arn))],
        boundary: await makePolicy(sandbox, 'Boundary', nothing),
      });
    },
    reads: 'failed',
  },
  {
    what: 'the policies of the role may not be read',
    make: (sandbox) => setUp(sandbox),
    denied: ['iam:GetPolicyVersion'],
    reads: 'cannot-tell',
  },
];

const sandbox = freshSandbox();

describe.each(ACCOUNTS)(
  'when $what',
  ({ make, denied = [], reads, kmsKey = 'ok', isShown = true, setup }) => {
    const credentials = () => (denied.length > 0 ? without(sandbox(), ...denied) : sandbox().credentials);

    test('status, verify and setup agree', async () => {
      await make(sandbox());
      const [{ json: status }, { json: verified }] = await Promise.all([
        statusOf(sandbox(), [REGION], credentials()),
        verifyIt(sandbox(), {}, { credentials: credentials() }),
      ]);
      const checks = [...status.roles, ...status.secrets].flatMap((each) => each.checks);
      const ofStatus = (pattern: RegExp) => worstVerdict(checks.filter(({ id }) => pattern.test(id)));
      const ofVerify = (pattern: RegExp) =>
        worstVerdict(verified.checks.filter(({ id }) => pattern.test(id)));
      expect([
        ofStatus(/^(role-(reads-secret|policies)|policy-names-secret)$/),
        ofVerify(/^(role-(reads|decrypts)-secret|role-policies|secret-resource-policy)$/),
      ]).toEqual([reads, reads]);
      expect(status.secrets).toHaveLength(isShown ? 1 : 0);
      expect(checks.some(({ id }) => id === 'secret-kms-key')).toBe(isShown);
      if (isShown) expect(ofStatus(/^secret-kms-key$/)).toBe(kmsKey);
      expect(ofVerify(/^secret-kms-key$/)).toBe(kmsKey);
      for (const id of [
        'role-name',
        'role-path',
        'role-trust',
        'role-guard',
        'policy-reads-only',
        'policy-scope',
      ])
        expect([id, ofStatus(new RegExp(`^${id}$`))]).toEqual([id, ofVerify(new RegExp(`^${id}$`))]);
      if (setup === undefined) return;
      const { secrets } = clientsOf(sandbox());
      const { ARN } = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: 'studio-a' }));
      const { code, json } = await setUp(sandbox(), { secretArn: [ARN ?? ''] }, credentials());
      expect(code === 0 ? worstVerdict(json.checks) : 'failed').toBe(setup);
    });
  },
);

test.each([
  [
    'lacks the suffix of the ARN',
    reading(`${SECRETS}studio-a`),
    'lacks the hyphen and six characters at the end of the ARN (studio-a-??????)',
  ],
  [
    'has the suffix of another ARN',
    reading(`${SECRETS}studio-a-AbCdEf`),
    "ends in -AbCdEf, and the secret's ARN",
  ],
  ['differs in letter case', reading(`${SECRETS}Studio-A-??????`), 'differs in letter case'],
  [
    'lacks an action',
    {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: READ_ACTIONS[1], Resource: `${SECRETS}studio-a-??????` }],
    },
    'statement 1 of Read allows secretsmanager:GetSecretValue only',
  ],
  [
    'has a condition',
    reading(`${SECRETS}studio-a-??????`, { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }),
    `its condition aws:RequestedRegion is eu-west-1, not ${REGION}`,
  ],
])('status explains like verify what is wrong with a policy that %s', async (_, policy, said) => {
  await byHand(sandbox(), policy);
  const { json } = await statusOf(sandbox(), [REGION]);
  const wrong = json.roles.flatMap(({ checks }) => checks.filter(({ verdict }) => verdict === 'failed'));
  expect(wrong.map(({ detail }) => detail)).toEqual([expect.stringContaining(said)]);
});

test.each([
  ['the reserved name', { name: 'MediaConnectAccessRole' }, 'failed role-name'],
  ['a path', { name: 'MediaConnect-ASM', path: '/video/' }, 'warning role-path'],
  ['a policy for every secret', { name: 'MediaConnect-ASM', resource: '*' }, 'warning policy-scope'],
] satisfies [string, RoleFixture & { resource?: string }, string][])(
  'status and verify agree on a role with %s',
  async (_, { resource, ...role }: RoleFixture & { resource?: string }, expected) => {
    const arn = await makeSecret(sandbox());
    const attached = [await makePolicy(sandbox(), 'Read', guidePolicy(resource ?? arn))];
    const made = await makeRole(sandbox(), { ...role, attached });
    const { json: status } = await statusOf(sandbox(), [REGION]);
    const { json: verified } = await verifyIt(sandbox(), { secretArn: [arn], roleArn: made });
    const unguarded = 'warning role-guard';
    const ofRole = status.roles.flatMap(({ checks }) => checks).filter(({ verdict }) => verdict !== 'ok');
    expect(ofRole.map(({ id, verdict }) => `${verdict} ${id}`)).toEqual(
      expected.includes('policy') ? [unguarded, expected] : [expected, unguarded],
    );
    expect(troubles(verified.checks)).toContain(expected);
  },
);

test('status reads each KMS key and its policy once, however many secrets use it', async () => {
  const KmsKeyId = await newKey(sandbox());
  const names = Array.from({ length: 12 }, (_, at) => `live/feed-${at}`);
  for (const Name of names) await makeSecret(sandbox(), { Name, KmsKeyId });
  const attached = [await makePolicy(sandbox(), 'Read', guidePolicy(`${SECRETS}live/*`))];
  await makeRole(sandbox(), { attached });
  sandbox().clearRequests();
  const { json } = await statusOf(sandbox(), [REGION]);
  expect(json.secrets).toHaveLength(12);
  const count = (action: string) => sandbox().requests.filter((each) => each.action === action).length;
  expect(['DescribeKey', 'GetKeyPolicy', 'ListSecretVersionIds', 'GetResourcePolicy'].map(count)).toEqual([
    1, 1, 12, 12,
  ]);
});

test('status reads no KMS key and no resource policy for secrets that setup created', async () => {
  await setUp(sandbox());
  sandbox().clearRequests();
  await statusOf(sandbox(), [REGION]);
  const actions = sandbox().requests.map(({ action }) => action);
  for (const action of ['DescribeKey', 'GetKeyPolicy', 'GetResourcePolicy'])
    expect(actions).not.toContain(action);
});

test('status notes each KMS key that it may not read once', async () => {
  const key = await encrypted(sandbox());
  await setUp(sandbox(), { secretName: 'studio-b', kmsKeyId: key });
  const credentials = without(sandbox(), 'kms:GetKeyPolicy');
  const { code, json } = await statusOf(sandbox(), [REGION], credentials);
  expect(code).toBe(0);
  expect(json.notes).toMatchObject([{ id: 'not-allowed', awsAction: 'kms:GetKeyPolicy', subjects: [key] }]);
});

test('status reports cannot-tell for the checks of a KMS that fails, and continues', async () => {
  await encrypted(sandbox());
  sandbox().addFault({ action: 'GetKeyPolicy', kind: 'internal-error', times: Number.POSITIVE_INFINITY });
  const { code, json } = await statusOf(sandbox(), [REGION]);
  expect([code, json.notes.map(({ id, awsAction }) => `${id} ${awsAction}`)]).toEqual([
    0,
    ['not-answered kms:GetKeyPolicy'],
  ]);
  const [role] = json.roles;
  expect(role?.checks.find(({ id }) => id === 'role-reads-secret')?.verdict).toBe('cannot-tell');
});

describe('a KMS that cannot be reached', () => {
  const limits: { searchLimitMs: number } = HTTP;
  const { searchLimitMs } = limits;
  beforeEach(() => {
    limits.searchLimitMs = 500;
  });
  afterEach(() => {
    limits.searchLimitMs = searchLimitMs;
  });

  const NO_LISTENER = 1;

  /** Runs `status` with another endpoint for KMS. */
  async function statusWith(port: number) {
    const started = performance.now();
    const { code, stdout, stderr } = await runHere(['status', '--region', REGION, '--json'], {
      ...sandbox().env,
      AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${port}`,
    });
    expect(stdout, stderr).not.toBe('');
    return { code, json: JSON.parse(stdout) as Status, ms: performance.now() - started };
  }

  test('is called once in a Region, and its checks are reported as cannot-tell', async () => {
    const keys: string[] = [];
    for (let count = 0; count < 30; count++) keys.push(await newKey(sandbox()));
    const arns: string[] = [];
    for (const [index, KmsKeyId] of keys.entries())
      arns.push(await makeSecret(sandbox(), { Name: `feed-${index}`, KmsKeyId }));
    await makeRole(sandbox(), { attached: [await makePolicy(sandbox(), 'Read', guidePolicy(...arns))] });
    let connections = 0;
    const { code, json, ms } = await statusWith(await listen(() => void connections++));
    expect(code).toBe(0);
    expect(connections).toBe(1);
    // One time limit, plus the time of the other services.
    expect(ms).toBeLessThan(8_000);
    expect(json.notes).toMatchObject([{ id: 'not-answered', detail: expect.stringContaining('kms:') }]);
    expect(json.notes[0]?.subjects).toHaveLength(keys.length);
    const checks = [...json.roles, ...json.secrets].flatMap((each) => each.checks);
    for (const id of ['role-reads-secret', 'secret-kms-key'])
      expect(checks.filter((check) => check.id === id).map(({ verdict }) => verdict)).toEqual(
        Array(keys.length).fill('cannot-tell'),
      );
  }, 20_000);

  test('is noted if nothing listens at its endpoint', async () => {
    await encrypted(sandbox());
    const { code, json } = await statusWith(NO_LISTENER);
    expect([code, json.notes.map(({ id }) => id)]).toEqual([0, ['not-answered']]);
  });
});
