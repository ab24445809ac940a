import type { DeliveryFault, ServiceName } from './delivery.ts';

/** A request of a run on its way to AWS. */
export interface Request {
  readonly service: ServiceName;
  readonly region: string;
  /** The operation, such as `CreateRole`. */
  readonly action: string;
  /** Returns the input as JSON with sorted members, which distinguishes requests of one operation. */
  readonly input: () => string;
  /** Carries it out, and returns the response for the client. */
  readonly deliver: (how: DeliveryFault) => Answer;
  /** Stops waiting for the response when it is aborted. */
  readonly signal: AbortSignal | undefined;
}

/** The response of AWS, as the client returns it: a value or an error. With HTTP, an error is a value too. */
export type Answer = { readonly value: unknown; readonly refused?: true } | { readonly error: Error };

/** Sends a request. The response comes when the simulation allows it. */
export type Send = (request: Request) => Promise<unknown>;

/** Returns an input as JSON with sorted members, without the token that a client generates. */
export function inputText(input: object): string {
  const { ClientRequestToken: _, ...rest } = input as { ClientRequestToken?: unknown };
  return JSON.stringify(Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** True for an operation that may change something. */
export function isWrite(action: string): boolean {
  return !/^(Batch)?(Get|List|Describe|Simulate)/.test(action);
}

/** Returns the error of Node's HTTP client for a connection that is lost before the response. */
export function connectionLost(): Error {
  return Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
}

/** Returns the error of the SDK's HTTP handler for a request that its caller aborted. */
export function requestAborted(): Error {
  return Object.assign(new Error('Request aborted'), { name: 'AbortError' });
}
