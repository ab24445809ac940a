import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describeSecret, type FoundSecret } from '../../../aws/secrets/index.ts';
import { orAbsent } from '../../../aws/session.ts';
import { hasAwsCode } from '../../../failure.ts';
import type { StepContext } from '../../../steps/types.ts';

/**
 * Schedules a secret for deletion, by its ARN, so that it is this one and no later one of its name. Returns when it will be
 * gone for ever; nothing when it is gone already.
 * @param recoveryDays for how many days it can be restored: 7 to 30 (API reference, `DeleteSecret`)
 */
export async function scheduleDeletion(
  { aws }: StepContext,
  { region, arn }: FoundSecret,
  recoveryDays: number,
): Promise<Date | undefined> {
  const command = new DeleteSecretCommand({ SecretId: arn, RecoveryWindowInDays: recoveryDays });
  const request = { action: 'secretsmanager:DeleteSecret', resource: arn, region, change: true };
  try {
    const answer = await orAbsent(
      aws.call(request, (options) => aws.clients.secretsManager(region).send(command, options)),
    );
    return answer?.DeletionDate;
  } catch (error) {
    if (!hasAwsCode(error, 'InvalidRequestException')) throw error;
    // Somebody else, or an earlier try whose answer was lost, has scheduled it by now.
    const now = await describeSecret(aws, region, arn);
    if (now && !now.deletedAt) throw error;
    return now?.deletedAt;
  }
}
