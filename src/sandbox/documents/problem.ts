/** A reason why IAM does not take a policy document, in IAM's words. */
export class PolicyProblem extends Error {}

/** @returns the message of the problem that the check ran into; undefined if it found none. */
export function problemIn(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof PolicyProblem) {
      return error.message;
    }
    throw error;
  }
}
