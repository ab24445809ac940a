import { setMaxListeners } from 'node:events';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { EXIT, Failure, hasAwsCode, Interrupted, isCredentialFailure } from '../failure.ts';
import type { KeyMaterial } from '../key/index.ts';
import { HTTP } from '../limits.ts';
import { parseArn } from './arn.ts';
import { type AwsClients, type AwsSettings, createClients, type ExpectedAccount } from './clients.ts';
import { configurationMessages } from './credentials/messages.ts';
import type { RequestDetails } from './http/network-errors.ts';
import { awsMessages as messages } from './messages.ts';
import { pauseFor } from './requests/concurrency.ts';
import { createRequestQueues } from './requests/request-queues.ts';
import { mayHaveTakenEffect } from './requests/retries.ts';
import { createCallLimits, type OnWaiting, watchWaits } from './requests/slow-calls.ts';
import { isUnknownAccessKeyId, toFailure } from './to-failure.ts';

/** The identity of the caller, from STS. */
export interface Identity {
  account: string;
  partition: string;
  /** The ARN of the user or role session. */
  arn: string;
}

/** Sends an SDK request that ends when the signal is aborted. */
type Send<T> = (options: { abortSignal: AbortSignal }) => Promise<T>;

/** Access to AWS for the rest of the program: clients, the caller, and a common way to make calls. */
export interface Aws {
  readonly clients: AwsClients;
  readonly settings: AwsSettings;
  /** Returns the IAM action of a change in progress, if there is one. */
  changeInProgress(): string | undefined;
  /**
   * Returns the caller's identity, which is requested once for each session.
   * @throws Failure if the caller is not in the expected account
   */
  identity(): Promise<Identity>;
  /** Returns the caller's identity if AWS has already returned it. */
  knownIdentity(): Identity | undefined;
  /**
   * Makes one call when it is its turn; any number can be requested at once. Every error is thrown as a `Failure` that names the
   * action and the resource. The call is aborted at its time limit, which doesn't include waiting for the call's turn.
   */
  call<T>(request: CallRequest, send: Send<T>): Promise<T>;
  /** Waits for `ms` milliseconds. Rejects with `Interrupted` if the user interrupts, except within `uninterruptible`. */
  pause(ms: number): Promise<void>;
  /** Runs several calls that count as one change, the given IAM action. They are finished even if the user interrupts. */
  uninterruptible<T>(action: string, work: (aws: Aws) => Promise<T>): Promise<T>;
}

/** The details of a call. Global services have no Region. */
export interface CallRequest extends Pick<RequestDetails, 'action' | 'resource' | 'kmsKeyId'> {
  region?: string;
  /** True for a call that makes a change. Once started, it is awaited even if the user interrupts. */
  change?: boolean;
  /** The time limit including retries, in milliseconds. Default: `HTTP.callLimitMs`. */
  limitMs?: number;
  /** The key in the request. It is redacted in errors that repeat the request. */
  secretInRequest?: KeyMaterial;
}

/**
 * Opens a session. `interrupt` aborts reads in progress, and prevents new changes and retries.
 * @param makeClients creates the clients. A simulation passes its own.
 */
