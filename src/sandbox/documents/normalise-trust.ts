import type { Place } from './elements.ts';
import { isObject, type JsonObject, parseObject, stringsOf } from './json.ts';

const ORDER = ['Sid', 'Effect', 'Principal', 'Action', 'Condition'];

/**
 * A trust policy in the form IAM gives back: without white space, statements in a list, their elements in IAM's order, a list of
 * one as a string, an account as its root user's ARN, condition values as text.
 * @param text a document that passed `checkTrustPolicy`.
 */
export function normaliseTrust(text: string, place: Place): string {
  const policy = parseObject(text) ?? {};
  const given: unknown = policy.Statement;
  const statements: unknown[] = Array.isArray(given) ? given : [given];
  const { Version = '2008-10-17', Id } = policy;
  return JSON.stringify({
    Version,
    Id,
    Statement: statements.filter(isObject).map((statement) => normaliseStatement(statement, place)),
  });
}

function normaliseStatement(statement: JsonObject, place: Place): JsonObject {
  const present = ORDER.filter((name) => statement[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, normaliseElement(name, statement[name], place)]));
}

function normaliseElement(name: string, value: unknown, place: Place): unknown {
  if (name === 'Principal' && isObject(value)) {
    return mapValues(value, (names, kind) => {
      const strings = stringsOf(names) ?? [];
      return single(kind === 'AWS' ? strings.map((principal) => rootArn(principal, place)) : strings);
    });
  }
  if (name === 'Condition' && isObject(value)) {
    return mapValues(value, (keys) => (isObject(keys) ? mapValues(keys, conditionValue) : keys));
  }
  return single(value);
}

function conditionValue(value: unknown): unknown {
  return single(Array.isArray(value) ? value.map(String) : String(value));
}

function single(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

function rootArn(principal: string, place: Place): string {
  return /^\d{12}$/.test(principal) ? `arn:${place.partition}:iam::${principal}:root` : principal;
}

function mapValues(object: JsonObject, change: (value: unknown, key: string) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

/** The AWS principals that a normalised trust policy names by ARN. */
export function principalArns(trust: string): string[] {
  return awsPrincipals(trust).filter((name) => name.startsWith('arn:'));
}

/** A normalised trust policy with some of its AWS principals replaced. */
export function withPrincipals(trust: string, replacements: ReadonlyMap<string, string>): string {
  const replace = (name: string) => replacements.get(name) ?? name;
  const policy = parseObject(trust) ?? {};
  const statements = statementsIn(policy).map((statement) => {
    const { Principal } = statement;
    if (!isObject(Principal) || Principal.AWS === undefined) {
      return statement;
    }
    const AWS = single((stringsOf(Principal.AWS) ?? []).map(replace));
    return { ...statement, Principal: { ...Principal, AWS } };
  });
  return JSON.stringify({ ...policy, Statement: statements });
}

function awsPrincipals(trust: string): string[] {
  return statementsIn(parseObject(trust) ?? {}).flatMap(({ Principal }) =>
    isObject(Principal) && Principal.AWS !== undefined ? (stringsOf(Principal.AWS) ?? []) : [],
  );
}

function statementsIn(policy: JsonObject): JsonObject[] {
  return Array.isArray(policy.Statement) ? policy.Statement.filter(isObject) : [];
}
