import { isObject, type JsonObject, parseObject, stringsOf } from '../documents/json.ts';
import { holds } from './conditions.ts';
import { fits, pattern } from './glob.ts';
import { type Context, resolved } from './variables.ts';

/** What is asked of policies. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

/** A document's statements that speak of a question, whatever they say of it. */
export function statementsOn(document: string, question: Question): JsonObject[] {
  const policy = parseObject(document) ?? {};
  const given: unknown[] = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  const hasVariables = policy.Version === '2012-10-17';
  return given.filter(isObject).filter((statement) => speaksOf(statement, question, hasVariables));
}

function speaksOf(statement: JsonObject, question: Question, hasVariables: boolean): boolean {
  return (
    isNamed(statement, ['Action', 'NotAction'], (text) => isAction(text, question.action)) &&
    isNamed(statement, ['Resource', 'NotResource'], (text) => {
      const meant = resolved(text, hasVariables ? question.context : undefined, true);
      return meant !== undefined && fits(meant, question.resource);
    }) &&
    holds(statement.Condition, question.context, hasVariables)
  );
}

/** Trust policies name no resource: they are about the role they are of. */
function isNamed(
  statement: JsonObject,
  [name, opposite]: readonly [string, string],
  matches: (text: string) => boolean,
): boolean {
  const texts = stringsOf(statement[name] ?? []);
  if (statement[name] !== undefined) {
    return texts?.some(matches) ?? false;
  }
  return !(stringsOf(statement[opposite] ?? []) ?? []).some(matches);
}

function isAction(text: string, action: string): boolean {
  return fits(pattern(text.toLowerCase()), action.toLowerCase());
}
