import { BlockList, isIP } from 'node:net';
import { isObject } from '../documents/json.ts';
import { ANYTHING, type Context, expandVariables, matches, type Pattern } from './glob.ts';

/** Compares a value in the request with a value in the policy, which is passed both as a pattern and as text. */
type Comparison = (actual: string, expected: Pattern, expectedText: string) => boolean;

interface Operator {
  readonly compare: Comparison;
  /** True if the operator holds when the comparison fails, and for a key that is not in the request. */
  readonly negated: boolean;
  /** True if the policy's text can have wildcards. */
  readonly wildcards: boolean;
}

const equal: Comparison = (actual, expected) => matches(expected, actual);
const equalInAnyCase: Comparison = (actual, _expected, expectedText) =>
  actual.toLowerCase() === expectedText.toLowerCase();

/** Compares two ARNs. An ARN has six parts, each of which must match; only the last one can contain colons. */
const equalArn: Comparison = (actual, expected) => {
  const actualParts = actual.split(':');
  const expectedParts = arnPartsOf(expected);
  if (actualParts.length < 6 || expectedParts.length < 6) return false;
  const actualResource = actualParts.slice(5).join(':');
  const resourceParts = expectedParts.slice(5);
  const expectedResource = resourceParts.flatMap((part, index) => (index === 0 ? part : [':', ...part]));
  const firstParts = expectedParts.slice(0, 5);
  const firstPartsMatch = firstParts.every((part, index) => matches(part, actualParts[index] ?? ''));
  return firstPartsMatch && matches(expectedResource, actualResource);
};

function arnPartsOf(expected: Pattern): Pattern[] {
  const parts: Pattern[number][][] = [[]];
  for (const character of expected) {
    if (character === ':') {
      parts.push([]);
    } else {
      parts.at(-1)?.push(character);
    }
  }
  return parts;
}

const numberOf = (text: string) => (/^[+-]?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN);
/** Parses ISO 8601, or seconds since the epoch. */
const epochMsOf = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

/** True if the address equals the policy's address, or is in the policy's range in CIDR notation. */
const inRange: Comparison = (actual, _expected, expectedText) => {
  const [network = '', prefixText] = expectedText.split('/');
  const ipVersion = isIP(actual);
  const addressBits = ipVersion === 4 ? 32 : 128;
  const prefixBits = prefixText === undefined ? addressBits : Number(prefixText);
  const isValidPrefix = Number.isInteger(prefixBits) && prefixBits >= 0 && prefixBits <= addressBits;
  if (ipVersion === 0 || ipVersion !== isIP(network) || !isValidPrefix) return false;
  const family = ipVersion === 4 ? 'ipv4' : 'ipv6';
  const range = new BlockList();
  range.addSubnet(network, prefixBits, family);
  return range.check(actual, family);
};

/** Returns an operator and its negation. */
function withNegation(
  name: string,
  negatedName: string,
  compare: Comparison,
  { wildcards } = { wildcards: false },
): [string, Operator][] {
  return [
    [name, { compare, negated: false, wildcards }],
    [negatedName, { compare, negated: true, wildcards }],
  ];
}

type NumberComparison = (actual: number, expected: number) => boolean;

/** Returns the operators for a kind of values that have an order, such as `NumericLessThan`. */
function orderingOperators(kind: string, toNumber: (text: string) => number): [string, Operator][] {
  const comparison =
    (holds: NumberComparison): Comparison =>
    (actual, _expected, expectedText) =>
      holds(toNumber(actual), toNumber(expectedText));
  const ordering = (name: string, holds: NumberComparison): [string, Operator] => [
    `${kind}${name}`,
    { compare: comparison(holds), negated: false, wildcards: false },
  ];
  const equalNumbers = comparison((actual, expected) => actual === expected);
  return [
    ...withNegation(`${kind}equals`, `${kind}notequals`, equalNumbers),
    ordering('lessthan', (actual, expected) => actual < expected),
    ordering('lessthanequals', (actual, expected) => actual <= expected),
    ordering('greaterthan', (actual, expected) => actual > expected),
    ordering('greaterthanequals', (actual, expected) => actual >= expected),
  ];
}

