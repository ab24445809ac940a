import type { PrincipalClause } from './document.ts';
import { any, not, type Truth, truth } from './truth.ts';

/** A session of an IAM role. Leave out the session's name when the program does not know it. */
export interface RequestPrincipal {
  roleArn: string;
  sessionName?: string;
}

/** Who makes a request: a role's session, or an AWS service in its own name. */
export type Caller = { role: RequestPrincipal } | { service: string };

/**
 * How a resource-based policy reaches the caller, which decides what else limits it: directly (all principals, the
 * session itself, the service), through its role, or through its account.
 * Source: IAM User Guide, "Determining whether a request is allowed or denied within an account".
 */
export type Reach = 'direct' | 'role' | 'account';

export const EVERY_REACH: readonly Reach[] = ['direct', 'role', 'account'];

interface Match {
  reach: Reach;
  truth: Truth;
}

/** Whether the `Principal` or `NotPrincipal` element takes in the caller in one of these ways. */
export function principalMatches(clause: PrincipalClause, caller: Caller, reaches: readonly Reach[]): Truth {
  const found = clause.entries.flatMap(({ type, values }) => values.map((id) => match(type, id, caller)));
  if (clause.negated) return reaches.includes('direct') ? notListed(found, caller) : 'no';
  return any(found.filter(({ reach }) => reaches.includes(reach)).map((each) => each.truth));
}

/**
 * `NotPrincipal` takes in whoever is not listed. For a session that is listed in part, such as by its role but not by
 * its account, AWS only says that it "might" be taken in.
 * Source: IAM User Guide, "AWS JSON policy elements: NotPrincipal".
 */
function notListed(found: Match[], caller: Caller): Truth {
  const listed = (reaches: readonly Reach[]) =>
    any(found.filter(({ reach }) => reaches.includes(reach)).map((each) => each.truth));
  if ('service' in caller) return not(listed(EVERY_REACH));
  if (EVERY_REACH.every((reach) => listed([reach]) === 'yes')) return 'no';
  const anywhere = listed(EVERY_REACH);
  return anywhere === 'no' ? 'yes' : { unknown: 'NotPrincipal lists the role in part' };
}

function match(type: string, id: string, caller: Caller): Match {
  if (type === '*') return { reach: 'direct', truth: 'yes' };
  if (type === 'AWS')
    return 'role' in caller ? matchRole(id, caller.role) : { reach: 'direct', truth: serviceAsAws(id) };
  if (type === 'Service') return { reach: 'direct', truth: matchService(id, caller) };
  if (type === 'Federated') return { reach: 'direct', truth: 'no' };
  if (type === 'CanonicalUser' && 'service' in caller) return { reach: 'direct', truth: 'no' };
  return { reach: 'direct', truth: { unknown: `principal ${type} ${id} is not known` } };
}

/** AWS documents `{"AWS": "*"}` as all principals for people and roles, and says nothing of services. */
function serviceAsAws(id: string): Truth {
  return id === '*' ? { unknown: 'whether AWS "*" means services is not documented' } : 'no';
}

function matchService(id: string, caller: Caller): Truth {
  if (/[*?]/.test(id)) return { unknown: `principal Service ${id} is not known` };
  return truth('service' in caller && caller.service === id);
}

function matchRole(id: string, { roleArn, sessionName }: RequestPrincipal): Match {
  const [, partition, , , account, resource = ''] = roleArn.split(':');
  const roleName = resource.split('/').at(-1);
  const session = `arn:${partition}:sts::${account}:assumed-role/${roleName}/`;
  if (id === '*') return { reach: 'direct', truth: 'yes' };
  if (id === roleArn) return { reach: 'role', truth: 'yes' };
  if (id === account || id === `arn:${partition}:iam::${account}:root`)
    return { reach: 'account', truth: 'yes' };
  if (id.startsWith(session))
    return { reach: 'direct', truth: matchSession(id.slice(session.length), sessionName) };
  const otherPrincipal = /^(\d{12}|arn:[^:*?]+:(iam|sts)::\d{12}:(root|[a-z-]+\/[^*?]+))$/.test(id);
  return { reach: 'direct', truth: otherPrincipal ? 'no' : { unknown: `principal ${id} is not known` } };
}

function matchSession(named: string, sessionName: string | undefined): Truth {
  return sessionName === undefined
    ? { unknown: 'the name of the session is not known' }
    : truth(named === sessionName);
}
