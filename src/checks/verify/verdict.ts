import { EXIT, type ExitCode } from '../../failure.ts';
import type { Verdict } from '../../plan-types.ts';
import { worst } from '../../ui/verdicts.ts';
import type { VerifyCheck, VerifyId } from './types.ts';

/** Checks that tell more than whether MediaConnect can read the key now: not being able to look decides nothing. */
const BESIDES: ReadonlySet<VerifyId> = new Set(['caller-pass-role', 'secret-kms-key', 'role-guard']);

/** What all checks come to: the worst of those that decide. */
export function verdictOf(checks: readonly VerifyCheck[]): Verdict {
  return worst(checks.filter((check) => check.verdict !== 'cannot-tell' || isOpen(check)));
}

/** The exit code: 4 only when every check that cannot be told lacks a permission, and nothing has failed. */
export function exitCodeOf(checks: readonly VerifyCheck[]): ExitCode {
  const verdict = verdictOf(checks);
  if (verdict === 'failed') return EXIT.failed;
  if (verdict !== 'cannot-tell') return EXIT.done;
  return checks.filter(isOpen).every(({ awsAction }) => awsAction !== undefined)
    ? EXIT.permission
    : EXIT.failed;
}

/** Whether a check that decides cannot be told. */
export function isOpen({ id, verdict }: VerifyCheck): boolean {
  return verdict === 'cannot-tell' && !BESIDES.has(id);
}
