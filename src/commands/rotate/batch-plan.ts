import { inTurns } from '../../aws/requests/concurrency.ts';
import type { FoundSecret } from '../../aws/secrets/index.ts';
import { FLEET } from '../../defaults.ts';
import type { Attempt } from '../../failure.ts';
import type { CheckedKey, KeyRules } from '../../key/index.ts';
import { tried } from '../../steps/observe.ts';
import type { StepContext } from '../../steps/types.ts';
import { changesAnything } from '../../ui/plan.ts';
import { doneBefore, type LastReplacement, lastReplacement, notInLast } from './last-rotation.ts';
import { rotateWords as words } from './messages.ts';
import { historiesFor } from './new-key.ts';
import {
  findToRotate,
  planGoingBack,
  planKeeping,
  planNewKey,
  type Rotation,
  type RotationTarget,
} from './plan.ts';
import { readHistories } from './rollback.ts';

/** One of many keys. */
export interface KeyToRotate {
  target: RotationTarget;
  /** What the key that comes is. */
  rules: KeyRules;
  /** Whether the type in `rules` is a guess, so that a tag of the secret knows better. */
  isTypeOpen: boolean;
  /** The key that comes; absent when it goes back to the one before. */
  checked?: CheckedKey;
  /** The role that is to read it. */
  roleName?: string;
}

export interface ManyRotations {
  /** One for each key: what will be done, or why nothing can be. */
  rotations: Attempt<Rotation>[];
  warnings: string[];
}

interface Seen {
  secrets: FoundSecret[];
  rules: KeyRules;
  last: LastReplacement;
  rotation: Attempt<Rotation>;
}

const NEVER: LastReplacement = { everywhere: false };

/**
 * Reads the secrets and plans a new key for each, or to go back in each. What stands in the way of one leaves the others alone.
 * @param onKey is told of each key that has been looked at
 */
export async function planMany(
  context: StepContext,
  keys: KeyToRotate[],
  onKey: () => void,
): Promise<ManyRotations> {
  const seen = await inTurns(FLEET.readAtOnce, keys, async (key) => {
    const look = await tried(() => see(context, key));
    onKey();
    return look;
  });
  const back = keys.every(({ checked }) => checked === undefined);
  const staying = back
    ? notInLast(seen.map(sightOf))
    : doneBefore(inRotation(keys, seen), context.aws.clients.now());
  const reason = back ? words.notInLast : words.doneBefore;
  const rotations = seen.map((each, at): Attempt<Rotation> => {
    if ('failure' in each) return each;
    const { secrets, rules, rotation } = each.value;
    return staying.has(at) ? { value: planKeeping(secrets, rules, reason) } : rotation;
  });
  const note = back ? words.someNotInLast : words.someDoneBefore;
  const kept = seen.filter((each, at) => 'value' in each && staying.has(at)).length;
  return { rotations, warnings: kept > 0 ? [note(kept)] : [] };
}

async function see(context: StepContext, key: KeyToRotate): Promise<Seen> {
  const { target, checked, roleName } = key;
  const { secrets } = await findToRotate(context, {
    ...target,
    readsValues: checked === undefined,
  });
  const rules = rulesFor(key, secrets);
  const histories = await (checked
    ? historiesFor(checked, context, secrets)
    : readHistories(context.aws, secrets));
  const rotation = await tried(async () =>
    checked
      ? planNewKey(context, { name: target.name, secrets, rules }, checked, histories)
      : planGoingBack(histories, rules, roleName),
  );
  return { secrets, rules, last: lastReplacement(histories, rules.keyType), rotation };
}

/** Returns the rules for the new key, with the type from the tag of the secrets if nothing else gives one. */
function rulesFor({ rules, isTypeOpen }: KeyToRotate, secrets: FoundSecret[]): KeyRules {
  const [keyType] = secrets.flatMap((secret) => secret.keyType ?? []);
  return isTypeOpen && keyType ? { ...rules, keyType } : rules;
}

function sightOf(seen: Attempt<Seen>): { last: LastReplacement } {
  return 'value' in seen ? seen.value : { last: NEVER };
}

function inRotation(keys: KeyToRotate[], seen: Attempt<Seen>[]) {
  return seen.map((each, at) => {
    const planned = 'value' in each ? each.value.rotation : each;
    const open = 'failure' in planned || changesAnything(planned.value.changes);
    return { ...sightOf(each), generated: keys[at]?.checked?.generated ?? false, open };
  });
}
