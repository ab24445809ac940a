import type { IncomingHttpHeaders } from 'node:http';
import type { AwsError } from '../errors.ts';
import type { Dialect } from '../validate.ts';

/** A request as it came over HTTP, body complete. */
export interface WireRequest {
  readonly method: string;
  /** Path and query string as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The ways a signature can fail. The code for each differs between the protocols. */
export type AuthProblem = 'missing' | 'incomplete' | 'unknown-key' | 'wrong-signature' | 'expired-token';

export interface Protocol {
  readonly dialect: Dialect;
  /** Code and HTTP status of each authentication failure. */
  readonly authErrors: { readonly [problem in AuthProblem]: readonly [code: string, status: number] };
  readonly throttleError: readonly [code: string, status: number];
  readonly deniedError: readonly [code: string, status: number];
  /** The code for an operation that the service does not have, and the message for this name. */
  unknownOperation(action: string): AwsError;
  /** The operation that a request names; empty where it names none. */
  actionOf(request: WireRequest): string;
  /** @throws AwsError if the body cannot be parsed. */
  paramsOf(request: WireRequest): Record<string, unknown>;
  /** @param output undefined for an operation that has none. */
  success(action: string, output: object | undefined, requestId: string): WireResponse;
  failure(error: AwsError, requestId: string): WireResponse;
}
