import { AwsError } from '../errors.ts';
import type { Call, Operations } from '../service.ts';
import { flag, number, record, text } from '../shapes.ts';
import { change } from './change.ts';
import { invalidParameter, invalidRequest } from './errors.ts';
import { clientRequestToken } from './members.ts';
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
 * RotateSecret and CancelRotateSecret. The sandbox has no Lambda, so Secrets Manager can invoke only the functions that
 * `addRotationFunction` put there: they store the current value again. A schedule is kept, but nothing rotates by itself.
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

/** What a function that works leaves behind. Without a value there is nothing for it to store. */
function rotate(secret: Secret, settings: NonNullable<Secret['rotation']>, token: string, now: number): void {
  const current = versionWith(secret, CURRENT);
  if (current) {
    storeVersion(secret, current.content, now, { token });
    settings.rotatedAt = now;
  }
}

/**
 * When Secrets Manager will rotate a secret next, in milliseconds since the epoch.
 * @returns undefined where rotation is off, and for a `cron()` schedule, which is not evaluated here.
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
