import { CreateSecretCommand, DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { createRequestQueues } from '../../src/aws/requests/request-queues.ts';
import { type Aws, openAws } from '../../src/aws/session.ts';
import { Interrupted } from '../../src/failure.ts';
import { HTTP } from '../../src/limits.ts';
import type { RecordedRequest, Sandbox } from '../../src/sandbox/index.ts';
import { KEYS, REGION } from '../support/account.ts';
import { closing } from '../support/closing.ts';
import { exhaustive } from '../support/exhaustive.ts';
import { freshSandbox } from '../support/sandbox.ts';

const range = (length: number) => Array.from({ length }, (_, index) => index);

const never = new AbortController().signal;

function enter({ url, credentials }: Sandbox, interrupt = never): Aws {
  const aws = openAws({ endpointUrl: url, credentials, homeRegion: REGION }, interrupt);
  closing(() => aws.clients.close());
  return aws;
}

function create(aws: Aws, name: string, limit: { limitMs?: number } = {}) {
  const command = new CreateSecretCommand({ Name: name, SecretString: KEYS.aes256 });
  const request = { action: 'secretsmanager:CreateSecret', resource: name, region: REGION, change: true };
  return aws.call({ ...request, ...limit }, (options) =>
    aws.clients.secretsManager(REGION).send(command, options),
  );
}

function describeSecret(aws: Aws, name: string, limit: { limitMs?: number } = {}) {
  const request = { action: 'secretsmanager:DescribeSecret', resource: name, region: REGION };
  return aws.call({ ...request, ...limit }, (options) =>
    aws.clients.secretsManager(REGION).send(new DescribeSecretCommand({ SecretId: name }), options),
  );
}

/** Returns the largest number of these requests that were in flight at once. */
function mostAtOnce(requests: readonly RecordedRequest[]): number {
  const under = (at: number) => requests.filter(({ startedAt, endedAt }) => startedAt <= at && at < endedAt);
  return Math.max(...requests.map(({ startedAt }) => under(startedAt).length));
}

describe('changes for many keys at once', () => {
  const sandbox = freshSandbox({ quotas: { secretCreationsPerSecond: 30 } });

  test('all succeed, and AWS throttles few of them', async () => {
    const aws = enter(sandbox());
    await Promise.all(range(90).map((index) => create(aws, `studio-${index}`)));
    const refused = sandbox().requests.filter(({ errorCode }) => errorCode === 'ThrottlingException');
    expect(sandbox().requests).toHaveLength(90 + refused.length);
    expect(refused.length).toBeLessThan(45);
  });

  test('end with an interruption while they wait, and nothing more is sent', async () => {
    const interruption = new AbortController();
    const aws = enter(sandbox(), interruption.signal);
    const onStrike = () => interruption.abort();
    sandbox().addFault({ action: 'CreateSecret', kind: 'delay', delayMs: 1, skip: 9, onStrike });
    const ends = await Promise.allSettled(range(80).map((index) => create(aws, `studio-${index}`)));
    const made = ends.filter(({ status }) => status === 'fulfilled').length;
    const given = ends.filter(({ status }) => status === 'rejected');
    for (const end of given) expect(end).toMatchObject({ reason: expect.any(Interrupted) });
    expect(sandbox().requests).toHaveLength(made);
    // Only those that were in flight when the tenth arrived.
    expect(made).toBeGreaterThanOrEqual(10);
    expect(made).toBeLessThanOrEqual(9 + HTTP.callsAtOnce);
    expect(aws.changeInProgress()).toBeUndefined();
  });
});

describe.runIf(exhaustive)('a quota', () => {
  const sandbox = freshSandbox({ quotas: { secretCreationsPerSecond: 20 }, latencyMs: 30 });

  test('is used almost fully over a whole run', async () => {
    const aws = enter(sandbox());
    await Promise.all(range(500).map((index) => create(aws, `studio-${index}`)));
    const { requests } = sandbox();
    const seconds =
      (Math.max(...requests.map(({ endedAt }) => endedAt)) - (requests[0]?.startedAt ?? 0)) / 1_000;
    // The quota starts with one second's worth of requests.
    expect(500 / (20 * (seconds + 1))).toBeGreaterThan(0.95);
    expect(requests.length).toBeLessThan(500 * 1.2);
  });

  test('makes no run fail when several runs share it', async () => {
    const runs = range(4).map(() => enter(sandbox()));
    await Promise.all(
      runs.flatMap((aws, run) => range(150).map((index) => create(aws, `run-${run}/${index}`))),
    );
    expect(sandbox().requests.filter(({ status }) => status === 200)).toHaveLength(600);
  });
});

test.runIf(exhaustive)('retries throttled requests as often as needed', async () => {
  const aws = openAws({ credentials: { accessKeyId: 'example', secretAccessKey: 'example' } }, never);
  const strategy = await aws.clients.secretsManager(REGION).config.retryStrategy();
  if (!('refreshRetryTokenForRetry' in strategy)) throw new Error('the SDK has another kind of strategy now');
  const cause = new Error('Rate exceeded');
  const error = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', cause });
  const refuse = async () => {
    const first = await strategy.acquireInitialRetryToken('');
    return strategy.refreshRetryTokenForRetry(first, { error, errorType: 'THROTTLING' });
  };
  // Each retry would take five of the SDK's 500 retry tokens.
  for (const _ of range(3)) await Promise.all(range(60).map(refuse));
});

describe('reads of many secrets at once', () => {
  const sandbox = freshSandbox({ latencyMs: 1_400 });

  test('are sent a limited number at a time, and waiting in the queue does not count as request time', async () => {
    const aws = enter(sandbox());
    const reads = range(2 * HTTP.callsAtOnce).map((index) =>
      describeSecret(aws, `s-${index}`, { limitMs: 2_700 }),
    );
    const ends = await Promise.allSettled(reads);
    // None of them timed out: each got the answer that there is no such secret.
    for (const end of ends) expect(end).toMatchObject({ reason: { awsCode: 'ResourceNotFoundException' } });
    expect(mostAtOnce(sandbox().requests)).toBe(HTTP.callsAtOnce);
  });
});

describe('the request queues', () => {
  const run = (interrupt = new AbortController().signal) => ({
    interrupt,
    queues: createRequestQueues(interrupt),
  });

  test('are separate for each Region: a wait in one does not delay another', async () => {
    const { interrupt, queues } = run();
    const done: string[] = [];
    const pass = (region: string) =>
      queues('secretsmanager', region)('CreateSecret').run(interrupt, async () => void done.push(region));
    const many = Promise.all(range(52).map(() => pass('us-west-2')));
    await pass('eu-west-1');
    expect(done.filter((region) => region === 'us-west-2').length).toBeLessThan(52);
    await many;
  });

  test('do not delay a read behind waiting changes', async () => {
    const { interrupt, queues } = run();
    const queue = queues('secretsmanager', 'us-west-2');
    let waiting = 60;
    const changes = range(60).map(() =>
      queue('CreateSecret').run(interrupt, async () => {
        waiting -= 1;
      }),
    );
    await queue('DescribeSecret').run(interrupt, async () => expect(waiting).toBeGreaterThan(0));
    await Promise.all(changes);
  });

  test('drop waiting calls when the user interrupts, except calls that must be completed', async () => {
    const interruption = new AbortController();
    const { queues } = run(interruption.signal);
    const ends: string[] = [];
    const pass = async (name: string, stop: AbortSignal) => {
      const passing = queues('iam')('CreatePolicy').run(stop, async () => void ends.push(`${name} done`));
      await passing.catch((error: Error) => ends.push(`${name} ${error.name}`));
    };
    // Ten that start at once, then two that wait for their turn.
    const passes = range(10).map(() => pass('first', never));
    passes.push(pass('whole', never), pass('other', interruption.signal));
    interruption.abort();
    await Promise.all(passes);
    expect(ends.slice(10)).toEqual(['other Interrupted', 'whole done']);
  });

  test('start no call whose turn comes at the moment of the interruption', async () => {
    const interruption = new AbortController();
    const { queues } = run(interruption.signal);
    let begun = false;
    const passing = queues('iam')('CreatePolicy').run(interruption.signal, async () => {
      begun = true;
    });
    interruption.abort();
    await expect(passing).rejects.toBeInstanceOf(Interrupted);
    expect(begun).toBe(false);
  });
});
