/** A check, declared once: the commands that make it, their words and the documents follow from it. */
export interface CheckSpec {
  /** What it is about, to follow on "can't tell". */
  question: string;
  /** In docs/verify.md: what it asks, and when it only warns. Absent where `verify` does not make it. */
  asks?: string;
  /** In docs/verify.md: what to do when it fails; empty where that depends. */
  fix?: string;
  /** In docs/status.md: when it fails or warns. Absent where `status` does not make it. */
  inStatus?: string;
  /** Whether it is beside the question whether MediaConnect can read the key now, so that not being able to look decides nothing. */
  isBeside?: true;
  /** What it says in every command. What is well is short: many such stand on one line. */
  words: Readonly<Record<string, string | ((...args: never[]) => string)>>;
}
