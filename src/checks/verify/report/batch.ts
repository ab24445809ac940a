import { groupedBy } from '../../../grouping.ts';
import type { Verdict } from '../../../plan-types.ts';
import { folded, MOST_LINES } from '../../../text.ts';
import type { Output } from '../../../ui/output.ts';
import { WORST_FIRST } from '../../../ui/output.ts';
import type { VerifiedKey, VerifyCheck } from '../result.ts';
import { verifyShow as messages } from './messages.ts';
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
export function verdictOn({ secrets, role }: VerifiedKey, about: ChecksAbout): Verdict {
  return verdictOf([...secrets, role].flatMap(about));
}

/**
 * Prints the checks of many keys: each key, then the roles. If there are more secrets than `MOST_LINES`, shows only those with
 * problems, and counts the others.
 */
export function showKeys(output: Output, checks: readonly VerifyCheck[], keys: VerifiedKey[]): void {
  const about = checksByArn(checks);
  const secrets = keys.flatMap((key) => key.secrets);
  const showsAll = secrets.length <= MOST_LINES;
  const isShown = (check: VerifyCheck) => showsAll || check.verdict !== 'ok';
  const shownChecks: ChecksAbout = (arn) => about(arn).filter(isShown);
  const shown = keys.filter((key) => key.secrets.some((arn) => shownChecks(arn).length > 0));
  const roleGroups = groupsOf(checks.filter((check) => !isOfSecret(check) && isShown(check)));
  const lines = [
    ...worstOf(shown, shownChecks).flatMap((key) => keyLines(output, key, shownChecks)),
    ...(shown.length > MOST_LINES ? [messages.moreKeys(shown.length - MOST_LINES), ''] : []),
    ...roleGroups.flatMap((group) => [...groupLines(output, group), '']),
    ...conclusion(output, checks, keys, about),
  ];
  output.result(lines.join('\n'));
}

/** Returns all keys in their order or, if there are too many, the worst ones. */
function worstOf(keys: VerifiedKey[], about: ChecksAbout): VerifiedKey[] {
  if (keys.length <= MOST_LINES) return keys;
  const byVerdict = groupedBy(keys, ({ secrets }) => verdictOf(secrets.flatMap(about)));
  return WORST_FIRST.flatMap((verdict) => byVerdict.get(verdict) ?? []).slice(0, MOST_LINES);
}

function isOfSecret({ subject }: VerifyCheck): boolean {
  return subject.includes(':secretsmanager:');
}

/** Regions with the same results are shown together. */
function keyLines(output: Output, { secrets }: VerifiedKey, worth: ChecksAbout): string[] {
  const found = secrets.map((arn) => ({ arn, lines: checkLines(output, worth(arn)) }));
  const withLines = found.filter(({ lines }) => lines.length > 0);
  return folded(withLines, ({ lines }) => lines.join('\n')).flatMap((same) => {
    const arns = same.map(({ arn }) => arn);
    const names = [...new Set(arns.map(messages.nameIn))];
    const regions = [...new Set(arns.map((arn) => arn.split(':')[3] ?? ''))];
    return [...titleLines(output, messages.titleOf(names, regions), arns), ...same[0].lines, ''];
  });
}

function conclusion(
  output: Output,
  checks: readonly VerifyCheck[],
  keys: VerifiedKey[],
  about: ChecksAbout,
): string[] {
  const verdicts = keys.map((key) => verdictOn(key, about));
  const keysOf = (verdict: Verdict) => verdicts.filter((each) => each === verdict).length;
  const counts = WORST_FIRST.toReversed().flatMap((verdict) => {
    const number = keysOf(verdict);
    return number > 0 ? [messages.keysOf[verdict](number)] : [];
  });
  const secrets = keys.flatMap((key) => key.secrets).length;
  const all = verdictOf(checks);
  const sentence = messages.concluding[all](keys.length, keysOf(all), countOf(all, checks));
  return [
    output.prose(messages.keyCounts(keys.length, secrets, counts)),
    concludingLine(output, all, sentence),
  ];
}
