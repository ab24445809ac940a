import { AwsError } from '../errors.ts';
import { type Call, type Operations, operation } from '../service.ts';
import { flag, number, record, text } from '../shapes.ts';
import { change, findSecret, refuseOwned, refuseReplica } from './access.ts';
import { clientRequestToken, invalidParameter, invalidRequest, secretId } from './members.ts';
import type { RotationRules, Secret } from './store.ts';
import { CURRENT, PENDING, storeVersion, versionWith } from './versions.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

const rules = record({
  AutomaticallyAfterDays: number({ min: 1, max: 1000 }),
  Duration: text({ min: 2, max: 3, pattern: /^[0-9]+h$/ }),
  ScheduleExpression: text({ min: 1, max: 256, pattern: /^[0-9A-Za-z()#?*\-/, ]+$/ }),
});

/**
 * RotateSecret and CancelRotateSecret. The sandbox has no Lambda. So Secrets Manager can invoke only the functions that were
 * added with `addRotationFunction`, which store the current value again. A schedule is stored, but nothing rotates automatically.
 */
export const rotation: Operations = {
  RotateSecret: change(
    'RotateSecret',
    {
      ClientRequestToken: clientRequestToken('InvalidParameterException'),
      RotationLambdaARN: text({ max: 2048 }),
      RotationRules: rules,
      RotateImmediately: flag,
    },
    (secret, input, call) => {
      const lambdaArn = input.RotationLambdaARN ?? secret.rotation?.lambdaArn;
      if (!lambdaArn) {
        throw invalidRequest('No Lambda rotation function ARN is associated with this secret.');
      }
      const { AutomaticallyAfterDays, ScheduleExpression } = input.RotationRules ?? {};
      if (AutomaticallyAfterDays !== undefined && ScheduleExpression !== undefined) {
        throw invalidParameter("You can't specify both AutomaticallyAfterDays and ScheduleExpression.");
      }
      refuseUnfinished(secret);
      refuseUninvocable(call, lambdaArn);
      const { rotation: present } = secret;
      secret.rotation = {
        ...present,
        enabled: true,
        lambdaArn,
        rules: input.RotationRules ?? present?.rules ?? {},
        enabledAt: present?.enabled ? present.enabledAt : call.now,
      };
      if (input.RotateImmediately ?? true) {
        rotate(secret, secret.rotation, input.ClientRequestToken, call.now);
      }
      return { ARN: secret.arn, Name: secret.name, VersionId: input.ClientRequestToken };
    },
  ),
  CancelRotateSecret: change('CancelRotateSecret', {}, (secret, _input, call) => {
    secret.rotation = { rules: {}, enabledAt: call.now, ...secret.rotation, enabled: false };
    return { ARN: secret.arn, Name: secret.name };
  }),
};

/** Source: RotateSecret in the Secrets Manager API reference. */
function refuseUnfinished(secret: Secret): void {
  const pending = versionWith(secret, PENDING);
  if (pending && pending !== versionWith(secret, CURRENT)) {
    throw invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
  }
}

function refuseUninvocable(call: Call, lambdaArn: string): void {
  if (!call.world.rotationFunctions.has(lambdaArn)) {
    throw new AwsError(
      'AccessDeniedException',
      'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
    );
  }
}

/** Simulates a rotation function that works. If the secret has no value, there is nothing to store. */
function rotate(secret: Secret, settings: NonNullable<Secret['rotation']>, token: string, now: number): void {
  const current = versionWith(secret, CURRENT);
  if (current) {
    storeVersion(secret, current.content, now, { token });
    settings.rotatedAt = now;
  }
}

/**
 * Returns when Secrets Manager will rotate a secret next, in milliseconds since the epoch.
 * @returns undefined if rotation is off, and for a `cron()` schedule, which is not evaluated here.
 */
export function nextRotation({ rotation: settings }: Secret): number | undefined {
  const interval = settings?.enabled ? intervalOf(settings.rules) : undefined;
  return settings && interval && (settings.rotatedAt ?? settings.enabledAt) + interval;
}

function intervalOf({ AutomaticallyAfterDays, ScheduleExpression = '' }: RotationRules): number | undefined {
  if (AutomaticallyAfterDays !== undefined) {
    return AutomaticallyAfterDays * DAY_MS;
  }
  const [, count, unit] = /^rate\((\d+) (hour|day)s?\)$/.exec(ScheduleExpression) ?? [];
  return count === undefined ? undefined : Number(count) * (unit === 'day' ? DAY_MS : HOUR_MS);
}

const DEFAULT_WINDOW_DAYS = 30;

/** DeleteSecret and RestoreSecret. */
export const lifecycle: Operations = {
  DeleteSecret: operation(
    { SecretId: secretId, RecoveryWindowInDays: number(), ForceDeleteWithoutRecovery: flag },
    (call, input) => {
      const force = input.ForceDeleteWithoutRecovery ?? false;
      const days = windowOf(input.RecoveryWindowInDays, force);
      const secret = force
        ? findOrNone(call, input.SecretId)
        : findSecret(call, input.SecretId, 'DeleteSecret');
      if (!secret) {
        return { ARN: input.SecretId, Name: input.SecretId, DeletionDate: new Date(call.now) };
      }
      checkDeletable(call, secret, input.SecretId, force);
      const deletedAt = call.now + (force ? 0 : days * DAY_MS);
      secret.deletedAt = deletedAt;
      return { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(deletedAt) };
    },
  ),
  RestoreSecret: operation({ SecretId: secretId }, (call, input) => {
    const secret = findSecret(call, input.SecretId, 'RestoreSecret');
    delete secret.deletedAt;
    return { ARN: secret.arn, Name: secret.name };
  }),
};

function windowOf(days: number | undefined, force: boolean): number {
  if (days !== undefined && force) {
    throw invalidParameter(
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  if (days !== undefined && (days < 7 || days > 30)) {
    throw invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
  }
  return days ?? DEFAULT_WINDOW_DAYS;
}

/**
 * Returns the secret, if it exists. Force-deleting a nonexistent secret is not an error. Source: `ForceDeleteWithoutRecovery` in
 * the API reference.
 */
function findOrNone(call: Call, id: string): Secret | undefined {
  return call.world.secretsIn(call.region).find(id, call.now);
}

/** @param named the secret as the request names it. */
function checkDeletable(call: Call, secret: Secret, named: string, force: boolean): void {
  refuseReplica(call, secret);
  refuseOwned(secret);
  if (secret.replicas.length > 0) {
    const regions = secret.replicas.map((replica) => replica.region).join(', ');
    throw invalidParameter(`You can't delete secret ${named} that still has replica regions [${regions}]`);
  }
  if (secret.deletedAt !== undefined && !force) {
    throw invalidRequest(
      "You can't perform this operation on the secret because it was already scheduled for deletion.",
    );
  }
}
