import type { Account } from './account.ts';
import type { Identity } from './auth/identity.ts';
import type { IamView } from './iam/store.ts';
import type { RequiredPermission } from './permissions/need.ts';
import type { Protocol } from './protocols/protocol.ts';
import type { QuotaName } from './request-rates.ts';
import type { InputOf, Members } from './shapes.ts';
import { type Dialect, decodeInput } from './validate.ts';

/** The members of a request. */
export type Input = Readonly<Record<string, unknown>>;

/** One request as an operation sees it. */
export interface Call {
  readonly account: Account;
  /** The account's IAM, in the state that this request sees. */
  readonly iam: IamView;
  readonly region: string;
  readonly caller: Identity;
  /** Milliseconds since the epoch, by the sandbox's clock. */
  readonly now: number;
}

/**
 * Checks that the caller has the permissions for a request with this input.
 * @param action the operation to check; by default, that of the request. BatchGetSecretValue also checks GetSecretValue.
 * @throws AwsError the service's access denied error.
 */
export type CheckPermissions = (input: Input, action?: string) => void;

/** The output of an operation; undefined if the service's API model has none for it. */
export type Output = object | undefined;

export interface Operation {
  /** @param checkPermissions called with the validated input, before the operation does anything. */
  invoke(call: Call, rawInput: Input, dialect: Dialect, checkPermissions: CheckPermissions): Output;
}

export type Operations = { readonly [action: string]: Operation };

export interface Service {
  /** The name in credential scopes and in permissions: `iam`, `kms`, `mediaconnect`, `secretsmanager`, `sts`. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly operations: Operations;
  /** All operations of the real service, including those that the sandbox does not implement. */
  readonly operationNames: ReadonlySet<string>;
  /** The operations that need no signature; none by default. */
  readonly unsignedOperations?: ReadonlySet<string>;
  /** The code and message of the service's own internal error. */
  readonly internalError: readonly [code: string, message: string];
  /** Returns the quotas that a request for this operation counts against. */
  quotasFor(action: string): readonly QuotaName[];
  /**
   * Returns the permissions that a request needs, in the order in which AWS checks them. The first is the one for the operation
   * itself. Must accept input of any form, and return an empty list only for an operation that everyone may call.
   */
  requiredPermissions(call: Call, action: string, input: Input): readonly RequiredPermission[];
}

/** Returns an operation with these input members and the function that runs it. */
export function operation<M extends Members>(
  members: M,
  run: (call: Call, input: InputOf<M>, checkPermissions: CheckPermissions) => Output,
): Operation {
  return {
    invoke(call, rawInput, dialect, checkPermissions) {
      const input = decodeInput(members, rawInput, dialect);
      checkPermissions(input);
      return run(call, input, checkPermissions);
    },
  };
}

/** One page of a list, and the token for the next page. */
export interface Page<T> {
  readonly items: T[];
  readonly next?: string;
}

/**
 * Returns one page of a list. The token is opaque to clients, as in AWS.
 * @returns undefined if the token is not one of the sandbox's.
 */
export function pageOf<T>(list: readonly T[], token: string | undefined, size: number): Page<T> | undefined {
  const start = token === undefined ? 0 : startOfPage(token);
  if (start === undefined) return undefined;
  const items = list.slice(start, start + size);
  const end = start + items.length;
  return end < list.length ? { items, next: tokenForPage(end) } : { items };
}

function tokenForPage(start: number): string {
  return Buffer.from(`from:${start}`).toString('base64');
}

function startOfPage(token: string): number | undefined {
  const match = /^from:(\d{1,9})$/.exec(Buffer.from(token, 'base64').toString('utf8'));
  return match ? Number(match[1]) : undefined;
}
