import { isObject } from './json.ts';
import { PolicyProblem } from './problem.ts';

/** Source: "IAM JSON policy elements: Condition operators" in the IAM user guide. */
const OPERATORS = new Set(
  `StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike
  NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan NumericGreaterThanEquals
  DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals
  Bool BinaryEquals IpAddress NotIpAddress ArnEquals ArnLike ArnNotEquals ArnNotLike Null`
    .toLowerCase()
    .split(/\s+/),
);

export const VENDOR_MISSING = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';

/**
 * Checks a Condition element.
 * @param syntaxProblem what this kind of policy says of a value of the wrong shape.
 * @throws PolicyProblem
 */
export function checkCondition(condition: unknown, syntaxProblem: string): void {
  if (condition === undefined) {
    return;
  }
  if (!isObject(condition)) {
    throw new PolicyProblem(syntaxProblem);
  }
  for (const [operator, keys] of Object.entries(condition)) {
    if (!isOperator(operator)) {
      throw new PolicyProblem(`Invalid Condition type : ${operator}.`);
    }
    if (!isObject(keys)) {
      throw new PolicyProblem(syntaxProblem);
    }
    for (const [key, value] of Object.entries(keys)) {
      checkEntry(key, value, syntaxProblem);
    }
  }
}

function isOperator(operator: string): boolean {
  const base = operator.toLowerCase().replace(/^for(?:allvalues|anyvalue):/, '');
  return OPERATORS.has(base) || (base !== 'nullifexists' && OPERATORS.has(base.replace(/ifexists$/, '')));
}

function checkEntry(key: string, value: unknown, syntaxProblem: string): void {
  if (!/^[A-Za-z0-9.-]+:.+$/.test(key)) {
    throw new PolicyProblem(VENDOR_MISSING);
  }
  const items: unknown[] = Array.isArray(value) ? value : [value];
  if (!items.every((item) => ['string', 'number', 'boolean'].includes(typeof item))) {
    throw new PolicyProblem(syntaxProblem);
  }
}
