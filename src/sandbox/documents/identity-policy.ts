import { datesIn, isCondition, isDate } from './conditions.ts';
import {
  type AccountScope,
  actionProblem,
  checkId,
  checkSids,
  POLICY_FIELDS,
  POLICY_VERSIONS,
  passesLegacyParsing,
  resourceProblem,
  STATEMENT_FIELDS,
  SYNTAX_PROBLEM,
  statementsOf,
  stringsOfEither,
} from './elements.ts';
import { isObject, type JsonObject, PolicyProblem, parseObject, problemIn, stringsOf } from './json.ts';

const LEGACY_PARSING_PROBLEM = 'The policy failed legacy parsing';
const LEADING_SPACE_PROBLEM = {
  managed: 'JSON strings must not have leading spaces',
  inline: LEGACY_PARSING_PROBLEM,
};

/**
 * Checks an identity-based policy as IAM does before storing it. Each check goes through the whole document before the next
 * check begins. So if a document has several problems, IAM reports the one whose check comes first.
 * Sources: "Grammar of the IAM JSON policy language" in the IAM user guide, and recorded responses of CreatePolicy. Only managed
 * policies must have version 2012-10-17; in the grammar, the version is optional.
 * @returns what is wrong, in IAM's own words; undefined for a valid document.
 */
export function checkIdentityPolicy(
  text: string,
  kind: 'managed' | 'inline',
  scope: AccountScope,
): string | undefined {
  return problemIn(() => {
    throwUnless(!/^\s/.test(text), LEADING_SPACE_PROBLEM[kind]);
    const policy = parseObject(text);
    if (!policy) throw new PolicyProblem(SYNTAX_PROBLEM);
    const statements = checkedStatements(policy);
    throwUnless(
      kind === 'inline' || policy.Version === '2012-10-17',
      'Policy document must be version 2012-10-17 or greater.',
    );
    statements.forEach(checkLegacyForm);
    // IAM parses the resources at this point, but reports a wrong one only after the next four checks.
    const problemWithResource = firstResourceProblem(statements, scope);
    statements.forEach(rejectPrincipal);
    statements.forEach(checkSid);
    checkSids(statements, SYNTAX_PROBLEM);
    requireElement(statements, ['Action', 'NotAction'], 'Policy statement must contain actions.');
    throwIfProblem(problemWithResource);
    stringsIn(statements, 'Action').forEach(checkAction);
    stringsIn(statements, 'NotAction').forEach(checkAction);
    requireElement(statements, ['Resource', 'NotResource'], 'Policy statement must contain resources.');
  });
}

/**
 * Returns the statements of a document, after checking that all their elements are known and have the right type.
 * @throws PolicyProblem
 */
function checkedStatements(policy: JsonObject): JsonObject[] {
  rejectUnknownFields(policy, POLICY_FIELDS);
  throwUnless(policy.Version === undefined || POLICY_VERSIONS.includes(policy.Version), SYNTAX_PROBLEM);
  checkId(policy, SYNTAX_PROBLEM);
  const statements = statementsOf(policy, SYNTAX_PROBLEM);
  for (const statement of statements) {
    const { Effect, Sid, Condition } = statement;
    rejectUnknownFields(statement, STATEMENT_FIELDS);
    throwUnless(typeof Effect === 'string' && /^(allow|deny)$/i.test(Effect), SYNTAX_PROBLEM);
    throwUnless(Sid === undefined || typeof Sid === 'string', SYNTAX_PROBLEM);
    throwUnless(Condition === undefined || isCondition(Condition), SYNTAX_PROBLEM);
    stringsOfEither(statement, ['Action', 'NotAction'], SYNTAX_PROBLEM);
    stringsOfEither(statement, ['Resource', 'NotResource'], SYNTAX_PROBLEM);
  }
  return statements;
}

function checkLegacyForm({ Effect, Condition }: JsonObject): void {
  const dates = isObject(Condition) ? datesIn(Condition) : [];
  throwUnless((Effect === 'Allow' || Effect === 'Deny') && dates.every(isDate), LEGACY_PARSING_PROBLEM);
}

/**
 * Returns what is wrong with the first resource that is not an ARN, or that belongs to another partition.
 * @throws PolicyProblem if IAM's older parser rejects a resource in an earlier statement.
 */
function firstResourceProblem(statements: readonly JsonObject[], scope: AccountScope): string | undefined {
  for (const name of ['Resource', 'NotResource']) {
    for (const statement of statements) {
      const resources = stringsIn([statement], name);
      const [problem] = resources.flatMap((resource) => resourceProblem(resource, scope) ?? []);
      if (problem !== undefined) return problem;
      throwUnless(resources.every(passesLegacyParsing), LEGACY_PARSING_PROBLEM);
    }
  }
  return undefined;
}

function rejectPrincipal({ Principal, NotPrincipal }: JsonObject): void {
  throwUnless(
    Principal === undefined && NotPrincipal === undefined,
    'Policy document should not specify a principal.',
  );
}

function checkSid({ Sid }: JsonObject): void {
  throwUnless(
    typeof Sid !== 'string' || /^[0-9A-Za-z]*$/.test(Sid),
    'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
  );
}

function checkAction(action: string): void {
  throwIfProblem(actionProblem(action));
}

/** @throws PolicyProblem if a statement has neither of two elements. */
function requireElement(
  statements: readonly JsonObject[],
  names: readonly [string, string],
  problem: string,
): void {
  const hasElement = (statement: JsonObject) =>
    stringsOfEither(statement, names, SYNTAX_PROBLEM) !== undefined;
  throwUnless(statements.every(hasElement), problem);
}

/** Returns the strings of one element in all statements. */
function stringsIn(statements: readonly JsonObject[], name: string): string[] {
  return statements.flatMap((statement) => stringsOf(statement[name]) ?? []);
}

function rejectUnknownFields(object: JsonObject, knownFields: ReadonlySet<string>): void {
  const hasOnlyKnownFields = Object.keys(object).every((key) => knownFields.has(key));
  throwUnless(hasOnlyKnownFields, SYNTAX_PROBLEM);
}

function throwUnless(condition: boolean, problem: string): void {
  throwIfProblem(condition ? undefined : problem);
}

function throwIfProblem(problem: string | undefined): void {
  if (problem !== undefined) throw new PolicyProblem(problem);
}
