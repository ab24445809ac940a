/** The rules that every story must follow. */
export type Invariant =
  | 'established key is readable'
  | 'nobody gains more than was asked'
  | 'the rest is as it was'
  | 'the same command again writes nothing'
  | 'writes are bounded by the plan'
  | 'the same command finishes'
  | 'a plan that is shown can be carried out'
  | 'teardown leaves the account as it was'
  | 'no text has a key'
  | 'a command ends'
  | 'no defect';

export interface Violation {
  readonly invariant: Invariant;
  /** The subject, in one line. */
  readonly what: string;
  /** The state before and now. */
  readonly details: readonly string[];
}
