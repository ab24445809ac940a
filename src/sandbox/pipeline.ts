import { randomUUID } from 'node:crypto';
import { authenticate, authorizationOrThrow, expiredToken } from './auth/authenticate.ts';
import { type Authorization, parseAuthorization } from './auth/signature.ts';
import { AwsError } from './errors.ts';
import { iam } from './iam/index.ts';
import { kms } from './kms/index.ts';
import { mediaConnect } from './mediaconnect/index.ts';
import { accessDeniedError, authorize } from './permissions/authorize.ts';
import { jsonProtocol } from './protocols/json.ts';
import type { Protocol, WireRequest, WireResponse } from './protocols/protocol.ts';
import { queryProtocol } from './protocols/query.ts';
import { newEntry } from './record.ts';
import type { SandboxState } from './sandbox-state.ts';
import { secretsManager } from './secretsmanager/index.ts';
import type { Call, Service } from './service.ts';
import { sts } from './sts/index.ts';
import type { Fault, RecordedRequest } from './types.ts';

/** What the client gets: a response (after a delay in milliseconds), a dropped connection, or no response at all. */
export type SettledOutcome =
  | { readonly kind: 'answer'; readonly response: WireResponse; readonly delayMs: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'hang' };

/** A settled outcome, or a request that is to be executed after a delay in milliseconds. */
export type Outcome =
  | SettledOutcome
  | { readonly kind: 'later'; readonly delayMs: number; readonly execute: () => SettledOutcome };

const BAD_GATEWAY: WireResponse = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n',
};

/** A request that is being handled. */
interface Job {
  readonly sandbox: SandboxState;
  readonly request: WireRequest;
  readonly service: Service;
  readonly action: string;
  readonly recorded: RecordedRequest;
  readonly requestId: string;
}

/**
 * Handles one request, with the faults that a test has added.
 * @param arrivedAt milliseconds on the clock of `performance.now()`.
 * @returns the outcome, and the record to complete after the response is sent.
 */
export function handleRequest(
  sandbox: SandboxState,
  request: WireRequest,
  arrivedAt: number,
): { outcome: Outcome; recorded?: RecordedRequest } {
  const parsedAuthorization = parseAuthorization(request.headers.authorization);
  const isComplete = typeof parsedAuthorization === 'object' && !('incomplete' in parsedAuthorization);
  const auth = isComplete ? parsedAuthorization : undefined;
  const requestId = randomUUID();
  const service = serviceFor(request, auth);
  if (!service) {
    return { outcome: answerWith(unknownServiceResponse(request, auth?.service ?? '', requestId)) };
  }
  const action = service.protocol.actionOf(request);
  const entry = newEntry(request, service, action, auth);
  const recorded = sandbox.recorder.begin(entry, arrivedAt, request.body.length);
  const job = { sandbox, request, service, action, recorded, requestId };
  try {
    if (parsedAuthorization === 'missing' && service.unsignedOperations?.has(action)) {
      throw notImplemented(job);
    }
    return {
      outcome: executeWithFault(job, authorizationOrThrow(service.protocol, parsedAuthorization)),
      recorded,
    };
  } catch (error) {
    return { outcome: answerWith(errorResponse(job, error)), recorded };
  }
}

function executeWithFault(job: Job, auth: Authorization): Outcome {
  const { sandbox, service, action } = job;
  const account = sandbox.accountIn(auth.region);
  const caller = authenticate(job.request, auth, service.protocol, account, sandbox.now());
  if (!account) throw new AwsError('InternalFailure', 'No account for an authenticated caller.', 500);
  const fault = sandbox.faults.faultFor(service.name, action, auth.region);
  fault?.onStrike?.();
  // Created when the request is executed, because a delayed request sees the state of that moment.
  const newCall = (): Call => ({
    account,
    iam: account.iam.view(fault?.kind === 'stale' && service === iam ? fault.delayMs : 0),
    region: auth.region,
    caller,
    now: sandbox.now(),
  });
  if (fault?.kind === 'delay-before') {
    return {
      kind: 'later',
      delayMs: fault.delayMs ?? 0,
      execute: () => answerWith(executeNow(job, newCall())),
    };
  }
  const outcome = fault && outcomeWithoutExecution(job, newCall(), fault);
  return outcome ?? outcomeAfterExecution(executeNow(job, newCall()), fault);
}

/** Executes a request. An error is a response too, and can be dropped or delayed like any other response. */
function executeNow(job: Job, call: Call): WireResponse {
  try {
    checkRate(job, call.region);
    return invoke(job, call);
  } catch (error) {
    return errorResponse(job, error);
  }
}

