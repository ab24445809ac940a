import type { ExportedKey, ExportedManifest } from './types.ts';

/** Members that each key has, of which the most frequent value becomes the default. */
const HAD_BY_ALL = ['regions', 'policyName', 'roleName'] as const;

/** Members that a key may lack. A default for it could not be taken back, so it takes all keys to have the same. */
const HAD_BY_SOME = [
  'keyType',
  'policyScope',
  'policyPrefix',
  'roleDescription',
  'sourceAccount',
  'sourceArns',
  'permissionsBoundary',
  'tags',
] as const;

/** The manifest of these keys, in which what they have in common stands once. */
export function manifestOf(keys: ExportedKey[]): ExportedManifest {
  if (keys.length < 2) return { version: 1, keys };
  const defaults: Partial<ExportedKey> = { key: { existing: true } };
  for (const name of HAD_BY_ALL) take(defaults, name, mostFrequent(keys.map((each) => each[name])));
  for (const name of HAD_BY_SOME) {
    const values = new Set(keys.map((each) => JSON.stringify(each[name])));
    if (values.size === 1) take(defaults, name, keys[0]?.[name]);
  }
  return { version: 1, defaults, keys: keys.map((key) => beside(defaults, key)) };
}

function take<K extends keyof ExportedKey>(
  into: Partial<ExportedKey>,
  name: K,
  value: ExportedKey[K] | undefined,
): void {
  if (value !== undefined) into[name] = value;
}

/** What a key has that is not said by the defaults. */
function beside(defaults: Partial<ExportedKey>, key: ExportedKey): Partial<ExportedKey> {
  const members = Object.entries(key).filter(
    ([name, value]) => JSON.stringify(defaults[name as keyof ExportedKey]) !== JSON.stringify(value),
  );
  return Object.fromEntries(members);
}

function mostFrequent<T>(values: T[]): T | undefined {
  const counts = new Map<string, { value: T; count: number }>();
  for (const value of values) {
    const id = JSON.stringify(value);
    counts.set(id, { value, count: (counts.get(id)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)[0]?.value;
}
