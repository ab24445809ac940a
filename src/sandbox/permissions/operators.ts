import { BlockList, isIP } from 'node:net';
import { isObject } from '../documents/json.ts';
import { ANYTHING, type Context, fits, type Pattern, resolved } from './glob.ts';

/** Compares a value in the request with one in the policy. */
type Comparison = (actual: string, wanted: Pattern, text: string) => boolean;

interface Operator {
  readonly compare: Comparison;
  /** True if the operator holds when the comparison fails, and for a key that is not in the request. */
  readonly negated: boolean;
  /** True if the policy's text can have wildcards. */
  readonly wildcards: boolean;
}

const equal: Comparison = (actual, wanted) => fits(wanted, actual);
const equalInAnyCase: Comparison = (actual, _wanted, text) => actual.toLowerCase() === text.toLowerCase();

/** Compares two ARNs. An ARN has six parts, each of which must match; only the last one can contain colons. */
const equalArn: Comparison = (actual, wanted) => {
  const actualParts = actual.split(':');
  const wantedParts = partsOf(wanted);
  if (actualParts.length < 6 || wantedParts.length < 6) {
    return false;
  }
  const rest = actualParts.slice(5).join(':');
  const last = wantedParts.slice(5).flatMap((part, index) => (index === 0 ? part : [':', ...part]));
  const firstFive = wantedParts.slice(0, 5).every((part, at) => fits(part, actualParts[at] ?? ''));
  return firstFive && fits(last, rest);
};

function partsOf(wanted: Pattern): Pattern[] {
  const parts: Pattern[number][][] = [[]];
  for (const character of wanted) {
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
const dateOf = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

const ordered =
  (read: (text: string) => number, holds: (actual: number, wanted: number) => boolean): Comparison =>
  (actual, _wanted, text) =>
    holds(read(actual), read(text));

/** True if the address equals the policy's address, or is in the policy's range in CIDR notation. */
const inRange: Comparison = (actual, _wanted, text) => {
  const [network = '', bits] = text.split('/');
  const [family, own] = [isIP(actual), isIP(network)];
  const size = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? size : Number(bits);
  if (family === 0 || family !== own || !(Number.isInteger(prefix) && prefix >= 0 && prefix <= size)) {
    return false;
  }
  const range = new BlockList();
  range.addSubnet(network, prefix, `ipv${own}` as 'ipv4' | 'ipv6');
  return range.check(actual, `ipv${family}` as 'ipv4' | 'ipv6');
};

function pair(name: string, opposite: string, compare: Comparison, wildcards = false): [string, Operator][] {
  return [
    [name, { compare, negated: false, wildcards }],
    [opposite, { compare, negated: true, wildcards }],
  ];
}

function orders(kind: string, read: (text: string) => number): [string, Operator][] {
  const one = (name: string, compare: Comparison): [string, Operator] => [
    `${kind}${name}`,
    { compare, negated: false, wildcards: false },
  ];
  return [
    ...pair(
      `${kind}equals`,
      `${kind}notequals`,
      ordered(read, (a, b) => a === b),
    ),
    one(
      'lessthan',
      ordered(read, (a, b) => a < b),
    ),
    one(
      'lessthanequals',
      ordered(read, (a, b) => a <= b),
    ),
    one(
      'greaterthan',
      ordered(read, (a, b) => a > b),
    ),
    one(
      'greaterthanequals',
      ordered(read, (a, b) => a >= b),
    ),
  ];
}

/**
 * The condition operators by lowercase name, without `Null`, which compares no value.
 * Source: "IAM JSON policy elements: Condition operators" in the IAM user guide.
 */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...pair('stringequals', 'stringnotequals', equal),
  ...pair('stringlike', 'stringnotlike', equal, true),
  ...pair('stringequalsignorecase', 'stringnotequalsignorecase', equalInAnyCase),
  ...pair('arnequals', 'arnnotequals', equalArn, true),
  ...pair('arnlike', 'arnnotlike', equalArn, true),
  ...pair('ipaddress', 'notipaddress', inRange),
  ...orders('numeric', numberOf),
  ...orders('date', dateOf),
  ['bool', { compare: equalInAnyCase, negated: false, wildcards: false }],
  ['binaryequals', { compare: equal, negated: false, wildcards: false }],
]);

interface Test {
  readonly set: 'forallvalues' | 'foranyvalue' | undefined;
  readonly name: string;
  readonly ifExists: boolean;
}

/**
 * True if a Condition element holds: every key of every operator.
 * @param hasVariables true if the document's version has policy variables.
 */
export function holds(condition: unknown, context: Context, hasVariables: boolean): boolean {
  if (!isObject(condition)) {
    return condition === undefined;
  }
  return Object.entries(condition).every(
    ([operator, keys]) =>
      isObject(keys) &&
      Object.entries(keys).every(([key, wanted]) =>
        passes(parsed(operator), context.get(key.toLowerCase()), textsOf(wanted), context, hasVariables),
      ),
  );
}

/** Returns the condition keys that a Condition element uses, as written. */
export function keysIn(condition: unknown): string[] {
  return isObject(condition)
    ? Object.values(condition).flatMap((keys) => (isObject(keys) ? Object.keys(keys) : []))
    : [];
}

/** Returns the values as text. IAM converts numbers and booleans too. */
function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

function parsed(operator: string): Test {
  const [, set, name = '', ifExists] =
    /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/.exec(operator.toLowerCase()) ?? [];
  return { set: set as Test['set'], name, ifExists: ifExists !== undefined };
}

function passes(
  test: Test,
  actual: readonly string[] | undefined,
  wanted: readonly string[],
  context: Context,
  hasVariables: boolean,
): boolean {
  if (test.name === 'null') {
    return wanted.some((value) => (value.toLowerCase() === 'true') === (actual === undefined));
  }
  const operator = OPERATORS.get(test.name);
  if (!operator) {
    return false;
  }
  if (actual === undefined || actual.length === 0) {
    return test.set === 'forallvalues' || test.ifExists || (operator.negated && test.set === undefined);
  }
  const isAmongWanted = (value: string) =>
    wanted.some((text) => {
      // A variable without a value must not make a condition true. With a negated operator, it therefore matches everything that
      // it could stand for.
      const absent = operator.negated ? ANYTHING : undefined;
      const meant = resolved(text, hasVariables ? context : undefined, operator.wildcards, absent);
      return meant !== undefined && operator.compare(value, meant, plain(meant));
    });
  const satisfied = (value: string) => isAmongWanted(value) !== operator.negated;
  // With a negated operator, the value must differ from every value in the policy; if the key has several values, each of them
  // must.
  const all = test.set === 'forallvalues' || (operator.negated && test.set === undefined);
  return all ? actual.every(satisfied) : actual.some(satisfied);
}

/** Returns the text of a pattern without wildcards. */
function plain(meant: readonly (string | symbol)[]): string {
  return meant.map((part) => (typeof part === 'string' ? part : (part.description ?? ''))).join('');
}
