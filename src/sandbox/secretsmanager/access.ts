import { AwsError, denialMessage } from '../errors.ts';
import { type Call, type Operation, type Output, operation } from '../service.ts';
import type { InputOf, Members } from '../shapes.ts';
import { invalidParameter, invalidRequest, markedForDeletion, notFound, secretId } from './members.ts';
import type { Secret } from './store.ts';

const ARN = /^arn:[^:]*:secretsmanager:[^:]*:([^:]*):secret:/;

/**
 * Returns the secret that a request names, even if it is scheduled for deletion.
 * @param action the operation, for the access denied error for a secret of another account.
 * @throws AwsError ResourceNotFoundException, AccessDeniedException.
 */
export function secretOrThrow(call: Call, secretId: string, action: string): Secret {
  const accountId = ARN.exec(secretId)?.[1];
  if (accountId !== undefined && accountId !== call.account.accountId) {
    const permission = `secretsmanager:${action}`;
    const reason = `because no resource-based policy allows the ${permission} action`;
    throw new AwsError('AccessDeniedException', denialMessage(call.caller.arn, permission, secretId, reason));
  }
  const secret = call.account.secretsIn(call.region).find(secretId, call.now);
  if (!secret) throw notFound();
  return secret;
}

/** Like `secretOrThrow`, for an operation that rejects a secret that is scheduled for deletion. */
export function activeSecretOrThrow(call: Call, secretId: string, action: string): Secret {
  const secret = secretOrThrow(call, secretId, action);
  if (secret.deletedAt !== undefined) throw markedForDeletion();
  return secret;
}

/** Like `activeSecretOrThrow`, for an operation that rejects replicas and secrets that a service owns. */
export function changeableSecretOrThrow(call: Call, secretId: string, action: string): Secret {
  const secret = activeSecretOrThrow(call, secretId, action);
  rejectReplica(call, secret);
  rejectServiceOwned(secret);
  return secret;
}

/** True if the secret is a replica of a secret in another Region. */
export function isReplica(call: Call, secret: Secret): boolean {
  return secret.primaryRegion !== undefined && secret.primaryRegion !== call.region;
}

/** @throws AwsError InvalidRequestException for a secret that an AWS service created for itself. */
export function rejectServiceOwned(secret: Secret): void {
  if (secret.owningService !== undefined) {
    throw invalidRequest(
      `You can't perform this operation on the secret because it is managed by ${secret.owningService}.`,
    );
  }
}

/** @throws AwsError InvalidParameterException for a replica: only the primary secret can be changed, in its own Region. */
export function rejectReplica(call: Call, secret: Secret): void {
  if (isReplica(call, secret)) {
    throw invalidParameter(
      "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
    );
  }
}

/**
 * Returns an operation that changes a primary secret, records the time of the change, and updates the replicas. Versions don't
 * need to be copied, because replicas share them with the primary secret.
 * @param members the input members other than `SecretId`.
 */
export function changeOperation<M extends Members>(
  action: string,
  members: M,
  run: (secret: Secret, input: InputOf<M>, call: Call) => Output,
): Operation {
  const allMembers: M & { SecretId: typeof secretId } = { ...members, SecretId: secretId };
  return operation<typeof allMembers>(allMembers, (call, input) => {
    const { SecretId } = input as InputOf<{ SecretId: typeof secretId }>;
    const secret = changeableSecretOrThrow(call, SecretId, action);
    const output = run(secret, input as InputOf<M>, call);
    secret.changedAt = call.now;
    updateReplicas(call, secret);
    return output;
  });
}

function updateReplicas(call: Call, primary: Secret): void {
  for (const { region, status } of primary.replicas) {
    const replica = call.account.secretsIn(region).byName(primary.name, call.now);
    if (replica && status === 'InSync') {
      const { description, rotation, tags, policy, changedAt } = primary;
      Object.assign(replica, { description, rotation, tags, policy, changedAt });
    }
  }
}