/** Applies the faults that affect the response of an executed request. */
function outcomeAfterExecution(response: WireResponse, fault: Fault | undefined): SettledOutcome {
  switch (fault?.kind) {
    case 'drop-after':
      return { kind: 'drop' };
    case 'hang-after':
      return { kind: 'hang' };
    case 'delay':
      return answerWith(response, fault.delayMs);
    default:
      return answerWith(response);
  }
}

/**
 * Applies the faults that prevent the execution of a request.
 * @returns undefined if the fault is of another kind.
 */
function outcomeWithoutExecution(job: Job, call: Call, fault: Fault): SettledOutcome | undefined {
  const { protocol, internalError } = job.service;
  switch (fault.kind) {
    case 'drop-before':
      return { kind: 'drop' };
    case 'hang':
      return { kind: 'hang' };
    case 'html':
      return answerWith(BAD_GATEWAY);
    case 'throttle':
      throw rateExceeded(protocol);
    case 'internal-error':
      throw new AwsError(...internalError, 500);
    case 'expired-token':
      throw expiredToken(protocol);
    case 'access-denied':
      throw deniedByFault(job, call);
    default:
      return undefined;
  }
}

function deniedByFault({ service, action, recorded }: Job, call: Call): AwsError {
  const [permission] = service.requiredPermissions(call, action, recorded.params);
  return accessDeniedError(
    call,
    service,
    permission ?? { action: `${service.name}:${action}`, resource: '*' },
  );
}

function checkRate(job: Job, region: string): void {
  const { sandbox, service, action } = job;
  const isGlobal = service === iam;
  if (!sandbox.throttle.tryAcquire(service.quotasFor(action), isGlobal ? '' : region)) {
    throw rateExceeded(service.protocol);
  }
}

function rateExceeded({ throttleError: [code, status] }: Protocol): AwsError {
  return new AwsError(code, 'Rate exceeded', status);
}

function invoke(job: Job, call: Call): WireResponse {
  const { service, action } = job;
  const { protocol } = service;
  if (!Object.hasOwn(service.operations, action)) {
    throw service.operationNames.has(action) ? notImplemented(job) : protocol.unknownOperation(action);
  }
  const output = service.operations[action]?.invoke(
    call,
    protocol.paramsOf(job.request),
    protocol.dialect,
    (input, checkedAction = action) => {
      for (const permission of service.requiredPermissions(call, checkedAction, input)) {
        authorize(call, service, permission);
      }
    },
  );
  return protocol.success(action, output, job.requestId);
}

function notImplemented({ service, action }: Job): AwsError {
  return new AwsError('NotImplemented', `${service.name}:${action} is not implemented in the sandbox.`);
}

function errorResponse(job: Job, error: unknown): WireResponse {
  const { protocol, internalError } = job.service;
  const awsError = error instanceof AwsError ? error : new AwsError(...internalError, 500);
  job.recorded.errorCode = awsError.code;
  return protocol.failure(awsError, job.requestId);
}

function answerWith(response: WireResponse, delayMs = 0): SettledOutcome {
  return { kind: 'answer', response, delayMs };
}

function unknownServiceResponse(request: WireRequest, name: string, requestId: string): WireResponse {
  const isJson = `${request.headers['content-type']}`.includes('json');
  const protocol = isJson ? jsonProtocol('') : queryProtocol('', '');
  return protocol.failure(
    new AwsError('NotImplemented', `${name} is not implemented in the sandbox.`),
    requestId,
  );
}

const SERVICES = new Map<string, Service>(
  [iam, kms, mediaConnect, secretsManager, sts].map((service) => [service.name, service]),
);

/**
 * Returns the service that a request is signed for. Without a complete signature, the service is guessed from the form of the
 * request, so that the error has the right protocol.
 * @returns undefined if the sandbox does not have the service.
 */
function serviceFor(request: WireRequest, auth: Authorization | undefined): Service | undefined {
  if (auth) return SERVICES.get(auth.service);
  if (!/^\/(\?|$)/.test(request.target)) return mediaConnect;
  // KMS names itself TrentService in this header.
  const target = request.headers['x-amz-target'];
  if (target !== undefined) return `${target}`.startsWith('TrentService.') ? kms : secretsManager;
  return request.body.includes(sts.apiVersion) || request.target.includes(sts.apiVersion) ? sts : iam;
}
