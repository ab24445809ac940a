import { awsMessages as messages } from './messages.ts';

/** The policy types that AWS names when it denies a request. */
type DenyingPolicy = keyof typeof messages.denialHints;

/** The policy that denies a request, from AWS's message. */
export interface Denial {
  policy: DenyingPolicy;
  /** True if a statement denies the request; false if no statement allows it. */
  explicit: boolean;
  /** The policy's ARN. AWS names it only for policies of the caller's own account and organization. */
  arn?: string;
}

const POLICY_TYPES = Object.keys(messages.denialHints) as DenyingPolicy[];
const POLICY = `(${POLICY_TYPES.join('|')})`;
const EXPLICIT = new RegExp(` with an explicit deny in an? ${POLICY}(?:: (arn:[^\\s]+))?`, 'i');
const NOT_ALLOWED = new RegExp(` because no ${POLICY} allows the `, 'i');

/**
 * Reads from AWS's message which policy denies a request. Returns undefined if AWS doesn't say. Source: IAM User Guide,
 * "Troubleshoot access denied error messages".
 */
export function denialIn(message: string): Denial | undefined {
  const explicitDenial = EXPLICIT.exec(message);
  const policyName = (explicitDenial?.[1] ?? NOT_ALLOWED.exec(message)?.[1])?.toLowerCase();
  const policy = POLICY_TYPES.find((type) => type.toLowerCase() === policyName);
  if (!policy) return undefined;
  const arn = explicitDenial?.[2]?.replace(/[.,;]$/, '');
  return { policy, explicit: explicitDenial !== null, arn };
}

/** Returns what the user can do about a denial. @param denial undefined if AWS doesn't say which policy denies the request */
export function denialHint(denial: Denial | undefined, action: string, resource: string): string {
  // If no policy allows the action yet, one of the caller's policies can.
  if (!denial || (denial.policy === 'identity-based policy' && !denial.explicit))
    return messages.accessDeniedHint(action, resource);
  if (denial.explicit && denial.policy === 'resource-based policy')
    return messages.deniedByResourcePolicyHint(action, resource);
  return messages.denialHints[denial.policy](action, resource);
}
