import { setMaxListeners } from 'node:events';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { EXIT, Failure, hasAwsCode, Interrupted, isCredentialFailure } from '../failure.ts';
import type { KeyMaterial } from '../key/index.ts';
import { HTTP } from '../limits.ts';
import { parseArn } from './arn.ts';
import { type AwsClients, type AwsSettings, createClients, type ExpectedAccount } from './clients.ts';
import { configurationMessages } from './credentials/messages.ts';
import { isUnknownAccessKeyId, toFailure } from './errors.ts';
import type { Request } from './http/network-errors.ts';
import { awsMessages as messages } from './messages.ts';
import { pauseFor } from './requests/concurrency.ts';
import { createRequestQueues } from './requests/request-queues.ts';
import { mayHaveTakenEffect } from './requests/retries.ts';
import { type OnWaiting, watchEnds, watchWaits } from './requests/slow-calls.ts';

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
  /** Returns the IAM action of a change in progress, if any. */
  changing(): string | undefined;
  /**
   * Returns the caller's identity. It is requested once.
   * @throws Failure if it is not in the expected account
   */
  identity(): Promise<Identity>;
  /** Returns the caller's identity, if it is already known. */
  identified(): Identity | undefined;
  /**
   * Makes one call when it is its turn; any number can be requested at once. Every error is thrown as a `Failure` that names the
   * action and the resource. The call is aborted at its time limit, which doesn't include waiting for its turn.
   */
  call<T>(request: CallRequest, send: Send<T>): Promise<T>;
  /** Waits for `ms` milliseconds. Rejects with `Interrupted` if the user interrupts, except within `whole`. */
  pause(ms: number): Promise<void>;
  /** Runs several calls that count as one change. They are finished even if the user interrupts. */
  whole<T>(action: string, work: (aws: Aws) => Promise<T>): Promise<T>;
}

/** The details of a call. Global services have no Region. */
export interface CallRequest extends Pick<Request, 'action' | 'resource' | 'kmsKeyId'> {
  region?: string;
  /** True for a call that makes a change. Once started, it is awaited even if the user interrupts. */
  change?: boolean;
  /** The time limit including retries, in milliseconds. Default: `HTTP.callLimitMs`. */
  limitMs?: number;
  /** The key in the request. It is redacted in errors that repeat the request. */
  holds?: KeyMaterial;
}

