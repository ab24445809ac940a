import { groupedBy } from '../grouping.ts';
import { arnDifference } from '../policy/near-miss.ts';

/** Returns whether one of the ARNs of secrets that policies name differs from a secret's in its end or in letter case only. Pure. */
export function similarTo(named: string[]): (arn: string) => boolean {
  const stems = new Set(named.flatMap(stemsOf));
  return (arn) => stemsOf(arn).some((stem) => stems.has(stem));
}

/** Returns in what an ARN that no secret has differs from one of these, if one comes close. Pure. */
export function closestAmong(arns: string[]): (named: string) => string | undefined {
  const byStem = groupedBy(
    arns.flatMap((arn) => stemsOf(arn).map((stem) => ({ arn, stem }))),
    ({ stem }) => stem,
  );
  return (named) => {
    const close = stemsOf(named).flatMap((stem) => byStem.get(stem) ?? []);
    const differences = close.flatMap(({ arn }) => arnDifference(named, arn) ?? []);
    return differences.sort((a, b) => a.distance - b.distance)[0]?.what;
  };
}

/** An ARN in small letters, and the same without what may be its end. */
function stemsOf(arn: string): string[] {
  const whole = arn.toLowerCase();
  const stem = whole.replace(/-[a-z0-9?]{6}$/, '');
  return stem === whole ? [whole] : [whole, stem];
}
