import type { ConditionClause } from './document.ts';
import { type Operator, operatorNamed } from './operators.ts';
import { all, any, type Truth, truth } from './truth.ts';
import { anyValueMatches, type Facts } from './variables.ts';

const OPERATOR_NAME = /^(?:(ForAnyValue|ForAllValues):)?(.+?)(IfExists)?$/;

interface ParsedOperator {
  set: string | undefined;
  base: Operator;
  ifExists: boolean;
}

/**
 * Whether one line of a `Condition` holds for the request.
 * Source: IAM User Guide, "Condition operators" and "Single-valued vs. multivalued context keys".
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

  const { negated, reading, test } = parsed.base;
  const results = requestValues.map((requestValue) =>
    anyValueMatches(values, negated, reading, facts, (tokens) => test(tokens, requestValue)),
  );
  if (parsed.set === 'ForAllValues') return all(results);
  if (parsed.set === 'ForAnyValue') return any(results);
  const [only] = results;
  return only !== undefined && results.length === 1 ? only : severalValues(results, key);
}

function parseOperator(name: string): ParsedOperator | undefined {
  const [, set, baseName = '', suffix] = OPERATOR_NAME.exec(name) ?? [];
  const base = operatorNamed(baseName);
  return base && { set, base, ifExists: suffix !== undefined };
}

function nullHolds(values: string[], absent: boolean): Truth {
  const expected = values.map((value) => value.toLowerCase());
  const odd = expected.find((value) => value !== 'true' && value !== 'false');
  if (odd !== undefined) return { unknown: `the condition value ${odd} cannot be read` };
  return truth(expected.includes(String(absent)));
}

/** To a set operator, nothing but empty strings is the same as no value at all. */
function isEmpty(values: string[], { set }: ParsedOperator): boolean {
  return values.length === 0 || (set !== undefined && values.every((value) => value === ''));
}

/** AWS documents `IfExists` and `ForAnyValue` with opposite answers to a missing key, and not the two together. */
function withoutValue({ set, base, ifExists }: ParsedOperator, name: string): Truth {
  if (set === 'ForAllValues') return 'yes';
  if (set === 'ForAnyValue')
    return ifExists ? { unknown: `${name} without the key is not documented` } : 'no';
  return truth(ifExists || base.negated);
}

/** A key with several values needs a set operator. Without one, only that nothing matches is beyond doubt. */
function severalValues(results: Truth[], key: string): Truth {
  const unclear = { unknown: `context key ${key} has several values` };
  return all([any(results), unclear]);
}
