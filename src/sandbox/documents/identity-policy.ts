import { checkCondition } from './conditions.ts';
import {
  checkAction,
  checkId,
  checkResource,
  checkSids,
  oneOf,
  type Place,
  SYNTAX,
  statementsOf,
  VERSIONS,
} from './elements.ts';
import { type JsonObject, parseObject } from './json.ts';
import { PolicyProblem, problemIn } from './problem.ts';

const FIELDS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_FIELDS = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

const LEADING_SPACE = {
  managed: 'JSON strings must not have leading spaces',
  inline: 'The policy failed legacy parsing',
};

/**
 * Checks a policy that says what its bearer may do, as IAM does when it is stored.
 * Source: "Grammar of the IAM JSON policy language" in the IAM user guide.
 * @returns what is wrong, in IAM's words; undefined for a good document.
 */
export function checkIdentityPolicy(
  text: string,
  kind: 'managed' | 'inline',
  place: Place,
): string | undefined {
  return problemIn(() => {
    if (/^\s/.test(text)) {
      throw new PolicyProblem(LEADING_SPACE[kind]);
    }
    const policy = parseObject(text);
    if (!policy) {
      throw new PolicyProblem(SYNTAX);
    }
    if (policy.Version !== undefined && !VERSIONS.includes(policy.Version)) {
      throw new PolicyProblem('The policy must contain a valid version string');
    }
    demandOnly(policy, FIELDS);
    checkId(policy, SYNTAX);
    const statements = statementsOf(policy, SYNTAX);
    for (const statement of statements) {
      checkStatement(statement, place);
    }
    checkSids(statements, SYNTAX);
  });
}

function checkStatement(statement: JsonObject, place: Place): void {
  if (statement.Principal !== undefined || statement.NotPrincipal !== undefined) {
    throw new PolicyProblem('Policy document should not specify a principal.');
  }
  demandOnly(statement, STATEMENT_FIELDS);
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    throw new PolicyProblem(SYNTAX);
  }
  checkSid(statement.Sid);
  checkActions(statement);
  checkResources(statement, place);
  checkCondition(statement.Condition, SYNTAX);
}

function checkActions(statement: JsonObject): void {
  const actions = oneOf(statement, ['Action', 'NotAction'], SYNTAX);
  if (!actions) {
    throw new PolicyProblem('Policy statement must contain actions.');
  }
  actions.forEach(checkAction);
}

function checkResources(statement: JsonObject, place: Place): void {
  const resources = oneOf(statement, ['Resource', 'NotResource'], SYNTAX);
  if (!resources) {
    throw new PolicyProblem('Policy statement must contain resources.');
  }
  for (const resource of resources) {
    checkResource(resource, place);
  }
}

function checkSid(sid: unknown): void {
  if (typeof sid === 'string' && !/^[0-9A-Za-z]*$/.test(sid)) {
    throw new PolicyProblem(
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    );
  }
}

function demandOnly(object: JsonObject, fields: ReadonlySet<string>): void {
  if (Object.keys(object).some((key) => !fields.has(key))) {
    throw new PolicyProblem(SYNTAX);
  }
}
