import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  GetRoleCommand,
} from '@aws-sdk/client-iam';
import { ListFlowsCommand } from '@aws-sdk/client-mediaconnect';
import { CreateSecretCommand, DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, KEY, readPolicy, TRUST } from '../clients.ts';

async function inSandbox(options: SandboxOptions, body: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  const sandbox = await startSandbox(options);
  try {
    await body(sandbox);
  } finally {
    await sandbox.close();
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The names of the errors among the outcomes. */
async function errorsOf(calls: Promise<unknown>[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(calls);
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.name] : []));
}

describe('the pace of the sandbox', () => {
  it('lets IAM writes show after the propagation delay only', () =>
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

  it('throttles Secrets Manager writes in each Region apart, and lets them through later', () =>
    inSandbox({ quotas: { secretWritesPerSecond: 2 } }, async (sandbox) => {
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

  it('throttles Secrets Manager reads, IAM requests and MediaConnect requests by quotas of their own', () => {
    const quotas = { secretReadsPerSecond: 1, iamRequestsPerSecond: 1, flowRequestsPerSecond: 1 };
    return inSandbox({ quotas }, async (sandbox) => {
      const { secrets, iam, mediaConnect } = clientsFor(sandbox);
      const read = () => secrets.send(new DescribeSecretCommand({ SecretId: 'x' }));
      const reads = await errorsOf([read(), read(), read()]);
      expect(reads.filter((name) => name === 'ThrottlingException').length).toBeGreaterThanOrEqual(1);
      const get = () => iam.send(new GetRoleCommand({ RoleName: 'x' }));
      expect(await errorsOf([get(), get(), get()])).toContain('Throttling');
      const list = () => mediaConnect.send(new ListFlowsCommand({}));
      expect(await errorsOf([list(), list(), list()])).toContain('TooManyRequestsException');
    });
  });

  it('can be slowed down', () =>
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

  it('can be slowed down by another time for each request', () =>
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
