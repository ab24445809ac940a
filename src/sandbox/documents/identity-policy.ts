import { datesIn, isCondition, isDate } from './conditions.ts';
import {
  actionProblem,
  checkId,
  checkSids,
  oneOf,
  type Place,
  passesLegacyParsing,
  resourceProblem,
  SYNTAX,
  statementsOf,
  VERSIONS,
} from './elements.ts';
import { isObject, type JsonObject, PolicyProblem, parseObject, problemIn, stringsOf } from './json.ts';

const FIELDS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_FIELDS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

const LEGACY = 'The policy failed legacy parsing';
const LEADING_SPACE = { managed: 'JSON strings must not have leading spaces', inline: LEGACY };

/**
 * Checks an identity-based policy as IAM does before storing it. Each check goes through the whole document before the next one
 * begins. So if a document has several faults, IAM reports the one that comes first in the order of the checks.
 * Sources: "Grammar of the IAM JSON policy language" in the IAM user guide, and recorded responses of CreatePolicy. Only managed
 * policies must have version 2012-10-17; in the grammar, the version is optional.
 * @returns what is wrong, in IAM's own words; undefined for a valid document.
 */
export function checkIdentityPolicy(
  text: string,
  kind: 'managed' | 'inline',
  place: Place,
): string | undefined {
  return problemIn(() => {
    demand(!/^\s/.test(text), LEADING_SPACE[kind]);
    const policy = parseObject(text);
    if (!policy) {
      throw new PolicyProblem(SYNTAX);
    }
    const statements = checkedStatements(policy);
    demand(
      kind === 'inline' || policy.Version === '2012-10-17',
      'Policy document must be version 2012-10-17 or greater.',
    );
    statements.forEach(checkLegacyForm);
    const wrongResource = firstWrongResource(statements, place);
    statements.forEach(refusePrincipal);
    statements.forEach(checkSid);
    checkSids(statements, SYNTAX);
    demandElement(statements, ['Action', 'NotAction'], 'Policy statement must contain actions.');
    refuse(wrongResource);
    textsOf(statements, 'Action').forEach(checkAction);
    textsOf(statements, 'NotAction').forEach(checkAction);
    demandElement(statements, ['Resource', 'NotResource'], 'Policy statement must contain resources.');
  });
}

/**
 * Returns the statements of a document. All their elements are known and have the right type.
 * @throws PolicyProblem
 */
function checkedStatements(policy: JsonObject): JsonObject[] {
  demandOnly(policy, FIELDS);
  demand(policy.Version === undefined || VERSIONS.includes(policy.Version), SYNTAX);
  checkId(policy, SYNTAX);
  const statements = statementsOf(policy, SYNTAX);
  for (const statement of statements) {
    const { Effect, Sid, Condition } = statement;
    demandOnly(statement, STATEMENT_FIELDS);
    demand(typeof Effect === 'string' && /^(allow|deny)$/i.test(Effect), SYNTAX);
    demand(Sid === undefined || typeof Sid === 'string', SYNTAX);
    demand(Condition === undefined || isCondition(Condition), SYNTAX);
    oneOf(statement, ['Action', 'NotAction'], SYNTAX);
    oneOf(statement, ['Resource', 'NotResource'], SYNTAX);
  }
  return statements;
}

function checkLegacyForm({ Effect, Condition }: JsonObject): void {
  const dates = isObject(Condition) ? datesIn(Condition) : [];
  demand((Effect === 'Allow' || Effect === 'Deny') && dates.every(isDate), LEGACY);
}

/**
 * Returns what is wrong with the first resource that is not an ARN, or that belongs elsewhere.
 * @throws PolicyProblem if the older parser rejects a resource before it.
 */
function firstWrongResource(statements: readonly JsonObject[], place: Place): string | undefined {
  for (const name of ['Resource', 'NotResource']) {
    for (const statement of statements) {
      const resources = textsOf([statement], name);
      const wrong = resources.find((resource) => resourceProblem(resource, place) !== undefined);
      if (wrong !== undefined) {
        return resourceProblem(wrong, place);
      }
      demand(resources.every(passesLegacyParsing), LEGACY);
    }
  }
  return undefined;
}

function refusePrincipal({ Principal, NotPrincipal }: JsonObject): void {
  demand(
    Principal === undefined && NotPrincipal === undefined,
    'Policy document should not specify a principal.',
  );
}

function checkSid({ Sid }: JsonObject): void {
  demand(
    typeof Sid !== 'string' || /^[0-9A-Za-z]*$/.test(Sid),
    'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
  );
}

function checkAction(action: string): void {
  refuse(actionProblem(action));
}

function demandElement(
  statements: readonly JsonObject[],
  names: readonly [string, string],
  problem: string,
): void {
  demand(
    statements.every((statement) => oneOf(statement, names, SYNTAX) !== undefined),
    problem,
  );
}

function textsOf(statements: readonly JsonObject[], name: string): string[] {
  return statements.flatMap((statement) =>
    statement[name] === undefined ? [] : (stringsOf(statement[name]) ?? []),
  );
}

function demandOnly(object: JsonObject, fields: ReadonlySet<string>): void {
  demand(
    Object.keys(object).every((key) => fields.has(key)),
    SYNTAX,
  );
}

function demand(holds: boolean, problem: string): void {
  refuse(holds ? undefined : problem);
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) {
    throw new PolicyProblem(problem);
  }
}
