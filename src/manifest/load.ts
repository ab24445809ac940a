import { atMost } from '../aws/requests/concurrency.ts';
import { type Attempt, Failure } from '../failure.ts';
import {
  type CheckedKey,
  canReadKey,
  checkKeyOfUnknownType,
  checkKeyText,
  type KeyInput,
  type KeyType,
  keyReader,
  type LoadedKey,
  type UncheckedKey,
} from '../key/index.ts';
import { keyMessages } from '../key/messages.ts';
import { keyRules, keyTypeIsUnknown } from '../options/setup-request.ts';
import { plain } from '../text.ts';
import { nameOf } from './file.ts';
import type { Manifest, ManifestKey } from './members.ts';
import { flagsToFields } from './members.ts';
import { manifestMessages as messages } from './messages.ts';
import { manifestFailure } from './mistakes.ts';

/** Concurrent reads of key files, and of key types of secrets. */
const AT_ONCE = 16;

/** An entry with its unchecked key. */
interface EntryWithKey {
  entry: ManifestKey;
  /** Undefined if the entry names no key source. */
  unchecked: Attempt<UncheckedKey> | undefined;
}

/** Returns the key type of an entry if something other than the manifest gives it, such as a tag on the secret. */
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
  const entries = await readKeys(manifest, input);
  const attempts = await atMost(AT_ONCE, entries, (each) => checkEntryKey(each, typeOf));
  throwIfInvalid(manifest, attempts);
  const loaded = attempts.map((attempt) => (attempt && 'value' in attempt ? attempt.value : undefined));
  const warnings = new Map<string, string>();
  for (const [index, key] of loaded.entries()) {
    for (const warning of key?.warnings.map(flagsToFields) ?? []) {
      if (warnings.has(warning)) continue;
      warnings.set(warning, messages.atPosition(manifest.keys[index]?.keyPosition ?? '', warning));
    }
  }
  return {
    keys: loaded.map((each) => each && { key: each.key, generated: each.generated }),
    warnings: [...warnings.values()],
  };
}

/** Reads all keys first, so that none is left in the environment. */
function readKeys({ keys }: Manifest, input: KeyInput): Promise<EntryWithKey[]> {
  const readKey = keyReader(input);
  return atMost(AT_ONCE, keys, async (entry) => {
    const { keySource } = entry.answers;
    return { entry, unchecked: keySource && (await keepFailure(() => readKey(keySource))) };
  });
}

async function checkEntryKey(
  { entry, unchecked }: EntryWithKey,
  typeOf: TypeOfEntry | undefined,
): Promise<Attempt<LoadedKey> | undefined> {
  if (!unchecked || 'failure' in unchecked) return unchecked;
  const rules = keyRules(entry.answers);
  return keepFailure(async () =>
    typeOf && keyTypeIsUnknown(entry.answers)
      ? checkKeyOfUnknownType(unchecked.value, rules, () => typeOf(entry))
      : checkKeyText(unchecked.value, rules),
  );
}

/** @throws Failure that lists all invalid keys and, for keys whose type could not be read, the reason */
function throwIfInvalid(manifest: Manifest, attempts: (Attempt<LoadedKey> | undefined)[]): void {
  const failures = attempts.map((each) => (each && 'failure' in each ? each.failure : undefined));
  const problems = failures.flatMap((failure, index) =>
    failure
      ? messages.atPosition(manifest.keys[index]?.keyPosition ?? '', flagsToFields(failure.message))
      : [],
  );
  if (problems.length === 0) return;
  const typeReadFailure = failures.map((failure) => failure?.cause).find((cause) => cause instanceof Failure);
  const notes = typeReadFailure
    ? [keyMessages.typeReadFailed(plain(typeReadFailure.message)), flagsToFields(keyMessages.passwordHint)]
    : [];
  throw manifestFailure(messages.keysTitle(nameOf(manifest.path), problems.length), problems, notes);
}

async function keepFailure<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { failure: error };
  }
}

/** The keys that are available on this machine, in the manifest's order. */
export interface AvailableKeys {
  keys: (CheckedKey | undefined)[];
  warnings: string[];
  /** The positions of the keys that are not available, such as `keys.yaml:12:10`. */
  unavailable: string[];
}

/**
 * Reads and checks only the keys whose variables and files exist. For a command that compares them with the secrets and doesn't
 * need all of them. No keys are generated.
 * @throws Failure (usage) as `loadKeys` does, for the keys that exist
 */
export async function loadAvailableKeys(
  manifest: Manifest,
  input: KeyInput,
  typeOf?: TypeOfEntry,
): Promise<AvailableKeys> {
  const unavailable: string[] = [];
  const keys = manifest.keys.map((key) => {
    const { keySource, ...answers } = key.answers;
    if (keySource && canReadKey(keySource, input.env)) return key;
    if (keySource && keySource.kind !== 'generate') unavailable.push(key.keyPosition);
    return { ...key, answers };
  });
  return { ...(await loadKeys({ ...manifest, keys }, input, typeOf)), unavailable };
}
