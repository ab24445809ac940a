import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { MEDIACONNECT_SERVICE } from '../../policy/index.ts';
import { parseArn } from '../arn.ts';
import type { Aws } from '../session.ts';
import { describeRole } from './roles.ts';

/** The identity whose policies apply to a caller, or the reason that they can't be read. */
export type CallerPrincipal = { kind: 'policies'; arn: string } | { kind: 'root' } | { kind: 'federated' };

/** Returns the identity whose policies apply to a caller, from its ARN in STS. */
export async function callerPrincipal(aws: Aws, arn: string): Promise<CallerPrincipal> {
  const { partition, account, service, resource = '' } = parseArn(arn) ?? {};
  if (resource === 'root') return { kind: 'root' };
  if (service === 'iam' && resource.startsWith('user/')) return { kind: 'policies', arn };
  const roleName = /^assumed-role\/([^/]+)\//.exec(resource)?.[1];
  if (!roleName) return { kind: 'federated' };
  // The session ARN omits the role's path, which roles of IAM Identity Center have. The role's own ARN includes it.
  const role = await describeRole(aws, roleName).catch(() => undefined);
  return { kind: 'policies', arn: role?.arn ?? `arn:${partition}:iam::${account}:role/${roleName}` };
}

/**
 * Returns whether a user or role may pass a role to MediaConnect, according to IAM's policy simulator: `allowed`, `explicitDeny`
 * or `implicitDeny`. Source: IAM API reference, `SimulatePrincipalPolicy`; IAM User Guide, "Grant a user permissions to pass a
 * role to an AWS service".
 */
export async function simulatePassRole(aws: Aws, principalArn: string, roleArn: string): Promise<string> {
  const command = new SimulatePrincipalPolicyCommand({
    PolicySourceArn: principalArn,
    ActionNames: ['iam:PassRole'],
    ResourceArns: [roleArn],
    ContextEntries: [
      {
        ContextKeyName: 'iam:PassedToService',
        ContextKeyType: 'string',
        ContextKeyValues: [MEDIACONNECT_SERVICE],
      },
    ],
  });
  const response = await aws.call(
    { action: 'iam:SimulatePrincipalPolicy', resource: principalArn },
    (options) => aws.clients.iam().send(command, options),
  );
  return response.EvaluationResults?.[0]?.EvalDecision ?? '';
}
