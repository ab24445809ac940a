import { type Call, type Operations, operation } from '../service.ts';
import { flag, number } from '../shapes.ts';
import { findSecret, refuseOwned, refuseReplica } from './access.ts';
import { invalidParameter, invalidRequest } from './errors.ts';
import { secretId } from './members.ts';
import type { Secret } from './store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
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

/** Deleting by force what does not exist is no error. Source: `ForceDeleteWithoutRecovery` in the API reference. */
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
