import { atMost } from '../aws/together.ts';
import { Failure } from '../failure.ts';
import {
  type CheckedKey,
  holdsKey,
  type KeyInput,
  type KeyRules,
  type KeyType,
  keyLoader,
  type LoadKey,
} from '../key/index.ts';
import { manifestWords as words } from '../report/words/manifest.ts';
import { hasOpenType, keyRules } from '../steps/request.ts';
import { nameOf } from './file.ts';
import type { Manifest, ManifestKey } from './index.ts';
import { inMembers } from './members.ts';
import { manifestFailure } from './mistakes.ts';

/** Files that are read at once. */
const AT_ONCE = 16;

interface Loaded {
  key?: CheckedKey;
  warnings: string[];
  problem?: string;
}

/** Returns the type of the keys that an entry is for, where something besides the manifest says it. */
export type TypeOfEntry = (entry: ManifestKey) => Promise<KeyType | undefined>;

/**
 * Reads and checks all keys that the manifest names, in its order; nothing for a secret that is used as it is. A variable or
 * file that serves several entries is read once. Warnings name the place of the first entry that they are about.
 * @param typeOf is asked about a key that is bad, and of which the manifest says no type
 * @throws Failure (usage) that names every bad one at once, as `keys.yaml:12:10: …`, never the key
 */
export async function loadKeys(
  manifest: Manifest,
  input: KeyInput,
  typeOf?: TypeOfEntry,
): Promise<{ keys: (CheckedKey | undefined)[]; warnings: string[] }> {
  const load = keyLoader(input);
  const loaded = await atMost(AT_ONCE, manifest.keys, (key) => loadOne(key, load, typeOf));
  const problems = loaded.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0)
    throw manifestFailure(words.keysTitle(nameOf(manifest.path), problems.length), problems);
  const warnings = new Map<string, string>();
  for (const [at, each] of loaded.entries()) {
    for (const warning of each.warnings) {
      const known = warnings.get(warning);
      warnings.set(warning, known ?? words.at(manifest.keys[at]?.keyAt ?? '', warning));
    }
  }
  return { keys: loaded.map(({ key }) => key), warnings: [...warnings.values()] };
}

/** The keys that could be read, in the order of the manifest, and the places of those that could not. */
export interface KeysHere {
  keys: (CheckedKey | undefined)[];
  warnings: string[];
  elsewhere: string[];
}

/**
 * Reads and checks the keys that variables and files hold which are there, for a comparison with what the secrets hold: who
 * only looks need not have all of them. None is made.
 * @throws Failure (usage) as `loadKeys` does, for those that are there
 */
export async function loadKeysHere(
  manifest: Manifest,
  input: KeyInput,
  typeOf?: TypeOfEntry,
): Promise<KeysHere> {
  const elsewhere: string[] = [];
  const keys = manifest.keys.map((key) => {
    const { keySource, ...answers } = key.answers;
    if (keySource && holdsKey(keySource, input.env)) return key;
    if (keySource && keySource.kind !== 'generate') elsewhere.push(key.keyAt);
    return { ...key, answers };
  });
  return { ...(await loadKeys({ ...manifest, keys }, input, typeOf)), elsewhere };
}

async function loadOne(entry: ManifestKey, load: LoadKey, typeOf?: TypeOfEntry): Promise<Loaded> {
  const { answers, keyAt } = entry;
  const { keySource } = answers;
  if (!keySource) return { warnings: [] };
  const loadAs = async (rules: KeyRules): Promise<Loaded> => {
    try {
      const { warnings, ...key } = await load(keySource, rules);
      return { key, warnings: warnings.map(inMembers) };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { warnings: [], problem: words.at(keyAt, inMembers(error.message)) };
    }
  };
  const loaded = await loadAs(keyRules(answers));
  if (loaded.key || !typeOf || !hasOpenType(answers)) return loaded;
  const keyType = await typeOf(entry);
  return keyType === undefined ? loaded : loadAs({ keyType });
}
