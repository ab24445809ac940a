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

/** What is asked of policies. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

/** A document's statements that speak of a question, whatever they say of it. */
export function statementsOn(document: string, question: Question): JsonObject[] {
  const { statements, hasVariables } = read(document);
  return statements.filter(
    (statement) =>
      isAbout(statement, question, hasVariables) &&
      holds(statement.Condition, question.context, hasVariables),
  );
}

/** The places in a document of those of its statements that speak of a question and have this effect. */
export function placesOf(document: string, question: Question, effect: string): Span[] {
  const { statements } = read(document);
  const found = statementsOn(document, question).filter(({ Effect }) => Effect === effect);
  const spans = found.length === 0 ? [] : statementSpans(document);
  return found.flatMap((statement) => spans[statements.indexOf(statement)] ?? []);
}

/** The condition keys that a document's statements about a question look at, and that are not in its context. */
export function missingKeys(document: string, question: Question): string[] {
  const { statements, hasVariables } = read(document);
  return statements
    .filter((statement) => isAbout(statement, question, hasVariables))
    .flatMap(({ Condition }) => keysIn(Condition))
    .filter((key) => !question.context.has(key.toLowerCase()));
}

/** Enough for the policies of some roles. One simulation asks the same few documents thousands of times. */
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

/** Trust policies name no resource: they are about the role they are of. */
function isOnResource(statement: JsonObject, resource: string, variables: Context | undefined): boolean {
  const covers = (text: string, absent?: Pattern) => {
    if (!couldFit(text, resource)) {
      return false;
    }
    const meant = resolved(text, variables, true, absent);
    return meant !== undefined && fits(meant, resource);
  };
  return statement.Resource === undefined
    ? // A variable without a value excepts all that it could stand for.
      !textsOf(statement.NotResource).some((text) => covers(text, ANYTHING))
    : textsOf(statement.Resource).some((text) => covers(text));
}

function textsOf(element: unknown): string[] {
  return element === undefined ? [] : (stringsOf(element) ?? []);
}

/**
 * The same function, with the answers for the texts that it was asked of last at hand. The answers are shared: nobody may change
 * them.
 * @param most so many answers are kept.
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
