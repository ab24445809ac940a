import { AwsError } from '../errors.ts';
import { type Call, type Operations, operation } from '../service.ts';
import { flag, number, record, text } from '../shapes.ts';
import { changeOperation, rejectReplica, rejectServiceOwned, secretOrThrow } from './access.ts';
import { clientRequestToken, invalidParameter, invalidRequest, secretId } from './members.ts';
import { DAY_MS, type RotationRules, type Secret } from './store.ts';
import { CURRENT, PENDING, storeVersion, versionWithLabel } from './versions.ts';

const HOUR_MS = 60 * 60 * 1000;

/** Source: `RecoveryWindowInDays` of DeleteSecret in the API reference. */
const DEFAULT_RECOVERY_DAYS = 30;

const rules = record({
  AutomaticallyAfterDays: number({ min: 1, max: 1000 }),
  Duration: text({ min: 2, max: 3, pattern: /^[0-9]+h$/ }),
  ScheduleExpression: text({ min: 1, max: 256, pattern: /^[0-9A-Za-z()#?*\-/, ]+$/ }),
});

/**
 * RotateSecret and CancelRotateSecret. The sandbox has no Lambda, so Secrets Manager can invoke only the functions that a test
 * added with `addRotationFunction`. They store the current value again. A schedule is stored, but nothing rotates automatically.
 */
export const rotationOperations: Operations = {
  RotateSecret: changeOperation(
    'RotateSecret',
    {
      ClientRequestToken: clientRequestToken('InvalidParameterException'),
      RotationLambdaARN: text({ max: 2048 }),
      RotationRules: rules,
      RotateImmediately: flag,
    },
    (secret, input, call) => {
      const lambdaArn = input.RotationLambdaARN ?? secret.rotation?.lambdaArn;
      if (!lambdaArn) throw invalidRequest('No Lambda rotation function ARN is associated with this secret.');
      const { AutomaticallyAfterDays, ScheduleExpression } = input.RotationRules ?? {};
      if (AutomaticallyAfterDays !== undefined && ScheduleExpression !== undefined) {
        throw invalidParameter("You can't specify both AutomaticallyAfterDays and ScheduleExpression.");
      }
      rejectUnfinishedRotation(secret);
      checkCanInvoke(call, lambdaArn);
      const currentRotation = secret.rotation;
      secret.rotation = {
        ...currentRotation,
        enabled: true,
        lambdaArn,
        rules: input.RotationRules ?? currentRotation?.rules ?? {},
        enabledAt: currentRotation?.enabled ? currentRotation.enabledAt : call.now,
      };
      if (input.RotateImmediately ?? true) {
        rotate(secret, secret.rotation, input.ClientRequestToken, call.now);
      }
      return { ARN: secret.arn, Name: secret.name, VersionId: input.ClientRequestToken };
    },
  ),
  CancelRotateSecret: changeOperation('CancelRotateSecret', {}, (secret, _input, call) => {
    secret.rotation = { rules: {}, enabledAt: call.now, ...secret.rotation, enabled: false };
    return { ARN: secret.arn, Name: secret.name };
  }),
};

/** @throws AwsError InvalidRequestException. Source: RotateSecret in the Secrets Manager API reference. */
function rejectUnfinishedRotation(secret: Secret): void {
  const pending = versionWithLabel(secret, PENDING);
  if (pending && pending !== versionWithLabel(secret, CURRENT)) {
    throw invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
  }
}

function checkCanInvoke(call: Call, lambdaArn: string): void {
  if (!call.account.rotationFunctions.has(lambdaArn)) {
    throw new AwsError(
      'AccessDeniedException',
      'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
    );
  }
}

/** Simulates a rotation function that works. If the secret has no value, there is nothing to store. */
function rotate(secret: Secret, settings: NonNullable<Secret['rotation']>, token: string, now: number): void {
  const current = versionWithLabel(secret, CURRENT);
  if (!current) return;
  storeVersion(secret, current.content, now, { token });
  settings.rotatedAt = now;
}

/**
 * Returns when Secrets Manager will rotate a secret next, in milliseconds since the epoch.
 * @returns undefined if rotation is off, and for a `cron()` schedule, which is not evaluated here.
 */
export function nextRotationTime({ rotation: settings }: Secret): number | undefined {
  const interval = settings?.enabled ? rotationIntervalMs(settings.rules) : undefined;
  return settings && interval && (settings.rotatedAt ?? settings.enabledAt) + interval;
}

function rotationIntervalMs({
  AutomaticallyAfterDays,
  ScheduleExpression = '',
}: RotationRules): number | undefined {
  if (AutomaticallyAfterDays !== undefined) return AutomaticallyAfterDays * DAY_MS;
  const [, count, unit] = /^rate\((\d+) (hour|day)s?\)$/.exec(ScheduleExpression) ?? [];
  return count === undefined ? undefined : Number(count) * (unit === 'day' ? DAY_MS : HOUR_MS);
}

/** DeleteSecret and RestoreSecret. */
export const lifecycleOperations: Operations = {
  DeleteSecret: operation(
    { SecretId: secretId, RecoveryWindowInDays: number(), ForceDeleteWithoutRecovery: flag },
    (call, input) => {
      const force = input.ForceDeleteWithoutRecovery ?? false;
      const days = recoveryWindowDays(input.RecoveryWindowInDays, force);
      // Force-deleting a nonexistent secret is not an error. Source: `ForceDeleteWithoutRecovery` in the API reference.
      const secret = force
        ? call.account.secretsIn(call.region).find(input.SecretId, call.now)
        : secretOrThrow(call, input.SecretId, 'DeleteSecret');
      if (!secret) return { ARN: input.SecretId, Name: input.SecretId, DeletionDate: new Date(call.now) };
      checkDeletable(call, secret, input.SecretId, force);
      const deletedAt = call.now + (force ? 0 : days * DAY_MS);
      secret.deletedAt = deletedAt;
      return { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(deletedAt) };
    },
  ),
  RestoreSecret: operation({ SecretId: secretId }, (call, input) => {
    const secret = secretOrThrow(call, input.SecretId, 'RestoreSecret');
    delete secret.deletedAt;
    return { ARN: secret.arn, Name: secret.name };
  }),
};

function recoveryWindowDays(days: number | undefined, force: boolean): number {
  if (days !== undefined && force) {
    throw invalidParameter(
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  if (days !== undefined && (days < 7 || days > 30)) {
    throw invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
  }
  return days ?? DEFAULT_RECOVERY_DAYS;
}

/**
 * @param requestedId the secret's name or ARN, as in the request.
 * @throws AwsError if the secret cannot be deleted.
 */
function checkDeletable(call: Call, secret: Secret, requestedId: string, force: boolean): void {
  rejectReplica(call, secret);
  rejectServiceOwned(secret);
  if (secret.replicas.length > 0) {
    const regions = secret.replicas.map((replica) => replica.region).join(', ');
    throw invalidParameter(
      `You can't delete secret ${requestedId} that still has replica regions [${regions}]`,
    );
  }
  if (secret.deletedAt !== undefined && !force) {
    throw invalidRequest(
      "You can't perform this operation on the secret because it was already scheduled for deletion.",
    );
  }
}
