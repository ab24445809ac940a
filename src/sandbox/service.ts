import type { Identity } from './auth/identity.ts';
import type { IamView } from './iam/store.ts';
import type { Need } from './permissions/need.ts';
import type { Protocol } from './protocols/protocol.ts';
import type { QuotaName } from './quotas.ts';
import type { InputOf, Members } from './shapes.ts';
import { type Dialect, decodeInput } from './validate.ts';
import type { World } from './world.ts';

/** The members of a request. */
export type Input = Readonly<Record<string, unknown>>;

/** One request as an operation sees it. */
export interface Call {
  readonly world: World;
  /** The account's IAM, as old as this request sees it. */
  readonly iam: IamView;
  readonly region: string;
  readonly caller: Identity;
  /** Milliseconds since the epoch, by the sandbox's clock. */
  readonly now: number;
}

/**
 * Refuses what the caller may not do.
 * @param action another operation with this input, which the request stands for too; by default its own.
 * @throws AwsError the service's denial.
 */
export type Admit = (input: Input, action?: string) => void;

/** What an operation returns; undefined for one that has no output in the service's API model. */
export type Output = object | undefined;

export interface Operation {
  /** @param admit called with the input once its form is right, before anything else. */
  invoke(call: Call, raw: Input, dialect: Dialect, admit: Admit): Output;
}

export type Operations = { readonly [action: string]: Operation };

export interface Service {
  /** The name in credential scopes and in permissions: `iam`, `kms`, `mediaconnect`, `secretsmanager`, `sts`. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly operations: Operations;
  /** Every operation the real service has, including those that are not here. */
  readonly operationNames: ReadonlySet<string>;
  /** The operations that need no signature; none where this is absent. */
  readonly unsignedOperations?: ReadonlySet<string>;
  /** The code and message of the service's own internal error. */
  readonly internalError: readonly [code: string, message: string];
  /** The quotas that a request of this operation counts against. */
  quotasOn(action: string): readonly QuotaName[];
  /**
   * The permissions that a request needs, in the order in which AWS asks for them; the first is that of the operation itself.
   * It must take input of any form, and answer none only for an operation that everyone may call.
   */
  needs(call: Call, action: string, input: Input): readonly Need[];
}

/** An operation with typed input: what it takes, and what it does. */
export function operation<M extends Members>(
  members: M,
  run: (call: Call, input: InputOf<M>, admit: Admit) => Output,
): Operation {
  return {
    invoke(call, raw, dialect, admit) {
      const input = decodeInput(members, raw, dialect);
      admit(input);
      return run(call, input, admit);
    },
  };
}

/** One page of a list, and the token that leads to the next one. */
export interface Page<T> {
  readonly items: T[];
  readonly next?: string;
}

/**
 * Cuts a page out of a list. The token is opaque to clients, as AWS's are.
 * @returns undefined if the token is not one of ours.
 */
export function pageOf<T>(all: readonly T[], token: string | undefined, size: number): Page<T> | undefined {
  const start = token === undefined ? 0 : positionIn(token);
  if (start === undefined) {
    return undefined;
  }
  const items = all.slice(start, start + size);
  const end = start + items.length;
  return end < all.length ? { items, next: tokenFor(end) } : { items };
}

function tokenFor(position: number): string {
  return Buffer.from(`from:${position}`).toString('base64');
}

function positionIn(token: string): number | undefined {
  const match = /^from:(\d{1,9})$/.exec(Buffer.from(token, 'base64').toString('utf8'));
  return match ? Number(match[1]) : undefined;
}
