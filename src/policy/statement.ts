import { CURRENT_VERSION, type PolicyDocument, type PrincipalClause, type Statement } from './document.ts';
import {
  arnParts,
  coversArn,
  entriesFor,
  isRun,
  literal,
  matches,
  parsePattern,
  type Token,
} from './match.ts';
import { conditionHolds } from './operators.ts';
import {
  all,
  any,
  anyValueMatches,
  type Facts,
  not,
  type RequestContext,
  type Truth,
  truth,
} from './variables.ts';

/** A user, or a session of a role. */
export interface RequestPrincipal {
  /** The ARN of the role or the user. */
  principalArn: string;
  /** The name of the role session. Absent if it is unknown. */
  sessionName?: string;
}

/** The caller of a request: a role session, or an AWS service itself. */
type Caller = { role: RequestPrincipal } | { service: string };

/** A request, as matched against a statement. `resource` is absent for trust policies, whose statements have no `Resource`. */
export interface StatementRequest {
  caller: Caller;
  action: string;
  resource?: string;
  context: RequestContext;
}

/**
 * How a resource-based policy names the caller: directly (all principals, the session itself, the service), through its role, or
 * through its account. The way decides which other policies limit the caller. Source: IAM User Guide, "Determining whether a
 * request is allowed or denied within an account".
 */
export type Reach = 'direct' | 'role' | 'account';

export const EVERY_REACH: readonly Reach[] = ['direct', 'role', 'account'];

/** The kind of policy that contains the statement. Resource-based policies name principals; identity-based policies must not. */
export type Attachment = { to: 'identity' } | { to: 'resource'; reaches: readonly Reach[] };

