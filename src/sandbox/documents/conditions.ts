import { isObject, type JsonObject, PolicyProblem } from './json.ts';

/** Source: "IAM JSON policy elements: Condition operators" in the IAM user guide. */
const OPERATOR_NAMES = new Set(
  `StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike
  NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan NumericGreaterThanEquals
  DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals
  Bool BinaryEquals IpAddress NotIpAddress ArnEquals ArnLike ArnNotEquals ArnNotLike Null`
    .toLowerCase()
    .split(/\s+/),
);

export const VENDOR_MISSING = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';

/**
 * Checks the Condition element of a policy that has principals.
 * @param syntaxProblem the message of this kind of policy for a value of the wrong shape.
 * @throws PolicyProblem
 */
export function checkCondition(condition: unknown, syntaxProblem: string): void {
  if (condition === undefined) return;
  if (!isObject(condition)) throw new PolicyProblem(syntaxProblem);
  for (const [operator, keys] of Object.entries(condition)) {
    if (!isOperator(operator)) throw new PolicyProblem(`Invalid Condition type : ${operator}.`);
    if (!isObject(keys)) throw new PolicyProblem(syntaxProblem);
    for (const [key, value] of Object.entries(keys)) {
      if (!/^[A-Za-z0-9.-]+:.+$/.test(key)) throw new PolicyProblem(VENDOR_MISSING);
      if (!areScalars(value)) throw new PolicyProblem(syntaxProblem);
    }
  }
}

/**
 * True if a Condition element has the form that IAM requires in an identity-based policy. An operator without keys may have any
 * name, and a key does not need a vendor.
 */
export function isCondition(condition: unknown): boolean {
  return (
    isObject(condition) &&
    Object.entries(condition).every(
      ([operator, keys]) =>
        isObject(keys) &&
        (Object.keys(keys).length === 0 || isOperator(operator)) &&
        Object.values(keys).every(areScalars),
    )
  );
}

function isOperator(operator: string): boolean {
  // Every operator except `Null` can end in `IfExists`.
  return !operator.toLowerCase().endsWith('nullifexists') && OPERATOR_NAMES.has(withoutAffixes(operator));
}

/** Returns an operator in lowercase, without the affixes that say how to treat several values, or a missing one. */
function withoutAffixes(operator: string): string {
  return operator
    .toLowerCase()
    .replace(/^for(?:allvalues|anyvalue):/, '')
    .replace(/ifexists$/, '');
}

/** Returns the values in a Condition element that are compared as dates. */
export function datesIn(condition: JsonObject): string[] {
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isObject(keys) && withoutAffixes(operator).startsWith('date')
      ? Object.values(keys).flat().map(String)
      : [],
  );
}

/** True for a string, number or boolean, and for a list of them. */
function areScalars(value: unknown): boolean {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.every((item) => ['string', 'number', 'boolean'].includes(typeof item));
}

const ISO_DATE =
  /^(-?\d+)(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:t(?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.\d{1,9})?)?(?:z|[+-](\d\d)(?::(\d\d))?)?)?)?)?$/i;

/**
 * The bounds of the capture groups of `ISO_DATE`: year, month, day, hour, minute, second, and the hours and minutes of the offset
 * from UTC. The years are those that 64 bits of milliseconds since the epoch can express.
 */
const DATE_PART_BOUNDS = [
  [-292275054, 292278993],
  [1, 12],
  [1, 31],
  [0, 23],
  [0, 59],
  [0, 59],
  [0, 23],
  [0, 59],
] as const;

const MAX_EPOCH_SECONDS = 2n ** 63n - 1n;

/** True if IAM accepts a text as a date: all or part of an ISO 8601 date, or seconds since the epoch. */
export function isDate(text: string): boolean {
  if (/^\d+$/.test(text)) return BigInt(text) <= MAX_EPOCH_SECONDS;
  const parts = ISO_DATE.exec(text)?.slice(1);
  return (
    parts?.every((part, index) => {
      const [minimum, maximum] = DATE_PART_BOUNDS[index] ?? [0, 0];
      return part === undefined || (Number(part) >= minimum && Number(part) <= maximum);
    }) ?? false
  );
}
