import { groupedBy } from '../../../grouping.ts';
import type { Verdict } from '../../../plan-types.ts';
import { groupByText, MOST_LINES } from '../../../text.ts';
import { type Output, WORST_FIRST } from '../../../ui/output.ts';
import type { VerifiedKey, VerifyCheck } from '../result.ts';
import { verifyMessages as messages } from './messages.ts';
import {
  checkLines,
  concludingLine,
  countOf,
  groupLines,
  groupsOf,
  titleLines,
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

/** Returns the verdict for a key: on its secrets and on the role that has to read them. */
export function verdictOn({ secrets, role }: VerifiedKey, checksAbout: ChecksAbout): Verdict {
  return verdictOf([...secrets, role].flatMap(checksAbout));
}

/**
 * Prints the checks of many keys: each key, then the roles. If there are more secrets than `MOST_LINES`, shows only those with
 * problems, and counts the others.
 */
export function showKeys(output: Output, checks: readonly VerifyCheck[], keys: VerifiedKey[]): void {
  const checksAbout = checksByArn(checks);
  const secrets = keys.flatMap((key) => key.secrets);
  const showsAll = secrets.length <= MOST_LINES;
  const isShown = (check: VerifyCheck) => showsAll || check.verdict !== 'ok';
  const shownChecks: ChecksAbout = (arn) => checksAbout(arn).filter(isShown);
  const shown = keys.filter((key) => key.secrets.some((arn) => shownChecks(arn).length > 0));
  const roleGroups = groupsOf(checks.filter((check) => !isOfSecret(check) && isShown(check)));
  const lines = [
    ...worstOf(shown, shownChecks).flatMap((key) => keyLines(output, key, shownChecks)),
    ...(shown.length > MOST_LINES ? [messages.moreKeys(shown.length - MOST_LINES), ''] : []),
    ...roleGroups.flatMap((group) => [...groupLines(output, group), '']),
    ...conclusion(output, checks, keys, checksAbout),
  ];
  output.result(lines.join('\n'));
}

/** Returns all keys in their order or, if there are too many, the worst ones. */
function worstOf(keys: VerifiedKey[], checksAbout: ChecksAbout): VerifiedKey[] {
  if (keys.length <= MOST_LINES) return keys;
  const byVerdict = groupedBy(keys, ({ secrets }) => verdictOf(secrets.flatMap(checksAbout)));
  return WORST_FIRST.flatMap((verdict) => byVerdict.get(verdict) ?? []).slice(0, MOST_LINES);
}

function isOfSecret({ subject }: VerifyCheck): boolean {
  return subject.includes(':secretsmanager:');
}

/** Returns the lines for a key. Regions with equal results share them. */
function keyLines(output: Output, { secrets }: VerifiedKey, checksAbout: ChecksAbout): string[] {
  const linesOfSecrets = secrets.map((arn) => ({ arn, lines: checkLines(output, checksAbout(arn)) }));
  const withLines = linesOfSecrets.filter(({ lines }) => lines.length > 0);
  return groupByText(withLines, ({ lines }) => lines.join('\n')).flatMap((group) => {
    const arns = group.map(({ arn }) => arn);
    const names = [...new Set(arns.map(messages.nameIn))];
    const regions = [...new Set(arns.map((arn) => arn.split(':')[3] ?? ''))];
    return [...titleLines(output, messages.secretTitle(names, regions), arns), ...group[0].lines, ''];
  });
}

function conclusion(
  output: Output,
  checks: readonly VerifyCheck[],
  keys: VerifiedKey[],
  checksAbout: ChecksAbout,
): string[] {
  const verdicts = keys.map((key) => verdictOn(key, checksAbout));
  const countKeys = (verdict: Verdict) => verdicts.filter((each) => each === verdict).length;
  const counts = WORST_FIRST.toReversed().flatMap((verdict) => {
    const count = countKeys(verdict);
    return count > 0 ? [messages.keysOf[verdict](count)] : [];
  });
  const secretCount = keys.flatMap(({ secrets }) => secrets).length;
  const overall = verdictOf(checks);
  const sentence = messages.concluding[overall](keys.length, countKeys(overall), countOf(overall, checks));
  return [
    output.prose(messages.keyCounts(keys.length, secretCount, counts)),
    concludingLine(output, overall, sentence),
  ];
}
