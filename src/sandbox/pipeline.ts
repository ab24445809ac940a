import { randomUUID } from 'node:crypto';
import { authenticate, demandAuthorization, expiredToken } from './auth/authenticate.ts';
import { type Authorization, parseAuthorization } from './auth/authorization.ts';
import { AwsError, denialMessage } from './errors.ts';
import type { Machine } from './machine.ts';
import { jsonProtocol } from './protocols/json.ts';
import type { WireRequest, WireResponse } from './protocols/protocol.ts';
import { queryProtocol } from './protocols/query.ts';
import { redacted } from './record.ts';
import type { Call, Service } from './service.ts';
import { serviceFor } from './services.ts';
import type { Fault, RecordedRequest } from './types.ts';

/** What becomes of a request: an answer (after a delay in milliseconds), or none. */
export type Outcome =
  | { readonly kind: 'answer'; readonly response: WireResponse; readonly delayMs: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'hang' };

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
 * @returns what to answer, and the record to complete once that is done.
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
  const recorded = machine.recorder.begin(describe(request, service, action, auth), arrivedAt);
  const job = { machine, request, service, action, recorded, requestId };
  try {
    return { outcome: perform(job, demandAuthorization(service.protocol, parsed)), recorded };
  } catch (error) {
    return { outcome: answer(refusal(job, error)), recorded };
  }
}

function perform(job: Job, auth: Authorization): Outcome {
  const { machine, service, action } = job;
  const { protocol } = service;
  const world = machine.worldOf(auth.region);
  const now = machine.now();
  const caller = authenticate(job.request, auth, protocol, world, now);
  if (!world) {
    throw new AwsError('InternalFailure', 'No account for an authenticated caller.', 500);
  }
  const call: Call = { world, region: auth.region, caller, now };
  const fault = machine.faults.next(service.name, action, auth.region);
  if (fault) {
    const early = beforeTheChange(job, call, fault);
    if (early) {
      return early;
    }
  }
  checkRate(job, auth.region);
  const response = invoke(job, call);
  if (fault?.kind === 'drop-after') {
    return { kind: 'drop' };
  }
  return answer(response, fault?.kind === 'delay' ? (fault.delayMs ?? 0) : 0);
}

/** The faults that keep a request from being carried out. */
function beforeTheChange(job: Job, call: Call, fault: Fault): Outcome | undefined {
  const { protocol, internalError } = job.service;
  switch (fault.kind) {
    case 'drop-before':
      return { kind: 'drop' };
    case 'hang':
      return { kind: 'hang' };
    case 'html':
      return answer(BAD_GATEWAY);
    case 'throttle':
      throw new AwsError(protocol.throttleCode, 'Rate exceeded');
    case 'internal-error':
      throw new AwsError(internalError[0], internalError[1], 500);
    case 'expired-token':
      throw expiredToken(protocol);
    case 'access-denied':
      throw denied(job, call);
    case 'drop-after':
    case 'delay':
      return undefined;
  }
}

function denied(job: Job, call: Call): AwsError {
  const { service, action } = job;
  const resource = service.resourceOf(call, action, job.recorded.params);
  const [code, status] = service.protocol.deniedError;
  return new AwsError(code, denialMessage(call.caller.arn, `${service.name}:${action}`, resource), status);
}

function checkRate(job: Job, region: string): void {
  const quotaClass = job.service.quotaClass(job.action);
  const scope = quotaClass === 'iam' ? '' : region;
  if (quotaClass && !job.machine.throttle.admits(quotaClass, scope)) {
    throw new AwsError(job.service.protocol.throttleCode, 'Rate exceeded');
  }
}

function invoke(job: Job, call: Call): WireResponse {
  const { service, action } = job;
  const { protocol } = service;
  if (!Object.hasOwn(service.operations, action)) {
    throw service.operationNames.has(action)
      ? new AwsError('NotImplemented', `${service.name}:${action} is not implemented in the sandbox.`)
      : protocol.unknownOperation(action);
  }
  const output = service.operations[action]?.invoke(call, protocol.paramsOf(job.request), protocol.dialect);
  return protocol.success(action, output ?? {}, job.requestId);
}

function refusal(job: Job, error: unknown): WireResponse {
  const { protocol, internalError } = job.service;
  const known = error instanceof AwsError ? error : new AwsError(internalError[0], internalError[1], 500);
  job.recorded.errorCode = known.code;
  return protocol.failure(known, job.requestId);
}

function answer(response: WireResponse, delayMs = 0): Outcome {
  return { kind: 'answer', response, delayMs };
}

function describe(
  request: WireRequest,
  service: Service,
  action: string,
  auth: Authorization | undefined,
): Omit<RecordedRequest, 'startedAt' | 'endedAt' | 'status'> {
  return {
    service: service.name,
    action,
    region: auth?.region ?? '',
    params: readableParams(request, service),
    accessKeyId: auth?.accessKeyId ?? '',
    userAgent: request.headers['user-agent'] ?? '',
  };
}

/** The input without its secrets; nothing where the request cannot be parsed, or is nested too deeply to be looked through. */
function readableParams(request: WireRequest, service: Service): Record<string, unknown> {
  try {
    return redacted(service.protocol.paramsOf(request));
  } catch {
    return {};
  }
}

function absentService(request: WireRequest, name: string, requestId: string): WireResponse {
  const isJson = `${request.headers['content-type']}`.includes('json');
  const protocol = isJson ? jsonProtocol('') : queryProtocol('', '');
  return protocol.failure(
    new AwsError('NotImplemented', `${name} is not implemented in the sandbox.`),
    requestId,
  );
}
