import { setMaxListeners } from 'node:events';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { HTTP } from '../defaults.ts';
import { EXIT, Failure, hasAwsCode, Interrupted } from '../failure.ts';
import type { KeyMaterial } from '../key/index.ts';
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

/** The identity behind the credentials, from STS. */
export interface Identity {
  account: string;
  partition: string;
  /** The ARN of the user or role session. */
  arn: string;
}

/** Sends a request with the SDK, until the signal is aborted. */
type Send<T> = (options: { abortSignal: AbortSignal }) => Promise<T>;

/** AWS as the rest of the program sees it: clients, the caller, and one way to make a call. */
export interface Aws {
  readonly clients: AwsClients;
  readonly settings: AwsSettings;
  /** The IAM action of a call that changes something, while one is under way. */
  changing(): string | undefined;
  /**
   * The caller; asked for once.
   * @throws Failure when it is not of the account that is expected
   */
  identity(): Promise<Identity>;
  /** The caller, once it is known. */
  identified(): Identity | undefined;
  /**
   * Makes one call, as soon as it is its turn: any number may be asked for at once. Whatever goes wrong is thrown as a
   * `Failure` that names the action and the resource. When its time is over it is given up; to wait for its turn does not
   * count.
   */
  call<T>(request: CallRequest, send: Send<T>): Promise<T>;
  /** Waits for `ms` milliseconds; rejects with `Interrupted` when the user interrupts. Within `whole` it is not interrupted. */
  pause(ms: number): Promise<void>;
  /** Does work of several calls that counts as one change: it is finished also when the user interrupts. */
  whole<T>(action: string, work: (aws: Aws) => Promise<T>): Promise<T>;
}

/** What a call asks for; the Region is left out for the global services. */
export interface CallRequest extends Pick<Request, 'action' | 'resource' | 'kmsKeyId'> {
  region?: string;
  /** True for a call that changes something: once begun it is waited for, also when the user interrupts. */
  change?: boolean;
  /** For how long it is tried at most, in milliseconds; `HTTP.callLimitMs` when left out. */
  limitMs?: number;
  /** The key that the request carries. It is removed from errors that repeat the request. */
  holds?: KeyMaterial;
}

/**
 * Opens a session. `interrupt` aborts reads under way and keeps changes from being begun, or sent again; `onWaiting` hears of
 * calls that take long.
 * @param makeClients makes the clients; the SDK's, unless a simulation has its own
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
  // Every request that waits to be sent again listens to it, and there may be many at once.
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
    // Before the call begins: they have a limit of their own, and without them nothing is sent that could be in doubt.
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
      const inDoubt = change && mayHaveTakenEffect(error) ? request.action : undefined;
      if (stop.aborted) throw new Interrupted(inDoubt ? { inDoubt } : {});
      if (holds) forget(error, holds);
      const { homeRegion } = clients;
      const where = region ?? homeRegion;
      // Whether it is only this Region that does not know the credentials shows by asking elsewhere.
      if (!known && where !== homeRegion && isUnknownAccessKeyId(error))
        await findIdentity().catch(() => undefined);
      const caller = { configuration: settings.configuration, arn: known?.arn, homeRegion };
      const elapsedMs = performance.now() - since;
      throw Object.assign(toFailure(error, { ...request, region: where, elapsedMs }, caller), { inDoubt });
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

/** The error of a call whose time is over: the SDK says only that it was aborted. */
function overdue(error: unknown): Error {
  return Object.assign(new Error('the time for the call is over', { cause: error }), {
    name: 'TimeoutError',
  });
}

/** Takes the key out of an error: what imitates AWS, or stands between, may repeat the request in its message. */
function forget(error: unknown, key: KeyMaterial): void {
  if (!(error instanceof Error)) return;
  error.message = key.redactIn(error.message);
  if (error.stack) error.stack = key.redactIn(error.stack);
}

/** How Secrets Manager, IAM (in the SDK's words and its own), and KMS and MediaConnect say that something is not there. */
const ABSENT = ['ResourceNotFoundException', 'NoSuchEntityException', 'NoSuchEntity', 'NotFoundException'];

/** Returns what a call returns, or undefined if AWS says that the resource does not exist. */
export async function orAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasAwsCode(error, ...ABSENT)) return undefined;
    throw error;
  }
}
