import { checkCondition } from './conditions.ts';
import {
  type AccountScope,
  checkId,
  checkSids,
  POLICY_VERSIONS,
  SYNTAX_PROBLEM,
  statementsOf,
} from './elements.ts';
import { isObject, type JsonObject, PolicyProblem, parseObject, problemIn, stringsOf } from './json.ts';
import { checkPrincipal, type PrincipalExists } from './principals.ts';

const POLICY_FIELDS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_FIELDS = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Condition']);
const PROHIBITED_FIELDS = new Set(['Resource', 'NotResource', 'NotPrincipal', 'NotAction']);
const REQUIRED_FIELDS = ['Effect', 'Principal', 'Action'];

const TRUST_ACTIONS =
  /^sts:(AssumeRole(WithSAML|WithWebIdentity)?|TagSession|SetSourceIdentity|SetContext)$/i;

/**
 * Checks a trust policy as IAM does before storing it.
 * @param exists returns true if a user or role of this account exists; a nonexistent user or role is not a valid principal.
 * @returns what is wrong, in IAM's own words; undefined for a valid document.
 */
export function checkTrustPolicy(
  text: string,
  scope: AccountScope,
  exists: PrincipalExists,
): string | undefined {
  return problemIn(() => {
    const policy = parseObject(text);
    if (!policy) {
      throw new PolicyProblem('This policy contains invalid Json');
    }
    if (/^\s/.test(text)) {
      throw new PolicyProblem('JSON strings must not have leading spaces');
    }
    if (policy.Version !== undefined && !POLICY_VERSIONS.includes(policy.Version)) {
      throw new PolicyProblem('The policy must contain a valid version string');
    }
    rejectUnknownFields(policy, POLICY_FIELDS);
    requireFields(policy, ['Statement']);
    checkId(policy, SYNTAX_PROBLEM);
    const statements = statementsOf(policy, SYNTAX_PROBLEM);
    for (const statement of statements) {
      checkStatement(statement, scope, exists);
    }
    checkSids(statements, SYNTAX_PROBLEM);
  });
}

function checkStatement(statement: JsonObject, scope: AccountScope, exists: PrincipalExists): void {
  rejectUnknownFields(statement, STATEMENT_FIELDS);
  requireFields(statement, REQUIRED_FIELDS);
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    throw new PolicyProblem(
      typeof statement.Effect === 'string' ? `Invalid effect: ${statement.Effect}` : SYNTAX_PROBLEM,
    );
  }
  const actions = stringsOf(statement.Action);
  if (!actions || actions.length === 0) {
    throw new PolicyProblem(SYNTAX_PROBLEM);
  }
  if (!actions.every((action) => TRUST_ACTIONS.test(action))) {
    throw new PolicyProblem('AssumeRole policy may only specify STS AssumeRole actions.');
  }
  if (statement.Principal === '*') {
    throw new PolicyProblem('AssumeRolepolicy contained an invalid principal: "STAR":"*".');
  }
  checkPrincipal(statement.Principal, scope, exists);
  checkCondition(statement.Condition, SYNTAX_PROBLEM);
}

function rejectUnknownFields(object: JsonObject, fields: ReadonlySet<string>): void {
  const unknownField = Object.keys(object).find((key) => !fields.has(key));
  if (unknownField !== undefined) {
    throw new PolicyProblem(
      PROHIBITED_FIELDS.has(unknownField)
        ? `Has prohibited field ${unknownField}`
        : `Unknown field ${unknownField}`,
    );
  }
}

function requireFields(object: JsonObject, fields: readonly string[]): void {
  const missingField = fields.find((field) => object[field] === undefined);
  if (missingField !== undefined) {
    throw new PolicyProblem(`Missing required field ${missingField}`);
  }
}

const ELEMENT_ORDER = ['Sid', 'Effect', 'Principal', 'Action', 'Condition'];

/**
 * Returns a trust policy in the form that IAM returns: without white space, statements in a list, their elements in IAM's order,
 * a list with one string as a string, an account as its root user's ARN, condition values as text.
 * @param text a document that passed `checkTrustPolicy`.
 */
export function normalizeTrustPolicy(text: string, scope: AccountScope): string {
  const policy = parseObject(text) ?? {};
  const rawStatements: unknown = policy.Statement;
  const statements: unknown[] = Array.isArray(rawStatements) ? rawStatements : [rawStatements];
  const { Version = '2008-10-17', Id } = policy;
  return JSON.stringify({
    Version,
    Id,
    Statement: statements.filter(isObject).map((statement) => normalizeStatement(statement, scope)),
  });
}

function normalizeStatement(statement: JsonObject, scope: AccountScope): JsonObject {
  const presentNames = ELEMENT_ORDER.filter((name) => statement[name] !== undefined);
  return Object.fromEntries(
    presentNames.map((name) => [name, normalizeElement(name, statement[name], scope)]),
  );
}

function normalizeElement(name: string, value: unknown, scope: AccountScope): unknown {
  if (name === 'Principal' && isObject(value)) {
    return mapValues(value, (names, kind) => {
      const strings = stringsOf(names) ?? [];
      return unwrapSingle(
        kind === 'AWS' ? strings.map((principal) => accountAsRootArn(principal, scope)) : strings,
      );
    });
  }
  if (name === 'Condition' && isObject(value)) {
    return mapValues(value, (keys) => (isObject(keys) ? mapValues(keys, conditionValue) : keys));
  }
  return unwrapSingle(value);
}

function conditionValue(value: unknown): unknown {
  return unwrapSingle(Array.isArray(value) ? value.map(String) : String(value));
}

function unwrapSingle(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

function accountAsRootArn(principal: string, scope: AccountScope): string {
  return /^\d{12}$/.test(principal) ? `arn:${scope.partition}:iam::${principal}:root` : principal;
}

function mapValues(object: JsonObject, change: (value: unknown, key: string) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

/** Returns the AWS principals that a normalized trust policy names by ARN. */
export function principalArns(trustPolicy: string): string[] {
  return awsPrincipals(trustPolicy).filter((name) => name.startsWith('arn:'));
}

/** Returns a normalized trust policy with some of its AWS principals replaced. */
export function withPrincipals(trustPolicy: string, replacements: ReadonlyMap<string, string>): string {
  const replace = (name: string) => replacements.get(name) ?? name;
  const policy = parseObject(trustPolicy) ?? {};
  const statements = statementsIn(policy).map((statement) => {
    const { Principal } = statement;
    if (!isObject(Principal) || Principal.AWS === undefined) {
      return statement;
    }
    const AWS = unwrapSingle((stringsOf(Principal.AWS) ?? []).map(replace));
    return { ...statement, Principal: { ...Principal, AWS } };
  });
  return JSON.stringify({ ...policy, Statement: statements });
}

function awsPrincipals(trustPolicy: string): string[] {
  return statementsIn(parseObject(trustPolicy) ?? {}).flatMap(({ Principal }) =>
    isObject(Principal) && Principal.AWS !== undefined ? (stringsOf(Principal.AWS) ?? []) : [],
  );
}

function statementsIn(policy: JsonObject): JsonObject[] {
  return Array.isArray(policy.Statement) ? policy.Statement.filter(isObject) : [];
}
