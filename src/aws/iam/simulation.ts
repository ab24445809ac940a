import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { MEDIACONNECT_SERVICE } from '../../policy/index.ts';
import { parseArn } from '../arn.ts';
import type { Aws } from '../session.ts';
import { describeRole } from './roles.ts';

/** The caller in terms of permissions: the identity whose policies apply, or the reason that they can't be read. */
export type Caller = { kind: 'policies'; arn: string } | { kind: 'root' } | { kind: 'federated' };

/** Returns the identity whose policies apply to a caller, from its ARN in STS. */
export async function callerOf(aws: Aws, arn: string): Promise<Caller> {
  const { partition, account, service, resource = '' } = parseArn(arn) ?? {};
  if (resource === 'root') return { kind: 'root' };
  if (service === 'iam' && resource.startsWith('user/')) return { kind: 'policies', arn };
  const role = /^assumed-role\/([^/]+)\//.exec(resource)?.[1];
  if (!role) return { kind: 'federated' };
  // The session ARN omits the role's path, which roles of IAM Identity Center have. The role's own ARN includes it.
  const described = await describeRole(aws, role).catch(() => undefined);
  return { kind: 'policies', arn: described?.arn ?? `arn:${partition}:iam::${account}:role/${role}` };
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
  const answer = await aws.call(
    { action: 'iam:SimulatePrincipalPolicy', resource: principalArn },
    (options) => aws.clients.iam().send(command, options),
  );
  return answer.EvaluationResults?.[0]?.EvalDecision ?? '';
}
