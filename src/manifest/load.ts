import { atMost } from '../aws/requests/concurrency.ts';
import { type Attempt, Failure } from '../failure.ts';
import {
  type CheckedKey,
  checkOfOpenType,
  checkRead,
  holdsKey,
  type KeyInput,
  type KeyType,
  keyReader,
  type LoadedKey,
  type UncheckedKey,
} from '../key/index.ts';
import { keyMessages } from '../key/messages.ts';
import { hasOpenType, keyRules } from '../options/setup-request.ts';
import { plain } from '../text.ts';
import { nameOf } from './file.ts';
import { inMembers } from './members.ts';
import { manifestMessages as messages } from './messages.ts';
import { manifestFailure } from './mistakes.ts';
import type { Manifest, ManifestKey } from './types.ts';

/** Files that are read at once, and secrets that are asked for their key type. */
const AT_ONCE = 16;

/** An entry, and its key as the source holds it; nothing where it names none. */
interface ReadEntry {
  entry: ManifestKey;
  read: Attempt<UncheckedKey> | undefined;
}

/** Returns the type of the keys that an entry is for, where something besides the manifest says it. */
export type TypeOfEntry = (entry: ManifestKey) => Promise<KeyType | undefined>;

/**
 * Reads and checks all keys that the manifest names, in its order; nothing for a secret that is used as it is. A variable or
 * file that serves several entries is read once. Warnings name the place of the first entry that they are about.
 * @param typeOf is asked about a key of which the manifest says no type, where it is no static key and may be a password; no
 * key is left in the environment by then
 * @throws Failure (usage) that names every bad one at once, as `keys.yaml:12:10: …`, never the key
 */
export async function loadKeys(
  manifest: Manifest,
  input: KeyInput,
  typeOf?: TypeOfEntry,
): Promise<{ keys: (CheckedKey | undefined)[]; warnings: string[] }> {
  const read = await readKeys(manifest, input);
  const checked = await atMost(AT_ONCE, read, (each) => checkEntryKey(each, typeOf));
  throwIfBad(manifest, checked);
  const loaded = checked.map((attempt) => (attempt && 'value' in attempt ? attempt.value : undefined));
  const warnings = new Map<string, string>();
  for (const [at, key] of loaded.entries()) {
    for (const warning of key?.warnings.map(inMembers) ?? []) {
      const known = warnings.get(warning);
      warnings.set(warning, known ?? messages.at(manifest.keys[at]?.keyAt ?? '', warning));
    }
  }
  return {
    keys: loaded.map((each) => each && { key: each.key, generated: each.generated }),
    warnings: [...warnings.values()],
  };
}

/** Reads all keys, so that none is left in the environment. */
function readKeys({ keys }: Manifest, input: KeyInput): Promise<ReadEntry[]> {
  const read = keyReader(input);
  return atMost(AT_ONCE, keys, async (entry) => {
    const { keySource } = entry.answers;
    return { entry, read: keySource && (await attempt(() => read(keySource))) };
  });
}

async function checkEntryKey(
  { entry, read }: ReadEntry,
  typeOf: TypeOfEntry | undefined,
): Promise<Attempt<LoadedKey> | undefined> {
  if (!read || 'failure' in read) return read;
  const rules = keyRules(entry.answers);
  return attempt(async () =>
    typeOf && hasOpenType(entry.answers)
      ? checkOfOpenType(read.value, rules, () => typeOf(entry))
      : checkRead(read.value, rules),
  );
}

/** @throws Failure that names all bad keys, and why the key type of some could not be read */
function throwIfBad(manifest: Manifest, attempts: (Attempt<LoadedKey> | undefined)[]): void {
  const failures = attempts.map((each) => (each && 'failure' in each ? each.failure : undefined));
  const problems = failures.flatMap((failure, at) =>
    failure ? messages.at(manifest.keys[at]?.keyAt ?? '', inMembers(failure.message)) : [],
  );
  if (problems.length === 0) return;
  const unread = failures.map((failure) => failure?.cause).find((cause) => cause instanceof Failure);
  const notes = unread
    ? [keyMessages.typeUnread(plain(unread.message)), inMembers(keyMessages.passwordHint)]
    : [];
  throw manifestFailure(messages.keysTitle(nameOf(manifest.path), problems.length), problems, notes);
}

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { failure: error };
  }
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
