import type { Machine } from '../machine.ts';
import type { ForcedKeyState } from './store.ts';

/**
 * Gives a KMS key a state that no request of the sandbox leads to; without one, the key is as its requests have left it.
 * @throws RangeError if there is no such key.
 */
export function setKmsKeyState(machine: Machine, arn: string, forced?: ForcedKeyState): void {
  const [, , , region = ''] = arn.split(':');
  const key = machine.worldOf(region)?.keysIn(region).find(arn, machine.now());
  if (!key) {
    throw new RangeError(`The sandbox has no KMS key ${arn}.`);
  }
  if (forced) {
    key.forcedState = forced;
  } else {
    delete key.forcedState;
  }
}
