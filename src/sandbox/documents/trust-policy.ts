import { checkCondition } from './conditions.ts';
import { checkId, checkSids, type Place, SYNTAX, statementsOf, VERSIONS } from './elements.ts';
import { type JsonObject, PolicyProblem, parseObject, problemIn, stringsOf } from './json.ts';
import { checkPrincipal, type PrincipalExists } from './principals.ts';

const FIELDS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_FIELDS = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Condition']);
const PROHIBITED_FIELDS = new Set(['Resource', 'NotResource', 'NotPrincipal', 'NotAction']);
const REQUIRED_FIELDS = ['Effect', 'Principal', 'Action'];

const ACTIONS = /^sts:(AssumeRole(WithSAML|WithWebIdentity)?|TagSession|SetSourceIdentity|SetContext)$/i;

/**
 * Checks a policy that says who may assume a role, as IAM does when it is stored.
 * @param exists tells whether a user or role of this account exists; one that does not is no valid principal.
 * @returns what is wrong, in IAM's words; undefined for a good document.
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
