import { isObject } from '../documents/json.ts';
import { ANYTHING } from './glob.ts';
import { OPERATORS } from './operators.ts';
import { type Context, resolved } from './variables.ts';

interface Test {
  readonly set: 'forallvalues' | 'foranyvalue' | undefined;
  readonly name: string;
  readonly ifExists: boolean;
}

/**
 * Whether a Condition element holds: every key of every operator.
 * @param hasVariables whether the document's version has policy variables.
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

/** The condition keys that a Condition element looks at, as written. */
export function keysIn(condition: unknown): string[] {
  return isObject(condition)
    ? Object.values(condition).flatMap((keys) => (isObject(keys) ? Object.keys(keys) : []))
    : [];
}

/** Numbers and booleans are taken for their text, as IAM takes them. */
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
      // A variable without a value must not make a comparison true: a negated one excepts all that it could stand for.
      const absent = operator.negated ? ANYTHING : undefined;
      const meant = resolved(text, hasVariables ? context : undefined, operator.wildcards, absent);
      return meant !== undefined && operator.compare(value, meant, plain(meant));
    });
  const satisfied = (value: string) => isAmongWanted(value) !== operator.negated;
  // A value that is none of several in the policy must be different from each of them, also where the key has several.
  const all = test.set === 'forallvalues' || (operator.negated && test.set === undefined);
  return all ? actual.every(satisfied) : actual.some(satisfied);
}

/** The text of what has no wildcards. */
function plain(meant: readonly (string | symbol)[]): string {
  return meant.map((part) => (typeof part === 'string' ? part : (part.description ?? ''))).join('');
}
