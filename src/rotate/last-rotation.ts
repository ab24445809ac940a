import { FLEET } from '../defaults.ts';
import type { KeyType } from '../key/index.ts';
import type { History } from './rollback.ts';

/** What the versions of the secrets of one key tell of its last replacement. */
export interface LastReplacement {
  /** When the newest of its versions was made that took the place of another, in milliseconds; absent when none did. */
  at?: number;
  /** Whether in every Region the current version took the place of an older one, and they hold the same key. */
  everywhere: boolean;
}

export function lastReplacement(histories: History[], keyType: KeyType): LastReplacement {
  const times = histories.flatMap(({ current, previous }) =>
    previous ? [current.createdAt.getTime(), previous.createdAt.getTime()] : [],
  );
  const [first] = histories;
  const everywhere = histories.every(
    ({ current, previous }) =>
      previous &&
      current.createdAt > previous.createdAt &&
      first?.current.key &&
      current.key?.sameKey(first.current.key, keyType),
  );
  return { ...(times.length > 0 ? { at: Math.max(...times) } : {}), everywhere };
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
 * generated were replaced within a day, and others are still open. Once a rotation has come to all, the next one replaces all
 * again. Pure.
 * @param now in milliseconds
 */
export function doneBefore(keys: InRotation[], now: number): Set<number> {
  const isDone = ({ generated, last: { at, everywhere } }: InRotation) =>
    generated && everywhere && at !== undefined && now - at < FLEET.oneRotationMs;
  const rest = keys.some((key) => key.open && !isDone(key));
  return new Set(rest ? [...keys.keys()].filter((at) => keys[at] && isDone(keys[at])) : []);
}

/**
 * The places of the keys that the last rotation has not replaced, so that to go back from it is no matter of theirs: they were
 * replaced more than a day before the key that was replaced last, or never. Pure.
 */
export function notInLast(keys: Pick<InRotation, 'last'>[]): Set<number> {
  const times = keys.flatMap(({ last }) => last.at ?? []);
  const latest = times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const isOlder = ({ at }: LastReplacement) => at === undefined || latest - at >= FLEET.oneRotationMs;
  return new Set(
    times.length > 0 ? [...keys.entries()].flatMap(([at, { last }]) => (isOlder(last) ? [at] : [])) : [],
  );
}
