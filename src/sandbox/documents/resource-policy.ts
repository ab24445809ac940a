import { checkCondition } from './conditions.ts';
import {
  type AccountScope,
  actionProblem,
  checkId,
  checkSids,
  POLICY_VERSIONS,
  passesLegacyParsing,
  resourceProblem,
  STATEMENT_FIELDS,
  statementsOf,
  stringsOfEither,
} from './elements.ts';
import { isObject, type JsonObject, PolicyProblem, parseObject, problemIn, stringsOf } from './json.ts';
import { checkPrincipal } from './principals.ts';

const SYNTAX = 'This resource policy contains a syntax error.';
const UNSUPPORTED_PRINCIPAL = 'This resource policy contains an unsupported principal.';

/**
 * Checks a secret's resource policy as Secrets Manager does before storing it.
 * @returns what is wrong, in the service's own words; undefined for a valid document.
 */
export function checkResourcePolicy(text: string, scope: AccountScope): string | undefined {
  const problem = problemIn(() => {
    const policy = parseObject(text);
    if (!policy || (policy.Version !== undefined && !POLICY_VERSIONS.includes(policy.Version))) {
      throw new PolicyProblem(SYNTAX);
    }
    checkId(policy, SYNTAX);
    const statements = statementsOf(policy, SYNTAX);
    for (const statement of statements) {
      checkStatement(statement, scope);
    }
    checkSids(statements, SYNTAX);
  });
  // The service distinguishes only problems with a principal from all others.
  return problem === undefined || problem === UNSUPPORTED_PRINCIPAL ? problem : SYNTAX;
}

function checkStatement(statement: JsonObject, scope: AccountScope): void {
  const actions = stringsOfEither(statement, ['Action', 'NotAction'], SYNTAX);
  const resources = stringsOfEither(statement, ['Resource', 'NotResource'], SYNTAX);
  const effects: readonly unknown[] = ['Allow', 'Deny'];
  const hasOnlyKnownFields = Object.keys(statement).every((key) => STATEMENT_FIELDS.has(key));
  if (!actions || !resources || !hasOnlyKnownFields || !effects.includes(statement.Effect)) {
    throw new PolicyProblem(SYNTAX);
  }
  const isResource = (text: string) => !resourceProblem(text, scope) && passesLegacyParsing(text);
  if (actions.some(actionProblem) || !resources.every(isResource)) throw new PolicyProblem(SYNTAX);
  checkCondition(statement.Condition, SYNTAX);
  const principal = statement.Principal ?? statement.NotPrincipal;
  if (principal === undefined) throw new PolicyProblem(SYNTAX);
  if (problemIn(() => checkPrincipal(principal, scope, () => true)) !== undefined) {
    throw new PolicyProblem(UNSUPPORTED_PRINCIPAL);
  }
}

/** True if a policy allows everyone something without a condition. The policy must have passed `checkResourcePolicy`. */
export function isPublic(text: string): boolean {
  const statements = statementsOf(parseObject(text) ?? {}, SYNTAX);
  return statements.some(({ Effect, Principal, Condition }) => {
    const names = stringsOf(isObject(Principal) ? Principal.AWS : Principal);
    return Effect === 'Allow' && Condition === undefined && names?.includes('*');
  });
}
