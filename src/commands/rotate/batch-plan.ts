import { inBatches } from '../../aws/requests/concurrency.ts';
import { isPartOfCreation, type SecretState } from '../../aws/secrets/index.ts';
import type { Attempt } from '../../failure.ts';
import type { CheckedKey, KeyRules, KeyType } from '../../key/index.ts';
import { BATCH_RUN } from '../../limits.ts';
import { toAttempt } from '../../steps/observe.ts';
import type { StepContext } from '../../steps/types.ts';
import { changesAnything } from '../../ui/plan.ts';
import { rotateMessages as messages } from './messages.ts';
import {
  findToRotate,
  historiesFor,
  planNewKey,
  planRollback,
  planUnchanged,
  type Rotation,
  type RotationTarget,
} from './plan.ts';
import { type History, readHistories } from './rollback.ts';

/** A key in a batch. */
export interface KeyToRotate {
  target: RotationTarget;
  /** The rules for the new key. */
  rules: KeyRules;
  /** True if the type in `rules` is a guess. The type in the secret's tag then replaces it. */
  isTypeGuessed: boolean;
  /** The new key. Absent for a rollback. */
  checked?: CheckedKey;
  /** The role that has to read it. */
  roleName?: string;
}

/** The plans for all keys of a batch. */
export interface PlannedRotations {
  /** One item for each key: the plan, or why nothing can be done. */
  rotations: Attempt<Rotation>[];
  warnings: string[];
}

/** The secrets of one key as they were read, and the rotation to plan for them if the batch does not skip the key. */
interface ObservedKey {
  secrets: SecretState[];
  rules: KeyRules;
  last: LastReplacement;
  rotation: Attempt<Rotation>;
}

const NEVER_REPLACED: LastReplacement = { inAllRegions: false };

/**
 * Reads the secrets and plans a new key, or a rollback, for each. Problems of one key don't affect the others.
 * @param onKey called with each key that has been observed
 */
export async function planRotations(
  context: StepContext,
  keys: KeyToRotate[],
  onKey: () => void,
): Promise<PlannedRotations> {
  const observedKeys = await inBatches(BATCH_RUN.readAtOnce, keys, async (key) => {
    const attempt = await toAttempt(() => observeKey(context, key));
    onKey();
    return attempt;
  });
  const isRollback = keys.every(({ checked }) => checked === undefined);
  const skippedIndexes = isRollback
    ? notInLastRotation(observedKeys.map((key) => ({ last: lastOf(key) })))
    : alreadyRotated(progressOf(keys, observedKeys), context.aws.clients.now());
  const reason = isRollback ? messages.notInLast : messages.doneBefore;
  const rotations = observedKeys.map((key, index): Attempt<Rotation> => {
    if ('failure' in key) return key;
    const { secrets, rules, rotation } = key.value;
    return skippedIndexes.has(index) ? { value: planUnchanged(secrets, rules, reason) } : rotation;
  });
  const skippedCount = observedKeys.filter(
    (key, index) => 'value' in key && skippedIndexes.has(index),
  ).length;
  const warning = isRollback ? messages.someNotInLast : messages.someDoneBefore;
  return { rotations, warnings: skippedCount > 0 ? [warning(skippedCount)] : [] };
}

async function observeKey(context: StepContext, key: KeyToRotate): Promise<ObservedKey> {
  const { target, checked, roleName } = key;
  const { secrets } = await findToRotate(context, {
    ...target,
    readsValues: checked === undefined,
  });
  const rules = rulesFor(key, secrets);
  const histories = await (checked
    ? historiesFor(checked, context, secrets)
    : readHistories(context.aws, secrets));
  const rotation = await toAttempt(async () =>
    checked
      ? planNewKey(context, { name: target.name, secrets, rules }, checked, histories)
      : planRollback(histories, rules, roleName),
  );
  return { secrets, rules, last: lastReplacement(histories, rules.keyType), rotation };
}

/** Returns the rules for the new key, with the type from the secrets' tag if nothing else gives one. */
function rulesFor({ rules, isTypeGuessed }: KeyToRotate, secrets: SecretState[]): KeyRules {
  const [keyType] = secrets.flatMap((secret) => secret.keyType ?? []);
  return isTypeGuessed && keyType ? { ...rules, keyType } : rules;
}

function lastOf(key: Attempt<ObservedKey>): LastReplacement {
  return 'value' in key ? key.value.last : NEVER_REPLACED;
}

