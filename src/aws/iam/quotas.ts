import { GetAccountSummaryCommand } from '@aws-sdk/client-iam';
import { Failure, isCredentialFailure } from '../../failure.ts';
import type { Quota } from '../../plan-types.ts';
import { TRUST_POLICY_LIMIT } from '../../policy/index.ts';
import type { AwsClients } from '../clients.ts';
import type { Aws } from '../session.ts';

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
export const DEFAULT_ROLE_QUOTAS = quotas({}, false);

const known = new WeakMap<AwsClients, Promise<RoleQuotas>>();

/** Returns the account's quotas. They are read once for each session; if that fails, the defaults apply. */
export function readRoleQuotas(aws: Aws): Promise<RoleQuotas> {
  const reading = known.get(aws.clients) ?? askForQuotas(aws);
  known.set(aws.clients, reading);
  return reading;
}

async function askForQuotas(aws: Aws): Promise<RoleQuotas> {
  try {
    const { SummaryMap } = await aws.call({ action: 'iam:GetAccountSummary', resource: '*' }, (options) =>
      aws.clients.iam().send(new GetAccountSummaryCommand({}), options),
    );
    return quotas(SummaryMap ?? {}, true);
  } catch (error) {
    if (error instanceof Failure && !isCredentialFailure(error)) return quotas({}, true);
    throw error;
  }
}

/** @param asked true if the account's quotas were requested, so that a missing one is marked as assumed */
function quotas(
  summary: { AttachedPoliciesPerRoleQuota?: number; AssumeRolePolicySizeQuota?: number },
  asked: boolean,
): RoleQuotas {
  const quota = (limit: number | undefined, byDefault: number): Quota => ({
    limit: limit ?? byDefault,
    assumed: asked && limit === undefined,
  });
  return {
    attachedPolicies: quota(summary.AttachedPoliciesPerRoleQuota, DEFAULT_ATTACHMENT_QUOTA),
    trustPolicySize: quota(summary.AssumeRolePolicySizeQuota, TRUST_POLICY_LIMIT),
  };
}
