import { FLEET } from '../../defaults.ts';
import { checkStoredKey, type KeyMaterial, type KeyRules, type KeyType } from '../../key/index.ts';
import type { History } from './rollback.ts';

/**
 * The key of a rotation that stopped half-way: some Regions hold it with the old key as their previous version, and in the
 * others the old key is still the current one. A generated key is nowhere else, so that it has to be found like this.
 * What is no key by these rules, was stored before the key in whose place it stands (so that somebody went back to it), or is
 * older than a rotation takes (so that somebody changed the key of one Region only, perhaps because it had leaked) comes from no
 * such rotation. Pure.
 * @param now by the clock that dates the versions: AWS's, in milliseconds
 */
export function halfDoneKey(histories: History[], rules: KeyRules, now: number): KeyMaterial | undefined {
  const { keyType } = rules;
  const keys = distinct(
    histories.flatMap(({ current }) => current.key ?? []),
    keyType,
  );
  if (keys.length !== 2) return undefined;
  const isSame = (a: KeyMaterial | undefined, b: KeyMaterial) => a?.sameKey(b, keyType) ?? false;
  const mayBeOfRotation = ({ current, previous }: History, key: KeyMaterial): boolean => {
    if (!isSame(current.key, key)) return !isSame(previous?.key, key);
    const after = previous && current.createdAt > previous.createdAt;
    const recent = now - current.createdAt.getTime() < FLEET.oneRotationMs;
    return Boolean(after) && recent && keys.some((other) => other !== key && isSame(previous?.key, other));
  };
  return keys.find(
    (key) =>
      checkStoredKey(key, rules).length === 0 && histories.every((history) => mayBeOfRotation(history, key)),
  );
}

function distinct(keys: KeyMaterial[], keyType: KeyType): KeyMaterial[] {
  return keys.filter((key, at) => keys.findIndex((other) => other.sameKey(key, keyType)) === at);
}
