import { inTurns } from '../../aws/requests/concurrency.ts';
import { isMadeWith, type SecretState } from '../../aws/secrets/index.ts';
import type { Attempt } from '../../failure.ts';
import type { CheckedKey, KeyRules, KeyType } from '../../key/index.ts';
import { BATCH_RUN } from '../../limits.ts';
import { tried } from '../../steps/observe.ts';
import type { StepContext } from '../../steps/types.ts';
import { changesAnything } from '../../ui/plan.ts';
import { rotateMessages as messages } from './messages.ts';
import {
  findToRotate,
  historiesFor,
  planGoingBack,
  planKeeping,
  planNewKey,
  type Rotation,
  type RotationTarget,
} from './plan.ts';
import { type History, readHistories } from './rollback.ts';

/** A key in a batch. */
export interface KeyToRotate {
  target: RotationTarget;
  /** The rules for the new key. */
  rules: KeyRules;
  /** True if the type in `rules` is a guess that the secret's tag overrides. */
  isTypeOpen: boolean;
  /** The new key. Absent for a rollback. */
  checked?: CheckedKey;
  /** The role that has to read it. */
  roleName?: string;
}

export interface ManyRotations {
  /** One item for each key: the plan, or why nothing can be done. */
  rotations: Attempt<Rotation>[];
  warnings: string[];
}

interface Seen {
  secrets: SecretState[];
  rules: KeyRules;
  last: LastReplacement;
  rotation: Attempt<Rotation>;
}

const NEVER: LastReplacement = { inAllRegions: false };

/**
 * Reads the secrets and plans a new key, or a rollback, for each. Problems of one key don't affect the others.
 * @param onKey called with each key that has been observed
 */
export async function planMany(
  context: StepContext,
  keys: KeyToRotate[],
  onKey: () => void,
): Promise<ManyRotations> {
  const seen = await inTurns(BATCH_RUN.readAtOnce, keys, async (key) => {
    const look = await tried(() => see(context, key));
    onKey();
    return look;
  });
  const back = keys.every(({ checked }) => checked === undefined);
  const staying = back
    ? notInLast(seen.map(observationOf))
    : doneBefore(inRotation(keys, seen), context.aws.clients.now());
  const reason = back ? messages.notInLast : messages.doneBefore;
  const rotations = seen.map((each, index): Attempt<Rotation> => {
    if ('failure' in each) return each;
    const { secrets, rules, rotation } = each.value;
    return staying.has(index) ? { value: planKeeping(secrets, rules, reason) } : rotation;
  });
  const note = back ? messages.someNotInLast : messages.someDoneBefore;
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

/** Returns the rules for the new key, with the type from the secrets' tag if nothing else gives one. */
function rulesFor({ rules, isTypeOpen }: KeyToRotate, secrets: SecretState[]): KeyRules {
  const [keyType] = secrets.flatMap((secret) => secret.keyType ?? []);
  return isTypeOpen && keyType ? { ...rules, keyType } : rules;
}

function observationOf(seen: Attempt<Seen>): { last: LastReplacement } {
  return 'value' in seen ? seen.value : { last: NEVER };
}

function inRotation(keys: KeyToRotate[], seen: Attempt<Seen>[]) {
  return seen.map((each, index) => {
    const planned = 'value' in each ? each.value.rotation : each;
    const open = 'failure' in planned || changesAnything(planned.value.changes);
    return { ...observationOf(each), generated: keys[index]?.checked?.generated ?? false, open };
  });
}

/** What the versions of a key's secrets show about its last replacement. */
interface LastReplacement {
  /** When the newest version that replaced another was created, in milliseconds. Absent if there is none. */
  at?: number;
  /**
   * When the version before that was created, in milliseconds, if it also replaced another. The key was then replaced at least
   * twice.
   */
  before?: number;
  /** True if in all Regions the current version replaced an older one, and all hold the same key. */
  inAllRegions: boolean;
}

function lastReplacement(histories: History[], keyType: KeyType): LastReplacement {
  const times = histories.flatMap(({ current, previous }) =>
    previous ? [current.createdAt.getTime(), previous.createdAt.getTime()] : [],
  );
  const earlier = histories.flatMap(({ secret, current, previous }) => {
    const older = previous && new Date(Math.min(current.createdAt.getTime(), previous.createdAt.getTime()));
    return older && !isMadeWith(secret.createdAt, older) ? [older.getTime()] : [];
  });
  const [first] = histories;
  const inAllRegions = histories.every(
    ({ current, previous }) =>
      previous &&
      current.createdAt > previous.createdAt &&
      first?.current.key &&
      current.key?.sameKey(first.current.key, keyType),
  );
  return {
    at: times.length > 0 ? Math.max(...times) : undefined,
    before: earlier.length > 0 ? Math.max(...earlier) : undefined,
    inAllRegions,
  };
}

/** What decides whether a key still has to be rotated in an unfinished batch. */
export interface InRotation {
  last: LastReplacement;
  /** True if its new key is generated. The value of a secret doesn't show whether it is the new key. */
  generated: boolean;
  /** True if it doesn't have its new key yet, as far as is known. */
  open: boolean;
}

/**
 * Returns the indexes of the keys that an unfinished rotation has already replaced: generated keys that were replaced within the
 * hour, while others are still open. Once a rotation has replaced all keys, the next one replaces all again. Pure.
 * @param now in milliseconds
 */
export function doneBefore(keys: InRotation[], now: number): Set<number> {
  const begun = lastBegan(keys);
  const isDone = ({ generated, last }: InRotation) =>
    generated &&
    last.inAllRegions &&
    last.at !== undefined &&
    last.at > begun(last) &&
    now - last.at < BATCH_RUN.oneRotationMs;
  const rest = keys.some((key) => key.open && !isDone(key));
  return new Set(rest ? [...keys.keys()].filter((at) => keys[at] && isDone(keys[at])) : []);
}

/**
 * Returns the indexes of the keys that the last rotation has not replaced, because they were replaced before it began, or never.
 * Its rollback skips them. Pure.
 */
export function notInLast(keys: Pick<InRotation, 'last'>[]): Set<number> {
  const begun = lastBegan(keys);
  const isOlder = (last: LastReplacement) => last.at === undefined || last.at <= begun(last);
  const replaced = keys.some(({ last }) => last.at !== undefined);
  return new Set(
    replaced ? [...keys.entries()].flatMap(([at, { last }]) => (isOlder(last) ? [at] : [])) : [],
  );
}

/**
 * Returns a function with the start of the last rotation, in milliseconds: an hour before the latest replacement. Earlier
 * replacements don't belong to it. If some keys were replaced twice in that hour, there were two rotations. A key that was
 * replaced once then belongs to the closer one.
 */
function lastBegan(keys: Pick<InRotation, 'last'>[]): (last: LastReplacement) => number {
  const latest = newest(keys.map(({ last }) => last.at));
  const hourBefore = latest - BATCH_RUN.oneRotationMs;
  const isTwice = ({ before }: LastReplacement) => before !== undefined && before > hourBefore;
  const first = newest(keys.map(({ last }) => (isTwice(last) ? last.before : undefined)));
  const between = Math.max(hourBefore, (first + latest) / 2);
  return (last) => (isTwice(last) ? hourBefore : between);
}

function newest(times: (number | undefined)[]): number {
  return times.reduce<number>((a, b) => Math.max(a, b ?? a), Number.NEGATIVE_INFINITY);
}
