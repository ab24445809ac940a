import { DeleteRoleCommand } from '@aws-sdk/client-iam';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { policyReader } from '../../../aws/iam/policies.ts';
import { readRole } from '../../../aws/iam/roles.ts';
import { waitUntil } from '../../../aws/requests/concurrency.ts';
import { describeSecret, type SecretState } from '../../../aws/secrets/index.ts';
import { orAbsent } from '../../../aws/session.ts';
import { EXIT, Failure, hasAwsCode } from '../../../failure.ts';
import type { StepContext } from '../../../steps/types.ts';
import { teardownMessages as messages } from '../messages.ts';
import { deletedUnlessInUse } from './remove-policy.ts';

/**
 * Deletes a role that has no policies left. IAM refuses while a policy is attached, so a policy that is attached in the meantime
 * keeps the role.
 * @returns true if the role is deleted; false if a policy was attached to the role in the meantime
 * @throws Failure with a conflict if something else uses the role, such as an instance profile
 */
export async function removeRole(context: StepContext, name: string): Promise<boolean> {
  const { limits, interrupt } = context;
  const round = async (): Promise<boolean | undefined> => {
    if (await deleteRole(context, name)) return true;
    const role = await readRole(context.aws, policyReader(context.aws), name);
    if (!role) return true;
    return role.policies.length + role.attachedArns.length > 0 ? false : undefined;
  };
  const { value } = await waitUntil(round, (isDeleted) => isDeleted !== undefined, {
    limits,
    interrupt,
    onWait: (elapsed) => context.waiting(messages.waitingForPropagation, elapsed),
  });
  if (value !== undefined) return value;
  throw new Failure(messages.roleInUse(name), {
    code: 'conflict',
    exitCode: EXIT.conflict,
    hint: messages.roleInUseHint,
    awsAction: 'iam:DeleteRole',
  });
}

/** Deletes a role. Returns false if something is still attached to it. */
function deleteRole({ aws }: StepContext, name: string): Promise<boolean> {
  const command = new DeleteRoleCommand({ RoleName: name });
  const request = { action: 'iam:DeleteRole', resource: name, change: true };
  return deletedUnlessInUse(aws.call(request, (options) => aws.clients.iam().send(command, options)));
}

/**
 * Schedules a secret for deletion, by ARN, so that a later secret with the same name is not affected. Returns the date of
 * permanent deletion; undefined if the secret is already gone.
 * @param recoveryDays the recovery window in days: 7 to 30 (API reference, `DeleteSecret`)
 */
export async function scheduleDeletion(
  { aws }: StepContext,
  { region, arn }: SecretState,
  recoveryDays: number,
): Promise<Date | undefined> {
  const command = new DeleteSecretCommand({ SecretId: arn, RecoveryWindowInDays: recoveryDays });
  const request = { action: 'secretsmanager:DeleteSecret', resource: arn, region, change: true };
  try {
    const response = await orAbsent(
      aws.call(request, (options) => aws.clients.secretsManager(region).send(command, options)),
    );
    return response?.DeletionDate;
  } catch (error) {
    if (!hasAwsCode(error, 'InvalidRequestException')) throw error;
    // Someone else, or an earlier attempt whose response was lost, may have scheduled the deletion already.
    const current = await describeSecret(aws, region, arn);
    if (current && !current.deletedAt) throw error;
    return current?.deletedAt;
  }
}
