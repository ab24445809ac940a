import { randomUUID } from 'node:crypto';
import { authenticate, demandAuthorization, expiredToken } from './auth/authenticate.ts';
import { type Authorization, parseAuthorization } from './auth/signature.ts';
import { AwsError } from './errors.ts';
import { iam } from './iam/index.ts';
import { kms } from './kms/index.ts';
import type { Machine } from './machine.ts';
import { mediaConnect } from './mediaconnect/index.ts';
import { authorize, denial } from './permissions/authorize.ts';
import { jsonProtocol } from './protocols/json.ts';
import type { Protocol, WireRequest, WireResponse } from './protocols/protocol.ts';
import { queryProtocol } from './protocols/query.ts';
import { entryOf } from './record.ts';
import { secretsManager } from './secretsmanager/index.ts';
import type { Call, Service } from './service.ts';
import { sts } from './sts/index.ts';
import type { Fault, RecordedRequest } from './types.ts';

/** The outcome of a request: a response (after a delay in milliseconds), a dropped connection, or no response at all. */
export type SettledOutcome =
  | { readonly kind: 'answer'; readonly response: WireResponse; readonly delayMs: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'hang' };

/** A settled outcome, or a request that is carried out after a delay in milliseconds. */
export type Outcome =
  | SettledOutcome
  | { readonly kind: 'later'; readonly delayMs: number; readonly carryOut: () => SettledOutcome };

const BAD_GATEWAY: WireResponse = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n',
};

interface Job {
  readonly machine: Machine;
  readonly request: WireRequest;
  readonly service: Service;
  readonly action: string;
  readonly recorded: RecordedRequest;
  readonly requestId: string;
}

/**
 * Carries out one request.
 * @param arrivedAt milliseconds on the clock of `performance.now()`.
 * @returns the outcome, and the record to complete after the response is sent.
 */
export function carryOut(
  machine: Machine,
  request: WireRequest,
  arrivedAt: number,
): { outcome: Outcome; recorded?: RecordedRequest } {
  const parsed = parseAuthorization(request.headers.authorization);
  const auth = typeof parsed === 'object' && !('incomplete' in parsed) ? parsed : undefined;
  const requestId = randomUUID();
  const service = serviceFor(request, auth);
  if (!service) {
    return { outcome: answer(absentService(request, auth?.service ?? '', requestId)) };
  }
  const action = service.protocol.actionOf(request);
  const entry = entryOf(request, service, action, auth);
  const recorded = machine.recorder.begin(entry, arrivedAt, request.body.length);
  const job = { machine, request, service, action, recorded, requestId };
  try {
    if (parsed === 'missing' && service.unsignedOperations?.has(action)) {
      throw notImplemented(job);
    }
    return { outcome: perform(job, demandAuthorization(service.protocol, parsed)), recorded };
  } catch (error) {
    return { outcome: answer(refusal(job, error)), recorded };
  }
}

function perform(job: Job, auth: Authorization): Outcome {
  const { machine, service, action } = job;
  const { protocol } = service;
  const world = machine.worldOf(auth.region);
  const caller = authenticate(job.request, auth, protocol, world, machine.now());
  if (!world) {
    throw new AwsError('InternalFailure', 'No account for an authenticated caller.', 500);
  }
  const fault = machine.faults.next(service.name, action, auth.region);
  fault?.onStrike?.();
  const callNow = (): Call => ({
    world,
    iam: world.iam.view(fault?.kind === 'stale' && service === iam ? fault.delayMs : 0),
    region: auth.region,
    caller,
    now: machine.now(),
  });
  if (fault?.kind === 'delay-before') {
    return { kind: 'later', delayMs: fault.delayMs ?? 0, carryOut: () => answer(respond(job, callNow())) };
  }
  return (fault && beforeTheChange(job, callNow(), fault)) ?? afterTheChange(respond(job, callNow()), fault);
}

/** Carries out a request. An error is a response too, and can be lost or late like any other. */
function respond(job: Job, call: Call): WireResponse {
  try {
    checkRate(job, call.region);
    return invoke(job, call);
  } catch (error) {
    return refusal(job, error);
  }
}

/** Applies the faults that affect the response of a request that was carried out. */
function afterTheChange(response: WireResponse, fault: Fault | undefined): SettledOutcome {
  switch (fault?.kind) {
    case 'drop-after':
      return { kind: 'drop' };
    case 'hang-after':
      return { kind: 'hang' };
    case 'delay':
      return answer(response, fault.delayMs);
    default:
      return answer(response);
  }
}

/**
 * Applies the faults that prevent a request from being carried out.
 * @returns undefined if the fault is of another kind.
 */
function beforeTheChange(job: Job, call: Call, fault: Fault): SettledOutcome | undefined {
  const { protocol, internalError } = job.service;
  switch (fault.kind) {
    case 'drop-before':
      return { kind: 'drop' };
    case 'hang':
      return { kind: 'hang' };
    case 'html':
      return answer(BAD_GATEWAY);
    case 'throttle':
      throw rateExceeded(protocol);
    case 'internal-error':
      throw new AwsError(internalError[0], internalError[1], 500);
    case 'expired-token':
      throw expiredToken(protocol);
    case 'access-denied':
      throw denied(job, call);
    default:
      return undefined;
  }
}

function denied({ service, action, recorded }: Job, call: Call): AwsError {
  const [need] = service.needs(call, action, recorded.params);
  return denial(call, service, need ?? { action: `${service.name}:${action}`, resource: '*' });
}

function checkRate(job: Job, region: string): void {
  const { machine, service, action } = job;
  if (!machine.throttle.admits(service.quotasOn(action), service === iam ? '' : region)) {
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
    (input, meant = action) => {
      for (const need of service.needs(call, meant, input)) {
        authorize(call, service, need);
      }
    },
  );
  return protocol.success(action, output, job.requestId);
}

function notImplemented({ service, action }: Job): AwsError {
  return new AwsError('NotImplemented', `${service.name}:${action} is not implemented in the sandbox.`);
}

function refusal(job: Job, error: unknown): WireResponse {
  const { protocol, internalError } = job.service;
  const known = error instanceof AwsError ? error : new AwsError(internalError[0], internalError[1], 500);
  job.recorded.errorCode = known.code;
  return protocol.failure(known, job.requestId);
}

function answer(response: WireResponse, delayMs = 0): SettledOutcome {
  return { kind: 'answer', response, delayMs };
}

function absentService(request: WireRequest, name: string, requestId: string): WireResponse {
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
 * Returns the service that a request is signed for. Without a usable signature, the form of the request decides, so that the
 * error uses the right protocol.
 * @returns undefined if the sandbox does not have the service.
 */
function serviceFor(request: WireRequest, auth: Authorization | undefined): Service | undefined {
  if (auth) {
    return SERVICES.get(auth.service);
  }
  if (!/^\/(\?|$)/.test(request.target)) {
    return mediaConnect;
  }
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    return `${target}`.startsWith('TrentService.') ? kms : secretsManager;
  }
  return request.body.includes(sts.apiVersion) || request.target.includes(sts.apiVersion) ? sts : iam;
}
