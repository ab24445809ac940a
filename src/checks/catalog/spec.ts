/** The declaration of a check. The commands that make it, their texts and the documentation are derived from it. */
export interface CheckSpec {
  /** The question that it answers, to follow "can't tell". */
  question: string;
  /** For docs/verify.md: what must be true, and when it only warns. Absent if `verify` doesn't make it. */
  asks?: string;
  /** For docs/verify.md: what to do if it fails. Empty if that depends. */
  fix?: string;
  /** The IAM actions without any one of which `verify` reports `cannot-tell`. */
  needs?: readonly string[];
  /** For docs/status.md: when it fails or warns. Absent if `status` doesn't make it. */
  inStatus?: string;
  /** True if an unknown result doesn't count, because the check doesn't tell whether MediaConnect can read the key now. */
  isInformational?: true;
  /** True if `verify` shows the result of a passed check without `--all`. */
  isSummary?: true;
  /** Its texts in all commands. They follow the name of the subject. Those for success are short. */
  words: Readonly<Record<string, string | ((...args: never[]) => string)>>;
}

/** The remedy of every fix that runs `setup`. */
export const SET_UP = 'To fix:';

/** IAM names are case-insensitive. */
export function isSameIamName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
