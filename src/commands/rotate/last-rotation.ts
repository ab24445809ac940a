import { isMadeWith } from '../../aws/secrets/index.ts';
import { FLEET } from '../../defaults.ts';
import type { KeyType } from '../../key/index.ts';
import type { History } from './rollback.ts';

/** What the versions of the secrets of one key tell of its last replacement. */
export interface LastReplacement {
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

export function lastReplacement(histories: History[], keyType: KeyType): LastReplacement {
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
  /** Whether its new key is one that this program makes, which cannot be told from an older one by what the secret holds. */
  generated: boolean;
  /** Whether it does not have its new key, as far as that can be told. */
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
    now - last.at < FLEET.oneRotationMs;
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
  const hourBefore = latest - FLEET.oneRotationMs;
  const isTwice = ({ before }: LastReplacement) => before !== undefined && before > hourBefore;
  const first = newest(keys.map(({ last }) => (isTwice(last) ? last.before : undefined)));
  const between = Math.max(hourBefore, (first + latest) / 2);
  return (last) => (isTwice(last) ? hourBefore : between);
}

function newest(times: (number | undefined)[]): number {
  return times.reduce<number>((a, b) => Math.max(a, b ?? a), Number.NEGATIVE_INFINITY);
}
