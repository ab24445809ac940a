/** Thrown if a text is not a policy document that IAM would store. The message is a short technical reason. */
export class PolicyParseError extends Error {
  override readonly name = 'PolicyParseError';
}

export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };
export type JsonObject = { [name: string]: JsonValue };

/** A statement with AWS's element names (`Effect`, `Action`, …), as sent and shown. */
export type JsonStatement = JsonObject;

/** A policy document with AWS's element names, ready for `JSON.stringify`. */
export interface JsonPolicy {
  Version?: string;
  Id?: string;
  Statement: JsonStatement[];
}

/** `Action` or `NotAction`, `Resource` or `NotResource`. */
export interface ElementClause {
  negated: boolean;
  values: string[];
}

/** `Principal` or `NotPrincipal`. A bare `"*"` becomes an entry of type `*`. */
export interface PrincipalClause {
  negated: boolean;
  entries: { type: string; values: string[] }[];
}

/** One line of a `Condition`: an operator, a context key, and the values to compare. */
export interface ConditionClause {
  operator: string;
  key: string;
  values: string[];
}

export interface Statement {
  sid?: string;
  effect: 'Allow' | 'Deny';
  principals?: PrincipalClause;
  actions: ElementClause;
  resources?: ElementClause;
  conditions: ConditionClause[];
  /** Names of elements that this program doesn't know. */
  unknownElements: string[];
}

/** The normalized form of a policy document: lists are always lists, and condition values are strings. */
export interface PolicyDocument {
  version: string;
  id?: string;
  statements: Statement[];
  /** Names of top-level elements that this program doesn't know. */
  unknownElements: string[];
}

/** The version of a document without `Version`. Source: IAM User Guide, "IAM JSON policy elements: Version". */
export const OLD_VERSION = '2008-10-17';
/** The only version with policy variables. */
export const CURRENT_VERSION = '2012-10-17';

const POLICY_ELEMENTS = ['Version', 'Id', 'Statement'];
const PAIRED_ELEMENTS = ['Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource'];
const STATEMENT_ELEMENTS = ['Sid', 'Effect', 'Condition', ...PAIRED_ELEMENTS];

/**
 * Parses a policy document from JSON text (not URL-encoded) to the normalized form. Like IAM, accepts a string in place of a
 * list, and a single statement in place of a list.
 * @throws PolicyParseError if the text is not JSON or doesn't match IAM's policy grammar
 */
export function parsePolicy(text: string): PolicyDocument {
  const policy = readObject(text);
  const version = policy.Version ?? OLD_VERSION;
  if (version !== CURRENT_VERSION && version !== OLD_VERSION) {
    throw new PolicyParseError('Version is neither 2012-10-17 nor 2008-10-17');
  }
  return {
    version,
    id: optionalString(policy.Id, 'Id'),
    statements: rawStatements(policy).map(readStatement),
    unknownElements: unknownNames(policy, POLICY_ELEMENTS),
  };
}

/** Parses a policy document like `parsePolicy`, but returns undefined if the text is not one. */
export function tryParsePolicy(text: string): PolicyDocument | undefined {
  try {
    return parsePolicy(text);
  } catch (error) {
    if (error instanceof PolicyParseError) return undefined;
    throw error;
  }
}

/**
 * Reads a document to change it. Elements stay as the author wrote them; only `Statement` becomes a list.
 * @throws PolicyParseError as `parsePolicy` does
 */
export function readJsonPolicy(text: string): JsonPolicy {
  parsePolicy(text);
  const policy = readObject(text);
  return { ...policy, Statement: rawStatements(policy) };
}

/**
 * Reads the document of a managed policy to change it, like `readJsonPolicy`. IAM rejects a new policy version whose `Version`
 * element is missing or older, so `Version` becomes the current one. The document must have no policy variables, because their meaning would change.
 * @throws PolicyParseError as `parsePolicy` does
 */
export function readManagedPolicy(text: string): JsonPolicy {
  return { ...readJsonPolicy(text), Version: CURRENT_VERSION };
}

