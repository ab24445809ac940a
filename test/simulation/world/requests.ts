import type { DeliveryFault, ServiceName } from './delivery.ts';

/** A request of a run on its way to AWS. */
export interface Request {
  readonly service: ServiceName;
  readonly region: string;
  /** The operation, such as `CreateRole`. */
  readonly action: string;
  /** The input as JSON, with its members in order: it tells requests of one operation apart. */
  readonly input: () => string;
  /** Carries it out; the answer is what the client makes its own answer of. */
  readonly deliver: (how: DeliveryFault) => Answer;
  /** Ends the waiting for the answer when it is aborted. */
  readonly signal: AbortSignal | undefined;
}

/** What AWS answers: a value, or an error, as the client hands it on. On the wire an error is a value too. */
export type Answer = { readonly value: unknown; readonly refused?: true } | { readonly error: Error };

/** Sends a request; it answers when the simulation lets it. */
export type Send = (request: Request) => Promise<unknown>;

/** An input as JSON, the same in whatever order its members were given, without the token that a client makes up. */
export function inputText(input: object): string {
  const { ClientRequestToken: _, ...rest } = input as { ClientRequestToken?: unknown };
  return JSON.stringify(Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** True for an operation that may change something. */
export function isWrite(action: string): boolean {
  return !/^(Batch)?(Get|List|Describe|Simulate)/.test(action);
}

/** The error of Node's HTTP client for a connection that broke before the answer came. */
export function connectionLost(): Error {
  return Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
}

/** The error of the SDK's HTTP handler for a request that its caller gave up. */
export function requestAborted(): Error {
  return Object.assign(new Error('Request aborted'), { name: 'AbortError' });
}