/** Returns whether the statement applies to the request. */
export function statementApplies(
  statement: Statement,
  document: PolicyDocument,
  request: StatementRequest,
  attachment: Attachment,
): Truth {
  const facts: Facts = { version: document.version, context: request.context };
  // Most statements are about other actions or resources. For them, the remaining work is skipped.
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

/** Returns which elements of a statement match a request, each on its own. */
export function elementMatches(
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

/** AWS documents wildcards in the action name, and a bare `*`, but not wildcards in the service prefix. */
function actionMatches(policyAction: string, action: string): Truth {
  if (policyAction === '*') return 'yes';
  if (!/[*?]/.test(policyAction)) return truth(policyAction === action);
  if (!matches(parsePattern(policyAction), action)) return 'no';
  const service = action.slice(0, action.indexOf(':') + 1);
  return policyAction.startsWith(service) ? 'yes' : { unknown: `action ${policyAction} is not understood` };
}

function resourceApplies({ resources }: Statement, resource: string | undefined, facts: Facts): Truth {
  if (resource === undefined || resources === undefined) {
    const hasNeither = resource === undefined && resources === undefined;
    return hasNeither ? 'yes' : { unknown: `element Resource is ${resources ? 'out of place' : 'missing'}` };
  }
  const entries = entriesFor(resources, resource);
  const misplaced = entries.find((value) => hasMisplacedVariable(value, facts));
  if (misplaced !== undefined) return { unknown: `${misplaced} has a variable before the fifth colon` };
  const interpretation = { wildcards: true, variables: true };
  return anyValueMatches(entries, resources.negated, interpretation, facts, (each) =>
    resourceMatches(each, resource),
  );
}

function hasMisplacedVariable(value: string, { version }: Facts): boolean {
  return version === CURRENT_VERSION && /^([^:]*:){0,4}[^:]*\$\{/.test(value);
}

/**
 * An ARN pattern that matches part by part is a certain match. A trailing `*` also matches across colons, so a shorter ARN that
 * ends in `*` matches too. Any other match across colons is unknown. Source: IAM User Guide, "IAM JSON policy elements:
 * Resource", "Using wildcards in resource ARNs".
 */
function resourceMatches(tokens: Token[], resource: string): Truth {
  const resourceTokens = literal(resource);
  const [firstToken, ...otherTokens] = tokens;
  if (firstToken !== undefined && otherTokens.length === 0 && isRun(firstToken)) return 'yes';
  if (coversArn(tokens, resourceTokens)) return 'yes';
  const matchesPadded = arnParts(tokens) === undefined && coversArn(padToArn(tokens), resourceTokens);
  const last = tokens.at(-1);
  if (matchesPadded && last !== undefined && isRun(last)) return 'yes';
  if (!matchesPadded && !matches(tokens, resource)) return 'no';
  return { unknown: 'a resource pattern may match across colons' };
}

/** Fills the missing parts of an ARN with `*`. */
function padToArn(tokens: Token[]): Token[] {
  const padded = [...tokens];
  while (arnParts(padded) === undefined) padded.push({ char: ':' }, { any: 'run' });
  return padded;
}

function principalApplies({ principals }: Statement, caller: Caller, attachment: Attachment): Truth {
  if (attachment.to === 'identity')
    return principals ? { unknown: 'element Principal is out of place' } : 'yes';
  if (principals === undefined) return { unknown: 'element Principal is missing' };
  return principalMatches(principals, caller, attachment.reaches);
}

interface PrincipalMatch {
  reach: Reach;
  truth: Truth;
}

/** Returns whether the `Principal` or `NotPrincipal` element includes the caller in one of these ways. */
function principalMatches(clause: PrincipalClause, caller: Caller, reaches: readonly Reach[]): Truth {
  const results = clause.entries.flatMap(({ type, values }) =>
    values.map((id) => matchPrincipal(type, id, caller)),
  );
  if (clause.negated) return reaches.includes('direct') ? notListed(results, caller) : 'no';
  return any(results.filter(({ reach }) => reaches.includes(reach)).map((each) => each.truth));
}

/**
 * `NotPrincipal` includes everyone who is not listed. For a session that is listed only in part, such as by role but not by
 * account, AWS only says that it "might" be included. Source: IAM User Guide, "AWS JSON policy elements: NotPrincipal".
 */
function notListed(results: PrincipalMatch[], caller: Caller): Truth {
  const listed = (reaches: readonly Reach[]) =>
    any(results.filter(({ reach }) => reaches.includes(reach)).map((each) => each.truth));
  const listedInAnyWay = listed(EVERY_REACH);
  if ('service' in caller) return not(listedInAnyWay);
  if (EVERY_REACH.every((reach) => listed([reach]) === 'yes')) return 'no';
  return listedInAnyWay === 'no' ? 'yes' : { unknown: 'NotPrincipal lists the role in part' };
}

function matchPrincipal(type: string, id: string, caller: Caller): PrincipalMatch {
  if (type === '*') return { reach: 'direct', truth: 'yes' };
  if (type === 'AWS')
    return 'role' in caller ? matchRole(id, caller.role) : { reach: 'direct', truth: serviceAsAws(id) };
  if (type === 'Service') return { reach: 'direct', truth: matchService(id, caller) };
  if (type === 'Federated') return { reach: 'direct', truth: 'no' };
  if (type === 'CanonicalUser' && 'service' in caller) return { reach: 'direct', truth: 'no' };
  return { reach: 'direct', truth: { unknown: `principal ${type} ${id} is not known` } };
}

/** AWS documents `{"AWS": "*"}` as all users and roles, and doesn't mention services. */
function serviceAsAws(id: string): Truth {
  return id === '*' ? { unknown: 'whether AWS "*" means services is not documented' } : 'no';
}

function matchService(id: string, caller: Caller): Truth {
  if (/[*?]/.test(id)) return { unknown: `principal Service ${id} is not known` };
  return truth('service' in caller && caller.service === id);
}

function matchRole(id: string, { principalArn, sessionName }: RequestPrincipal): PrincipalMatch {
  const [, partition, , , account, resource = ''] = principalArn.split(':');
  const roleName = resource.split('/').at(-1);
  const session = `arn:${partition}:sts::${account}:assumed-role/${roleName}/`;
  if (id === '*') return { reach: 'direct', truth: 'yes' };
  if (id === principalArn) return { reach: 'role', truth: 'yes' };
  if (id === account || id === `arn:${partition}:iam::${account}:root`)
    return { reach: 'account', truth: 'yes' };
  if (id.startsWith(session))
    return { reach: 'direct', truth: matchSession(id.slice(session.length), sessionName) };
  const isOtherPrincipal = /^(\d{12}|arn:[^:*?]+:(iam|sts)::\d{12}:(root|[a-z-]+\/[^*?]+))$/.test(id);
  return { reach: 'direct', truth: isOtherPrincipal ? 'no' : { unknown: `principal ${id} is not known` } };
}

function matchSession(named: string, sessionName: string | undefined): Truth {
  return sessionName === undefined
    ? { unknown: 'the name of the session is not known' }
    : truth(named === sessionName);
}
