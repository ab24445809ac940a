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
import type { Manifest, ManifestKey } from './members.ts';
import { inMembers } from './members.ts';
import { manifestMessages as messages } from './messages.ts';
import { manifestFailure } from './mistakes.ts';

/** Concurrent reads of key files, and of key types of secrets. */
const AT_ONCE = 16;

/** An entry with its unchecked key; undefined if the entry names no key source. */
interface ReadEntry {
  entry: ManifestKey;
  read: Attempt<UncheckedKey> | undefined;
}

/** Returns the key type of an entry, if it is known from outside the manifest. */
export type TypeOfEntry = (entry: ManifestKey) => Promise<KeyType | undefined>;

/**
 * Reads and checks all keys that the manifest names, in its order. The result is undefined for an entry that uses an existing
 * secret. A variable or file that several entries share is read once. Warnings name the position of the first entry they concern.
 * @param typeOf called for a key that is not a static key and may be a password, if the manifest doesn't give its type. By then,
 * no key is left in the environment.
 * @throws Failure (usage) that lists all invalid keys, as `keys.yaml:12:10: …`, and never shows a key
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
  for (const [index, key] of loaded.entries()) {
    for (const warning of key?.warnings.map(inMembers) ?? []) {
      const known = warnings.get(warning);
      warnings.set(warning, known ?? messages.at(manifest.keys[index]?.keyAt ?? '', warning));
    }
  }
  return {
    keys: loaded.map((each) => each && { key: each.key, generated: each.generated }),
    warnings: [...warnings.values()],
  };
}

/** Reads all keys first, so that none is left in the environment. */
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

/** @throws Failure that lists all invalid keys and, for keys whose type could not be read, the reason */
function throwIfBad(manifest: Manifest, attempts: (Attempt<LoadedKey> | undefined)[]): void {
  const failures = attempts.map((each) => (each && 'failure' in each ? each.failure : undefined));
  const problems = failures.flatMap((failure, index) =>
    failure ? messages.at(manifest.keys[index]?.keyAt ?? '', inMembers(failure.message)) : [],
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

/** The keys that are available here, in the manifest's order, and the positions of those that are not. */
export interface KeysHere {
  keys: (CheckedKey | undefined)[];
  warnings: string[];
  elsewhere: string[];
}

/**
 * Reads and checks the keys whose variables and files exist, to compare them with the secrets. A read-only command doesn't need
 * all keys. No keys are generated.
 * @throws Failure (usage) as `loadKeys` does, for the keys that exist
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
