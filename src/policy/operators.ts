import { BlockList, isIP } from 'node:net';
import type { ConditionClause } from './document.ts';
import { arnParts, coversArn, literal, matches, type Token } from './match.ts';
import {
  all,
  any,
  anyValueMatches,
  type Facts,
  type Interpretation,
  type Truth,
  truth,
} from './variables.ts';

/** A condition operator without its set operator and `IfExists`. `test` itself is never negated. */
interface Operator {
  negated: boolean;
  interpretation: Interpretation;
  /** Compares a value of the policy with a value of the request. */
  test(policyValue: Token[], requestValue: string): Truth;
}

type Test = Operator['test'];

const PLAIN: Interpretation = { wildcards: false, variables: false };
const VARIABLES: Interpretation = { wildcards: false, variables: true };
const PATTERN: Interpretation = { wildcards: true, variables: true };

const equals: Test = (policy, value) => truth(textOf(policy) === value);
const equalsIgnoringCase: Test = (policy, value) =>
  truth(textOf(policy).toLowerCase() === value.toLowerCase());
const like: Test = (policy, value) => truth(matches(policy, value));

const arnLike: Test = (policy, value) => {
  if (arnParts(policy) === undefined) return { unknown: `${textOf(policy)} is not an ARN` };
  if (arnParts(literal(value)) === undefined) return { unknown: `${value} is not an ARN` };
  return truth(coversArn(policy, literal(value)));
};

/** The operators by case-sensitive name. Source: IAM User Guide, "IAM JSON policy elements: Condition operators". */
const OPERATORS = new Map<string, Operator>([
  ...withNegation('StringEquals', 'StringNotEquals', VARIABLES, equals),
  ...withNegation('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', VARIABLES, equalsIgnoringCase),
  ...withNegation('StringLike', 'StringNotLike', PATTERN, like),
  ...withNegation('ArnEquals', 'ArnNotEquals', PATTERN, arnLike),
  ...withNegation('ArnLike', 'ArnNotLike', PATTERN, arnLike),
  ...withNegation('IpAddress', 'NotIpAddress', PLAIN, isInRange),
  ...orderedOperators('Numeric', numberOf),
  ...orderedOperators('Date', timeOf),
  withoutNegation('Bool', VARIABLES, typedTest(booleanOf)),
  withoutNegation('BinaryEquals', PLAIN, typedTest(bytesOf)),
]);

function withNegation(
  name: string,
  negation: string,
  interpretation: Interpretation,
  test: Test,
): [string, Operator][] {
  return [
    [name, { negated: false, interpretation, test }],
    [negation, { negated: true, interpretation, test }],
  ];
}

function withoutNegation(name: string, interpretation: Interpretation, test: Test): [string, Operator] {
  return [name, { negated: false, interpretation, test }];
}

function orderedOperators(family: string, read: (text: string) => number | undefined): [string, Operator][] {
  return [
    ...withNegation(`${family}Equals`, `${family}NotEquals`, PLAIN, typedTest(read)),
    withoutNegation(
      `${family}LessThan`,
      PLAIN,
      typedTest(read, (policy, value) => value < policy),
    ),
    withoutNegation(
      `${family}LessThanEquals`,
      PLAIN,
      typedTest(read, (policy, value) => value <= policy),
    ),
    withoutNegation(
      `${family}GreaterThan`,
      PLAIN,
      typedTest(read, (policy, value) => value > policy),
    ),
    withoutNegation(
      `${family}GreaterThanEquals`,
      PLAIN,
      typedTest(read, (policy, value) => value >= policy),
    ),
  ];
}

/**
 * Returns a comparison of values of one type, by default for equality. AWS doesn't document the result for values of other types.
 */
function typedTest<Value>(
  read: (text: string) => Value | undefined,
  compare = (policy: Value, value: Value): boolean => policy === value,
): Test {
  return (policyTokens, requestText) => {
    const policyText = textOf(policyTokens);
    const policy = read(policyText);
    const value = read(requestText);
    if (policy === undefined) return { unknown: `the condition value ${policyText} cannot be read` };
    if (value === undefined) return { unknown: `the context value ${requestText} cannot be read` };
    return truth(compare(policy, value));
  };
}

