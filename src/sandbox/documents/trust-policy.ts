import { checkCondition } from './conditions.ts';
import { checkId, checkSids, type Place, SYNTAX, statementsOf, VERSIONS } from './elements.ts';
import { isObject, type JsonObject, PolicyProblem, parseObject, problemIn, stringsOf } from './json.ts';
import { checkPrincipal, type PrincipalExists } from './principals.ts';

const FIELDS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_FIELDS = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Condition']);
const PROHIBITED_FIELDS = new Set(['Resource', 'NotResource', 'NotPrincipal', 'NotAction']);
const REQUIRED_FIELDS = ['Effect', 'Principal', 'Action'];

const ACTIONS = /^sts:(AssumeRole(WithSAML|WithWebIdentity)?|TagSession|SetSourceIdentity|SetContext)$/i;

/**
 * Checks a trust policy as IAM does before storing it.
 * @param exists returns true if a user or role of this account exists; one that does not exist is not a valid principal.
 * @returns what is wrong, in IAM's own words; undefined for a valid document.
 */
export function checkTrustPolicy(text: string, place: Place, exists: PrincipalExists): string | undefined {
  return problemIn(() => {
    const policy = parseObject(text);
    if (!policy) {
      throw new PolicyProblem('This policy contains invalid Json');
    }
    if (/^\s/.test(text)) {
      throw new PolicyProblem('JSON strings must not have leading spaces');
    }
    if (policy.Version !== undefined && !VERSIONS.includes(policy.Version)) {
      throw new PolicyProblem('The policy must contain a valid version string');
    }
    demandOnly(policy, FIELDS);
    demand(policy, ['Statement']);
    checkId(policy, SYNTAX);
    const statements = statementsOf(policy, SYNTAX);
    for (const statement of statements) {
      checkStatement(statement, place, exists);
    }
    checkSids(statements, SYNTAX);
  });
}

function checkStatement(statement: JsonObject, place: Place, exists: PrincipalExists): void {
  demandOnly(statement, STATEMENT_FIELDS);
  demand(statement, REQUIRED_FIELDS);
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    throw new PolicyProblem(
      typeof statement.Effect === 'string' ? `Invalid effect: ${statement.Effect}` : SYNTAX,
    );
  }
  const actions = stringsOf(statement.Action);
  if (!actions || actions.length === 0) {
    throw new PolicyProblem(SYNTAX);
  }
  if (!actions.every((action) => ACTIONS.test(action))) {
    throw new PolicyProblem('AssumeRole policy may only specify STS AssumeRole actions.');
  }
  if (statement.Principal === '*') {
    throw new PolicyProblem('AssumeRolepolicy contained an invalid principal: "STAR":"*".');
  }
  checkPrincipal(statement.Principal, place, exists);
  checkCondition(statement.Condition, SYNTAX);
}

function demandOnly(object: JsonObject, fields: ReadonlySet<string>): void {
  const alien = Object.keys(object).find((key) => !fields.has(key));
  if (alien !== undefined) {
    throw new PolicyProblem(
      PROHIBITED_FIELDS.has(alien) ? `Has prohibited field ${alien}` : `Unknown field ${alien}`,
    );
  }
}

function demand(object: JsonObject, fields: readonly string[]): void {
  const absent = fields.find((field) => object[field] === undefined);
  if (absent !== undefined) {
    throw new PolicyProblem(`Missing required field ${absent}`);
  }
}

const ORDER = ['Sid', 'Effect', 'Principal', 'Action', 'Condition'];

/**
 * Returns a trust policy in the form that IAM returns: without white space, statements in a list, their elements in IAM's order,
 * a list of one as a string, an account as its root user's ARN, condition values as text.
 * @param text a document that passed `checkTrustPolicy`.
 */
export function normalizeTrust(text: string, place: Place): string {
  const policy = parseObject(text) ?? {};
  const given: unknown = policy.Statement;
  const statements: unknown[] = Array.isArray(given) ? given : [given];
  const { Version = '2008-10-17', Id } = policy;
  return JSON.stringify({
    Version,
    Id,
    Statement: statements.filter(isObject).map((statement) => normalizeStatement(statement, place)),
  });
}

function normalizeStatement(statement: JsonObject, place: Place): JsonObject {
  const present = ORDER.filter((name) => statement[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, normalizeElement(name, statement[name], place)]));
}

function normalizeElement(name: string, value: unknown, place: Place): unknown {
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

/** Returns the AWS principals that a normalized trust policy names by ARN. */
export function principalArns(trust: string): string[] {
  return awsPrincipals(trust).filter((name) => name.startsWith('arn:'));
}

/** Returns a normalized trust policy with some of its AWS principals replaced. */
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
