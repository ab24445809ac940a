import { inTurns } from '../../aws/requests/concurrency.ts';
import { isMadeWith, type SecretState } from '../../aws/secrets/index.ts';
import { BATCH_RUN } from '../../defaults.ts';
import type { Attempt } from '../../failure.ts';
import type { CheckedKey, KeyRules, KeyType } from '../../key/index.ts';
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
  secrets: SecretState[];
  rules: KeyRules;
  last: LastReplacement;
  rotation: Attempt<Rotation>;
}

const NEVER: LastReplacement = { everywhere: false };

/**
 * Reads the secrets and plans a new key for each, or to go back in each. What stands in the way of one leaves the others alone.
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
  const rotations = seen.map((each, at): Attempt<Rotation> => {
    if ('failure' in each) return each;
    const { secrets, rules, rotation } = each.value;
    return staying.has(at) ? { value: planKeeping(secrets, rules, reason) } : rotation;
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

/** Returns the rules for the new key, with the type from the tag of the secrets if nothing else gives one. */
function rulesFor({ rules, isTypeOpen }: KeyToRotate, secrets: SecretState[]): KeyRules {
  const [keyType] = secrets.flatMap((secret) => secret.keyType ?? []);
  return isTypeOpen && keyType ? { ...rules, keyType } : rules;
}

function observationOf(seen: Attempt<Seen>): { last: LastReplacement } {
  return 'value' in seen ? seen.value : { last: NEVER };
}

function inRotation(keys: KeyToRotate[], seen: Attempt<Seen>[]) {
  return seen.map((each, at) => {
    const planned = 'value' in each ? each.value.rotation : each;
    const open = 'failure' in planned || changesAnything(planned.value.changes);
    return { ...observationOf(each), generated: keys[at]?.checked?.generated ?? false, open };
  });
}

/** What the versions of the secrets of one key tell of its last replacement. */
interface LastReplacement {
  /** When the newest of its versions was made that took the place of another, in milliseconds; absent when none did. */
  at?: number;
  /**
   * When the one before those was made, in milliseconds, if that took the place of another too: the key was replaced twice then,
   * at least.
   */
  before?: number;
  /** Whether in every Region the current version took the place of an older one, and they hold the same key. */
  everywhere: boolean;
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
  const everywhere = histories.every(
    ({ current, previous }) =>
      previous &&
      current.createdAt > previous.createdAt &&
      first?.current.key &&
      current.key?.sameKey(first.current.key, keyType),
  );
  return {
    ...(times.length > 0 ? { at: Math.max(...times) } : {}),
    ...(earlier.length > 0 ? { before: Math.max(...earlier) } : {}),
    everywhere,
  };
}

/** A key of many, as far as it decides which ones a rotation is still to come to. */
export interface InRotation {
  last: LastReplacement;
  /** Whether its new key is one that this program makes, which can't be distinguished from an older one by what the secret holds. */
  generated: boolean;
  /** Whether it lacks its new key, as far as is known. */
  open: boolean;
}

/**
 * The places of the keys that have their new key already, where a rotation of many has not come to all of them: keys that are
 * generated were replaced within the hour, and others are still open. Once a rotation has come to all, the next one replaces all
 * again. Pure.
 * @param now in milliseconds
 */
export function doneBefore(keys: InRotation[], now: number): Set<number> {
  const begun = lastBegan(keys);
  const isDone = ({ generated, last }: InRotation) =>
    generated &&
    last.everywhere &&
    last.at !== undefined &&
    last.at > begun(last) &&
    now - last.at < BATCH_RUN.oneRotationMs;
  const rest = keys.some((key) => key.open && !isDone(key));
  return new Set(rest ? [...keys.keys()].filter((at) => keys[at] && isDone(keys[at])) : []);
}

/**
 * The places of the keys that the last rotation has not replaced, so that to go back from it is no matter of theirs: they were
 * replaced before it began, or never. Pure.
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
 * The time, in milliseconds, up to which a replacement of a key is none of the last rotation's: an hour before the latest one.
 * When some keys were replaced twice in that hour, there were two rotations in it, and a key that was replaced once belongs to
 * the one that is closer in time.
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