function progressOf(keys: KeyToRotate[], observedKeys: Attempt<ObservedKey>[]): RotationProgress[] {
  return observedKeys.map((key, index) => {
    const rotation = 'value' in key ? key.value.rotation : key;
    const isPending = 'failure' in rotation || changesAnything(rotation.value.changes);
    return { last: lastOf(key), isGenerated: keys[index]?.checked?.generated ?? false, isPending };
  });
}

/** What the versions of a key's secrets show about its last replacement. */
interface LastReplacement {
  /** When the newest version that replaced another was created, in milliseconds. Absent if there is none. */
  timeMs?: number;
  /**
   * When the version before that was created, in milliseconds, if it also replaced another. The key was then replaced at least
   * twice.
   */
  previousTimeMs?: number;
  /** True if in all Regions the current version replaced an older one, and all hold the same key. */
  inAllRegions: boolean;
}

function lastReplacement(histories: History[], keyType: KeyType): LastReplacement {
  const replacementTimes = histories.flatMap(({ current, previous }) =>
    previous ? [current.createdAt.getTime(), previous.createdAt.getTime()] : [],
  );
  // The older of the two versions has also replaced another, unless it was created together with the secret.
  const earlierTimes = histories.flatMap(({ secret, current, previous }) => {
    const older = previous && new Date(Math.min(current.createdAt.getTime(), previous.createdAt.getTime()));
    return older && !isPartOfCreation(secret.createdAt, older) ? [older.getTime()] : [];
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
    timeMs: replacementTimes.length > 0 ? Math.max(...replacementTimes) : undefined,
    previousTimeMs: earlierTimes.length > 0 ? Math.max(...earlierTimes) : undefined,
    inAllRegions,
  };
}

/** How far the rotation of one key in a batch is, as far as its versions show. */
export interface RotationProgress {
  last: LastReplacement;
  /** True if its new key is generated. The value of a secret doesn't show whether it is the new key. */
  isGenerated: boolean;
  /** True if the key is still to be replaced, as far as is known. */
  isPending: boolean;
}

/**
 * Returns the indexes of the keys that an unfinished rotation has already replaced: generated keys that were replaced within the
 * hour, while others are still pending. Once a rotation has replaced all keys, the next one replaces all again. Pure.
 * @param now in milliseconds
 */
export function alreadyRotated(keys: RotationProgress[], now: number): Set<number> {
  const startOf = lastRotationStart(keys);
  const isDone = ({ isGenerated, last }: RotationProgress) =>
    isGenerated &&
    last.inAllRegions &&
    last.timeMs !== undefined &&
    last.timeMs > startOf(last) &&
    now - last.timeMs < BATCH_RUN.oneRotationMs;
  const isUnfinished = keys.some((key) => key.isPending && !isDone(key));
  if (!isUnfinished) return new Set();
  return new Set([...keys.entries()].flatMap(([index, key]) => (isDone(key) ? [index] : [])));
}

/**
 * Returns the indexes of the keys that the last rotation has not replaced, because they were replaced before it began, or never.
 * Its rollback skips them. Pure.
 */
export function notInLastRotation(keys: Pick<RotationProgress, 'last'>[]): Set<number> {
  const startOf = lastRotationStart(keys);
  const isOlder = (last: LastReplacement) => last.timeMs === undefined || last.timeMs <= startOf(last);
  const wasRotated = keys.some(({ last }) => last.timeMs !== undefined);
  if (!wasRotated) return new Set();
  return new Set([...keys.entries()].flatMap(([index, { last }]) => (isOlder(last) ? [index] : [])));
}

/**
 * Returns a function that returns for a key's last replacement when the last rotation began, in milliseconds: an hour before the
 * latest replacement of all keys. Earlier replacements don't belong to that rotation. If some keys were replaced twice in that
 * hour, there were two rotations. For a key that was replaced once, the start is then halfway between the two, so that the key
 * belongs to the closer one.
 */
function lastRotationStart(keys: Pick<RotationProgress, 'last'>[]): (last: LastReplacement) => number {
  const latestTime = newest(keys.map(({ last }) => last.timeMs));
  const hourBefore = latestTime - BATCH_RUN.oneRotationMs;
  const isReplacedTwice = ({ previousTimeMs }: LastReplacement) =>
    previousTimeMs !== undefined && previousTimeMs > hourBefore;
  const endOfFirstRotation = newest(
    keys.map(({ last }) => (isReplacedTwice(last) ? last.previousTimeMs : undefined)),
  );
  const halfway = Math.max(hourBefore, (endOfFirstRotation + latestTime) / 2);
  return (last) => (isReplacedTwice(last) ? hourBefore : halfway);
}

function newest(times: (number | undefined)[]): number {
  return times.reduce<number>((a, b) => Math.max(a, b ?? a), Number.NEGATIVE_INFINITY);
}