export function openAws(
  settings: AwsSettings,
  interrupt: AbortSignal,
  onWaiting: OnWaiting = () => undefined,
  makeClients: typeof createClients = createClients,
): Aws {
  const queues = createRequestQueues(interrupt);
  const beginWait = watchWaits(onWaiting);
  const clients = makeClients(settings, interrupt, queues, beginWait);
  const limitCall = createCallLimits(interrupt);
  // Every request that waits for a retry listens to this signal, and there may be many at once.
  setMaxListeners(0, interrupt);
  let identity: Promise<Identity> | undefined;
  let knownIdentity: Identity | undefined;
  const changesInProgress: string[] = [];

  // Returns a `call` function that rejects when `stop` is aborted: `interrupt`, or a signal that is never aborted.
  const callStoppedBy =
    (stop: AbortSignal): Aws['call'] =>
    async (request, send) => {
      const [service = '', operation = ''] = request.action.split(':');
      if (request.change && settings.expectedAccount) await aws.identity();
      return queues(service, request.region)(operation).run(stop, () => sendRequest(stop, request, send));
    };

  const sendRequest = async <T>(stop: AbortSignal, callRequest: CallRequest, send: Send<T>): Promise<T> => {
    const { region, change, secretInRequest, limitMs = HTTP.callLimitMs, ...request } = callRequest;
    // Authentication comes first because it has its own time limit. Without credentials, nothing is sent, so no change is
    // unconfirmed.
    await clients.authenticate();
    if (stop.aborted) throw new Interrupted();
    if (change) changesInProgress.push(request.action);
    const endWait = beginWait({ what: messages.answerTo(request.action), limitMs });
    const startedAt = performance.now();
    const callLimit = limitCall(limitMs, { interruptible: stop === interrupt && !change });
    try {
      return await send({ abortSignal: callLimit.signal });
    } catch (thrown) {
      if (thrown instanceof Interrupted || (stop.aborted && !change)) throw new Interrupted();
      const error = callLimit.isOverdue() ? timeoutError(thrown) : thrown;
      const unconfirmedAction = change && mayHaveTakenEffect(error) ? request.action : undefined;
      if (stop.aborted) throw new Interrupted(unconfirmedAction ? { unconfirmedAction } : {});
      if (secretInRequest) redactSecret(error, secretInRequest);
      const { homeRegion } = clients;
      const requestRegion = region ?? homeRegion;
      // A request to the home Region shows whether only this Region rejects the credentials.
      if (!knownIdentity && requestRegion !== homeRegion && isUnknownAccessKeyId(error))
        await requestIdentity().catch(() => undefined);
      const caller = { configuration: settings.configuration, arn: knownIdentity?.arn, homeRegion };
      const elapsedMs = performance.now() - startedAt;
      const failure = toFailure(error, { ...request, region: requestRegion, elapsedMs }, caller);
      throw Object.assign(failure, { unconfirmedAction });
    } finally {
      callLimit.close();
      endWait();
      if (change) changesInProgress.splice(changesInProgress.indexOf(request.action), 1);
    }
  };
  const call = callStoppedBy(interrupt);

  const requestIdentity = async (): Promise<Identity> => {
    const { Account: account, Arn: arn = '' } = await call(
      { action: 'sts:GetCallerIdentity', resource: '*' },
      (options) => clients.sts().send(new GetCallerIdentityCommand({}), options),
    );
    const partition = parseArn(arn)?.partition;
    if (!account || !partition) {
      throw new Failure(messages.notAws('sts:GetCallerIdentity'), {
        code: 'not-aws',
        exitCode: EXIT.failed,
        hint: messages.notAwsHint,
        awsAction: 'sts:GetCallerIdentity',
      });
    }
    knownIdentity = { account, partition, arn };
    const { expectedAccount } = settings;
    if (expectedAccount && expectedAccount.account !== knownIdentity.account)
      throw wrongAccount(knownIdentity, expectedAccount);
    return knownIdentity;
  };

  const aws: Aws = {
    clients,
    settings,
    call,
    pause: (ms) => pauseFor(ms, interrupt),
    async uninterruptible(action, work) {
      changesInProgress.push(action);
      const neverAborted = new AbortController().signal;
      try {
        return await work({
          ...aws,
          call: callStoppedBy(neverAborted),
          pause: (ms) => pauseFor(ms, neverAborted),
        });
      } finally {
        changesInProgress.splice(changesInProgress.indexOf(action), 1);
      }
    },
    changeInProgress: () => changesInProgress[0],
    knownIdentity: () => knownIdentity,
    identity() {
      identity ??= requestIdentity();
      return identity;
    },
  };
  return aws;
}

function wrongAccount({ account }: Identity, expected: ExpectedAccount): Failure {
  return new Failure(configurationMessages.wrongAccount(account, expected.account, expected.from), {
    code: 'wrong-account',
    exitCode: EXIT.permission,
    hint: configurationMessages.wrongAccountHint(expected.from),
    awsAction: 'sts:GetCallerIdentity',
  });
}

/** Returns the error for a call that reached its time limit. The SDK only reports that it was aborted. */
function timeoutError(error: unknown): Error {
  return Object.assign(new Error('the time for the call is over', { cause: error }), {
    name: 'TimeoutError',
  });
}

/** Redacts the key in an error. An imitation of AWS or an intermediary may repeat the request in its message. */
function redactSecret(error: unknown, key: KeyMaterial): void {
  if (!(error instanceof Error)) return;
  error.message = key.redactIn(error.message);
  if (error.stack) error.stack = key.redactIn(error.stack);
}

/** Error codes for missing resources: of Secrets Manager, of IAM (the SDK's and the API's), and of KMS and MediaConnect. */
const NOT_FOUND_CODES = [
  'ResourceNotFoundException',
  'NoSuchEntityException',
  'NoSuchEntity',
  'NotFoundException',
];

/** Returns the result of a call, or undefined if AWS says that the resource doesn't exist. */
export async function orAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasAwsCode(error, ...NOT_FOUND_CODES)) return undefined;
    throw error;
  }
}

/** A value that was read, or the failure that kept it from being read. */
export type Observed<T> = { seen: T } | { unseen: Failure };

/**
 * Awaits a read. A failure becomes part of the result, so that it doesn't hide other results.
 * @throws Failure if the caller's credentials are invalid, because all other reads would fail too
 */
export async function observed<T>(read: Promise<T>): Promise<Observed<T>> {
  try {
    return { seen: await read };
  } catch (error) {
    if (error instanceof Failure && !isCredentialFailure(error)) return { unseen: error };
    throw error;
  }
}

/** Returns the value of an observation if it was read; undefined if it was not, or if there is no observation. */
export function seenIn<T>(observed: Observed<T> | undefined): T | undefined {
  return observed && 'seen' in observed ? observed.seen : undefined;
}