/**
 * Decodes the percent-encoding (RFC 3986) of documents from `GetPolicyVersion` and `GetRole` to JSON text. A plus sign stays as
 * is.
 * @throws PolicyParseError if the encoding is invalid
 */
export function decodePolicy(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    throw new PolicyParseError('not percent-encoded text', { cause });
  }
}

function readObject(text: string): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PolicyParseError('not JSON', { cause });
  }
  if (!isObject(value)) throw new PolicyParseError('not a JSON object');
  return value;
}

function rawStatements(policy: JsonObject): JsonStatement[] {
  if (policy.Statement === undefined) throw new PolicyParseError('Statement is missing');
  const list = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  if (list.length === 0) throw new PolicyParseError('Statement is empty');
  if (!list.every(isObject)) throw new PolicyParseError('a statement is not an object');
  return list;
}

function readStatement(raw: JsonStatement): Statement {
  if (raw.Effect !== 'Allow' && raw.Effect !== 'Deny') {
    throw new PolicyParseError('Effect is neither Allow nor Deny');
  }
  const sid = optionalString(raw.Sid, 'Sid');
  const actions = readElement(raw, 'Action', 'NotAction');
  if (actions === undefined) throw new PolicyParseError('a statement has neither Action nor NotAction');
  return {
    sid,
    effect: raw.Effect,
    actions,
    resources: readElement(raw, 'Resource', 'NotResource'),
    principals: readPrincipals(raw),
    conditions: readConditions(raw.Condition),
    unknownElements: unknownNames(raw, STATEMENT_ELEMENTS),
  };
}

function readElement(raw: JsonStatement, name: string, negatedName: string): ElementClause | undefined {
  const chosen = presentElement(raw, name, negatedName);
  if (chosen === undefined) return undefined;
  return { negated: chosen === negatedName, values: strings(raw[chosen], chosen) };
}

function readPrincipals(raw: JsonStatement): PrincipalClause | undefined {
  const chosen = presentElement(raw, 'Principal', 'NotPrincipal');
  if (chosen === undefined) return undefined;
  const value = raw[chosen];
  const negated = chosen === 'NotPrincipal';
  if (value === '*') return { negated, entries: [{ type: '*', values: ['*'] }] };
  if (!isObject(value)) throw new PolicyParseError(`${chosen} is neither "*" nor an object`);
  const entries = Object.entries(value).map(([type, ids]) => ({ type, values: strings(ids, chosen) }));
  return { negated, entries };
}

function readConditions(raw: JsonValue | undefined): ConditionClause[] {
  if (raw === undefined) return [];
  if (!isObject(raw)) throw new PolicyParseError('Condition is not an object');
  return Object.entries(raw).flatMap(([operator, tests]) => {
    if (!isObject(tests)) throw new PolicyParseError(`Condition ${operator} is not an object`);
    return Object.entries(tests).map(([key, value]) => ({ operator, key, values: scalars(value, operator) }));
  });
}

/** Returns the name of the element that the statement has; undefined if it has neither. */
function presentElement(raw: JsonStatement, name: string, negatedName: string): string | undefined {
  const present = [name, negatedName].filter((each) => raw[each] !== undefined);
  if (present.length === 2) throw new PolicyParseError(`a statement has both ${name} and ${negatedName}`);
  return present[0];
}

function strings(value: JsonValue | undefined, element: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.every((each) => typeof each === 'string')) return list;
  throw new PolicyParseError(`${element} holds something that is not a string`);
}

/** IAM accepts numbers and Booleans in conditions with or without quotation marks. Both mean the same. */
function scalars(value: JsonValue, operator: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((each) => {
    if (each === null || typeof each === 'object') {
      throw new PolicyParseError(`Condition ${operator} holds something that is not a value`);
    }
    return String(each);
  });
}

function optionalString(value: JsonValue | undefined, name: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new PolicyParseError(`${name} is not a string`);
}

function unknownNames(object: JsonObject, known: string[]): string[] {
  return Object.keys(object).filter((name) => !known.includes(name));
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
