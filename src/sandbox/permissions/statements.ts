import {
  isObject,
  type JsonObject,
  parseObject,
  type Span,
  statementSpans,
  stringsOf,
} from '../documents/json.ts';
import { ANYTHING, type Context, couldFit, fits, type Pattern, pattern, resolved } from './glob.ts';
import { holds, keysIn } from './operators.ts';

/** The request for which policies are evaluated. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

/** Returns the statements of a document that match a question, whatever their effect. */
export function statementsOn(document: string, question: Question): JsonObject[] {
  const { statements, hasVariables } = read(document);
  return statements.filter(
    (statement) =>
      isAbout(statement, question, hasVariables) &&
      holds(statement.Condition, question.context, hasVariables),
  );
}

/** Returns the positions in a document of the statements that match a question and have this effect. */
export function placesOf(document: string, question: Question, effect: string): Span[] {
  const { statements } = read(document);
  const found = statementsOn(document, question).filter(({ Effect }) => Effect === effect);
  const spans = found.length === 0 ? [] : statementSpans(document);
  return found.flatMap((statement) => spans[statements.indexOf(statement)] ?? []);
}

/**
 * Returns the condition keys that a document's statements on the question's action and resource use, and that its context lacks.
 */
export function missingKeys(document: string, question: Question): string[] {
  const { statements, hasVariables } = read(document);
  return statements
    .filter((statement) => isAbout(statement, question, hasVariables))
    .flatMap(({ Condition }) => keysIn(Condition))
    .filter((key) => !question.context.has(key.toLowerCase()));
}

/** Enough for the policies of several roles. One simulation evaluates the same few documents thousands of times. */
const REMEMBERED_DOCUMENTS = 100;

const read = remembering((document): { statements: JsonObject[]; hasVariables: boolean } => {
  const policy = parseObject(document) ?? {};
  const given: unknown[] = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  return { statements: given.filter(isObject), hasVariables: policy.Version === '2012-10-17' };
}, REMEMBERED_DOCUMENTS);

function isAbout(statement: JsonObject, question: Question, hasVariables: boolean): boolean {
  return (
    isOnAction(statement, question.action.toLowerCase()) &&
    isOnResource(statement, question.resource, hasVariables ? question.context : undefined)
  );
}

function isOnAction(statement: JsonObject, action: string): boolean {
  const covers = (text: string) => fits(pattern(text.toLowerCase()), action);
  return statement.Action === undefined
    ? !textsOf(statement.NotAction).some(covers)
    : textsOf(statement.Action).some(covers);
}

/** True if a statement covers a resource. Trust policies name no resource: they apply to the role that they belong to. */
function isOnResource(statement: JsonObject, resource: string, variables: Context | undefined): boolean {
  const covers = (text: string, absent?: Pattern) => {
    if (!couldFit(text, resource)) {
      return false;
    }
    const meant = resolved(text, variables, true, absent);
    return meant !== undefined && fits(meant, resource);
  };
  return statement.Resource === undefined
    ? // In NotResource, a variable without a value matches everything that it could stand for.
      !textsOf(statement.NotResource).some((text) => covers(text, ANYTHING))
    : textsOf(statement.Resource).some((text) => covers(text));
}

function textsOf(element: unknown): string[] {
  return element === undefined ? [] : (stringsOf(element) ?? []);
}

/**
 * Returns the function with a cache of its results. Callers share the results, so nobody may change them.
 * @param most how many results are kept.
 */
function remembering<T>(answerFor: (text: string) => T, most: number): (text: string) => T {
  const answers = new Map<string, T>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) {
      return known;
    }
    const answer = answerFor(text);
    const [oldest] = answers.keys();
    if (oldest !== undefined && answers.size >= most) {
      answers.delete(oldest);
    }
    answers.set(text, answer);
    return answer;
  };
}
