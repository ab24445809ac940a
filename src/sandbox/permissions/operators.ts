import { BlockList, isIP } from 'node:net';
import { fits, type Pattern } from './glob.ts';

/** Compares a value of the request with one of the policy. */
type Comparison = (actual: string, wanted: Pattern, text: string) => boolean;

interface Operator {
  readonly compare: Comparison;
  /** Whether it holds where the comparison does not, and for a key that is not in the request. */
  readonly negated: boolean;
  /** Whether the policy's text may have wildcards. */
  readonly wildcards: boolean;
}

const equal: Comparison = (actual, wanted) => fits(wanted, actual);
const equalInAnyCase: Comparison = (actual, _wanted, text) => actual.toLowerCase() === text.toLowerCase();

/** An ARN has six parts, of which each must fit; only the last one can have colons in it. */
const equalArn: Comparison = (actual, wanted) => {
  const actualParts = actual.split(':');
  const wantedParts = partsOf(wanted);
  if (actualParts.length < 6 || wantedParts.length < 6) {
    return false;
  }
  const rest = actualParts.slice(5).join(':');
  const last = wantedParts.slice(5).flatMap((part, at) => (at === 0 ? part : [':', ...part]));
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
/** ISO 8601, or seconds since the epoch. */
const dateOf = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

const ordered =
  (read: (text: string) => number, holds: (actual: number, wanted: number) => boolean): Comparison =>
  (actual, _wanted, text) =>
    holds(read(actual), read(text));

/** An address, or a range of them in CIDR notation. */
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
 * The condition operators by name in lower case, without `Null`, which looks at no value.
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
