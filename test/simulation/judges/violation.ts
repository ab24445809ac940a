/** What every story must keep to. */
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
  /** What it is about, in a line. */
  readonly what: string;
  /** What was before, and what is now. */
  readonly details: readonly string[];
}
