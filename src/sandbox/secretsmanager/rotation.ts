import type { Operations } from '../service.ts';
import { flag, number, record, text } from '../shapes.ts';
import { change } from './change.ts';
import { invalidParameter, invalidRequest } from './errors.ts';
import { clientRequestToken } from './members.ts';
import { CURRENT, versionWith } from './versions.ts';

const rules = record({
  AutomaticallyAfterDays: number({ min: 1, max: 1000 }),
  Duration: text({ min: 2, max: 3, pattern: /^[0-9]+h$/ }),
  ScheduleExpression: text({ min: 1, max: 256, pattern: /^[0-9A-Za-z()#?*\-/, ]+$/ }),
});

/** RotateSecret and CancelRotateSecret. The schedule is kept; no function is ever called, so the value stays as it is. */
export const rotation: Operations = {
  RotateSecret: change(
    'RotateSecret',
    {
      ClientRequestToken: clientRequestToken,
      RotationLambdaARN: text({ max: 2048 }),
      RotationRules: rules,
      RotateImmediately: flag,
    },
    (secret, input) => {
      const lambdaArn = input.RotationLambdaARN ?? secret.rotation?.lambdaArn;
      if (!lambdaArn) {
        throw invalidRequest('No Lambda rotation function ARN is associated with this secret.');
      }
      const { AutomaticallyAfterDays, ScheduleExpression } = input.RotationRules ?? {};
      if (AutomaticallyAfterDays !== undefined && ScheduleExpression !== undefined) {
        throw invalidParameter("You can't specify both AutomaticallyAfterDays and ScheduleExpression.");
      }
      const kept = input.RotationRules ?? secret.rotation?.rules ?? {};
      secret.rotation = { enabled: true, lambdaArn, rules: kept };
      return { ARN: secret.arn, Name: secret.name, VersionId: versionWith(secret, CURRENT)?.id };
    },
  ),
  CancelRotateSecret: change('CancelRotateSecret', {}, (secret) => {
    secret.rotation = { rules: {}, ...secret.rotation, enabled: false };
    return { ARN: secret.arn, Name: secret.name };
  }),
};
