import { GetAccountSummaryCommand } from '@aws-sdk/client-iam';
import { Failure, isCredentialFailure } from '../../failure.ts';
import type { Quota } from '../../plan-types.ts';
import { TRUST_POLICY_LIMIT } from '../../policy/index.ts';
import type { AwsClients } from '../clients.ts';
import type { Aws } from '../session.ts';

/** The quotas of a role. */
export interface RoleQuotas {
  /** Managed policies on a role. */
  attachedPolicies: Quota;
  /** Characters of a trust policy. */
  trustPolicySize: Quota;
}

/** The default quota of managed policies on a role (IAM and AWS STS quotas); an account can have it changed. */
export const DEFAULT_ATTACHMENT_QUOTA = 10;

/** The quotas of an account that was not asked for its own, because the defaults are enough. */
export const DEFAULT_ROLE_QUOTAS = quotas({}, false);

const known = new WeakMap<AwsClients, Promise<RoleQuotas>>();

/** Returns the account's quotas. They are asked for once in a session; where that fails, the defaults count. */
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

/** @param asked whether the account was asked for its quotas, so that one that is missing is assumed */
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
