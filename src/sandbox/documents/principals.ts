import { type Place, SYNTAX } from './elements.ts';
import { isObject, stringsOf } from './json.ts';
import { PolicyProblem } from './problem.ts';
import { servicePrincipals } from './service-principals.ts';

/** Tells whether a user or role of this account exists. */
export type PrincipalExists = (arn: string) => boolean;

/** IAM lets its own inside show here. */
const NO_PRINCIPALS =
  'Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed in policy has a statement with no principals!';

const KINDS = new Set(['AWS', 'Service', 'Federated', 'CanonicalUser']);

/** The identity providers that need no ARN. */
const WEB_IDENTITIES = new Set([
  'accounts.google.com',
  'cognito-identity.amazonaws.com',
  'graph.facebook.com',
  'www.amazon.com',
]);

/**
 * Checks a Principal element.
 * Source: "AWS JSON policy elements: Principal" in the IAM user guide.
 * @throws PolicyProblem
 */
export function checkPrincipal(principal: unknown, place: Place, exists: PrincipalExists): void {
  if (principal === '*') {
    return;
  }
  if (!isObject(principal)) {
    throw new PolicyProblem(
      typeof principal === 'string' ? `Invalid principal in policy: "${principal}"` : SYNTAX,
    );
  }
  if (Object.values(principal).flat().length === 0) {
    throw new PolicyProblem(NO_PRINCIPALS);
  }
  for (const [kind, value] of Object.entries(principal)) {
    const names = stringsOf(value);
    if (!names) {
      throw new PolicyProblem(SYNTAX);
    }
    for (const name of names) {
      if (!isPrincipal(kind, name, place, exists)) {
        throw new PolicyProblem(`Invalid principal in policy: "${kind.toUpperCase()}":"${name}"`);
      }
    }
  }
}

function isPrincipal(kind: string, name: string, place: Place, exists: PrincipalExists): boolean {
  switch (KINDS.has(kind) ? kind : '') {
    case 'AWS':
      return isAwsPrincipal(name, place, exists);
    case 'Service':
      return isServicePrincipal(name);
    case 'Federated':
      return WEB_IDENTITIES.has(name) || /^arn:[^:]+:iam::\d{12}:(oidc|saml)-provider\/.+$/.test(name);
    case 'CanonicalUser':
      return /^[0-9a-f]{64}$/.test(name);
    default:
      return false;
  }
}

function isAwsPrincipal(name: string, place: Place, exists: PrincipalExists): boolean {
  if (name === '*' || /^\d{12}$/.test(name) || /^A(?:IDA|ROA)[A-Z0-9]{12,28}$/.test(name)) {
    return true;
  }
  const match =
    /^arn:([^:]+):(iam|sts)::(\d{12}):(root|user\/[^*]+|role\/[^*]+|assumed-role\/[^*]+|federated-user\/[^*]+)$/.exec(
      name,
    );
  if (!match || match[1] !== place.partition) {
    return false;
  }
  // Whether a principal of another account exists is something only AWS can look up.
  const isOwnEntity = match[3] === place.account && /^(user|role)\//.test(match[4] ?? '');
  return !isOwnEntity || exists(name);
}

function isServicePrincipal(name: string): boolean {
  const match = /^([a-z0-9.-]+?)\.amazonaws\.com(?:\.cn)?$/.exec(name);
  const labels = (match?.[1] ?? '').split('.');
  // Some services have a principal of their own in each Region: logs.eu-west-1.amazonaws.com.
  const withoutRegion = labels.filter((label) => !/^[a-z]{2}(-[a-z]+)+-\d$/.test(label)).join('.');
  return match !== null && servicePrincipals.has(withoutRegion);
}