/**
 * The condition operators by lowercase name, without `Null`, which compares no value.
 * Source: "IAM JSON policy elements: Condition operators" in the IAM user guide.
 */
const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...withNegation('stringequals', 'stringnotequals', equal),
  ...withNegation('stringlike', 'stringnotlike', equal, { wildcards: true }),
  ...withNegation('stringequalsignorecase', 'stringnotequalsignorecase', equalInAnyCase),
  ...withNegation('arnequals', 'arnnotequals', equalArn, { wildcards: true }),
  ...withNegation('arnlike', 'arnnotlike', equalArn, { wildcards: true }),
  ...withNegation('ipaddress', 'notipaddress', inRange),
  ...orderingOperators('numeric', numberOf),
  ...orderingOperators('date', epochMsOf),
  ['bool', { compare: equalInAnyCase, negated: false, wildcards: false }],
  ['binaryequals', { compare: equal, negated: false, wildcards: false }],
]);

/** An operator as written in a policy: `ForAllValues:StringLikeIfExists`. */
interface ParsedOperator {
  readonly quantifier: 'forallvalues' | 'foranyvalue' | undefined;
  readonly name: string;
  readonly ifExists: boolean;
}

/**
 * True if a Condition element holds, that is, if every operator holds for each of its keys.
 * @param hasVariables true if the document's version has policy variables.
 */
export function conditionHolds(condition: unknown, context: Context, hasVariables: boolean): boolean {
  if (!isObject(condition)) return condition === undefined;
  return Object.entries(condition).every(([operatorText, keys]) => {
    const operator = parseOperator(operatorText);
    const holdsFor = ([key, expected]: [string, unknown]) =>
      keyHolds(operator, context.get(key.toLowerCase()), textsOf(expected), context, hasVariables);
    return isObject(keys) && Object.entries(keys).every(holdsFor);
  });
}

/** Returns the condition keys that a Condition element uses, as written. */
export function keysIn(condition: unknown): string[] {
  if (!isObject(condition)) return [];
  return Object.values(condition).flatMap((keys) => (isObject(keys) ? Object.keys(keys) : []));
}

/** Returns the value or values of a condition key as text. As in IAM, they can be numbers and booleans too. */
function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

function parseOperator(operator: string): ParsedOperator {
  const [, quantifier, name = '', ifExists] =
    /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/.exec(operator.toLowerCase()) ?? [];
  return { quantifier: quantifier as ParsedOperator['quantifier'], name, ifExists: ifExists !== undefined };
}

/** True if an operator holds for one key. */
function keyHolds(
  { quantifier, name, ifExists }: ParsedOperator,
  actual: readonly string[] | undefined,
  expected: readonly string[],
  context: Context,
  hasVariables: boolean,
): boolean {
  if (name === 'null') {
    return expected.some((value) => (value.toLowerCase() === 'true') === (actual === undefined));
  }
  const operator = OPERATORS.get(name);
  if (!operator) return false;
  if (actual === undefined || actual.length === 0) {
    return quantifier === 'forallvalues' || ifExists || (operator.negated && quantifier === undefined);
  }
  // A variable without a value must not make a condition true. So with a negated operator, the variable matches everything that
  // it could stand for.
  const fallback = operator.negated ? ANYTHING : undefined;
  const { wildcards } = operator;
  const matchesAnyExpected = (value: string) =>
    expected.some((text) => {
      const expanded = expandVariables(text, hasVariables ? context : undefined, { wildcards, fallback });
      return expanded !== undefined && operator.compare(value, expanded, plainText(expanded));
    });
  const isSatisfied = (value: string) => matchesAnyExpected(value) !== operator.negated;
  // With a negated operator, the value must differ from every value in the policy; if the key has several values, each of its
  // values must differ.
  const mustHoldForAll = quantifier === 'forallvalues' || (operator.negated && quantifier === undefined);
  return mustHoldForAll ? actual.every(isSatisfied) : actual.some(isSatisfied);
}

/** Returns the text of a pattern without wildcards. */
function plainText(expanded: readonly (string | symbol)[]): string {
  return expanded.map((part) => (typeof part === 'string' ? part : (part.description ?? ''))).join('');
}