function numberOf(text: string): number | undefined {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Parses an ISO 8601 date (W3C format) or seconds since 1970 to milliseconds since 1970. Four digits could be either. */
function timeOf(text: string): number | undefined {
  if (/^\d{5,}$/.test(text)) return Number(text) * 1000;
  if (!/^\d{4}-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?)?$/.test(text))
    return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function booleanOf(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return lower === 'true' || lower === 'false' ? lower === 'true' : undefined;
}

function bytesOf(text: string): string | undefined {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64').toString('hex') : undefined;
}

/** Returns whether an address is in a CIDR range. An address without a prefix length is a range of one. */
function isInRange(policy: Token[], value: string): Truth {
  const text = textOf(policy);
  const [base = '', prefix, ...more] = text.split('/');
  const family = isIP(base);
  const bits = family === 6 ? 128 : 32;
  const length = prefix === undefined ? bits : numberOf(prefix);
  if (family === 0 || length === undefined || length < 0 || length > bits || more.length > 0)
    return { unknown: `the condition value ${text} cannot be read` };
  if (isIP(value) === 0) return { unknown: `the context value ${value} cannot be read` };
  if (isIP(value) !== family) return 'no';
  const range = new BlockList();
  range.addSubnet(base, length, family === 6 ? 'ipv6' : 'ipv4');
  return truth(range.check(value, family === 6 ? 'ipv6' : 'ipv4'));
}

function textOf(tokens: Token[]): string {
  return tokens.map((token) => ('char' in token ? token.char : token.any === 'run' ? '*' : '?')).join('');
}

const OPERATOR_NAME = /^(?:(ForAnyValue|ForAllValues):)?(.+?)(IfExists)?$/;

interface ParsedOperator {
  /** `ForAnyValue` or `ForAllValues`. */
  setOperator: string | undefined;
  base: Operator;
  ifExists: boolean;
}

/**
 * Returns whether one line of a `Condition` is true for the request. Source: IAM User Guide, "Condition operators" and
 * "Single-valued vs. multivalued context keys".
 */
export function conditionHolds({ operator, key, values }: ConditionClause, facts: Facts): Truth {
  const parsed = parseOperator(operator);
  if (operator !== 'Null' && parsed === undefined)
    return { unknown: `condition operator ${operator} is not known` };

  const found = facts.context.lookup(key);
  if (found.state === 'unknown') return { unknown: `context key ${key} is not known` };
  if (parsed === undefined) return nullHolds(values, found.state === 'absent');
  const requestValues = found.state === 'present' ? found.values : [];
  if (isEmpty(requestValues, parsed)) return withoutValue(parsed, operator);

  const { negated, interpretation, test } = parsed.base;
  const results = requestValues.map((requestValue) =>
    anyValueMatches(values, negated, interpretation, facts, (tokens) => test(tokens, requestValue)),
  );
  if (parsed.setOperator === 'ForAllValues') return all(results);
  if (parsed.setOperator === 'ForAnyValue') return any(results);
  const [onlyResult] = results;
  return onlyResult !== undefined && results.length === 1 ? onlyResult : severalValues(results, key);
}

function parseOperator(name: string): ParsedOperator | undefined {
  const [, setOperator, baseName = '', suffix] = OPERATOR_NAME.exec(name) ?? [];
  const base = OPERATORS.get(baseName);
  return base && { setOperator, base, ifExists: suffix !== undefined };
}

function nullHolds(values: string[], absent: boolean): Truth {
  const expected = values.map((value) => value.toLowerCase());
  const invalid = expected.find((value) => value !== 'true' && value !== 'false');
  if (invalid !== undefined) return { unknown: `the condition value ${invalid} cannot be read` };
  return truth(expected.includes(String(absent)));
}

/** For a set operator, a list of empty strings equals a missing value. */
function isEmpty(values: string[], { setOperator }: ParsedOperator): boolean {
  return values.length === 0 || (setOperator !== undefined && values.every((value) => value === ''));
}

/** AWS documents opposite results of `IfExists` and `ForAnyValue` for a missing key, and nothing for the combination. */
function withoutValue({ setOperator, base, ifExists }: ParsedOperator, name: string): Truth {
  if (setOperator === 'ForAllValues') return 'yes';
  if (setOperator === 'ForAnyValue')
    return ifExists ? { unknown: `${name} without the key is not documented` } : 'no';
  return truth(ifExists || base.negated);
}

/** A key with several values needs a set operator. Without one, the result is certain only if no value matches. */
function severalValues(results: Truth[], key: string): Truth {
  return all([any(results), { unknown: `context key ${key} has several values` }]);
}
