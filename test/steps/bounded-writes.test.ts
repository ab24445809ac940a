import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  DeleteSecretCommand,
  ListSecretVersionIdsCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { describe, expect, test } from 'vitest';
import type { RequestHandler } from '../../src/aws/http/sdk-client.ts';
import { policyReader } from '../../src/aws/iam/policies.ts';
import { secretReader } from '../../src/aws/secrets/value-reader.ts';
import { openAws } from '../../src/aws/session.ts';
import { KeyMaterial } from '../../src/key/index.ts';
import { CONTRADICTION_PAUSES_MS, LIMITS } from '../../src/limits.ts';
import { completeRequest, readAnswers } from '../../src/options/setup-request.ts';
import { storeSecret } from '../../src/steps/store-secret/index.ts';
import type { StepContext } from '../../src/steps/types.ts';
import { clientsOf, KEYS, makeSecret, REGION, readAccount, writesTo } from '../support/account.ts';
import type { Wishes } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';

const HOUR_MS = 60 * 60 * 1000;
let age = 0;
const sandbox = freshSandbox({ now: () => Date.now() - age });
const secrets = () => clientsOf(sandbox()).secrets;

/** Runs the first step alone, with shorter limits than the program has. */
async function store(
  wishes: Wishes,
  {
    meanwhile = async () => undefined,
    requestHandler,
  }: { meanwhile?: () => Promise<unknown>; requestHandler?: RequestHandler } = {},
) {
  const { url: endpointUrl, credentials } = sandbox();
  const interrupt = new AbortController().signal;
  const aws = openAws({ endpointUrl, credentials, homeRegion: REGION, requestHandler }, interrupt);
  const context: StepContext = {
    aws,
    secrets: secretReader(aws),
    policies: policyReader(aws),
    limits: {
      ...LIMITS,
      iamPropagationMs: 2_000,
      firstPauseMs: 20,
      longestPauseMs: 50,
      writeAgainAfterMs: [50, 100, 200],
    },
    interrupt,
    record: () => undefined,
    warn: () => undefined,
    begin: () => undefined,
    end: () => undefined,
    waiting: () => undefined,
  };
  const { answers } = readAnswers({ secretName: 'studio-a', region: [REGION], ...wishes });
  const request = completeRequest(answers, { key: KeyMaterial.from(KEYS.aes256), generated: false });
  const input = {
    request,
    identity: await aws.identity(),
    secrets: [],
    policies: [],
    hasEarlierChanges: false,
  };
  try {
    const plan = storeSecret.plan(input, await storeSecret.observe(context, request));
    await meanwhile();
    sandbox().clearRequests();
    return await storeSecret.apply(context, input, plan);
  } finally {
    aws.clients.close();
  }
}

/** Returns how often this request was sent. */
const sent = (name: string) => writesTo(sandbox()).filter((each) => each === `secretsmanager:${name}`).length;

/** Answers every DescribeSecret with the response to the first one. */
function withStaleLooks(): RequestHandler {
  const handler = new NodeHttpHandler();
  let first: { answer: Awaited<ReturnType<RequestHandler['handle']>>; body: Buffer } | undefined;
  return {
    metadata: handler.metadata,
    destroy: () => handler.destroy(),
    async handle(request, options) {
      if (!request.headers['x-amz-target']?.endsWith('.DescribeSecret')) {
        return handler.handle(request, options);
      }
      if (!first) {
        const answer = await handler.handle(request, options);
        first = { answer, body: await buffer(answer.response.body) };
      }
      first.answer.response.body = Readable.from([first.body]);
      return first.answer;
    },
  };
}

/** Answers the first CreateSecret requests as AWS does for some seconds after the permanent deletion of a secret. */
function withNameStillTaken(times: number): RequestHandler & { refused: () => number } {
  const handler = new NodeHttpHandler();
  let refused = 0;
  let last: Awaited<ReturnType<RequestHandler['handle']>> | undefined;
  return {
    refused: () => refused,
    metadata: handler.metadata,
    destroy: () => handler.destroy(),
    async handle(request, options) {
      const isCreation = request.headers['x-amz-target']?.endsWith('.CreateSecret');
      if (!last || !isCreation || refused >= times) {
        last = await handler.handle(request, options);
        return last;
      }
      refused += 1;
      const message =
        "You can't create this secret because a secret with this name is already scheduled for deletion.";
      const body = JSON.stringify({ __type: 'InvalidRequestException', Message: message });
      // The SDK expects an instance of this class.
      const response = Object.assign(Object.create(Object.getPrototypeOf(last.response)), {
        statusCode: 400,
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'refused' },
        body: Readable.from([Buffer.from(body)]),
      });
      return { response };
    },
  };
}

