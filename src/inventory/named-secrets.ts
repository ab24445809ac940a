import { type PolicyDocument, READ_ACTIONS, type Statement } from '../policy/index.ts';
import { matches, parsePattern } from '../policy/match.ts';
import { arnDifference } from '../policy/near-miss.ts';
import { groupedBy } from '../text.ts';

/** The secrets that a policy allows reading, as the policy names them. */
export interface PolicyTargets {
  /** ARNs, or patterns with at least the start of a name. */
  names: string[];
  /** Wildcards that match all secrets of a Region, or more. */
  scopes: string[];
}

/** Returns the unique ARNs and patterns in the statements that allow reading secrets. */
export function targetsIn({ statements }: PolicyDocument): PolicyTargets {
  const reading = statements.filter((statement) => READ_ACTIONS.some((action) => allows(statement, action)));
  const values = [...new Set(reading.flatMap(resourcesOf).filter(isAboutSecrets))];
  return { names: values.filter(hasNameStart), scopes: values.filter((value) => !hasNameStart(value)) };
}

/** Returns the Region of an ARN or pattern; undefined if it matches any. */
export function regionOf(named: string): string | undefined {
  const region = named.split(':')[3];
  return region && !/[*?$]/.test(region) ? region : undefined;
}

/** Returns the ARN of the same resource in another Region. */
export function inRegion(arn: string, region: string): string {
  return arn.split(':').with(3, region).join(':');
}

function allows({ effect, actions }: Statement, action: string): boolean {
  const isListed = actions.values.some((each) =>
    matches(parsePattern(each.toLowerCase()), action.toLowerCase()),
  );
  return effect === 'Allow' && isListed !== actions.negated;
}

function resourcesOf({ resources }: Statement): string[] {
  // `NotResource` allows nearly everything, so it counts as `*`.
  return resources?.negated ? ['*'] : (resources?.values ?? []);
}

function isAboutSecrets(resource: string): boolean {
  const service = resource.split(':')[2];
  return resource === '*' || (service !== undefined && matches(parsePattern(service), 'secretsmanager'));
}

function hasNameStart(resource: string): boolean {
  return /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^*?$]/.test(resource);
}

/**
 * Returns a function that tells whether an ARN differs from one of these ARNs in policies only in the suffix or in case. Pure.
 */
export function similarTo(named: string[]): (arn: string) => boolean {
  const stems = new Set(named.flatMap(stemsOf));
  return (arn) => stemsOf(arn).some((stem) => stems.has(stem));
}

/** Returns a function that describes how an ARN without a secret differs from the closest of these, if one is close. Pure. */
export function differenceToClosestAmong(arns: string[]): (named: string) => string | undefined {
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

/** Returns a lowercase ARN, with and without its possible suffix. */
function stemsOf(arn: string): string[] {
  const fullArn = arn.toLowerCase();
  const stem = fullArn.replace(/-[a-z0-9?]{6}$/, '');
  return stem === fullArn ? [fullArn] : [fullArn, stem];
}
