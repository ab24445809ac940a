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
  findSecretsToRotate,
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
  /** The role that has to read the key. */
  roleName?: string;
}

/** The state of one key's secrets, and the rotation for them, unless the batch skips the key. */
interface ObservedKey {
  secrets: SecretState[];
  rules: KeyRules;
  last: LastReplacement;
  rotation: Attempt<Rotation>;
}

const NEVER_REPLACED: LastReplacement = { inAllRegions: false };

/**
 * Reads the secrets and plans a new key, or a rollback, for each. Problems of one key don't affect the others.
 * @param onKey called after the secrets of each key have been read
 * @returns for each key the plan, or why nothing can be done; and warnings about the keys that the batch skips
 */
export async function planRotations(
  context: StepContext,
  keys: KeyToRotate[],
  onKey: () => void,
): Promise<{ rotations: Attempt<Rotation>[]; warnings: string[] }> {
  const observedKeys = await inBatches(BATCH_RUN.readAtOnce, keys, async (key) => {
    const attempt = await toAttempt(() => observeKey(context, key));
    onKey();
    return attempt;
  });
  const isRollback = keys.every(({ checked }) => checked === undefined);
  const progress = progressOf(keys, observedKeys);
  const skippedIndexes = isRollback
    ? notInLastRotation(progress)
    : alreadyRotated(progress, context.aws.clients.now());
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
  const { secrets } = await findSecretsToRotate(context, { ...target, readsValues: checked === undefined });
  const rules = rulesFor(key, secrets);
  const histories = await readHistories(context, secrets, checked);
  const rotation = await toAttempt(async () =>
    checked
      ? planNewKey(context, { name: target.name, secrets, rules }, checked, histories)
      : planRollback(histories, rules, roleName),
  );
  return { secrets, rules, last: lastReplacementIn(histories, rules.keyType), rotation };
}

/** Returns the rules for the new key, with the type from the secrets' tag if nothing else gives one. */
function rulesFor({ rules, isTypeGuessed }: KeyToRotate, secrets: SecretState[]): KeyRules {
  const [keyType] = secrets.flatMap((secret) => secret.keyType ?? []);
  return isTypeGuessed && keyType ? { ...rules, keyType } : rules;
}

function progressOf(keys: KeyToRotate[], observedKeys: Attempt<ObservedKey>[]): RotationProgress[] {
  return observedKeys.map((key, index) => {
    const rotation = 'value' in key ? key.value.rotation : key;
    return {
      last: 'value' in key ? key.value.last : NEVER_REPLACED,
      isGenerated: keys[index]?.checked?.generated ?? false,
      isPending: 'failure' in rotation || changesAnything(rotation.value.changes),
    };
  });
}

/** What the versions of a key's secrets show about its last replacement. */
interface LastReplacement {
  /** When the newest version that replaced another was created, in milliseconds. Absent if there is none. */
  timeMs?: number;
  /** When the version before the newest one was created, in milliseconds, if it also replaced another. */
  previousTimeMs?: number;
  /** True if the current versions in all Regions have the same key, and each replaced an older version. */
  inAllRegions: boolean;
}

function lastReplacementIn(histories: History[], keyType: KeyType): LastReplacement {
  const replacementTimes = histories.flatMap(({ current, previous }) =>
    previous ? [current.createdAt.getTime(), previous.createdAt.getTime()] : [],
  );
  // The older version, which is current after a rollback, has also replaced another one, unless it was created with the secret.
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
      current.key?.equals(first.current.key, keyType),
  );
  return {
    timeMs: replacementTimes.length > 0 ? Math.max(...replacementTimes) : undefined,
    previousTimeMs: earlierTimes.length > 0 ? Math.max(...earlierTimes) : undefined,
    inAllRegions,
  };
}

/** The progress of one key's rotation in a batch, as far as its versions show. */
export interface RotationProgress {
  last: LastReplacement;
  /** True if the new key is generated. The secret's value then doesn't show whether it is the new key. */
  isGenerated: boolean;
  /** True if the plan still replaces the key, or could not be made. */
  isPending: boolean;
}

/**
 * Returns the indexes of the keys that an unfinished rotation has already replaced: generated keys that were replaced within the
 * hour, while others are still pending. Once a rotation has replaced all keys, the next one replaces all again. Pure.
 * @param now in milliseconds
 */
export function alreadyRotated(keys: RotationProgress[], now: number): Set<number> {
  const startFor = lastRotationStart(keys);
  const isDone = ({ isGenerated, last }: RotationProgress) =>
    isGenerated &&
    last.inAllRegions &&
    last.timeMs !== undefined &&
    last.timeMs > startFor(last) &&
    now - last.timeMs < BATCH_RUN.oneRotationMs;
  const isUnfinished = keys.some((key) => key.isPending && !isDone(key));
  if (!isUnfinished) return new Set();
  return new Set(keys.flatMap((key, index) => (isDone(key) ? [index] : [])));
}

/**
 * Returns the indexes of the keys that the last rotation has not replaced, because they were replaced before it began, or never.
 * Its rollback skips them. Pure.
 */
export function notInLastRotation(keys: Pick<RotationProgress, 'last'>[]): Set<number> {
  const startFor = lastRotationStart(keys);
  const isOlder = (last: LastReplacement) => last.timeMs === undefined || last.timeMs <= startFor(last);
  const wasRotated = keys.some(({ last }) => last.timeMs !== undefined);
  if (!wasRotated) return new Set();
  return new Set(keys.flatMap(({ last }, index) => (isOlder(last) ? [index] : [])));
}

/**
 * Returns a function that takes the last replacement of a key and returns when the last rotation began, in milliseconds: an hour
 * before the latest replacement of all keys. If some keys were replaced twice in that hour, there were two rotations, and a key
 * that was replaced once belongs to the closer one. For such a key, the last rotation began halfway between the two.
 */
function lastRotationStart(keys: Pick<RotationProgress, 'last'>[]): (last: LastReplacement) => number {
  const latestTime = latest(keys.map(({ last }) => last.timeMs));
  const hourBefore = latestTime - BATCH_RUN.oneRotationMs;
  const wasReplacedTwice = ({ previousTimeMs }: LastReplacement) =>
    previousTimeMs !== undefined && previousTimeMs > hourBefore;
  const firstTimes = keys.map(({ last }) => (wasReplacedTwice(last) ? last.previousTimeMs : undefined));
  const halfway = Math.max(hourBefore, (latest(firstTimes) + latestTime) / 2);
  return (last) => (wasReplacedTwice(last) ? hourBefore : halfway);
}

function latest(times: (number | undefined)[]): number {
  return times.reduce<number>((a, b) => Math.max(a, b ?? a), Number.NEGATIVE_INFINITY);
}
