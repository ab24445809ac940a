import type { IncomingHttpHeaders } from 'node:http';
import type { AwsError } from '../errors.ts';
import type { Dialect } from '../validate.ts';

/** An HTTP request with its complete body. */
export interface WireRequest {
  readonly method: string;
  /** The path and query string, as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The ways in which authentication can fail. Each protocol has its own code for each. */
export type AuthProblem = 'missing' | 'incomplete' | 'unknown-key' | 'wrong-signature' | 'expired-token';

export interface Protocol {
  readonly dialect: Dialect;
  /** The code and HTTP status of each authentication failure. */
  readonly authErrors: { readonly [problem in AuthProblem]: readonly [code: string, status: number] };
  readonly throttleError: readonly [code: string, status: number];
  readonly deniedError: readonly [code: string, status: number];
  /** Returns the error for an operation that the service does not have. */
  unknownOperation(action: string): AwsError;
  /** Returns the operation that a request names; empty if it names none. */
  actionOf(request: WireRequest): string;
  /** @throws AwsError if the body cannot be parsed. */
  paramsOf(request: WireRequest): Record<string, unknown>;
  /** @param output undefined for an operation without output. */
  success(action: string, output: object | undefined, requestId: string): WireResponse;
  failure(error: AwsError, requestId: string): WireResponse;
}
