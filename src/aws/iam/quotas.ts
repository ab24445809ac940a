import { GetAccountSummaryCommand } from '@aws-sdk/client-iam';
import type { Quota } from '../../plan-types.ts';
import { TRUST_POLICY_LIMIT } from '../../policy/index.ts';
import type { AwsClients } from '../clients.ts';
import { type Aws, observed, seenIn } from '../session.ts';

/** The quotas of a role. */
export interface RoleQuotas {
  /** Managed policies attached to a role. */
  attachedPolicies: Quota;
  /** Trust policy size in characters. */
  trustPolicySize: Quota;
}

/** The default quota of managed policies attached to a role (IAM and AWS STS quotas). It can be increased for an account. */
export const DEFAULT_ATTACHMENT_QUOTA = 10;

/** The default quotas, for callers that don't need those of the account. */
export const DEFAULT_ROLE_QUOTAS = quotas({}, { markAssumed: false });

const quotasByClients = new WeakMap<AwsClients, Promise<RoleQuotas>>();

/** Returns the account's quotas. They are read once for each session; if they can't be read, the defaults apply. */
export function readRoleQuotas(aws: Aws): Promise<RoleQuotas> {
  const result = quotasByClients.get(aws.clients) ?? requestQuotas(aws);
  quotasByClients.set(aws.clients, result);
  return result;
}

async function requestQuotas(aws: Aws): Promise<RoleQuotas> {
  const summary = await observed(
    aws.call({ action: 'iam:GetAccountSummary', resource: '*' }, (options) =>
      aws.clients.iam().send(new GetAccountSummaryCommand({}), options),
    ),
  );
  return quotas(seenIn(summary)?.SummaryMap ?? {}, { markAssumed: true });
}

/** @param markAssumed true to mark a default as assumed, because it stands in for a quota that the account didn't return */
function quotas(
  summary: { AttachedPoliciesPerRoleQuota?: number; AssumeRolePolicySizeQuota?: number },
  { markAssumed }: { markAssumed: boolean },
): RoleQuotas {
  const quota = (limit: number | undefined, defaultLimit: number): Quota => ({
    limit: limit ?? defaultLimit,
    assumed: markAssumed && limit === undefined,
  });
  return {
    attachedPolicies: quota(summary.AttachedPoliciesPerRoleQuota, DEFAULT_ATTACHMENT_QUOTA),
    trustPolicySize: quota(summary.AssumeRolePolicySizeQuota, TRUST_POLICY_LIMIT),
  };
}
