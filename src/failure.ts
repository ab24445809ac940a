/** The program's exit codes; the README documents them. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  conflict: 3,
  permission: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The code of a failure that names what the run has overwritten. It is reported even if the user interrupts. */
export const STATEMENTS_LOST = 'statements-lost';

/** What a failure carries besides its sentence. */
export interface FailureDetails {
  /** A short stable word for scripts: `access-denied`, `missing-options`, `conflict`, … */
  code: string;
  exitCode: ExitCode;
  /** What to do now. */
  hint?: Message;
  /** Further lines, one a problem, when there are several. */
  details?: Message[];
  /** The IAM action of the call that failed, such as `iam:CreateRole`. */
  awsAction?: string;
  /** The name of the error that AWS answered, such as `EntityAlreadyExists`. */
  awsCode?: string;
  /** The step in which it happened. */
  step?: string;
  cause?: unknown;
}

/**
 * An error raised on purpose, with a sentence for the user. Anything else that is thrown is a bug.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly hint: Message | undefined;
  readonly details: Message[];
  readonly awsAction: string | undefined;
  readonly awsCode: string | undefined;
  step: string | undefined;
  /** The IAM action of a change that may have been made though no answer said so. */
  inDoubt: string | undefined;

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
  /** True if the user chose it as an answer. */
  readonly chosen: boolean;
  /** The IAM action of a change that was under way and may have been made. */
  inDoubt: string | undefined;
  /** What the run has left behind that the user has to mend, and how. */
  readonly details: Message[];

  constructor({
    chosen = false,
    inDoubt,
    details = [],
  }: { chosen?: boolean; inDoubt?: string; details?: Message[] } = {}) {
    super();
    this.chosen = chosen;
    this.inDoubt = inDoubt;
    this.details = [...details];
  }
}

/** True for a failure that must be reported whatever else ends the run. */
export function isLoss(error: unknown): boolean {
  return error instanceof Failure && error.code === STATEMENTS_LOST;
}

/**
 * The first of what some pieces of work have thrown; a loss comes before all else. A change that another one leaves in doubt
 * is told with it, and so is what an interruption has left behind.
 */
export function firstThrown(thrown: unknown[]): unknown {
  const first = thrown.find(isLoss) ?? thrown[0];
  if (isExpected(first)) {
    const others = thrown.filter(isExpected).filter((other) => other !== first);
    first.inDoubt ??= others.find(({ inDoubt }) => inDoubt)?.inDoubt;
    for (const other of others) if (other instanceof Interrupted) first.details.push(...other.details);
  }
  return first;
}

/** Returns whether a change may have been made although it failed. */
export function isUnconfirmed(thrown: unknown): boolean {
  return !isExpected(thrown) || thrown.inDoubt !== undefined;
}

/** Returns whether something that was thrown is no defect of the program. */
export function isExpected(thrown: unknown): thrown is Failure | Interrupted {
  return thrown instanceof Failure || thrown instanceof Interrupted;
}

/** Returns the code of an error of the system, such as `ENOENT`, for a message. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

/** Whether AWS answered with one of these errors. */
export function hasAwsCode(error: unknown, ...codes: string[]): error is Failure {
  return error instanceof Failure && codes.includes(error.awsCode ?? '');
}

/** Whether AWS, or a policy in it, does not allow what was asked. */
export function isAccessDenied(error: unknown): error is Failure & { code: 'access-denied' } {
  return error instanceof Failure && error.code === 'access-denied';
}

/**
 * Waits for work in which a change may have been made; whatever ends it carries the doubt along, so that nobody is told
 * that nothing was changed.
 * @param inDoubt the IAM action of that change, if there is one by then
 */
export async function withUnconfirmedAction<T>(
  inDoubt: () => string | undefined,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isExpected(error)) error.inDoubt ??= inDoubt();
    throw error;
  }
}

/** What became of something that may fail for one key and leave the others alone. */
export type Attempt<T> = { value: T } | { failure: Failure };

/** What to do about something: a sentence, and where there is one, the command that does it. */
export interface Fix {
  remedy: string;
  /** Typed as it stands: its flags are flags wherever the wishes come from. */
  command?: string;
}

/** What to give so that something is not in the way any more. */
export interface Resolution {
  /** What to type on the command line. */
  flag: string;
  /** What it does, as a phrase. */
  text: string;
}

/**
 * A message for the user. Prose, commands and settings are kept apart, because a manifest has members where the command
 * line has flags: prose names them, a way out says what to write, and a command stays as it is.
 */
export type Message = string | Fix | { waysOut: Resolution[] };

/** Whether it would be the same in any Region: no credentials, or bad ones. A missing permission may be one Region's. */
export function isCredentialFailure({ code }: Failure): boolean {
  return /credentials|clock-skew|mfa/.test(code);
}
