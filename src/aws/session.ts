import { setMaxListeners } from 'node:events';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { HTTP } from '../defaults.ts';
import { EXIT, Failure, hasAwsCode, Interrupted } from '../failure.ts';
import type { KeyMaterial } from '../key/index.ts';
import { awsWords as words } from '../report/words/aws.ts';
import { parseArn } from './arn.ts';
import { type AwsClients, type AwsSettings, createClients } from './clients.ts';
import { isUnknownKey, type Request, toFailure } from './errors.ts';
import { mayHaveTakenEffect } from './retries.ts';
import { type OnWaiting, watchCalls } from './waiting.ts';

/** Whose credentials these are, as STS tells it. */
export interface Identity {
  account: string;
  partition: string;
  /** The ARN of the user or role session. */
  arn: string;
}

/** AWS as the rest of the program sees it: clients, the caller, and one way to make a call. */
export interface Aws {
  readonly clients: AwsClients;
  readonly settings: AwsSettings;
  /** The IAM action of a call that changes something, while one is under way. */
  changing(): string | undefined;
  /** The caller; asked for once. */
  identity(): Promise<Identity>;
  /**
   * Makes one call. Whatever goes wrong is thrown as a `Failure` that names the action and the resource. When its time is
   * over it is given up.
   */
  call<T>(request: CallRequest, send: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T>;
  /** Does work of several calls that counts as one change: it is finished also when the user interrupts. */
  whole<T>(action: string, work: (aws: Aws) => Promise<T>): Promise<T>;
}

/** What a call asks for; the Region is left out for the global services. */
export interface CallRequest extends Pick<Request, 'action' | 'resource'> {
  region?: string;
  /** True for a call that changes something: once begun it is waited for, also when the user interrupts. */
  change?: boolean;
  /** For how long it is tried at most, in milliseconds; `HTTP.callLimitMs` when left out. */
  limitMs?: number;
  /** The key that the request carries. An error that repeats the request is told without it. */
  holds?: KeyMaterial;
}

/**
 * Opens a session. `interrupt` aborts reads under way and keeps changes from being begun, or sent again; `onWaiting` hears of
 * calls that take long.
 */
export function openAws(
  settings: AwsSettings,
  interrupt: AbortSignal,
  onWaiting: OnWaiting = () => undefined,
): Aws {
  const clients = createClients(settings, interrupt);
  const waiting = watchCalls(onWaiting);
  // Every request under way listens to it, and there may be many at once.
  setMaxListeners(0, interrupt);
  let identity: Promise<Identity> | undefined;
  let callerArn: string | undefined;
  const changes: string[] = [];

  const callUnless =
    (stop: AbortSignal): Aws['call'] =>
    async ({ region, change, holds, limitMs = HTTP.callLimitMs, ...request }, send) => {
      if (stop.aborted) throw new Interrupted();
      if (change) changes.push(request.action);
      const ended = waiting.begin(request.action);
      const since = performance.now();
      const limit = AbortSignal.timeout(limitMs);
      try {
        return await send({ abortSignal: change ? limit : AbortSignal.any([stop, limit]) });
      } catch (thrown) {
        // The user left at the question for an MFA code, which the SDK asks in the midst of a call.
        if (thrown instanceof Interrupted || (stop.aborted && !change)) throw new Interrupted();
        const error = limit.aborted ? overdue(thrown) : thrown;
        const inDoubt = change && mayHaveTakenEffect(error) ? request.action : undefined;
        if (stop.aborted) throw new Interrupted(inDoubt ? { inDoubt } : {});
        if (holds) forget(error, holds);
        const homeRegion = await clients.homeRegion();
        const where = region ?? homeRegion;
        // Whether it is only this Region that does not know the credentials shows by asking elsewhere.
        if (!callerArn && where !== homeRegion && isUnknownKey(error))
          await findIdentity().catch(() => undefined);
        const caller = { profile: settings.profile, arn: callerArn, homeRegion };
        const elapsedMs = performance.now() - since;
        throw Object.assign(toFailure(error, { ...request, region: where, elapsedMs }, caller), { inDoubt });
      } finally {
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
      throw new Failure(words.notAws('sts:GetCallerIdentity'), {
        code: 'not-aws',
        exitCode: EXIT.failed,
        hint: words.notAwsHint,
        awsAction: 'sts:GetCallerIdentity',
      });
    }
    callerArn = answer.Arn;
    return { account: answer.Account, partition: arn.partition, arn: answer.Arn };
  };

  const aws: Aws = {
    clients,
    settings,
    call,
    async whole(action, work) {
      changes.push(action);
      try {
        return await work({ ...aws, call: callUnless(new AbortController().signal) });
      } finally {
        changes.splice(changes.indexOf(action), 1);
      }
    },
    changing: () => changes[0],
    identity() {
      identity ??= findIdentity();
      return identity;
    },
  };
  return aws;
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

/** Waits for a call and answers `undefined` when AWS says that the thing is not there. */
export async function orAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasAwsCode(error, ...ABSENT)) return undefined;
    throw error;
  }
}