describe('storeSecret, while the name still belongs to a permanently deleted secret', () => {
  test('creates the secret as soon as AWS releases the name', async () => {
    const requestHandler = withNameStillTaken(3);
    const { secrets: made } = await store({}, { requestHandler });
    expect(made).toMatchObject([{ action: 'created' }]);
    expect(requestHandler.refused()).toBe(3);
    expect((await readAccount(sandbox())).secrets).toHaveLength(1);
  });

  test('stops trying after the last pause', async () => {
    const requestHandler = withNameStillTaken(Number.POSITIVE_INFINITY);
    await expect(store({}, { requestHandler })).rejects.toMatchObject({ awsCode: 'InvalidRequestException' });
    expect(requestHandler.refused()).toBe(CONTRADICTION_PAUSES_MS.length + 1);
  }, 40_000);
});

describe('storeSecret, when the name is taken but the secret does not show', () => {
  test('tries to create it at most four times', async () => {
    const storing = store({}, { meanwhile: () => makeSecret(sandbox()), requestHandler: withStaleLooks() });
    await expect(storing).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Another process keeps changing this secret'),
    });
    expect(writesTo(sandbox())).toEqual(Array(4).fill('secretsmanager:CreateSecret'));
  });
});

describe('storeSecret, when someone deletes the secret after each restore', () => {
  test('restores it at most four times', async () => {
    const deleting: Promise<unknown>[] = [];
    const SecretId = await makeSecret(sandbox());
    await secrets().send(new DeleteSecretCommand({ SecretId }));
    const storing = store(
      { restore: true },
      {
        meanwhile: async () => {
          sandbox().addFault({
            action: 'RestoreSecret',
            kind: 'delay',
            delayMs: 30,
            times: Number.POSITIVE_INFINITY,
            onStrike: () =>
              void setTimeout(() => deleting.push(secrets().send(new DeleteSecretCommand({ SecretId }))), 5),
          });
        },
      },
    );
    await expect(storing).rejects.toMatchObject({ code: 'conflict' });
    await Promise.all(deleting);
    expect(sent('RestoreSecret')).toBe(4);
  });

  test('does not create a new one after it was permanently deleted', async () => {
    const SecretId = await makeSecret(sandbox());
    await secrets().send(new DeleteSecretCommand({ SecretId }));
    const gone = new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true });
    const storing = store(
      { restore: true },
      {
        meanwhile: async () => {
          sandbox().addFault({
            action: 'RestoreSecret',
            kind: 'delay',
            delayMs: 50,
            onStrike: () => void setTimeout(() => void secrets().send(gone), 5),
          });
        },
      },
    );
    await expect(storing).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('no longer exists'),
    });
    expect(sent('CreateSecret')).toBe(0);
  });
});

describe('storeSecret, when someone creates and deletes the secret after the plan', () => {
  test('reports a conflict about the scheduled deletion', async () => {
    const storing = store(
      {},
      {
        meanwhile: async () => {
          const SecretId = await makeSecret(sandbox(), { SecretString: KEYS.other });
          await secrets().send(new DeleteSecretCommand({ SecretId }));
        },
      },
    );
    await expect(storing).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('is scheduled for deletion'),
    });
    expect(writesTo(sandbox())).toEqual(['secretsmanager:CreateSecret']);
  });
});

describe('storeSecret, when the value was replaced before and its labels were moved back by hand', () => {
  test('reports a conflict at once, after one write, without permission to list versions', async () => {
    age = HOUR_MS;
    const SecretId = await makeSecret(sandbox(), { SecretString: KEYS.other });
    const wishes = { existingKey: 'replace' };
    const { secrets: [replaced] = [] } = await store(wishes);
    const list = new ListSecretVersionIdsCommand({ SecretId });
    const [first, second] = (await secrets().send(list)).Versions ?? [];
    expect(second?.VersionId).toBe(replaced?.versionId);
    const labels = [
      {
        VersionStage: 'AWSCURRENT',
        RemoveFromVersionId: second?.VersionId,
        MoveToVersionId: first?.VersionId,
      },
      { VersionStage: 'AWSPREVIOUS', RemoveFromVersionId: second?.VersionId },
    ];
    for (const label of labels)
      await secrets().send(new UpdateSecretVersionStageCommand({ SecretId, ...label }));
    age = 0;
    sandbox().addFault({
      action: 'ListSecretVersionIds',
      kind: 'access-denied',
      times: Number.POSITIVE_INFINITY,
    });
    await expect(store(wishes)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('was replaced earlier'),
      details: expect.arrayContaining([expect.stringContaining('secretsmanager:ListSecretVersionIds')]),
    });
    expect(sandbox().requests.filter(({ action }) => action === 'ListSecretVersionIds')).toHaveLength(1);
    expect(writesTo(sandbox())).toEqual(['secretsmanager:PutSecretValue']);
    sandbox().clearFaults();
    await store(wishes);
    const account = await readAccount(sandbox());
    expect(account.secrets).toMatchObject([{ values: { AWSCURRENT: KEYS.aes256, AWSPREVIOUS: KEYS.other } }]);
  });
});