/**
 * Opens a session. `interrupt` aborts reads in progress, and prevents new changes and retries. `onWaiting` is called for slow
 * calls.
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
  const beginCall = watchEnds(interrupt);
  // Every request that waits for a retry listens to it, and there may be many at once.
  setMaxListeners(0, interrupt);
  let identity: Promise<Identity> | undefined;
  let known: Identity | undefined;
  const changes: string[] = [];

  const callUnless =
    (stop: AbortSignal): Aws['call'] =>
    async (request, send) => {
      const [service = '', operation = ''] = request.action.split(':');
      if (request.change && settings.expected) await aws.identity();
      return queues(service, request.region)(operation).pass(stop, () => make(stop, request, send));
    };

  const make = async <T>(stop: AbortSignal, asked: CallRequest, send: Send<T>): Promise<T> => {
    const { region, change, holds, limitMs = HTTP.callLimitMs, ...request } = asked;
    // Authentication comes first because it has its own time limit. Without credentials, nothing is sent, so no change is
    // unconfirmed.
    await clients.authenticate();
    if (stop.aborted) throw new Interrupted();
    if (change) changes.push(request.action);
    const ended = beginWait({ what: messages.answerTo(request.action), limitMs });
    const since = performance.now();
    const end = beginCall(limitMs, stop === interrupt && !change);
    try {
      return await send({ abortSignal: end.signal });
    } catch (thrown) {
      if (thrown instanceof Interrupted || (stop.aborted && !change)) throw new Interrupted();
      const error = end.overdue() ? overdue(thrown) : thrown;
      const unconfirmedAction = change && mayHaveTakenEffect(error) ? request.action : undefined;
      if (stop.aborted) throw new Interrupted(unconfirmedAction ? { unconfirmedAction } : {});
      if (holds) forget(error, holds);
      const { homeRegion } = clients;
      const where = region ?? homeRegion;
      // A request to another Region shows whether only this Region rejects the credentials.
      if (!known && where !== homeRegion && isUnknownAccessKeyId(error))
        await findIdentity().catch(() => undefined);
      const caller = { configuration: settings.configuration, arn: known?.arn, homeRegion };
      const elapsedMs = performance.now() - since;
      throw Object.assign(toFailure(error, { ...request, region: where, elapsedMs }, caller), {
        unconfirmedAction,
      });
    } finally {
      end.close();
      ended();
      if (change) changes.splice(changes.indexOf(request.action), 1);
    }
  };
  const call = callUnless(interrupt);

  const findIdentity = async (): Promise<Identity> => {
    const answer = await call({ action: 'sts:GetCallerIdentity', resource: '*' }, (options) =>
      clients.sts().send(new GetCallerIdentityCommand({}), options),
    );
    const arn = answer.Arn ? parseArn(answer.Arn) : undefined;
    if (!answer.Arn || !answer.Account || !arn) {
      throw new Failure(messages.notAws('sts:GetCallerIdentity'), {
        code: 'not-aws',
        exitCode: EXIT.failed,
        hint: messages.notAwsHint,
        awsAction: 'sts:GetCallerIdentity',
      });
    }
    known = { account: answer.Account, partition: arn.partition, arn: answer.Arn };
    const { expected } = settings;
    if (expected && expected.account !== known.account) throw wrongAccount(known, expected);
    return known;
  };

  const aws: Aws = {
    clients,
    settings,
    call,
    pause: (ms) => pauseFor(ms, interrupt),
    async whole(action, work) {
      changes.push(action);
      const never = new AbortController().signal;
      try {
        return await work({ ...aws, call: callUnless(never), pause: (ms) => pauseFor(ms, never) });
      } finally {
        changes.splice(changes.indexOf(action), 1);
      }
    },
    changing: () => changes[0],
    identified: () => known,
    identity() {
      identity ??= findIdentity();
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
function overdue(error: unknown): Error {
  return Object.assign(new Error('the time for the call is over', { cause: error }), {
    name: 'TimeoutError',
  });
}

/** Redacts the key in an error. An imitation of AWS or an intermediary may repeat the request in its message. */
function forget(error: unknown, key: KeyMaterial): void {
  if (!(error instanceof Error)) return;
  error.message = key.redactIn(error.message);
  if (error.stack) error.stack = key.redactIn(error.stack);
}

/** Error codes for missing resources: of Secrets Manager, of IAM (the SDK's and the API's), and of KMS and MediaConnect. */
const ABSENT = ['ResourceNotFoundException', 'NoSuchEntityException', 'NoSuchEntity', 'NotFoundException'];

/** Returns the result of a call, or undefined if AWS says that the resource doesn't exist. */
export async function orAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasAwsCode(error, ...ABSENT)) return undefined;
    throw error;
  }
}

/** A value that was read, or the failure that kept it from being read. */
export type Observed<T> = { seen: T } | { unseen: Failure };

/**
 * Awaits a read. A failure becomes part of the result, so that it doesn't hide other results.
 * @throws Failure if the caller's credentials are invalid, because all other reads would fail too
 */
export async function observed<T>(reading: Promise<T>): Promise<Observed<T>> {
  try {
    return { seen: await reading };
  } catch (error) {
    if (error instanceof Failure && !isCredentialFailure(error)) return { unseen: error };
    throw error;
  }
}

/** Returns the value if it was read. */
export function seenIn<T>(observed: Observed<T> | undefined): T | undefined {
  return observed && 'seen' in observed ? observed.seen : undefined;
}
