export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a JSON object strictly: no trailing commas or comments, and no key twice in one object, which `JSON.parse` alone lets
 * pass and IAM does not.
 * @returns undefined for anything else.
 */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && !hasDuplicateKey(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A string, with the colon that makes it a key, or a bracket. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g;

/** @param text valid JSON. */
function hasDuplicateKey(text: string): boolean {
  const scopes: Set<unknown>[] = [];
  for (const [token, string, colon] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      scopes.push(new Set());
    } else if (token === '}' || token === ']') {
      scopes.pop();
    } else if (string !== undefined && colon !== undefined) {
      const key: unknown = JSON.parse(string);
      const scope = scopes.at(-1);
      if (scope?.has(key)) {
        return true;
      }
      scope?.add(key);
    }
  }
  return false;
}

/** Where something is in a text: both count from one, and the column is that after the character. */
export interface Position {
  readonly Line: number;
  readonly Column: number;
}

/** A statement's opening and its closing brace. */
export interface Span {
  readonly start: Position;
  readonly end: Position;
}

/**
 * The places of the statements of a policy.
 * @param text a JSON object with a Statement, which is an object or a list of objects.
 */
export function statementSpans(text: string): Span[] {
  const spans: Span[] = [];
  const open: { isStatement: boolean; index: number }[] = [];
  let isInStatement = false;
  for (const { 0: token, 1: string, 2: colon, index } of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      open.push({
        isStatement: token === '{' && isInStatement && open.every((each) => !each.isStatement),
        index,
      });
    } else if (token === '}' || token === ']') {
      const { isStatement = false, index: from = 0 } = open.pop() ?? {};
      if (isStatement) {
        spans.push({ start: positionOf(text, from), end: positionOf(text, index) });
      }
    } else if (open.length === 1 && colon !== undefined) {
      isInStatement = JSON.parse(string ?? '') === 'Statement';
    }
  }
  return spans;
}

function positionOf(text: string, index: number): Position {
  const lines = text.slice(0, index + 1).split('\n');
  return { Line: lines.length, Column: (lines.at(-1) ?? '').length + 1 };
}

/** A string, or a list of strings, as a list; undefined for anything else. */
export function stringsOf(value: unknown): string[] | undefined {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.every((item) => typeof item === 'string') ? items : undefined;
}

/** A reason why IAM does not take a policy document, in IAM's words. */
export class PolicyProblem extends Error {}

/** @returns the message of the problem that the check ran into; undefined if it found none. */
export function problemIn(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof PolicyProblem) {
      return error.message;
    }
    throw error;
  }
}

/**
 * The length IAM measures against its quotas: characters that are not white space.
 * Source: "IAM and AWS STS quotas" in the IAM user guide.
 */
export function documentSize(document: string): number {
  return document.replace(/[\t\n\r ]/g, '').length;
}
