import { checkCondition } from './conditions.ts';
import {
  type AccountScope,
  checkId,
  checkSids,
  POLICY_FIELDS,
  POLICY_VERSIONS,
  SYNTAX_PROBLEM,
  statementsOf,
} from './elements.ts';
import { isObject, type JsonObject, PolicyProblem, parseObject, problemIn, stringsOf } from './json.ts';
import { checkPrincipal, type PrincipalExists } from './principals.ts';

/** The elements of a trust policy's statement, in the order in which IAM returns them. */
const TRUST_STATEMENT_FIELDS = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Condition']);
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
    if (!policy) throw new PolicyProblem('This policy contains invalid Json');
    if (/^\s/.test(text)) throw new PolicyProblem('JSON strings must not have leading spaces');
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
  rejectUnknownFields(statement, TRUST_STATEMENT_FIELDS);
  requireFields(statement, REQUIRED_FIELDS);
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    const isText = typeof statement.Effect === 'string';
    throw new PolicyProblem(isText ? `Invalid effect: ${statement.Effect}` : SYNTAX_PROBLEM);
  }
  const actions = stringsOf(statement.Action);
  if (!actions || actions.length === 0) throw new PolicyProblem(SYNTAX_PROBLEM);
  if (!actions.every((action) => TRUST_ACTIONS.test(action))) {
    throw new PolicyProblem('AssumeRole policy may only specify STS AssumeRole actions.');
  }
  if (statement.Principal === '*') {
    throw new PolicyProblem('AssumeRolepolicy contained an invalid principal: "STAR":"*".');
  }
  checkPrincipal(statement.Principal, scope, exists);
  checkCondition(statement.Condition, SYNTAX_PROBLEM);
}

function rejectUnknownFields(object: JsonObject, knownFields: ReadonlySet<string>): void {
  const unknownField = Object.keys(object).find((key) => !knownFields.has(key));
  if (unknownField !== undefined) {
    const complaint = PROHIBITED_FIELDS.has(unknownField) ? 'Has prohibited field' : 'Unknown field';
    throw new PolicyProblem(`${complaint} ${unknownField}`);
  }
}

function requireFields(object: JsonObject, fields: readonly string[]): void {
  const missingField = fields.find((field) => object[field] === undefined);
  if (missingField !== undefined) throw new PolicyProblem(`Missing required field ${missingField}`);
}

/**
 * Returns a trust policy in the form that IAM returns: without white space, the statements as a list, their elements in IAM's
 * order, a list of one string as that string, an account ID as the ARN of the account's root user, condition values as text.
 * @param text a document that passed `checkTrustPolicy`.
 */
export function normalizeTrustPolicy(text: string, scope: AccountScope): string {
  const policy = parseObject(text) ?? {};
  const { Version = '2008-10-17', Id } = policy;
  const statements = statementsOf(policy, SYNTAX_PROBLEM);
  return JSON.stringify({
    Version,
    Id,
    Statement: statements.map((statement) => normalizeStatement(statement, scope)),
  });
}

function normalizeStatement(statement: JsonObject, scope: AccountScope): JsonObject {
  const presentFields = [...TRUST_STATEMENT_FIELDS].filter((name) => statement[name] !== undefined);
  return Object.fromEntries(
    presentFields.map((name) => [name, normalizeElement(name, statement[name], scope)]),
  );
}

function normalizeElement(name: string, value: unknown, scope: AccountScope): unknown {
  if (name === 'Principal' && isObject(value)) {
    return mapValues(value, (element, kind) => {
      const names = stringsOf(element) ?? [];
      return unwrapSingle(kind === 'AWS' ? names.map((name) => accountAsRootArn(name, scope)) : names);
    });
  }
  if (name === 'Condition' && isObject(value)) {
    return mapValues(value, (keys) => (isObject(keys) ? mapValues(keys, conditionValueAsText) : keys));
  }
  return unwrapSingle(value);
}

function conditionValueAsText(value: unknown): unknown {
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
  const statements = statementsOf(parseObject(trustPolicy) ?? {}, SYNTAX_PROBLEM);
  const names = statements.flatMap(({ Principal }) =>
    isObject(Principal) ? (stringsOf(Principal.AWS) ?? []) : [],
  );
  return names.filter((name) => name.startsWith('arn:'));
}

/**
 * Returns a normalized trust policy with some of its AWS principals replaced.
 * @param replacements the new names by the old ones.
 */
export function replacePrincipals(trustPolicy: string, replacements: ReadonlyMap<string, string>): string {
  const policy = parseObject(trustPolicy) ?? {};
  const statements = statementsOf(policy, SYNTAX_PROBLEM).map((statement) => {
    const { Principal } = statement;
    if (!isObject(Principal) || Principal.AWS === undefined) return statement;
    const names = (stringsOf(Principal.AWS) ?? []).map((name) => replacements.get(name) ?? name);
    return { ...statement, Principal: { ...Principal, AWS: unwrapSingle(names) } };
  });
  return JSON.stringify({ ...policy, Statement: statements });
}
