import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
} from '@aws-sdk/client-iam';
import { DescribeFlowCommand, ListFlowsCommand } from '@aws-sdk/client-mediaconnect';
import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  TagResourceCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import {
  AWS_DEFAULT_QUOTAS,
  type Quotas,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, KEY, readPolicy, TRUST } from '../clients.ts';

async function inSandbox(options: SandboxOptions, body: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  const sandbox = await startSandbox(options);
  try {
    await body(sandbox);
  } finally {
    await sandbox.close();
  }
}

type Clients = ReturnType<typeof clientsFor>;

const NO_ROLE = 'NoSuchEntityException';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Returns the names of the errors of these calls. */
async function errorsOf(calls: Promise<unknown>[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(calls);
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.name] : []));
}

describe('the sandbox', () => {
  it('shows IAM writes only after the propagation delay', () =>
    inSandbox({ iamPropagationMs: 500 }, async (sandbox) => {
      const { iam } = clientsFor(sandbox);
      const role = { RoleName: 'Slow', AssumeRolePolicyDocument: TRUST };
      const { Policy } = await iam.send(
        new CreatePolicyCommand({ PolicyName: 'Slow', PolicyDocument: readPolicy('*') }),
      );
      await iam.send(new CreateRoleCommand(role));
      expect((await failureOf(iam.send(new GetRoleCommand({ RoleName: 'Slow' })))).name).toBe(
        'NoSuchEntityException',
      );
      const attach = () =>
        iam.send(new AttachRolePolicyCommand({ RoleName: 'Slow', PolicyArn: Policy?.Arn }));
      expect((await failureOf(attach())).name).toBe('NoSuchEntityException');
      expect((await failureOf(iam.send(new CreateRoleCommand(role)))).name).toBe(
        'EntityAlreadyExistsException',
      );
      await pause(510);
      expect((await iam.send(new GetRoleCommand({ RoleName: 'Slow' }))).Role?.RoleName).toBe('Slow');
      await attach();
    }));

  it('throttles Secrets Manager writes per Region, and accepts them later', () =>
    inSandbox({ quotas: { secretCreationsPerSecond: 2 } }, async (sandbox) => {
      const { secrets } = clientsFor(sandbox);
      const elsewhere = clientsFor(sandbox, { region: 'eu-west-1' }).secrets;
      const create = (client: typeof secrets, Name: string) =>
        client.send(new CreateSecretCommand({ Name, SecretString: KEY }));
      const errors = await errorsOf(Array.from({ length: 8 }, (_, index) => create(secrets, `n${index}`)));
      expect(errors.length).toBeGreaterThan(0);
      expect(new Set(errors)).toEqual(new Set(['ThrottlingException']));
      await create(elsewhere, 'n0');
      await secrets.send(new DescribeSecretCommand({ SecretId: 'n0' }));
      await pause(600);
      await create(secrets, 'later');
    }));

  /** Returns the kinds of requests that a sandbox with these quotas throttles. */
  const throttledIn = async (
    quotas: Quotas,
    kinds: Record<string, (clients: Clients) => Promise<unknown>>,
  ) => {
    const throttled: string[] = [];
    await inSandbox({ quotas }, async (sandbox) => {
      const clients = clientsFor(sandbox);
      for (const [kind, send] of Object.entries(kinds)) {
        const errors = await errorsOf([send(clients)]);
        if (errors.some((name) => /^(Throttling|TooManyRequests)/.test(name))) throttled.push(kind);
      }
    });
    return throttled;
  };

  it.each([
    ['secretReadsPerSecond', ['read']],
    ['secretDescriptionsPerSecond', ['describe']],
    ['batchReadsPerSecond', ['batch']],
    ['secretPolicyRequestsPerSecond', ['policy']],
    ['secretUpdatesPerSecond', ['put', 'update']],
    ['secretTaggingsPerSecond', ['tag']],
    ['secretListingsPerSecond', ['list']],
    ['versionListingsPerSecond', ['versions']],
    ['iamRequestsPerSecond', ['role', 'delete role']],
    ['iamWritesPerSecond', ['delete role']],
    ['flowRequestsPerSecond', ['flows']],
    ['flowDescriptionsPerSecond', ['flow']],
  ] as const)('with a quota of zero for %s throttles only %j', async (name, expected) => {
    const SecretId = 'x';
    const RoleName = 'x';
    const FlowArn = 'arn:aws:mediaconnect:us-west-2:111122223333:flow:1-aaaa-bbbb:x';
    const throttled = await throttledIn(
      { [name]: 0 },
      {
        read: ({ secrets }) => secrets.send(new GetSecretValueCommand({ SecretId })),
        describe: ({ secrets }) => secrets.send(new DescribeSecretCommand({ SecretId })),
        batch: ({ secrets }) => secrets.send(new BatchGetSecretValueCommand({ SecretIdList: [SecretId] })),
        policy: ({ secrets }) => secrets.send(new GetResourcePolicyCommand({ SecretId })),
        put: ({ secrets }) => secrets.send(new PutSecretValueCommand({ SecretId, SecretString: KEY })),
        update: ({ secrets }) => secrets.send(new UpdateSecretCommand({ SecretId })),
        tag: ({ secrets }) => secrets.send(new TagResourceCommand({ SecretId, Tags: [] })),
        list: ({ secrets }) => secrets.send(new ListSecretsCommand({})),
        versions: ({ secrets }) => secrets.send(new ListSecretVersionIdsCommand({ SecretId })),
        role: ({ iam }) => iam.send(new GetRoleCommand({ RoleName })),
        'delete role': ({ iam }) => iam.send(new DeleteRoleCommand({ RoleName })),
        flows: ({ mediaConnect }) => mediaConnect.send(new ListFlowsCommand({})),
        flow: ({ mediaConnect }) => mediaConnect.send(new DescribeFlowCommand({ FlowArn })),
      },
    );
    expect(throttled).toEqual(expected);
  });

  it('counts an IAM write against both quotas of IAM, and a throttled one against none', () =>
    inSandbox({ quotas: { iamRequestsPerSecond: 3, iamWritesPerSecond: 1 } }, async (sandbox) => {
      const { iam } = clientsFor(sandbox);
      const role = { RoleName: 'Paced' };
      const remove = () => failureOf(iam.send(new DeleteRoleCommand(role)));
      const read = () => failureOf(iam.send(new GetRoleCommand(role)));
      const names = [await remove(), await remove(), await read(), await read()].map(({ name }) => name);
      expect(names).toEqual([NO_ROLE, 'Throttling', NO_ROLE, NO_ROLE]);
    }));

  it('can apply the default quotas of AWS', () =>
    inSandbox({ quotas: AWS_DEFAULT_QUOTAS }, async (sandbox) => {
      const { secrets, iam, mediaConnect } = clientsFor(sandbox);
      const create = (_: unknown, at: number) =>
        secrets.send(new CreateSecretCommand({ Name: `n${at}`, SecretString: KEY }));
      expect(await errorsOf(Array.from({ length: 50 }, create))).toEqual([]);
      const write = () => iam.send(new DeleteRoleCommand({ RoleName: 'x' }));
      const errors = await errorsOf(Array.from({ length: 20 }, write));
      expect(errors.filter((name) => name === 'Throttling').length).toBeGreaterThan(5);
      const list = () => mediaConnect.send(new ListFlowsCommand({}));
      expect(await errorsOf(Array.from({ length: 30 }, list))).toEqual([]);
      expect(await errorsOf(Array.from({ length: 10 }, list))).toContain('TooManyRequestsException');
    }));

  it('can delay every request', () =>
    inSandbox({ latencyMs: 1_000 }, async (sandbox) => {
      const { sts } = clientsFor(sandbox);
      const timed = async () => {
        const started = performance.now();
        await sts.send(new GetCallerIdentityCommand({}));
        return performance.now() - started;
      };
      expect(await timed()).toBeGreaterThanOrEqual(998);
      sandbox.setLatency(0);
      expect(await timed()).toBeLessThan(900);
    }));

  it('can delay each request by another time', () =>
    inSandbox({ latencyMs: () => 0 }, async (sandbox) => {
      const { sts } = clientsFor(sandbox);
      const latencies = [120, 0];
      sandbox.setLatency(() => latencies.shift() ?? 0);
      const answered: string[] = [];
      const call = async (name: string) => {
        await sts.send(new GetCallerIdentityCommand({}));
        answered.push(name);
      };
      const first = call('first');
      await expect.poll(() => sandbox.requests.length, { interval: 1 }).toBe(1);
      await Promise.all([first, call('second')]);
      expect(answered).toEqual(['second', 'first']);
      expect(latencies).toEqual([]);
    }));
});
