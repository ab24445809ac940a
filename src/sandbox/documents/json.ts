export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses a JSON object strictly: no trailing commas or comments, and no key twice in one object. `JSON.parse` alone accepts
 * duplicate keys; IAM does not.
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

/** A string, including the colon if it is a key; or a brace or bracket. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g;

/** @param text valid JSON. */
function hasDuplicateKey(text: string): boolean {
  // The keys so far of each open object or list, the innermost last.
  const keysByNesting: Set<unknown>[] = [];
  for (const [token, string, colon] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      keysByNesting.push(new Set());
    } else if (token === '}' || token === ']') {
      keysByNesting.pop();
    } else if (string !== undefined && colon !== undefined) {
      const key: unknown = JSON.parse(string);
      const keys = keysByNesting.at(-1);
      if (keys?.has(key)) return true;
      keys?.add(key);
    }
  }
  return false;
}

/** A position in a text, as IAM returns it: both numbers count from one, and the column is that of the character after it. */
export interface Position {
  readonly Line: number;
  readonly Column: number;
}

/** The positions of a statement's opening and closing braces. */
export interface Span {
  readonly start: Position;
  readonly end: Position;
}

/**
 * Returns the positions of a policy's statements.
 * @param text a JSON object with a Statement, which is an object or a list of objects.
 */
export function statementSpans(text: string): Span[] {
  const spans: Span[] = [];
  const openBrackets: { isStatement: boolean; index: number }[] = [];
  let isStatementMember = false;
  for (const { 0: token, 1: string, 2: colon, index } of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      const isInStatement = openBrackets.some((bracket) => bracket.isStatement);
      openBrackets.push({ isStatement: token === '{' && isStatementMember && !isInStatement, index });
    } else if (token === '}' || token === ']') {
      const { isStatement = false, index: startIndex = 0 } = openBrackets.pop() ?? {};
      if (isStatement) spans.push({ start: positionOf(text, startIndex), end: positionOf(text, index) });
    } else if (openBrackets.length === 1 && colon !== undefined) {
      isStatementMember = JSON.parse(string ?? '') === 'Statement';
    }
  }
  return spans;
}

function positionOf(text: string, index: number): Position {
  const lines = text.slice(0, index + 1).split('\n');
  return { Line: lines.length, Column: (lines.at(-1) ?? '').length + 1 };
}

/** Returns a string or a list of strings as a list; undefined for anything else. */
export function stringsOf(value: unknown): string[] | undefined {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.every((item) => typeof item === 'string') ? items : undefined;
}

/** A reason why IAM rejects a policy document, in IAM's own words. */
export class PolicyProblem extends Error {}

/** Returns the message of the problem that the check throws; undefined if it throws none. */
export function problemIn(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof PolicyProblem) return error.message;
    throw error;
  }
}

/**
 * Returns the length that counts toward IAM's quotas: all characters except white space.
 * Source: "IAM and AWS STS quotas" in the IAM user guide.
 */
export function documentSize(document: string): number {
  return document.replace(/[\t\n\r ]/g, '').length;
}
