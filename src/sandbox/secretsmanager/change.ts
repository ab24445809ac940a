import { type Call, type Operation, type Output, operation } from '../service.ts';
import type { InputOf, Members } from '../shapes.ts';
import { changeableSecret } from './access.ts';
import { secretId } from './members.ts';
import type { Secret } from './store.ts';

/**
 * An operation that changes a primary secret: notes the time of the change, and brings the replicas in line. The versions need
 * no copying, a replica shares them.
 * @param members the inputs beside `SecretId`.
 */
export function change<M extends Members>(
  action: string,
  members: M,
  run: (secret: Secret, input: InputOf<M>, call: Call) => Output,
): Operation {
  const all: M & { SecretId: typeof secretId } = { ...members, SecretId: secretId };
  return operation<typeof all>(all, (call, input) => {
    const { SecretId } = input as InputOf<{ SecretId: typeof secretId }>;
    const secret = changeableSecret(call, SecretId, action);
    const output = run(secret, input as InputOf<M>, call);
    secret.changedAt = call.now;
    bringReplicasInLine(call, secret);
    return output;
  });
}

function bringReplicasInLine(call: Call, primary: Secret): void {
  for (const { region, status } of primary.replicas) {
    const replica = call.world.secretsIn(region).byName(primary.name, call.now);
    if (replica && status === 'InSync') {
      const { description, rotation, tags, policy, changedAt } = primary;
      Object.assign(replica, { description, rotation, tags, policy, changedAt });
    }
  }
}
