import type { Verdict } from '../../../plan-types.ts';
import { groupedBy } from '../../../text.ts';
import { type Output, WORST_FIRST } from '../../../ui/output.ts';
import type { VerifiedKey, VerifyCheck } from '../result.ts';
import { type Item, itemsOf } from './items.ts';
import { verifyMessages as messages } from './messages.ts';
import {
  countItems,
  faultOf,
  notVerified,
  type ReportOptions,
  reportLines,
  type Title,
  verdictLines,
  verdictOf,
} from './report.ts';

/** A function that returns the checks about a secret, or about a role and its policies, by the ARN of the secret or role. */
type ChecksAbout = (arn: string) => VerifyCheck[];

/** Indexes checks by the ARN of the secret or role. */
export function checksByArn(checks: readonly VerifyCheck[]): ChecksAbout {
  const byArn = groupedBy(checks, (check) =>
    isOfSecret(check) ? check.subject : (check.role ?? check.subject),
  );
  return (arn) => byArn.get(arn) ?? [];
}

function isOfSecret({ subject }: VerifyCheck): boolean {
  return subject.includes(':secretsmanager:');
}

/** Returns the verdict for a key: on its secrets and on the role that has to read them. */
export function verdictOn({ secrets, role }: VerifiedKey, checksAbout: ChecksAbout): Verdict {
  return verdictOf([...secrets, role].flatMap(checksAbout));
}

/**
 * Prints the checks of many keys: the verdict, how many keys can be read, and the problems. Equal problems of several secrets are
 * one, and only so many are shown that they can be read.
 */
export function showKeys(
  output: Output,
  checks: readonly VerifyCheck[],
  keys: VerifiedKey[],
  options: ReportOptions = {},
): void {
  const items = itemsOf(checks);
  const checksAbout = checksByArn(checks);
  const verdicts = keys.map((key) => verdictOn(key, checksAbout));
  const lines = [
    verdictLines(output, titleFor(checks, items, verdicts), options),
    output.prose(`  ${keyCounts(keys, verdicts)}`, 0),
    ...reportLines(output, checks, items, options),
  ];
  output.result(lines.join('\n'));
}

/** Returns how many keys have each verdict, the best first. */
function keyCounts(keys: VerifiedKey[], verdicts: Verdict[]): string {
  const counts = WORST_FIRST.toReversed().flatMap((verdict) => {
    const count = verdicts.filter((each) => each === verdict).length;
    return count > 0 ? [messages.keysOf[verdict](count)] : [];
  });
  return messages.keyCounts(keys.length, keys.flatMap(({ secrets }) => secrets).length, counts);
}

function titleFor(checks: readonly VerifyCheck[], items: readonly Item[], verdicts: Verdict[]): Title {
  const verdict = verdictOf(checks);
  const problems = countItems(items, 'failed');
  const warnings = countItems(items, 'warning');
  if (verdict === 'cannot-tell') return { verdict, sentence: notVerified(checks) };
  if (verdict !== 'failed') return { verdict, sentence: messages.canRead(verdicts.length, warnings) };
  const failedCount = verdicts.filter((each) => each === 'failed').length;
  const sentence =
    faultOf(checks) === 'access'
      ? messages.cannotRead(failedCount, verdicts.length, problems, warnings)
      : messages.faulty(messages.doesNotWorkFor(failedCount, verdicts.length), problems, warnings);
  return { verdict, sentence };
}
