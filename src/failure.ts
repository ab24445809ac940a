/** Exit codes, as documented in the README. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  conflict: 3,
  permission: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The code of the failure that lists the statements of a trust policy that the run has overwritten. */
export const STATEMENTS_LOST = 'statements-lost';

/** The details of a failure, apart from its message. */
export interface FailureDetails {
  /** A stable identifier for scripts: `access-denied`, `missing-options`, `conflict`, … */
  code: string;
  exitCode: ExitCode;
  /** What the user can do now. */
  hint?: Message;
  /** Further lines, one for each problem, if there are several. */
  details?: Message[];
  /** The IAM action of the call that failed, such as `iam:CreateRole`. */
  awsAction?: string;
  /** The error code from AWS, such as `EntityAlreadyExists`. */
  awsCode?: string;
  /** The step that failed. */
  step?: string;
  cause?: unknown;
}

/** An error raised on purpose, with a message for the user. Anything else that is thrown is a bug. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly hint: Message | undefined;
  readonly details: Message[];
  readonly awsAction: string | undefined;
  readonly awsCode: string | undefined;
  step: string | undefined;
  /** The IAM action of an unconfirmed change. */
  unconfirmedAction: string | undefined;

  constructor(message: string, { cause, ...details }: FailureDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = details.code;
    this.exitCode = details.exitCode;
    this.hint = details.hint;
    this.details = [...(details.details ?? [])];
    this.awsAction = details.awsAction;
    this.awsCode = details.awsCode;
    this.step = details.step;
  }
}

/** The user pressed Ctrl-C or Ctrl-D or chose to stop, or the process received a signal. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** True if the user chose to stop in a prompt, false for a key press or a signal. */
  readonly chosen: boolean;
  /** The IAM action of an unconfirmed change. */
  unconfirmedAction: string | undefined;
  /** What the run has left behind for the user to repair, and how. */
  readonly details: Message[];

  constructor({ chosen = false, unconfirmedAction, details = [] }: Partial<Interrupted> = {}) {
    super();
    this.chosen = chosen;
    this.unconfirmedAction = unconfirmedAction;
    this.details = [...details];
  }
}

/** Returns true for a failure with the code `STATEMENTS_LOST`, which is reported no matter what else ends the run. */
export function isStatementsLost(error: unknown): boolean {
  return error instanceof Failure && error.code === STATEMENTS_LOST;
}

/**
 * Returns the first error that several pieces of work have thrown. A failure about lost statements takes precedence. The
 * returned error also carries the unconfirmed change and the interruption details of the others.
 */
export function firstThrown(thrown: unknown[]): unknown {
  const first = thrown.find(isStatementsLost) ?? thrown[0];
  if (isExpected(first)) {
    const others = thrown.filter(isExpected).filter((other) => other !== first);
    first.unconfirmedAction ??= others.find(({ unconfirmedAction }) => unconfirmedAction)?.unconfirmedAction;
    for (const other of others) if (other instanceof Interrupted) first.details.push(...other.details);
  }
  return first;
}

/** Returns true if a change that ended with this error may have been made anyway. */
export function isUnconfirmed(thrown: unknown): boolean {
  return !isExpected(thrown) || thrown.unconfirmedAction !== undefined;
}

/** Returns true for errors raised on purpose. Anything else is a bug. */
export function isExpected(thrown: unknown): thrown is Failure | Interrupted {
  return thrown instanceof Failure || thrown instanceof Interrupted;
}

/** Returns the code of a system error, such as `ENOENT`, for a message. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

/** Returns true if AWS responded with one of these error codes. */
export function hasAwsCode(error: unknown, ...codes: string[]): error is Failure {
  return error instanceof Failure && codes.includes(error.awsCode ?? '');
}

/** Returns true if AWS, or a policy in AWS, denied the request. */
export function isAccessDenied(error: unknown): error is Failure & { code: 'access-denied' } {
  return error instanceof Failure && error.code === 'access-denied';
}

/**
 * Awaits work that may include a change. If the work fails, the error carries the unconfirmed action, so that no message claims
 * that nothing was changed.
 * @param unconfirmedAction returns the IAM action of the change, if one has started by then
 */
export async function withUnconfirmedAction<T>(
  unconfirmedAction: () => string | undefined,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isExpected(error)) error.unconfirmedAction ??= unconfirmedAction();
    throw error;
  }
}

/** The result of work that can fail for one key without affecting the others. */
export type Attempt<T> = { value: T } | { failure: Failure };

/** What to do about a problem: a sentence, and a command if there is one. */
export interface Fix {
  remedy: string;
  /** Printed as is. Its flags stay flags in a run over a manifest. */
  command?: string;
}

/** An option that resolves a conflict. */
export interface Resolution {
  /** The flag to add on the command line. */
  flag: string;
  /** What the flag does, as a phrase. */
  text: string;
}

/**
 * A message for the user. Prose, commands and resolutions are kept apart because a manifest has fields where the command line has
 * flags. In a manifest, prose names the fields, a resolution says what to write, and a command stays as is.
 */
export type Message = string | Fix | { resolutions: Resolution[] };

/**
 * Returns true if the failure would be the same in any Region: missing or invalid credentials, or a wrong clock. A missing
 * permission can be specific to one Region.
 */
export function isCredentialFailure({ code }: Failure): boolean {
  return /credentials|clock-skew|mfa/.test(code);
}
