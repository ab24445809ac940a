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
import { clean } from '../text.ts';
import { flagsToFields, type Manifest, type ManifestKey } from './fields.ts';
import { displayNameOf } from './file.ts';
import { manifestMessages as messages } from './messages.ts';
import { manifestFailure } from './mistakes.ts';

/** Concurrent reads of key files, and of key types of secrets. */
const READS_AT_ONCE = 16;

/** An entry with its unchecked key. */
interface EntryWithKey {
  entry: ManifestKey;
  /** Undefined if the entry names no key source. */
  unchecked: Attempt<UncheckedKey> | undefined;
}

/** Returns the key type of an entry from a source other than the manifest, such as a tag on the secret, if there is one. */
type FindEntryKeyType = (entry: ManifestKey) => Promise<KeyType | undefined>;

/** The keys of a manifest, in its order. Undefined for an entry that uses an existing secret. */
interface LoadedKeys {
  keys: (CheckedKey | undefined)[];
  /** Each names the position of the first entry that it concerns. */
  warnings: string[];
}

/**
 * Reads and checks all keys that the manifest names. A variable or file that several entries share is read once.
 * @param findType called for a key that is not a static key and may be a password, if the manifest doesn't give its type. No key
 * is left in the environment at this time.
 * @throws Failure (usage) that lists all invalid keys, as `keys.yaml:12:10: …`, and never shows a key
 */
export async function loadKeys(
  manifest: Manifest,
  input: KeyInput,
  findType?: FindEntryKeyType,
): Promise<LoadedKeys> {
  const entries = await readKeys(manifest, input);
  const attempts = await atMost(READS_AT_ONCE, entries, (entry) => checkEntryKey(entry, findType));
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
  return atMost(READS_AT_ONCE, keys, async (entry) => {
    const { keySource } = entry.answers;
    return { entry, unchecked: keySource && (await keepFailure(() => readKey(keySource))) };
  });
}

async function checkEntryKey(
  { entry, unchecked }: EntryWithKey,
  findType: FindEntryKeyType | undefined,
): Promise<Attempt<LoadedKey> | undefined> {
  if (!unchecked || 'failure' in unchecked) return unchecked;
  const rules = keyRules(entry.answers);
  return keepFailure(async () =>
    findType && keyTypeIsUnknown(entry.answers)
      ? checkKeyOfUnknownType(unchecked.value, rules, () => findType(entry))
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
    ? [keyMessages.typeReadFailed(clean(typeReadFailure.message)), flagsToFields(keyMessages.passwordHint)]
    : [];
  throw manifestFailure(messages.keysTitle(displayNameOf(manifest.path), problems.length), problems, notes);
}

async function keepFailure<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { failure: error };
  }
}

/**
 * Reads and checks only the keys whose variables and files exist, for a command that compares them with the secrets and doesn't
 * need all of them. No keys are generated.
 * @returns also the positions of the keys that are not available, such as `keys.yaml:12:10`
 * @throws Failure (usage) as `loadKeys` does, for the keys that exist
 */
export async function loadAvailableKeys(
  manifest: Manifest,
  input: KeyInput,
  findType?: FindEntryKeyType,
): Promise<LoadedKeys & { unavailable: string[] }> {
  const unavailable: string[] = [];
  const keys = manifest.keys.map((key) => {
    const { keySource, ...answers } = key.answers;
    if (keySource && canReadKey(keySource, input.env)) return key;
    if (keySource && keySource.kind !== 'generate') unavailable.push(key.keyPosition);
    return { ...key, answers };
  });
  return { ...(await loadKeys({ ...manifest, keys }, input, findType)), unavailable };
}
