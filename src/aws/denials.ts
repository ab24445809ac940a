import { awsMessages as messages } from './messages.ts';

/** The kinds of policies that AWS names when it denies a request. */
export type DenyingPolicy =
  | 'service control policy'
  | 'resource control policy'
  | 'permissions boundary'
  | 'session policy'
  | 'VPC endpoint policy'
  | 'identity-based policy'
  | 'resource-based policy';

/** Which policy denies a request, as AWS's message says. */
export interface Denial {
  policy: DenyingPolicy;
  /** Whether a statement of it denies the request; else none of it allows the request. */
  explicit: boolean;
  /** The ARN of that policy, which AWS names for those of the caller's own account and organization. */
  arn?: string;
}

const POLICY =
  '(service control policy|resource control policy|permissions boundary|session policy|VPC endpoint policy|identity-based policy|resource-based policy)';
const EXPLICIT = new RegExp(` with an explicit deny in an? ${POLICY}(?:: (arn:[^\\s]+))?`, 'i');
const LACKING = new RegExp(` because no ${POLICY} allows the `, 'i');

/**
 * Reads which policy denies a request; undefined where AWS does not say.
 * Source: IAM User Guide, "Troubleshoot access denied error messages".
 */
export function denialIn(message: string): Denial | undefined {
  const denied = EXPLICIT.exec(message);
  const policy = policyNamed(denied?.[1] ?? LACKING.exec(message)?.[1]);
  if (!policy) return undefined;
  const arn = denied?.[2]?.replace(/[.,;]$/, '');
  return { policy, explicit: denied !== null, ...(arn === undefined ? {} : { arn }) };
}

function policyNamed(text: string | undefined): DenyingPolicy | undefined {
  const names = Object.keys(messages.denialHint) as DenyingPolicy[];
  return names.find((name) => name.toLowerCase() === text?.toLowerCase());
}

/** What to do about a denial. */
export function denialHint(denial: Denial | undefined, action: string, resource: string): string {
  // What nothing allows yet, a policy of the caller's can allow.
  if (!denial || (denial.policy === 'identity-based policy' && !denial.explicit))
    return messages.accessDeniedHint(action, resource);
  if (denial.explicit && denial.policy === 'resource-based policy')
    return messages.deniedByResource(action, resource);
  return messages.denialHint[denial.policy](action, resource);
}
