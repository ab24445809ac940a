import { conditionHolds } from './conditions.ts';
import type { RequestContext } from './context.ts';
import { CURRENT_VERSION, type PolicyDocument, type Statement } from './document.ts';
import { entriesFor } from './entries.ts';
import { arnParts, coversArn, literal, matches, pattern, type Token } from './match.ts';
import { type Caller, principalMatches, type Reach } from './principals.ts';
import { all, any, not, type Truth, truth } from './truth.ts';
import { anyValueMatches, type Facts } from './variables.ts';

/** A request as one statement sees it. `resource` is left out where statements have no `Resource`: in trust policies. */
export interface StatementRequest {
  caller: Caller;
  action: string;
  resource?: string;
  context: RequestContext;
}

/** What kind of policy the statement is in: those attached to a resource name their principals, the others must not. */
export type Attachment = { to: 'identity' } | { to: 'resource'; reaches: readonly Reach[] };

/** Whether the statement applies to the request. */
export function statementApplies(
  statement: Statement,
  document: PolicyDocument,
  request: StatementRequest,
  attachment: Attachment,
): Truth {
  const facts: Facts = { version: document.version, context: request.context };
  // Most statements are about something else, which need not be looked at any closer.
  const action = actionApplies(statement, request.action);
  if (action === 'no') return 'no';
  const resource = resourceApplies(statement, request.resource, facts);
  if (resource === 'no') return 'no';
  return all([
    action,
    resource,
    principalApplies(statement, request.caller, attachment),
    ...statement.conditions.map((condition) => conditionHolds(condition, facts)),
    ...[...document.unknownElements, ...statement.unknownElements].map((name) => ({
      unknown: `element ${name} is not known`,
    })),
  ]);
}

/** Which elements of a statement match a request, each by itself. */
export function partsOf(
  statement: Statement,
  document: PolicyDocument,
  request: StatementRequest,
  attachment: Attachment,
): { action: Truth; resource: Truth; principal: Truth; facts: Facts } {
  const facts: Facts = { version: document.version, context: request.context };
  return {
    action: actionApplies(statement, request.action),
    resource: resourceApplies(statement, request.resource, facts),
    principal: principalApplies(statement, request.caller, attachment),
    facts,
  };
}

function actionApplies({ actions }: Statement, action: string): Truth {
  const matched = any(actions.values.map((each) => actionMatches(each.toLowerCase(), action.toLowerCase())));
  return actions.negated ? not(matched) : matched;
}

/** Wildcards are documented for the name of the action, and for `*` alone, but not for the service. */
function actionMatches(policyAction: string, action: string): Truth {
  if (policyAction === '*') return 'yes';
  if (!/[*?]/.test(policyAction)) return truth(policyAction === action);
  if (!matches(pattern(policyAction), action)) return 'no';
  const service = action.slice(0, action.indexOf(':') + 1);
  return policyAction.startsWith(service) ? 'yes' : { unknown: `action ${policyAction} is not understood` };
}

function resourceApplies({ resources }: Statement, resource: string | undefined, facts: Facts): Truth {
  if (resource === undefined || resources === undefined) {
    const both = resource === undefined && resources === undefined;
    return both ? 'yes' : { unknown: `element Resource is ${resources ? 'out of place' : 'missing'}` };
  }
  const entries = entriesFor(resources, resource);
  const misplaced = entries.find((value) => hasMisplacedVariable(value, facts));
  if (misplaced !== undefined) return { unknown: `${misplaced} has a variable before the fifth colon` };
  const reading = { wildcards: true, variables: true };
  return anyValueMatches(entries, resources.negated, reading, facts, (each) =>
    resourceMatches(each, resource),
  );
}

function hasMisplacedVariable(value: string, { version }: Facts): boolean {
  return version === CURRENT_VERSION && /^([^:]*:){0,4}[^:]*\$\{/.test(value);
}

/**
 * Part by part, an ARN matches for sure. A `*` at the end of a part may reach beyond the colon, so an ARN that stops
 * there stands for all that follows; any other match across colons is left open.
 * Source: IAM User Guide, "IAM JSON policy elements: Resource", "Using wildcards in resource ARNs".
 */
function resourceMatches(tokens: Token[], resource: string): Truth {
  const whole = literal(resource);
  const [first, ...more] = tokens;
  if (first !== undefined && more.length === 0 && isRun(first)) return 'yes';
  if (coversArn(tokens, whole)) return 'yes';
  const padded = arnParts(tokens) === undefined && coversArn(padToArn(tokens), whole);
  const last = tokens.at(-1);
  if (padded && last !== undefined && isRun(last)) return 'yes';
  if (!padded && !matches(tokens, resource)) return 'no';
  return { unknown: 'a resource pattern may match across colons' };
}

/** Fills up the missing parts of an ARN with `*`. */
function padToArn(tokens: Token[]): Token[] {
  const padded = [...tokens];
  while (arnParts(padded) === undefined) padded.push({ char: ':' }, { any: 'run' });
  return padded;
}

function isRun(token: Token): boolean {
  return 'any' in token && token.any === 'run';
}

function principalApplies({ principals }: Statement, caller: Caller, attachment: Attachment): Truth {
  if (attachment.to === 'identity')
    return principals ? { unknown: 'element Principal is out of place' } : 'yes';
  if (principals === undefined) return { unknown: 'element Principal is missing' };
  return principalMatches(principals, caller, attachment.reaches);
}
